"""What of a vote may be known, and from what day: until then nothing of it is anywhere in the site."""

from __future__ import annotations

import datetime
import hashlib
import re
from pathlib import Path

import pytest
from cities import minimal_city
from every_vote import CAMPAIGN, add_every_vote
from sites import built

from agora_build.civic.seals import COLUMNS, SEALED, Seal, rules_of, sealed
from agora_build.content.models import Ballot, Debate, Rules
from agora_build.content.votes import shown_from

QUAIS = "content/campaigns/les-quais"
DAY = datetime.date
OPENS, CLOSES = DAY(2016, 4, 1), DAY(2016, 5, 1)
RECEIPT = hashlib.sha256(b"receipt").hexdigest()


def table(header: str, lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in (header, *lines))


def write(city: Path, name: str, text: str) -> None:
    path = city / QUAIS / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def with_ballots(city: Path, results: str = "") -> None:
    """Give a city a vote by approval with two ballots, one on paper, and a show of hands."""
    ballot = "ballot: {kind: approval" + (f", results: {results}" if results else "") + "}\n"
    head = "---\ntitle: Le choix\nquestion: Que faire d’abord ?\nopens: 2016-04-01\ncloses: 2016-05-01\n"
    options = "options:\n  - {id: arbres, title: Des arbres}\n  - {id: bancs, title: Des bancs}\n"
    write(city, "debates/choix.md", f"{head}method: priorities\n{options}{ballot}---\nVotons.\n")
    codes = sorted(hashlib.sha256(bytes([n])).hexdigest() for n in range(5))
    lists = {"codes": codes, "void": codes[4:], "spent": codes[:2], "paper": ["bancs,1"]}
    lists["ballots"] = sorted([f"{RECEIPT},arbres", f"{hashlib.sha256(b'other').hexdigest()},arbres;bancs"])
    rules = rules_of("les-quais/choix", (OPENS, CLOSES), ("arbres", "bancs"), Ballot(kind="approval"))
    seals: list[Seal] = [sealed([], DAY(2016, 3, 20), "opening", rules, {"codes": codes})]
    seals.append(sealed(seals, CLOSES, "closing", rules, lists))
    headers = {"ballots": "receipt,choices", "paper": "choices,count"}
    for name in SEALED:
        write(city, f"votes/choix/{name}.csv", table(headers.get(name, "code"), lists[name]))
    write(city, "votes/choix/roots.csv", table(",".join(COLUMNS), [",".join(seal.cells()) for seal in seals]))
    two = "entered_by: Mission des quais\nchecked_by: Conseil de quartier\n"
    write(city, "votes/choix/paper.yml", f"date: 2016-05-02\nplace: Salle Loire\n{two}")
    told = "".join(f"    {line}\n" for line in two.splitlines())
    meeting = f"meetings:\n  - date: 2016-04-12\n    title: Réunion de la salle Garonne\n    present: 33\n{told}"
    write(city, "votes/choix/meetings.yml", f"{meeting}    hands:\n      - {{option: arbres, hands: 31}}\n")


def with_sentences(city: Path) -> None:
    head = "---\ntitle: Les phrases\nquestion: Que dire ?\nopens: 2016-04-01\ncloses: 2016-05-01\n"
    write(city, "debates/phrases.md", f"{head}method: statements\n---\nDes phrases.\n")
    for name, text in (("aaaabbb1", "Les quais à tous."), ("aaaabbb2", "Les quais aux bateaux.")):
        said = "---\ndebate: phrases\ndate: 2016-04-02\nvoice: individual\nchannel: web\n---\n"
        write(city, f"contributions/20160402-{name}.md", f"{said}{text}\n")
    rows = [f"voter-{n},20160402-aaaabbb{1 + n % 2},{('agree', 'disagree')[n % 2]},2016-04-03" for n in range(20)]
    write(city, "votes/phrases/votes.csv", table("voter,statement,vote,date", rows))


def files_of(site: Path) -> dict[str, bytes]:
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def built_on(city: Path, day: datetime.date, output: Path) -> dict[str, bytes]:
    assert built(city, output, day).problems == []
    return files_of(output)


VOTE = "campagnes/les-quais/debats/choix/vote"
SECRETS = (RECEIPT.encode(), b"salle Garonne", b"Salle Loire", hashlib.sha256(bytes([0])).hexdigest().encode())


