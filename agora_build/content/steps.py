"""Turns a microsite into the dated steps of its timeline: what staff wrote, and what its debates and meetings add."""

from __future__ import annotations

import datetime
import posixpath
from collections.abc import Iterator

from agora_build.content.fields import PartialDate
from agora_build.content.models import Debate, Decision, Jury, Picture, Step, Workshop
from agora_build.content.site import Entry, Microsite
from agora_build.content.states import Tense, tense, workshop_state
from agora_build.record import Record, replace
from agora_build.urls import Urls, step_anchor

# Kind -> what readers are told it is (a msgid), and the row of the drawn timeline it stands in (a msgid too).
KINDS = {
    "milestone": ("Milestone", "Campaign"),
    "meeting": ("Meeting", "Meetings"),
    "council": ("City council", "Decisions"),
    "study": ("Study", "Campaign"),
    "works": ("Works", "Campaign"),
    "publication": ("Publication", "Campaign"),
    "opening": ("Opening of the consultation", "Campaign"),
    "closing": ("Closing of the consultation", "Campaign"),
    "rules": ("Announcement of the rules", "Campaign"),
    "debate-opening": ("Opening of the debate", "Debates and votes"),
    "debate-closing": ("Closing of the debate", "Debates and votes"),
    "vote-opening": ("Opening of the vote", "Debates and votes"),
    "vote-closing": ("Closing of the vote", "Debates and votes"),
    "workshop": ("Workshop", "Meetings"),
    "public-hearing": ("Public hearing", "Meetings"),
    "forum": ("Forum", "Meetings"),
    "walk": ("Walk", "Meetings"),
    "home-debate": ("Home debate", "Meetings"),
    "jury-draw": ("Draw of the jury", "Debates and votes"),
    "jury-opinion": ("Opinion of the jury", "Debates and votes"),
    "jury-reply": ("Reply to the jury", "Decisions"),
    "decision": ("Decision", "Decisions"),
    "progress": ("Follow-up of the decision", "Decisions"),
}
STATUSES = {
    "proposed": "Proposed",
    "cancelled": "Cancelled",
    "started": "Started",
    "advancing": "Advancing",
    "done": "Done",
    "delayed": "Delayed",
    "abandoned": "Abandoned",
}
_VOTES = ("priorities", "referendum", "budget")
# A step that staff wrote says better what the rules or dates of the campaign say on the same day.
_SAID_BY = {
    "opening": ("milestone",),
    "closing": ("milestone",),
    "rules": ("milestone", "publication"),
}


class TimelineStep(Record, frozen=True):
    """A step as readers see it.

    An empty title means that the kind says it all. `text` is staff Markdown of the file `source` when
    `markdown` is true, else a plain sentence. `target`, `picture_target` and `audio` are output paths or ''.
    """

    id: str
    kind: str
    first: datetime.date
    last: datetime.date
    date: PartialDate
    end: PartialDate | None
    tense: Tense
    source: str
    time: datetime.time | None = None
    title: str = ""
    text: str = ""
    markdown: bool = False
    status: str = ""
    target: str = ""
    picture: Picture | None = None
    picture_target: str = ""
    audio: str = ""
    illustrative: bool = False

    @property
    def anchor(self) -> str:
        """The anchor of the step in its timeline's list."""
        return step_anchor(self.id)

    @property
    def label(self) -> str:
        """What kind of step it is: a msgid."""
        return KINDS[self.kind][0]

    @property
    def row(self) -> str:
        """The row of the drawn timeline it stands in: a msgid."""
        return KINDS[self.kind][1]

    @property
    def status_label(self) -> str:
        """What became of it: a msgid, or ''."""
        return STATUSES.get(self.status, "")

    @property
    def tense_label(self) -> str:
        """Where it stands against the day of the build, in words: a msgid; a month is not said to be under way."""
        if self.tense != "current" or self.end or self.date.day:
            return {"past": "Past", "current": "Under way", "coming": "To come"}[self.tense]
        return "This month" if self.date.month else "This year"


def merged_steps(microsite: Microsite, urls: Urls, today: datetime.date) -> tuple[TimelineStep, ...]:
    """Gather every step of a microsite in the order of its dates."""
    written = tuple(_written(microsite, urls, today))
    joined = (
        *(step for step in _campaign(microsite, urls, today) if not _said(step, written)),
        *(step for entry in microsite.debates for step in _debate(entry, urls, today)),
        *(_workshop(entry, urls, today) for entry in microsite.workshops),
        *(step for entry in microsite.juries for step in _jury(entry, microsite, urls, today)),
        *(step for entry in microsite.decisions for step in _decision(entry, urls, today)),
    )
    return tuple(sorted((*written, *joined), key=_order))


def current_step(steps: tuple[TimelineStep, ...]) -> int:
    """Give the place of the step to open at: the last one under way, else the next, else the last of all."""
    current = [index for index, step in enumerate(steps) if step.tense == "current"]
    coming = [index for index, step in enumerate(steps) if step.tense == "coming"]
    return current[-1] if current else coming[0] if coming else len(steps) - 1


def _order(step: TimelineStep) -> tuple[datetime.date, datetime.time, datetime.date, int, str]:
    rank = tuple(KINDS).index(step.kind)
    return step.first, step.time or datetime.time.min, step.last, rank, step.id


