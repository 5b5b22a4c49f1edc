"""Says what is known of the opinions in a debate, in plain numbers: what pages, pictures and `agora tally` show.

Every record is frozen, made of numbers and text only, and is the same for the same votes. The formulas are those that
Polis published (Small et al., Recerca 26(2), 2021, and its source); `agora_build.civic.representation` computes them.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal

Z90 = 1.2816  # a standard score beyond which a difference is believed, 9 times in 10 (one-sided)
MAJORITY = 0.5  # a share beyond which a statement has a majority
UNCLEAR = 0.3  # a share of passes beyond which a statement is unclear
MOST_LISTED = 5  # statements in each list
ENOUGH_VOTES = 7  # statements one must have voted on to be placed in a group (all of them, if there are fewer)
ENOUGH_VOTERS = 15  # when fewer have voted that much, the most active are placed, up to so many
FEWEST_PLACED = 8  # voters placed, for groups to mean anything
FEWEST_MEMBERS = 3  # voters in a group: a smaller one says who they are
MOST_GROUPS = 5
VOTERS_A_GROUP = 12  # each further group after the second asks for so many voters placed
CLEARER = 0.02  # what more groups must add to the silhouette: otherwise fewer groups say as much
FINENESS = 10  # steps of the picture in one standard deviation: voters nearer than a step are taken together
DISTINCT = 0.5  # a silhouette from which groups are distinct (Kaufman and Rousseeuw); below they melt into each other

Direction = Literal["agree", "disagree"]
Reason = Literal["no-vote", "few-voters", "alike", "undivided"]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many people agreed, disagreed and passed."""

    agree: int
    disagree: int
    passes: int

    @property
    def votes(self) -> int:
        """All of them, those who passed included."""
        return self.agree + self.disagree + self.passes

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.agree + other.agree, self.disagree + other.disagree, self.passes + other.passes)


@dataclass(frozen=True, slots=True)
class Stance:
    """What one group says of one statement, beside all the other groups together.

    `pa`, `pd`: probability of agreeing, of disagreeing, (n+1)/(votes+2); `pat`, `pdt`: standard score of that being
    over one half; `ra`, `rd`: that probability divided by the others'; `rat`, `rdt`: standard score of the difference.
    """

    statement: str
    tally: Tally
    pa: float
    pd: float
    pat: float
    pdt: float
    ra: float
    rd: float
    rat: float
    rdt: float


@dataclass(frozen=True, slots=True)
class Representative:
    """A statement that tells a group from the others.

    `more` is what the group does more than the others. `best_agreed` marks the one statement shown first because the
    group agrees with it, even when others agree more still: say `direction`, which takes that into account.
    """

    stance: Stance
    more: Direction
    best_agreed: bool

    @property
    def statement(self) -> str:
        """Give the id of the statement."""
        return self.stance.statement

    @property
    def direction(self) -> Direction:
        """Give what the group says of it."""
        return "agree" if self.best_agreed else self.more


@dataclass(frozen=True, slots=True)
class Group:
    """A group of opinion: its letter (A is the largest), its voters, its middle in the picture, what represents it."""

    letter: str
    size: int
    x: float
    y: float
    representative: tuple[Representative, ...]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What everyone says of one statement, then each group, in the order of the letters.

    `consensus` is the group-informed consensus, the probability that someone of each group agrees: the product over
    groups of (agree+1)/(votes+2); `refusal` is the same for disagreeing. With no groups, everyone counts as one.
    """

    statement: str
    tally: Tally
    groups: tuple[Tally, ...]
    consensus: float
    refusal: float


@dataclass(frozen=True, slots=True)
class Finding:
    """A statement in one of the lists, its `direction` if it has one, and the score that orders it."""

    opinion: Opinion
    direction: Direction | None
    score: float

    @property
    def statement(self) -> str:
        """Give the id of the statement."""
        return self.opinion.statement


@dataclass(frozen=True, slots=True)
class Spot:
    """Voters at one place of the picture: steps from the middle to the right and upwards, group letter, how many."""

    x: int
    y: int
    group: str
    voters: int


@dataclass(frozen=True, slots=True)
class Opinions:
    """What the votes of a debate say.

    `statements`: every statement that is not hidden, the oldest first. Lists, the strongest first, at most MOST_LISTED:
    `shared`: each group has a majority for it (or against it), by group-informed consensus; `majority`: everyone taken
    together has a tested majority for it, then those against it; `divisive`: one group is for and another against;
    `unclear`: many pass. `placed` voters have a group; for that one must have voted on `votes_to_be_placed` statements.
    `silhouette`, from -1 to 1, tells how distinct the groups are; see DISTINCT. With no groups, `reason` says why;
    of few voters nothing is called shared.
    """

    voters: int
    votes: int
    placed: int
    votes_to_be_placed: int
    statements: tuple[Opinion, ...]
    groups: tuple[Group, ...]
    silhouette: float
    reason: Reason | None
    shared: tuple[Finding, ...]
    majority: tuple[Finding, ...]
    divisive: tuple[Finding, ...]
    unclear: tuple[Finding, ...]
    spots: tuple[Spot, ...]

    def opinion(self, statement: str) -> Opinion:
        """Give what is said of one statement."""
        return next(opinion for opinion in self.statements if opinion.statement == statement)


def opinions_of(found: Opinions) -> bytes:
    """Write down what was found, as opinions.json: keys in order, numbers to nine decimals, one line end.

    The picture is left out: its marks are steps of a drawing, not a finding.
    """
    said = {name: value for name, value in asdict(found).items() if name != "spots"}
    return json.dumps(_rounded(said), ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode() + b"\n"


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, 9)
    if isinstance(value, dict):
        return {name: _rounded(item) for name, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list | tuple) else value
