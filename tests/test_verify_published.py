"""`agora verify` from what an outsider has, a published site and a clone: each forgery is found."""

from __future__ import annotations

import hashlib
import itertools
import json
import random
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Collection, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from outsiders import CONSENSUS, DRAW, GONE, HERE, ONE, RULES, VOTE, published, run, serving
from repositories import commit, git, repository
from test_votes import table, with_ballots

from agora_build.build import served
from agora_build.build.served import UnreadError, content
from agora_build.civic.seals import COLUMNS, SEALED, sealed
from agora_build.civic.vote_verification import recount

Verdict = dict[str, Any]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published(tmp_path_factory.mktemp("published"))


@pytest.fixture
def site(world: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(world / "site", tmp_path / "site", symlinks=True))


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(served, "_WAITS", ())


def verified(kind: str, *words: object) -> tuple[int, Verdict]:
    code, said = run("verify", kind, *words, "--format", "json")
    (verdict,) = json.loads(said)
    return code, verdict


def found(verdict: Verdict) -> list[str]:
    return [one["code"] for one in verdict["found"]]


@pytest.fixture
def address(site: Path) -> Iterator[str]:
    with serving(site) as given:
        yield given


KINDS = {"votes": VOTE, "draw": DRAW, "consensus": CONSENSUS}


# --- As it should be


@pytest.mark.parametrize("kind", KINDS)
def test_the_published_files_are_enough(kind: str, site: Path, address: str) -> None:
    """From a page of the site, its address on the web, the whole site, or a zip file of it: no key, no repository."""
    with zipfile.ZipFile(site.parent / "site.zip", "w") as archive:
        for path in site.rglob("*"):
            archive.write(path, Path("telecharge", path.relative_to(site)))
    page = KINDS[kind]
    for place in (
        site / page,
        site,
        site.parent / "site.zip",
        f"{address}{page}/",
        f"{address}{page}/index.html",
        address,
    ):
        code, verdict = verified(kind, place)
        assert (code, verdict["outcome"], verdict["found"]) == (0, "same", []), place
        assert verdict["compared"]
        assert verdict["proves"]
        assert verdict["limits"]