def test_until_the_day_nothing_of_a_result_is_in_the_site(tmp_path: Path) -> None:
    """Neither in pages, nor in files, nor in feeds: the receipts, what was counted, who raised a hand, who voted."""
    city = minimal_city(tmp_path)
    with_ballots(city)
    before = built_on(city, CLOSES, tmp_path / "before")
    assert {f"{VOTE}/codes.csv", f"{VOTE}/void.csv", f"{VOTE}/roots.csv", f"{VOTE}/vote.json"} <= before.keys()
    hidden = {
        f"{VOTE}/{name}"
        for name in ("ballots.csv", "spent.csv", "paper.csv", "paper.yml", "meetings.yml", "tally.json")
    }
    assert hidden.isdisjoint(before)
    open_page = before[f"{VOTE}/index.html"].decode()
    assert re.search(r"On peut voter jusqu’au [^<.]*inclus\. \w", open_page), "two sentences, with a space between"
    for secret in SECRETS[:3]:
        assert not [name for name, content in before.items() if secret in content]
    after = built_on(city, CLOSES + datetime.timedelta(1), tmp_path / "after")
    assert hidden <= after.keys()
    page = after[f"{VOTE}/index.html"].decode()
    assert "En tête avec les codes" in page
    assert "Réunion de la salle Garonne" in page


def test_a_result_may_wait_for_a_later_day(tmp_path: Path) -> None:
    city = minimal_city(tmp_path)
    with_ballots(city, results="2016-05-20")
    assert f"{VOTE}/ballots.csv" not in built_on(city, DAY(2016, 5, 19), tmp_path / "before")
    assert f"{VOTE}/ballots.csv" in built_on(city, DAY(2016, 5, 20), tmp_path / "after")


def test_votes_on_sentences_wait_for_the_end_too(tmp_path: Path) -> None:
    city = minimal_city(tmp_path)
    with_sentences(city)
    before = built_on(city, CLOSES, tmp_path / "before")
    assert not [name for name, content in before.items() if b"voter-7" in content or "phrases/vote/" in name]
    after = built_on(city, CLOSES + datetime.timedelta(1), tmp_path / "after")
    assert b"voter-7" in after["campagnes/les-quais/debats/phrases/vote/votes.csv"]
    assert "20" in after["campagnes/les-quais/debats/phrases/vote/index.html"].decode()


def test_a_live_result_is_shown_while_one_votes(tmp_path: Path) -> None:
    city = minimal_city(tmp_path)
    with_sentences(city)
    campaign = city / QUAIS / "campaign.md"
    campaign.write_text(campaign.read_text("utf-8").replace("  decides:", "  results: live\n  decides:"), "utf-8")
    assert "campagnes/les-quais/debats/phrases/vote/votes.csv" in built_on(city, DAY(2016, 4, 4), tmp_path / "site")


def test_the_day_comes_in_a_site_that_is_brought_up_to_date(tmp_path: Path) -> None:
    """The same tree as a build from nothing, before and after, and when a ballot's file changes."""
    city = minimal_city(tmp_path)
    with_ballots(city)
    with_sentences(city)
    for day in (OPENS, CLOSES, CLOSES + datetime.timedelta(1), CLOSES):
        assert built_on(city, day, tmp_path / "site") == built_on(city, day, tmp_path / f"anew-{day}"), day
    write(city, "votes/phrases/votes.csv", table("voter,statement,vote,date", ["v,20160402-aaaabbb1,pass,2016-04-03"]))
    day = CLOSES + datetime.timedelta(1)
    assert built_on(city, day, tmp_path / "site") == built_on(city, day, tmp_path / "anew")


