"""Turns the debates of a campaign into their list and their pages: the question, what was said, what came of it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from agora_build.content.forms import FormKind, ground_of, ways
from agora_build.content.meetings import Meeting, next_meetings
from agora_build.content.models import Contribution, Debate, Decision, ErasedContribution, Jury, Kit, Resource
from agora_build.content.said import MANY, PartKind, Said, SaidList, lists_of
from agora_build.content.sections import Masthead, masthead
from agora_build.content.site import Entry, Microsite, Site, Thread, Voices, Vote, VoteState
from agora_build.content.states import Opening, debate_state
from agora_build.content.synthesis import has_page
from agora_build.content.voices import (
    Outcome,
    Position,
    by_position,
    decisions_of_thread,
    of_debate,
    outcomes_of_debate,
    voices,
)
from agora_build.record import Record, replace
from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls

LATEST = 3  # contributions of each voice, on the page of a debate too long for one page


class DebateLine(Record, frozen=True):
    """A debate in a list."""

    entry: Entry[Debate]
    state: Opening
    voices: Voices


class DebateList(Record, frozen=True):
    """The debates of a campaign: open ones, those to come, closed ones; and where to go while there is none."""

    path: str
    masthead: Masthead
    groups: tuple[tuple[Opening, tuple[DebateLine, ...]], ...]
    has_rules: bool


class Group(Record, frozen=True):
    """The contributions under one theme (None: under no theme), the two kinds of voice apart."""

    theme: str | None
    title: str | None
    individual: tuple[Said, ...]
    collective: tuple[Said, ...]
    voices: Voices


class TakingPart(Record, frozen=True):
    """The ways into a debate that is open: printed kits and the next meetings."""

    kits: tuple[Entry[Kit], ...]
    meetings: tuple[Meeting, ...]


class ListLine(Record, frozen=True):
    """A list of what was said, elsewhere: which part of it (see content.said.Part), how many voices, its first page."""

    kind: PartKind
    value: str | None
    title: str | None
    voices: Voices
    first: str


class VotePanel(Record, frozen=True):
    """Where a debate's vote is, from what day its result is shown (None: nobody knows), its page if it has one."""

    state: VoteState
    shown_from: datetime.date | None
    target: str


class DebatePage(Record, frozen=True):
    """Everything a debate's page shows."""

    path: str
    masthead: Masthead
    debate: Entry[Debate]
    state: Opening
    voices: Voices
    positions: tuple[tuple[Position | None, Voices], ...]
    groups: tuple[Group, ...]
    synthesis: str  # where all this is seen as a whole; '' while there is nothing to see
    whole: str  # of a debate too long for one page, where it is read: then `groups` holds the latest alone
    lists: tuple[tuple[PartKind, tuple[ListLine, ...]], ...]  # and where parts of it are
    documents: tuple[Entry[Resource], ...]
    taking_part: TakingPart
    vote: VotePanel | None
    juries: tuple[Entry[Jury], ...]  # that it is before
    outcomes: tuple[Outcome, ...]
    decisions: tuple[Entry[Decision], ...]
    erased: tuple[Entry[ErasedContribution], ...]
    ways: tuple[FormKind, ...] = ()  # the forms by which one takes part