@pytest.mark.parametrize("kind", [*KINDS, "rules"])
def test_a_clone_says_more(kind: str, world: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", f"file://{world / 'repository'}", "clone")
    page = {**KINDS, "rules": RULES}[kind]
    for place in (world / "site" / page, world / "site"):
        code, said = run("verify", kind, place, "--repository", tmp_path / "clone")
        assert (code, "Trouvé : rien qui diffère." in said) == (0, True), said
        assert "Ce que cela ne prouve pas :" in said


def test_the_private_list_says_the_rest(world: Path) -> None:
    code, verdict = verified("draw", world / "site" / DRAW, "--candidates", world / "people.csv")
    assert (code, verdict["told"]) == (0, "Ce tirage se vérifie entièrement.")


def test_what_the_city_withdrew_is_looked_for_in_its_log(world: Path) -> None:
    _, verdict = verified("consensus", world / "site" / CONSENSUS)
    assert "1 phrase retirée avec le journal de modération" in verdict["compared"]


def test_a_folder_alone_says_what_it_cannot_know(site: Path, tmp_path: Path) -> None:
    alone = shutil.copytree(site / CONSENSUS, tmp_path / "alone")
    code, verdict = verified("consensus", alone)
    assert code == 0
    assert GONE in verdict["limits"][0]


def test_ballots_that_may_not_be_known_yet_are_not_missing(site: Path) -> None:
    for name in ("ballots", "spent", "paper", "tally"):
        (site / VOTE / f"{name}.{'json' if name == 'tally' else 'csv'}").unlink()
    code, verdict = verified("votes", site / VOTE)
    assert (code, verdict["told"]) == (
        0, "Ce qui est publié de ce vote se tient ; les bulletins ne le sont pas encore."
    )  # fmt: skip
    assert "ils ne sont publiés qu’avec le résultat" in verdict["limits"][0]
    program = [sys.executable, site / "assets/programs/verify_votes.py", site / VOTE]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert (done.returncode, "ne sont pas encore publiés" in done.stdout) == (0, True), done.stdout


def test_a_vote_that_was_held_elsewhere_has_a_count_and_no_codes(site: Path, world: Path) -> None:
    """It says so, for it may be a vote whose codes were taken away: the repository, and the count, tell."""
    for name in ("codes", "void", "spent", "roots"):
        (site / VOTE / f"{name}.csv").unlink()
    assert found(verified("votes", site / VOTE)[1]) == ["another-count"], "the count says how many codes were sent"
    files = {path.name: path.read_bytes() for path in (site / VOTE).iterdir()}
    (site / VOTE / "tally.json").write_bytes(recount(files))
    code, verdict = verified("votes", site / VOTE)
    assert (code, "ni codes ni sceaux" in verdict["told"]) == (0, True)
    assert "ces listes ont été retirées" in verdict["limits"][0]
    assert verified("votes", site / VOTE, "--repository", world / "repository")[0] == 1


# --- Forged


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text, (path, old)
    path.write_text(text.replace(old, new, 1), "utf-8")


def last_line(path: Path) -> str:
    return path.read_text("utf-8").splitlines()[-1]


VOTE_FORGERIES: dict[str, tuple[Callable[[Path], None], str]] = {
    "one ballot": (lambda vote: replaced(vote / "ballots.csv", ",arbres\n", ",bancs\n"), "not-what-was-sealed"),
    "a ballot added": (
        lambda vote: replaced(vote / "ballots.csv", "choices\n", f"choices\n{'0' * 64},bancs\n"), "ballots-and-codes",
    ),
    "a ballot lost": (
        lambda vote: replaced(vote / "ballots.csv", last_line(vote / "ballots.csv") + "\n", ""), "ballots-and-codes",
    ),
    "a code of nobody": (lambda vote: replaced(vote / "spent.csv", "code\n", f"code\n{'0' * 64}\n"), "unlisted"),
    "a figure of the result": (lambda vote: replaced(vote / "tally.json", '"used":2', '"used":3'), "another-count"),
    "a rule": (lambda vote: replaced(vote / "vote.json", "2016-05-01", "2016-05-02"), "not-what-was-sealed"),
    "a seal": (lambda vote: replaced(vote / "roots.csv", "opening", "closing"), "broken-chain"),
    "the seals gone": (lambda vote: (vote / "roots.csv").unlink(), "missing"),
}  # fmt: skip


@pytest.mark.parametrize("forgery", VOTE_FORGERIES)
def test_a_forged_vote_is_found(forgery: str, site: Path) -> None:
    forge, code = VOTE_FORGERIES[forgery]
    forge(site / VOTE)
    ended, verdict = verified("votes", site / VOTE)
    assert (ended, code in found(verdict)) == (1, True), verdict
    assert verdict["told"].startswith("Ce vote ne se vérifie pas")
    assert "écrivez à la Ville" in verdict["remedy"]


def test_a_vote_written_again_whole_is_found_by_the_repository_or_by_a_noted_head(
    world: Path, site: Path, tmp_path: Path
) -> None:
    """Every file and every seal made anew holds by itself: only what was kept elsewhere says that it is another."""
    other = repository(tmp_path)
    with_ballots(other)
    name = "content/campaigns/les-quais/votes/choix"
    for path in (other / name).glob("*.csv"):
        shutil.copy(path, site / VOTE / path.name)
    head = last_line(site / VOTE / "roots.csv").rpartition(",")[2]
    replaced(site / VOTE / "roots.csv", head, head)
    _forge_whole(site / VOTE)
    assert verified("votes", site / VOTE)[0] == 0
    code, verdict = verified("votes", site / VOTE, "--repository", world / "repository")
    assert (code, set(found(verdict))) == (1, {"gone-since"})
    code, verdict = verified("votes", site / VOTE, "--head", head)
    assert (code, found(verdict)) == (1, ["unknown-head"])


def _forge_whole(vote: Path) -> None:
    """Turn a ballot into another, and make the seals and the count again."""
    replaced(vote / "ballots.csv", ",arbres\n", ",bancs\n")
    lists = {name: (vote / f"{name}.csv").read_text("utf-8").splitlines()[1:] for name in SEALED}
    rules = (vote / "vote.json").read_bytes()
    seals = [sealed([], date(2016, 3, 20), "opening", rules, {"codes": lists["codes"]})]
    seals.append(sealed(seals, date(2016, 5, 1), "closing", rules, lists))
    rows = [",".join(seal.cells()) for seal in seals]
    (vote / "roots.csv").write_text(table(",".join(COLUMNS), rows), "utf-8")
    (vote / "tally.json").write_bytes(recount({path.name: path.read_bytes() for path in vote.iterdir()}))


def test_a_site_older_than_the_clone_is_not_accused(world: Path, site: Path, tmp_path: Path) -> None:
    clone = Path(shutil.copytree(world / "repository", tmp_path / "clone"))
    vote = site / VOTE
    closing = last_line(vote / "roots.csv")
    replaced(vote / "roots.csv", closing + "\n", "")
    for name in ("ballots.csv", "spent.csv", "paper.csv", "tally.json", "void.csv"):
        (vote / name).unlink()
    assert verified("votes", vote, "--repository", clone)[0] == 0
    (vote / "codes.csv").write_text(table("code", ["0" * 64]), "utf-8")
    code, verdict = verified("votes", vote, "--repository", clone)
    assert (code, "not-in-repository" in found(verdict)) == (1, True)


DRAW_FORGERIES = {
    "another seed": ("05 11 23", "05 11 24", "out-of-order"),
    "a candidate less": ('"candidates":20', '"candidates":19', "not-all"),
    "a day before the seed": ('"date":"2016-04-02"', '"date":"2016-04-01"', "before-announced"),
    "a quota": ('"max":1,"min":1', '"max":2,"min":2', "quota"),
    "a space": ('"seats":2', '"seats": 2', "unreadable"),
}


@pytest.mark.parametrize("forgery", DRAW_FORGERIES)
def test_a_forged_draw_is_found(forgery: str, site: Path) -> None:
    old, new, code = DRAW_FORGERIES[forgery]
    replaced(site / DRAW / "draw.json", old, new)
    ended, verdict = verified("draw", site / DRAW)
    assert (ended, code in found(verdict)) == (1, True), verdict


def test_a_member_put_in_the_place_of_another_is_found(world: Path, site: Path) -> None:
    said = json.loads((site / DRAW / "draw.json").read_bytes())
    said["drawn"][0]["id"], said["reserve"][3] = said["reserve"][3], said["drawn"][0]["id"]
    raw = json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode() + b"\n"
    (site / DRAW / "draw.json").write_bytes(raw)
    assert "out-of-order" in found(verified("draw", site / DRAW)[1])
    assert "other-members" in found(verified("draw", site / DRAW, "--candidates", world / "people.csv")[1])
    assert "not-published" in found(verified("draw", site / DRAW, "--repository", world / "repository")[1])


CONSENSUS_FORGERIES = {
    "a vote changed": ("votes.csv", f"v-0,{ONE},agree", f"v-0,{ONE},pass", "sentence"),
    "a vote added": ("votes.csv", "vote,date\n", f"vote,date\nv-x,{ONE},agree,2016-04-03\n", "sentence"),
    "a vote that is none": ("votes.csv", f"v-0,{ONE},agree", f"v-0,{ONE},maybe", "row"),
    "a figure moved": ("opinions.json", '"agree":10', '"agree":11', "figure"),
    "a group moved": ("opinions.json", '"size":10', '"size":11', "figure"),
    "a figure of the page": ("index.html", "<td>20</td>", "<td>21</td>", "page"),
    "a share of the page": ("index.html", "<td>50", "<td>55", "page"),
    "a space": ("opinions.json", '"groups":', '"groups": ', "written-otherwise"),
    "a sentence hidden in silence": ("../../../donnees/moderation.json", GONE, ONE, "not-in-log"),
}


@pytest.mark.parametrize("forgery", CONSENSUS_FORGERIES)
def test_a_forged_consensus_is_found(forgery: str, site: Path) -> None:
    name, old, new, code = CONSENSUS_FORGERIES[forgery]
    replaced(site / CONSENSUS / name, old, new)
    ended, verdict = verified("consensus", site / CONSENSUS)
    assert (ended, code in found(verdict)) == (1, True), verdict
    assert verdict["told"].startswith("Ces chiffres ne sont PAS ceux des votes publiés")


UNREAD = {
    "another table": ("consensus", CONSENSUS, "index.html", 'class="figures"', 'class="other"', "no-table"),
    "another history": ("rules", RULES, "index.html", 'aria-labelledby="historique"', "", "no-history"),
}


@pytest.mark.parametrize("theme", UNREAD)
def test_a_page_of_another_theme_accuses_nobody(theme: str, world: Path, site: Path) -> None:
    """The data are as they should be, and the page cannot be compared: the verdict says both, and what else to run."""
    kind, folder, name, old, new, code = UNREAD[theme]
    replaced(site / folder / name, old, new)
    ended, verdict = verified(kind, site / folder, "--repository", world / "repository")
    assert (ended, verdict["outcome"], found(verdict)) == (2, "unknown", [code]), verdict
    assert "la page n’a pas pu être comparée" in verdict["told"]
    assert not any("page" in one for one in verdict["compared"])
    assert "agora verify site" in verdict["remedy"]


def test_figures_without_their_page_are_verified_alone(site: Path) -> None:
    (site / CONSENSUS / "index.html").unlink()
    ended, verdict = verified("consensus", site / CONSENSUS)
    assert (ended, any("page" in one for one in verdict["compared"])) == (0, False), verdict


def test_votes_that_are_not_those_of_the_repository_are_found(world: Path, site: Path) -> None:
    """Whoever changes the votes and the figures together agrees with themselves, not with the repository."""
    replaced(site / CONSENSUS / "votes.csv", f"v-3,{GONE},pass,2016-04-03\n", "")
    assert verified("consensus", site / CONSENSUS)[0] == 0
    code, verdict = verified("consensus", site / CONSENSUS, "--repository", world / "repository")
    assert (code, found(verdict)) == (1, ["gone"])


RULES_FORGERIES = {
    "a rule": ("history.json", '"decides": "Le maire, seul."', '"decides": "Les habitants."', "rules-changed"),
    "an earlier rule": ("history.json", "Le conseil municipal.", "Le maire, seul.", "version-changed"),
    "a word of the page": ("index.html", "Le conseil municipal.", "Le conseil de quartier.", "words"),
    "a change not told": ("index.html", "<code>", "<em>", "commits"),
}


@pytest.mark.parametrize("forgery", RULES_FORGERIES)
def test_forged_rules_are_found(forgery: str, world: Path, site: Path) -> None:
    name, old, new, code = RULES_FORGERIES[forgery]
    replaced(site / RULES / name, old, new)
    ended, verdict = verified("rules", site / RULES, "--repository", world / "repository")
    assert (ended, code in found(verdict)) == (1, True), verdict


def test_a_version_left_out_is_found(world: Path, site: Path) -> None:
    said = json.loads((site / RULES / "history.json").read_bytes())
    gone = said["versions"].pop(0)["commit"]
    (site / RULES / "history.json").write_text(json.dumps(said), "utf-8")
    _, verdict = verified("rules", site / RULES, "--repository", world / "repository")
    assert [(one["code"], one["place"]) for one in verdict["found"]] == [("version-missing", f"commit {gone[:12]}")]


def test_rules_of_a_clone_that_is_not_this_city_s_cannot_be_told(site: Path, tmp_path: Path) -> None:
    code, verdict = verified("rules", site, "--repository", repository(tmp_path))
    assert (code, verdict["outcome"]) == (2, "unknown")
    assert "n’est pas dans ce dépôt" in verdict["told"]


def test_a_site_is_verified_for_machines_too(world: Path, site: Path) -> None:
    replaced(site / RULES / "index.html", "Le maire, seul.", "Le maire, Seul.")
    code, said = run("verify", "site", site, "--repository", world / "repository", "--format", "json")
    assert code == 1
    assert json.loads(said)["different"] == [
        {"where": "published", "kind": "changed", "path": f"{RULES}/index.html", "why": ""}
    ]


def twisted(value: object, chance: random.Random) -> Any:
    """Change one thing, anywhere, in what a JSON file says."""
    if isinstance(value, dict) and value and chance.random() < 0.9:
        key = chance.choice(sorted(value))
        return {**value, key: twisted(value[key], chance)} if chance.random() < 0.9 else value | {"more": key}
    if isinstance(value, list) and value and chance.random() < 0.9:
        place = chance.randrange(len(value))
        doubled = [*value, value[place]] if chance.random() < 0.2 else []
        return doubled or [*value[:place], twisted(value[place], chance), *value[place + 1 :]]
    return chance.choice([None, -1, 10**400, "x", "../..", [], {}, [{}], ["statement"], {"a": 1}, True, 0.5])


TWISTED = {
    "votes": [(VOTE, "vote.json"), (VOTE, "tally.json")],
    "draw": [(DRAW, "draw.json")],
    "consensus": [(CONSENSUS, "opinions.json"), (f"{HERE}/donnees", "moderation.json")],
    "rules": [(RULES, "history.json")],
}


@pytest.mark.parametrize("kind", TWISTED)
@pytest.mark.parametrize("times", [12, pytest.param(100, marks=pytest.mark.soak)])
def test_whatever_a_file_says_there_is_a_verdict(kind: str, times: int, world: Path, site: Path) -> None:
    """Never a crash, and never that all is well: but for reasons of the log, which no figure depends on."""
    chance = random.Random(kind)  # noqa: S311 - the same each time
    more = ("--repository", world / "repository") if kind in ("rules", "draw") else ()
    for number in range(times):
        folder, name = TWISTED[kind][number % len(TWISTED[kind])]
        path = site / folder / name
        before = path.read_bytes()
        said = twisted(json.loads(before), chance)
        written = json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n"
        path.write_text(json.dumps(said, indent=1, sort_keys=True) if kind == "rules" else written, "utf-8")
        code, words = run("verify", kind, site / TWISTED[kind][0][0], *more)
        if path.read_bytes() == before:  # nothing was put in the place of nothing
            continue
        assert code in ((0, 1) if name == "moderation.json" else (1, 2)), (said, words)
        path.write_bytes(before)


# --- What somebody sent


SENT = "20160405-aaaabbbb"


def receipt(city: Path, identity: str = SENT, mark: str = "") -> tuple[int, Verdict]:
    sent = city / f"content/campaigns/les-quais/contributions/{SENT}.md"
    return verified("receipt", identity, mark or hashlib.sha256(sent.read_bytes()).hexdigest(), "--repository", city)


def test_a_receipt_says_what_became_of_what_was_sent(world: Path, tmp_path: Path) -> None:
    city = Path(shutil.copytree(world / "repository", tmp_path / "clone"))
    sent = city / f"content/campaigns/les-quais/contributions/{SENT}.md"
    before = hashlib.sha256(sent.read_bytes()).hexdigest()
    code, verdict = receipt(city)
    assert (code, "est publié, au caractère près" in verdict["told"]) == (0, True)
    sent.write_text(sent.read_text("utf-8") + "Et la Ville a toujours raison.\n", "utf-8")
    commit(city, "Corriger", "2016-05-04")
    code, verdict = receipt(city, mark=before)
    assert (code, "puis changé" in verdict["told"]) == (0, True)
    code, verdict = receipt(city, mark="0" * 64)
    assert (code, found(verdict)) == (1, ["published-otherwise"])


def test_a_receipt_of_what_was_withdrawn_or_never_came(world: Path) -> None:
    code, verdict = receipt(world / "repository", GONE)
    assert (code, verdict["told"]) == (0, "Publié, puis retiré le 2016-04-20 : Une attaque.")
    code, verdict = receipt(world / "repository", "20160402-zzzzzzzz")
    assert (code, "il prouve que la Ville a reçu ce texte" in verdict["remedy"]) == (2, True)


@pytest.mark.parametrize(("identity", "mark"), [("../../agora", "0" * 64), (SENT, "0" * 63), ("*", "0" * 64)])
def test_a_receipt_that_is_none_is_said(identity: str, mark: str, world: Path) -> None:
    code, said = run("verify", "receipt", identity, mark, "--repository", world / "repository")
    assert (code, "Impossible : un reçu a un identifiant" in said) == (2, True)


# --- Hostile places


@pytest.mark.parametrize("kind", [*KINDS, "rules"])
@pytest.mark.parametrize(
    "place", ["nowhere.zip", "http://[", "ftp://ville.example/", "/dev/null/x", "http://127.0.0.1:1/"]
)
def test_a_place_that_is_none_is_said(kind: str, place: str) -> None:
    code, said = run("verify", kind, place)
    assert (code, "Impossible :" in said) == (2, True), said


def test_a_zip_file_where_a_name_stands_twice_is_not_read(site: Path) -> None:
    place = site.parent / "twice.zip"
    with zipfile.ZipFile(place, "w") as archive:
        for path in (site / VOTE).iterdir():
            archive.write(path, path.name)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.write(site / VOTE / "ballots.csv", "ballots.csv")
    code, said = run("verify", "votes", place)
    assert (code, "deux fois" in said) == (2, True)


class Endless:
    """A place whose files never end."""

    at_once = 1

    def chunks(self, _path: str) -> Iterator[bytes]:
        """Give zeros, and never stop."""
        return itertools.repeat(bytes(1 << 14))

    def others(self, _listed: Collection[str]) -> list[str]:
        """Name nothing."""
        return []


def test_what_never_ends_is_left_as_soon_as_it_is_too_long() -> None:
    with pytest.raises(UnreadError, match="trop gros"):  # would take minutes if each piece were copied with the next
        content(Endless(), "SHA256SUMS", 1 << 26)


def test_a_file_without_end_is_left(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agora_build.commands.published._MAX_FILE", 100)
    code, said = run("verify", "votes", f"{address}{VOTE}/")
    assert (code, "trop gros" in said) == (2, True)