def test_what_is_counted_apart_is_never_added(tmp_path: Path) -> None:
    city = minimal_city(tmp_path)
    with_ballots(city)
    page = built_on(city, CLOSES + datetime.timedelta(1), tmp_path / "site")[f"{VOTE}/index.html"].decode()
    rows = [re.findall("<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in page.split("<tr>")]
    cells = [[re.sub("<[^>]+>", "", cell) for cell in row] for row in rows if len(row) == 5]
    assert cells == [["1", "2", "2", "0", "2"], ["2", "1", "1", "1", "1"]], (
        "rank, with a code, ballots, paper, its rank"
    )


def test_ties_and_votes_that_choose_nothing_are_told(tmp_path: Path) -> None:
    """In words that stand even when nobody chose anything; on paper too."""
    city = minimal_city(tmp_path)
    add_every_vote(city)
    files = built_on(city, DAY(2017, 1, 10), tmp_path / "site")

    def said(vote: str) -> str:
        page = files[f"campagnes/{CAMPAIGN}/debats/{vote}/vote/index.html"].decode()
        return " ".join(re.sub("<[^>]+>", " ", page.partition("<main")[2]).split())  # no-break spaces too

    raw = files[f"campagnes/{CAMPAIGN}/debats/en-rond/vote/index.html"].decode()
    assert "En tête, à égalité\N{NO-BREAK SPACE}:" in raw, "translations are set as French asks for"
    circle = said("en-rond")
    assert "En tête, à égalité : Planter des arbres" in circle
    assert "Aucune option ne gagne tous ses duels, et aucune n’est écartée" in circle
    assert "Sur papier : Une option gagne tous ses duels : Planter des arbres" in circle
    assert "En tête sur papier, à égalité : Planter des arbres" in said("a-egalite")
    assert "Les deux façons de compter ne disent pas la même chose" in said("autrement")
    nothing = said("sans-choix")
    assert "Aucun bulletin ne choisit d’option." in nothing
    assert "duels (Condorcet)" not in nothing.partition("Comment on vote")[0]
    assert "Autant de oui que de non : égalité. Le oui ne dépasse pas 50" in said("partage")


@pytest.mark.parametrize(("voters", "told"), [(1, "Aucune phrase n’a"), (20, "La plupart sont d’accord")])
def test_without_groups_no_group_is_said_to_agree(voters: int, told: str, tmp_path: Path) -> None:
    city = minimal_city(tmp_path)
    with_sentences(city)
    rows = [f"voter-{n},20160402-aaaabbb{1 + n % 2},agree,2016-04-03" for n in range(voters)]
    rows += [f"voter-{n},20160402-aaaabbb{2 - n % 2},agree,2016-04-03" for n in range(voters)]
    write(city, "votes/phrases/votes.csv", table("voter,statement,vote,date", rows))
    page = built_on(city, DAY(2016, 5, 2), tmp_path / "site")["campagnes/les-quais/debats/phrases/vote/index.html"]
    assert told in page.decode()
    assert "Chaque groupe est d’accord" not in page.decode()


@pytest.mark.parametrize(
    ("closes", "results", "rules", "first"),
    [
        (CLOSES, None, "after-close", DAY(2016, 5, 2)),
        (CLOSES, None, "live", OPENS),
        (CLOSES, DAY(2016, 6, 1), "live", DAY(2016, 6, 1)),
        (None, None, "after-close", None),
        (None, None, None, None),
    ],
)
def test_the_first_day_of_a_result(
    closes: datetime.date | None, results: datetime.date | None, rules: str | None, first: datetime.date | None
) -> None:
    ballot = Ballot(kind="approval", results=results)
    debate = Debate(title="T", question="Q ?", opens=OPENS, closes=closes, method="priorities", ballot=ballot)
    said = rules and Rules.model_validate(
        {"announced": OPENS, "who": "x", "how": "x", "use": "x", "decides": "x", "results": rules}
    )
    assert shown_from(debate, said or None) == first


def test_a_sentence_that_was_withdrawn_counts_no_more(tmp_path: Path) -> None:
    """Its votes stay in the file, which nobody has to change; the page is made as if it had never been asked."""
    city = minimal_city(tmp_path)
    with_sentences(city)
    (city / QUAIS / "contributions/20160402-aaaabbb2.md").unlink()
    day = CLOSES + datetime.timedelta(1)
    assert [problem.code for problem in built(city, tmp_path / "site", day).problems] == ["unknown-statement"] * 10
    log = "withdrawn:\n  - id: 20160402-aaaabbb2\n    date: 2016-04-20\n    reason: Une attaque personnelle.\n"
    write(city, "moderation.yml", log)
    files = built_on(city, day, tmp_path / "site")
    page = files["campagnes/les-quais/debats/phrases/vote/index.html"].decode()
    assert "Les quais à tous" in page
    assert "aaaabbb2" not in page
    assert b'"votes":10' in files["campagnes/les-quais/debats/phrases/vote/opinions.json"]