def outputs(site: Site, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare a list of debates a campaign."""
    urls = Urls(site.config.city.language)
    for microsite in site.microsites:
        listing = _listing(microsite, urls, today)
        yield Output(listing.path, listing, render_list)


def thread_outputs(site: Site, microsite: Microsite, thread: Thread, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare the page of a debate, with what was said in it."""
    urls = Urls(site.config.city.language)
    debate = next(item for item in microsite.debates if item.slug == thread.debate)
    short = len(thread.contributions) <= MANY
    lists = () if short else lists_of(thread, debate.meta, urls, [quarter.id for quarter in site.config.quarters])
    page = _page(microsite, debate, thread, lists, urls, today)
    open_ways = ways(ground_of(site.config, microsite), debate, today, said=bool(thread.contributions))
    yield Output(page.path, replace(page, ways=open_ways), render_page)


def render_list(listing: DebateList, theme: Theme) -> bytes:
    """Write a campaign's list of debates."""
    return theme.page("debates.html", listing.path, masthead=listing.masthead, listing=listing)


def render_page(page: DebatePage, theme: Theme) -> bytes:
    """Write a debate's page."""
    return theme.page("debate.html", page.path, masthead=page.masthead, page=page)


def _listing(microsite: Microsite, urls: Urls, today: datetime.date) -> DebateList:
    lines = [
        DebateLine(entry, debate_state(entry.meta, microsite.campaign.meta, today), of_debate(microsite, entry.slug))
        for entry in microsite.debates
    ]
    states: tuple[Opening, ...] = ("open", "upcoming", "closed")
    groups = ((state, tuple(line for line in lines if line.state == state)) for state in states)
    return DebateList(
        path=urls.part(microsite.slug, "debates"),
        masthead=masthead(microsite, urls, today, "debates"),
        groups=tuple((state, kept) for state, kept in groups if kept),
        has_rules=microsite.campaign.meta.rules is not None,
    )


def _page(  # noqa: PLR0913, PLR0917 - what the page is made from
    microsite: Microsite,
    debate: Entry[Debate],
    thread: Thread,
    lists: Sequence[SaidList],
    urls: Urls,
    today: datetime.date,
) -> DebatePage:
    spoken = thread.contributions
    state = debate_state(debate.meta, microsite.campaign.meta, today)
    meetings = () if state == "closed" else next_meetings(microsite, today, debate)[:3]
    kits = tuple(kit for kit in microsite.kits if kit.meta.purpose == "participation")
    titles = {entry.slug: entry.meta.title for entry in microsite.workshops}
    return DebatePage(
        path=urls.item(microsite.slug, "debates", debate.slug),
        masthead=masthead(microsite, urls, today, "debates"),
        debate=debate,
        state=state,
        voices=voices(spoken),
        positions=by_position(spoken),
        groups=_latest(thread, titles) if lists else _groups(thread, debate.meta, titles),
        synthesis=urls.synthesis(microsite.slug, debate.slug) if has_page(debate, thread) else "",
        whole=lists[0].first if lists else "",
        lists=_lines(lists[1:]),
        documents=tuple(item for item in microsite.resources if item.slug in debate.meta.documents),
        taking_part=TakingPart(kits, meetings),
        vote=_vote(thread.vote, debate, urls),
        juries=tuple(entry for entry in microsite.juries if entry.meta.debate == debate.slug),
        outcomes=outcomes_of_debate(microsite, debate.slug),
        decisions=decisions_of_thread(microsite, thread),
        erased=thread.erased,
    )


def _vote(vote: Vote | None, debate: Entry[Debate], urls: Urls) -> VotePanel | None:
    if vote is None:
        return None
    has_page = debate.meta.method != "statements" or vote.state == "shown"
    target = urls.vote(debate.campaign, debate.slug) if has_page else ""
    return VotePanel(vote.state, vote.shown_from, target)


def _lines(lists: Sequence[SaidList]) -> tuple[tuple[PartKind, tuple[ListLine, ...]], ...]:
    lines = [ListLine(part.kind, part.value, part.title, part.voices, it.first) for it in lists for part in [it.part]]
    return tuple((kind, tuple(same)) for kind, same in groupby(lines, lambda line: line.kind))


def _groups(thread: Thread, debate: Debate, meetings: Mapping[str, str]) -> tuple[Group, ...]:
    """Sort contributions by theme; those under no theme, or under one that is not of the debate, come last."""
    titles = {theme.id: theme.title for theme in debate.themes}
    sorted_out: dict[str | None, list[Entry[Contribution]]] = {theme: [] for theme in (*titles, None)}
    for entry in thread.contributions:
        sorted_out[entry.meta.theme if entry.meta.theme in titles else None].append(entry)
    groups = (
        _group(thread, theme, titles.get(theme or ""), entries, meetings)
        for theme, entries in sorted_out.items()
        if entries
    )
    return tuple(groups)


def _latest(thread: Thread, meetings: Mapping[str, str]) -> tuple[Group, ...]:
    """Keep the last of each voice, the two apart, newest first."""
    newest = reversed(thread.contributions)
    kept: dict[str, list[Entry[Contribution]]] = {"individual": [], "collective": []}
    for entry in newest:
        if len(kept[entry.meta.voice]) < LATEST:
            kept[entry.meta.voice].append(entry)
    return (_group(thread, None, None, [*kept["individual"], *kept["collective"]], meetings),)


def _group(
    thread: Thread,
    theme: str | None,
    title: str | None,
    entries: list[Entry[Contribution]],
    meetings: Mapping[str, str],
) -> Group:
    spoken = [
        Said(entry, thread.parent(entry), thread.replies(entry.slug), meetings.get(entry.meta.workshop or "", ""))
        for entry in entries
    ]
    return Group(
        theme=theme,
        title=title,
        individual=tuple(item for item in spoken if item.entry.meta.voice == "individual"),
        collective=tuple(item for item in spoken if item.entry.meta.voice == "collective"),
        voices=voices(entries),
    )
