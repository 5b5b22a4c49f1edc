"""Turns each contribution into its own page: its words, letter for letter, who speaks, and what came of it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from agora_build.content import synthesis
from agora_build.content.models import Answer, Contribution, Debate, Resource, Workshop
from agora_build.content.questions import given
from agora_build.content.sections import Masthead, masthead
from agora_build.content.site import Contributed, Entry, Microsite, Site, Thread
from agora_build.content.states import Opening, debate_state
from agora_build.content.voices import Outcome, outcomes_of_contributions, outcomes_of_debate
from agora_build.record import Record
from agora_build.rendering.output import Output, Shared
from agora_build.rendering.theme import Theme
from agora_build.urls import Urls

if TYPE_CHECKING:
    from agora_build.civic.opinions import Opinion, Opinions


class Around(Record, Shared, frozen=True):
    """What the pages of all contributions to a debate have in common."""

    masthead: Masthead
    debate: Entry[Debate]
    debate_state: Opening
    debate_outcomes: tuple[Outcome, ...]
    synthesis: str  # the page of the debate as a whole


class ContributionPage(Record, frozen=True):
    """Everything a contribution's page shows; `outcomes` are its own, those of its debate are around it."""

    path: str
    around: Around
    contribution: Entry[Contribution]
    theme: str | None
    workshop: Entry[Workshop] | None
    batches: str  # the page that tells of the batch of paper sheets it came in, or ''
    parent: Contributed | None
    replies: tuple[Entry[Contribution], ...]
    outcomes: tuple[Outcome, ...]
    cited: bool = False  # whether the debate's synthesis rests on it
    opinion: Opinion | None = None  # what those who voted say of it, when it is a sentence to vote on
    groups: tuple[str, ...] = ()  # the letters of the groups, in the order of its tallies
    answer: Entry[Answer] | None = None
    documents: tuple[Entry[Resource], ...] = ()  # of the answer

    @property
    def debate(self) -> Entry[Debate]:
        """The debate it answers."""
        return self.around.debate

    @property
    def debate_state(self) -> Opening:
        """Whether that debate is open."""
        return self.around.debate_state

    @property
    def debate_outcomes(self) -> tuple[Outcome, ...]:
        """What came of the debate as a whole."""
        return self.around.debate_outcomes


def thread_outputs(site: Site, microsite: Microsite, thread: Thread, today: datetime.date) -> Iterator[Output[Any]]:
    """Declare a page a contribution."""
    urls = Urls(site.config.city.language)
    debate = next(item for item in microsite.debates if item.slug == thread.debate)
    around = Around(
        masthead=masthead(microsite, urls, today, "debates"),
        debate=debate,
        debate_state=debate_state(debate.meta, microsite.campaign.meta, today),
        debate_outcomes=outcomes_of_debate(microsite, debate.slug),
        synthesis=urls.synthesis(microsite.slug, debate.slug),
    )
    cited = frozenset(synthesis.cited(debate))
    themes = {theme.id: theme.title for theme in debate.meta.themes}
    workshops = {workshop.slug: workshop for workshop in microsite.workshops}
    outcomes = outcomes_of_contributions(microsite)
    found = _opinions(thread)
    opinions = {opinion.statement: opinion for opinion in found.statements} if found else {}
    letters = tuple(group.letter for group in found.groups) if found else ()
    answers = given(microsite, today)
    for entry in thread.contributions:
        meta = entry.meta
        page = ContributionPage(
            path=urls.item(microsite.slug, "contributions", entry.slug),
            around=around,
            contribution=entry,
            theme=themes.get(meta.theme) if meta.theme else None,
            workshop=workshops.get(meta.workshop) if meta.workshop else None,
            batches=urls.part(microsite.slug, "batches") if meta.batch else "",
            parent=thread.parent(entry),
            replies=thread.replies(entry.slug),
            outcomes=outcomes.get(entry.slug, ()),
            cited=entry.slug in cited,
            opinion=opinions.get(entry.slug),
            groups=letters,
            answer=answers.get(entry.slug),
            documents=_documents(microsite, answers.get(entry.slug)),
        )
        yield Output(page.path, page, render)


def _documents(microsite: Microsite, answer: Entry[Answer] | None) -> tuple[Entry[Resource], ...]:
    named = answer.meta.documents if answer else ()
    return tuple(item for item in microsite.resources if item.slug in named) if named else ()


def _opinions(thread: Thread) -> Opinions | None:
    """Give what those who voted say of the sentences of a debate, when that may be shown."""
    result = thread.vote.result if thread.vote else None
    if result is None:
        return None
    from agora_build.civic.opinions import Opinions

    return result if isinstance(result, Opinions) else None


def render(page: ContributionPage, theme: Theme) -> bytes:
    """Write a contribution's page."""
    return theme.page("contribution.html", page.path, masthead=page.around.masthead, page=page)