def _said(step: TimelineStep, written: tuple[TimelineStep, ...]) -> bool:
    kinds = _SAID_BY[step.kind]
    return any(other.kind in kinds and other.first == other.last == step.first for other in written)


def _exact(day: datetime.date) -> PartialDate:
    return PartialDate(year=day.year, month=day.month, day=day.day)


def _exactly(
    step_id: str, kind: str, days: tuple[datetime.date, datetime.date], today: datetime.date, source: str
) -> TimelineStep:
    """Start a step whose days are known; the rest is filled in by `replace`."""
    first, last = days
    end = _exact(last) if last != first else None
    return TimelineStep(step_id, kind, first, last, _exact(first), end, tense(first, last, today), source)


def _written(microsite: Microsite, urls: Urls, today: datetime.date) -> Iterator[TimelineStep]:
    """Take the steps of timeline.yml; those of one date are told apart by their rank."""
    folder = posixpath.dirname(microsite.campaign.path)
    seen: dict[str, int] = {}
    for step in microsite.timeline.steps if microsite.timeline else ():
        date = "-".join(f"{part:02}" for part in (step.start.year, step.start.month, step.start.day) if part)
        seen[date] = seen.get(date, 0) + 1
        step_id = date if seen[date] == 1 else f"{date}-{seen[date]:03}"
        yield _from_step(step, step_id, folder, urls, today)


def _from_step(step: Step, step_id: str, folder: str, urls: Urls, today: datetime.date) -> TimelineStep:
    first, last = step.start.first, (step.end or step.start).last

    def public(file: str | None) -> str:
        return urls.media(posixpath.normpath(posixpath.join(folder, file))) if file else ""

    return TimelineStep(
        id=step_id,
        kind=step.kind,
        first=first,
        last=last,
        date=step.start,
        end=step.end,
        tense=tense(first, last, today),
        source=f"{folder}/timeline.yml",
        title=step.title,
        text=step.text or "",
        markdown=True,
        picture=step.picture,
        picture_target=public(step.picture.file if step.picture else None),
        audio=public(step.audio),
        illustrative=step.illustrative,
    )


def _campaign(microsite: Microsite, urls: Urls, today: datetime.date) -> Iterator[TimelineStep]:
    entry, meta, front = microsite.campaign, microsite.campaign.meta, urls.campaign(microsite.slug)
    days = [("opening", meta.opens, front), ("closing", meta.closes, front)]
    if meta.rules:
        days.append(("rules", meta.rules.announced, urls.part(microsite.slug, "rules")))
    for kind, day, target in days:
        if day:
            step = _exactly(kind, kind, (day, day), today, entry.path)
            text = meta.question if kind == "opening" else ""
            yield replace(step, text=text, target=target, illustrative=meta.illustrative)


def _debate(entry: Entry[Debate], urls: Urls, today: datetime.date) -> Iterator[TimelineStep]:
    meta, word = entry.meta, "vote" if entry.meta.method in _VOTES else "debate"
    target = urls.item(entry.campaign, "debates", entry.slug)
    for end, day, text in (("opening", meta.opens, meta.question), ("closing", meta.closes, "")):
        if day:
            step = _exactly(f"{word}-{entry.slug}-{end}", f"{word}-{end}", (day, day), today, entry.path)
            yield replace(step, title=meta.title, text=text, target=target, illustrative=meta.illustrative)


def _workshop(entry: Entry[Workshop], urls: Urls, today: datetime.date) -> TimelineStep:
    meta, state = entry.meta, workshop_state(entry.meta, today)
    days = (meta.date, meta.end_date or meta.date)
    place = meta.location.name or meta.location.address or ""
    return replace(
        _exactly(f"workshop-{entry.slug}", meta.kind, days, today, entry.path),
        time=meta.starts,
        title=meta.title,
        text=(state == "cancelled" and meta.cancelled_because) or place,
        status=state,
        target=urls.item(entry.campaign, "workshops", entry.slug),
        illustrative=meta.illustrative,
    )


def _jury(entry: Entry[Jury], microsite: Microsite, urls: Urls, today: datetime.date) -> Iterator[TimelineStep]:
    meta, target = entry.meta, urls.item(entry.campaign, "juries", entry.slug)
    drawn = next((draw.meta.date for draw in microsite.draws if draw.slug == entry.slug), None)
    for part, day in (("draw", drawn), ("opinion", meta.opinion_date), ("reply", meta.reply_date)):
        if day:
            step = _exactly(f"jury-{entry.slug}-{part}", f"jury-{part}", (day, day), today, entry.path)
            yield replace(step, title=meta.title, target=target, illustrative=meta.illustrative)


def _decision(entry: Entry[Decision], urls: Urls, today: datetime.date) -> Iterator[TimelineStep]:
    meta = entry.meta
    target = urls.item(entry.campaign, "decisions", entry.slug)
    step_id = f"decision-{entry.slug}"
    step = _exactly(step_id, "decision", (meta.date, meta.date), today, entry.path)
    yield replace(step, title=meta.title, text=meta.summary, target=target, illustrative=meta.illustrative)
    for rank, done in enumerate(meta.progress, start=1):
        follow = _exactly(f"{step_id}-{rank:03}", "progress", (done.date, done.date), today, entry.path)
        yield replace(
            follow, title=meta.title, target=target, illustrative=meta.illustrative, text=done.text,
            markdown=True, status=done.status,
        )  # fmt: skip
