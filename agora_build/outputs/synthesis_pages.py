"""Turns a debate into one page of what was said as a whole: in words, in numbers, and what waits for an answer."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from itertools import groupby

from agora_build.content import synthesis
from agora_build.content.models import Contribution, Debate, Workshop
from agora_build.content.said import MANY, PartKind, lists_of, parts_of
from agora_build.content.sections import Masthead, masthead
from agora_build.content.site import Entry, Microsite, Site, Thread, Voices
from agora_build.content.states import Opening, debate_state
from agora_build.content.voices import Outcome, Position, by_position, outcomes_of_debate, voices
from agora_build.record import Record
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls

SHOWN = 20  # contributions named among those that wait


class Row(Record, frozen=True):
    """A part of what was said (see content.said.Part), how many voices, and its list when there is one."""

    kind: PartKind
    value: str | None
    title: str | None
    voices: Voices
    first: str


class SynthesisPage(Record, frozen=True):
    """Everything a synthesis page shows; the two kinds of voice, and the meetings, are never added up."""

    path: str
    masthead: Masthead
    debate: Entry[Debate]
    state: Opening
    voices: Voices
    tables: tuple[tuple[PartKind, tuple[Row, ...]], ...]
    positions: tuple[tuple[Position | None, Voices], ...]
    meetings: tuple[Entry[Workshop], ...]  # held on this debate, by date
    cited: tuple[Entry[Contribution], ...]  # that the facilitator's synthesis links to
    outcomes: tuple[Outcome, ...]  # what decisions made of the debate as a whole
    waiting: Voices  # what nothing answers by name
    first_waiting: tuple[Entry[Contribution], ...]
    batches: str = ""  # the page that tells of the paper sheets given out, if any were for this debate

    @property
    def present(self) -> int:
        """How many people came to the meetings, in all; the same person may have come twice."""
        return sum(entry.meta.attendance or 0 for entry in self.meetings)


def thread_outputs(
    site: Site, microsite: Microsite, thread: Thread, today: datetime.date
) -> Iterator[Output[SynthesisPage]]:
    """Declare the synthesis page of a debate, once there is something to say of it."""
    urls = Urls(site.config.city.language)
    debate = next(item for item in microsite.debates if item.slug == thread.debate)
    if not synthesis.has_page(debate, thread):
        return
    spoken, by_id = thread.contributions, {entry.slug: entry for entry in thread.contributions}
    waiting = synthesis.waiting(microsite, thread, today)
    page = SynthesisPage(
        path=urls.synthesis(microsite.slug, debate.slug),
        masthead=masthead(microsite, urls, today, "debates"),
        debate=debate,
        state=debate_state(debate.meta, microsite.campaign.meta, today),
        voices=voices(spoken),
        tables=_tables(thread, debate.meta, urls, [quarter.id for quarter in site.config.quarters]),
        positions=by_position(spoken),
        meetings=tuple(it for it in microsite.workshops if it.meta.debate == debate.slug and it.meta.status == "held"),
        cited=tuple(by_id[name] for name in synthesis.cited(debate) if name in by_id),
        outcomes=outcomes_of_debate(microsite, debate.slug),
        waiting=voices(waiting),
        first_waiting=waiting[:SHOWN],
        batches=urls.part(microsite.slug, "batches")
        if any(entry.meta.debate == debate.slug for entry in microsite.batches)
        else "",
    )
    yield Output(page.path, page, render)


def render(page: SynthesisPage, theme: Theme) -> bytes:
    """Write a debate's synthesis page."""
    return theme.page("synthesis.html", page.path, masthead=page.masthead, page=page)


def _tables(
    thread: Thread, debate: Debate, urls: Urls, quarters: list[str]
) -> tuple[tuple[PartKind, tuple[Row, ...]], ...]:
    """Count by theme, quarter and channel; a table where nothing is told apart, or known, is left out."""
    lists = lists_of(thread, debate, urls, quarters) if len(thread.contributions) > MANY else ()
    firsts = {(item.part.kind, item.part.value): item.first for item in lists}
    rows = (
        Row(part.kind, part.value, part.title, part.voices, firsts.get((part.kind, part.value), ""))
        for part in parts_of(thread, debate, quarters)
        if part.kind != "voice"
    )
    tables = ((kind, tuple(same)) for kind, same in groupby(rows, lambda row: row.kind))
    return tuple((kind, same) for kind, same in tables if kind == "channel" or any(row.value for row in same))
