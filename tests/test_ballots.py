"""Codes, seals and the two programs that verify a vote: whatever is changed in the published files is found by both."""

# ruff: noqa: D102 - each test of the commands is named by what it shows
from __future__ import annotations

import datetime
import hashlib
import importlib.util
import random
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType

import pytest
from cities import sample as sample_city
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as some
from sites import built

from agora_build.civic.codes import ALPHABET, CodeError, code_of, mark_of, normal, shown
from agora_build.civic.seals import COLUMNS, SEALED, Seal, root, rules_of, sealed
from agora_build.civic.vote_verification import recount, verify
from agora_build.cli import main
from agora_build.content.envelope import Envelope
from agora_build.content.models import Ballot

PROGRAM = Path(__file__).parent.parent / "themes" / "agora" / "static" / "programs" / "verify_votes.py"
KINDS: Mapping[str, tuple[Ballot, Callable[[random.Random], str]]] = {
    "points": (
        Ballot(kind="points", points=10, most=6, turnout=10),
        lambda draw: draw.choice(["arbres:6;bancs:4", "bancs:3", "", "jeux:5;arbres:1"][:3]),
    ),
    "approval": (Ballot(kind="approval", choices=2), lambda draw: draw.choice(["arbres;bancs", "jeux", ""])),
    "ranking": (
        Ballot(kind="ranking"),
        lambda draw: ";".join(draw.sample(["arbres", "bancs", "jeux"], draw.randint(0, 3))),
    ),
    "yes-no": (Ballot(kind="yes-no"), lambda draw: draw.choice(["yes", "no", "abstain", ""])),
    "greedy": (Ballot(kind="approval"), lambda draw: draw.choice(["arbres;jeux", "bancs", "bancs;jeux", "jeux", ""])),
    "equal-shares": (
        Ballot(kind="points", points=6),
        lambda draw: draw.choice(["arbres:2;jeux:1", "bancs:6", "arbres:1;bancs:2;jeux:3", "jeux:4", ""]),
    ),
}
COSTS = (("arbres", 300_00), ("bancs", 410_50), ("jeux", 380_00))
ENVELOPES = {
    "greedy": Envelope(700_00, "greedy", COSTS, 790_50),
    "equal-shares": Envelope(800_00, "equal-shares", COSTS, None),
}
OPTIONS = ("arbres", "bancs", "jeux")
DAY = datetime.date(2016, 4, 1)


def program() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_votes", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


STANDALONE = program()


def table(header: str, lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in (header, *lines)).encode()


def published(kind: str, seed: int, codes: int = 12, opens: datetime.date = DAY) -> dict[str, bytes]:
    """Make the files of a vote as they are published once it is closed."""
    draw = random.Random(seed)  # noqa: S311 - the same vote each time
    ballot, written = KINDS[kind]
    period, options = (opens, DAY + datetime.timedelta(30)), () if kind == "yes-no" else OPTIONS
    rules = rules_of("quais/choix", period, options, ballot, ENVELOPES.get(kind))
    marks = sorted(mark_of("quais/choix", code_of(draw.randbytes(10))) for _ in range(codes))
    used = draw.randint(1, codes - 2)
    spent = draw.sample(marks, used)
    cast = [f"{hashlib.sha256(draw.randbytes(10)).hexdigest()},{written(draw)}" for _ in range(used)]
    lists: dict[str, list[str]] = {"codes": marks, "void": sorted(set(marks) - set(spent))[:1]}
    paper = [f"{written(draw)},3"]
    seals: list[Seal] = []
    for event, there in (("opening", 0), ("day", used // 2), ("closing", used)):
        lists |= {"spent": sorted(spent[:there]), "ballots": sorted(cast[:there]), "paper": paper[:there]}
        seals.append(sealed(seals, DAY + datetime.timedelta(len(seals) - 1), event, rules, lists))  # type: ignore[arg-type]
    headers = {"ballots": "receipt,choices", "paper": "choices,count"}
    files = {f"{name}.csv": table(headers.get(name, "code"), lists[name]) for name in SEALED}
    files |= {"vote.json": rules, "roots.csv": table(",".join(COLUMNS), [",".join(seal.cells()) for seal in seals])}
    return {**files, "tally.json": recount(files)}


def standalone_refuses(files: Mapping[str, bytes], folder: Path, head: str = "") -> bool:
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    try:
        STANDALONE.verify(str(folder), head)
    except (STANDALONE.Wrong, ValueError, KeyError, TypeError, IndexError, AttributeError):
        return True
    return False


@given(some.binary(min_size=10, max_size=10))
def test_a_code_is_read_back_however_it_is_typed(chance: bytes) -> None:
    code = code_of(chance)
    assert normal(shown(code).lower().replace("0", "o").replace("1", "l")) == code
    assert len(shown(code).split("-")) == 4


def test_every_slip_of_one_character_and_every_exchange_of_two_is_found() -> None:
    """All of them, for a hundred codes; the field proves it for the others."""
    draw = random.Random(7)  # noqa: S311
    for code in (code_of(draw.randbytes(10)) for _ in range(100)):
        slips = [code[:at] + letter + code[at + 1 :] for at in range(17) for letter in ALPHABET if letter != code[at]]
        swaps = [
            code[:a] + code[b] + code[a + 1 : b] + code[a] + code[b + 1 :]
            for b in range(17)
            for a in range(b)
            if code[a] != code[b]
        ]
        for wrong in (*slips, *swaps):
            with pytest.raises(CodeError):
                normal(wrong)


@pytest.mark.parametrize("typed", ["", "ABCD", "U" * 17, "0" * 16, "0" * 18, "٠" * 17, "🙂" * 17])
def test_what_is_not_a_code_is_refused(typed: str) -> None:
    with pytest.raises(CodeError):
        normal(typed)


@given(some.lists(some.text(some.characters(exclude_categories=["Cs", "Cc"]), max_size=4), max_size=20))
def test_a_root_is_that_of_rfc_6962(lines: list[str]) -> None:
    """Against the definition of the RFC: cut at the largest power of two under the length."""

    def plain(part: list[bytes]) -> bytes:
        if not part:
            return hashlib.sha256(b"").digest()
        if len(part) == 1:
            return hashlib.sha256(b"\0" + part[0]).digest()
        cut = 1 << (len(part) - 1).bit_length() - 1
        return hashlib.sha256(b"\1" + plain(part[:cut]) + plain(part[cut:])).digest()

    assert root(lines) == plain([line.encode() for line in lines]).hex()


@pytest.mark.parametrize("kind", KINDS)
def test_a_vote_as_it_was_published_is_vouched_for_by_both(kind: str, tmp_path: Path) -> None:
    for seed in range(20):
        files = published(kind, seed)
        assert verify(files) == []
        assert not standalone_refuses(files, tmp_path / "vote")


def tampered(files: Mapping[str, bytes], draw: random.Random) -> dict[str, bytes]:
    """Change one thing in the files, as somebody would who has not all of them made again."""
    changed = dict(files)
    name = draw.choice(sorted(changed))
    content = changed[name]
    lines = content.splitlines(keepends=True)
    at = draw.randrange(len(content))
    rank = draw.randrange(len(lines))
    other = draw.randrange(len(lines))
    moves: list[Callable[[], bytes]] = [
        lambda: content[:at] + bytes([content[at] ^ 1 << draw.randrange(8)]) + content[at + 1 :],
        lambda: content[:at] + content[at + 1 :],
        lambda: content[:at] + draw.choice([b" ", b"\n", b"\r", b"0", b"a", b",", b"\xef\xbb\xbf"]) + content[at:],
        lambda: b"".join(lines[:rank] + lines[rank + 1 :]),
        lambda: b"".join([*lines[: rank + 1], *lines[rank:]]),
        lambda: b"".join(
            lines[other] if n == rank else lines[rank] if n == other else line for n, line in enumerate(lines)
        ),
        lambda: content.replace(b"\n", b"\r\n"),
        lambda: b"\xef\xbb\xbf" + content,
        lambda: content.rstrip(b"\n"),
        content.upper,
        lambda: content.replace(b"arbres", b"bancs").replace(b"yes", b"no"),
        lambda: content + b"f" * 64 + (b",arbres\n" if name == "ballots.csv" else b"\n"),
        lambda: content.replace(b"1", b"2", 1),
    ]
    if draw.random() < 0.04:  # the count alone may not be published yet
        del changed[draw.choice([name for name in changed if name != "tally.json"])]
    else:
        changed[name] = draw.choice(moves)()
    return changed


def test_a_thousand_tamperings_are_all_found_by_both(tmp_path: Path) -> None:
    draw = random.Random(1000)  # noqa: S311
    votes = [published(kind, seed) for kind in KINDS for seed in range(3)]
    done = 0
    while done < 1_000:
        files = draw.choice(votes)
        changed = tampered(files, draw)
        if changed == files:
            continue
        done += 1
        by_agora, by_program = bool(verify(changed)), standalone_refuses(changed, tmp_path / "vote")
        assert (by_agora, by_program) == (True, True), {k: v for k, v in changed.items() if files.get(k) != v}


@pytest.mark.parametrize(
    ("days", "code"), [(-1, "codes-after-opening"), (1, "ballots-before-opening"), (30, "ballots-before-opening")]
)
def test_codes_come_before_the_opening_and_ballots_after(days: int, code: str, tmp_path: Path) -> None:
    files = published("approval", 1, opens=DAY + datetime.timedelta(days))
    assert {finding.code for finding in verify(files)} == {code}
    assert standalone_refuses(files, tmp_path / "vote")


def test_a_vote_made_again_as_a_whole_is_found_by_a_head_that_was_noted(tmp_path: Path) -> None:
    """Nothing in the files can tell: only what somebody kept."""
    noted = published("points", 1)["roots.csv"].splitlines()[2].rpartition(b",")[2].decode()
    again = published("points", 2)
    assert verify(again) == []
    assert [finding.code for finding in verify(again, noted)] == ["unknown-head"]
    assert standalone_refuses(again, tmp_path / "vote", noted)
    assert verify(published("points", 1), noted) == []


@settings(max_examples=60, deadline=None)
@given(some.sampled_from(sorted(KINDS)), some.integers(100, 10_000))
def test_both_programs_count_alike(kind: str, seed: int) -> None:
    """They were written apart: neither imports the other."""
    files = published(kind, seed, codes=30)
    rules, tally = STANDALONE.json.loads(files["vote.json"]), STANDALONE.json.loads(files["tally.json"])
    cast = [
        (STANDALONE.choices(line.split(",")[1], rules), 1) for line in files["ballots.csv"].decode().split("\n")[1:-1]
    ]
    assert STANDALONE.count(cast, rules) == tally["online"]


def test_the_program_runs_alone_and_needs_nothing(tmp_path: Path) -> None:
    """With an isolated Python, from a folder that holds nothing else."""
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "verify_votes.py").write_bytes(PROGRAM.read_bytes())
    for name, content in published("ranking", 5).items():
        (alone / name).write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify_votes.py", "."], cwd=alone, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Ce vote se vérifie.")
    assert len(PROGRAM.read_text("utf-8").splitlines()) < 400


class TestCommands:
    """`agora codes`, `seal`, `tally` and `verify votes`, as a clerk types them."""

    NAME = "les-quais/choix"
    DEBATE = (
        "---\ntitle: Le choix\nquestion: Que faire d’abord ?\nopens: 2016-04-01\ncloses: 2016-05-01\n"
        "method: priorities\n"
        "options:\n  - {id: arbres, title: Arbres}\n  - {id: bancs, title: Bancs}\n"
        "ballot: {kind: approval}\n---\nVotons.\n"
    )

    @pytest.fixture
    def city(self, tmp_path: Path) -> Path:
        from cities import minimal_city

        city = minimal_city(tmp_path)
        (city / "content/campaigns/les-quais/debates/choix.md").write_text(self.DEBATE, "utf-8")
        return city

    def run(self, city: Path, *words: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, [*words, "--city", str(city)], catch_exceptions=False)
        return done.exit_code, done.output

    def codes(self, city: Path, out: Path, *more: str) -> tuple[int, str]:
        return self.run(city, "codes", self.NAME, "--number", "5", "--out", str(out), "--now", "2016-03-20", *more)

    def vote(self, city: Path) -> Path:
        return city / "content/campaigns/les-quais/votes/choix"

    def test_letters_are_printed_and_only_marks_are_published(self, city: Path, tmp_path: Path) -> None:
        code, said = self.codes(city, tmp_path / "lettres")
        assert code == 0, said
        letters = next((tmp_path / "lettres").glob("*.html"))
        assert letters.stat().st_mode & 0o077 == 0, "nobody else may read it"
        text = letters.read_text("utf-8")
        typed = [normal(part.partition("</p>")[0]) for part in text.split('<p class="code">')[1:]]
        assert len(set(typed)) == 5
        marks = (self.vote(city) / "codes.csv").read_text().split()[1:]
        assert marks == sorted(mark_of(self.NAME, code) for code in typed)
        assert text.count("<svg") == 5
        for path in city.rglob("*"):
            assert not path.is_file() or not any(code.encode() in path.read_bytes() for code in typed), path
        assert self.run(city, "check", "--now", "2016-03-20")[0] == 0

    def test_a_letter_says_how_to_vote_in_each_language_of_the_site(self, city: Path, tmp_path: Path) -> None:
        config = (city / "agora.toml").read_text("utf-8")
        spoken = config.replace("[city]\n", '[city]\nlanguages = ["fr", "ar"]\n', 1)
        (city / "agora.toml").write_text(spoken, "utf-8")
        assert self.codes(city, tmp_path / "lettres")[0] == 0
        text = next((tmp_path / "lettres").glob("*.html")).read_text("utf-8")
        assert text.count('<section class="small" lang="ar" dir="rtl">') == 5
        assert text.count("https://agora.villeneuve.example/ar/campagnes/les-quais/debats/choix/vote/") == 5
        assert text.count("على الورق") == 5

    def test_letters_never_go_where_they_could_be_published(self, city: Path) -> None:
        code, said = self.codes(city, city / "content")
        assert code == 2
        assert "secrètes" in said
        assert not self.vote(city).exists()

    def test_codes_are_made_once_and_before_the_vote(self, city: Path, tmp_path: Path) -> None:
        assert self.codes(city, tmp_path / "late", "--now", "2016-04-01")[0] == 2
        assert self.codes(city, tmp_path / "a")[0] == 0
        assert self.codes(city, tmp_path / "b")[0] == 2
        assert not (tmp_path / "b").exists()

    def test_a_vote_from_letters_to_its_count(self, city: Path, tmp_path: Path) -> None:
        self.codes(city, tmp_path / "lettres")
        vote = self.vote(city)
        marks = (vote / "codes.csv").read_text().split()[1:]
        cast = sorted(
            f"{hashlib.sha256(bytes([n])).hexdigest()},{text}" for n, text in enumerate(["arbres", "arbres;bancs", ""])
        )
        (vote / "spent.csv").write_bytes(table("code", marks[:3]))
        (vote / "ballots.csv").write_bytes(table("receipt,choices", cast))
        code, said = self.run(city, "check", "--now", "2016-05-02")
        assert code == 1
        assert "changed-since-seal" in said
        assert "agora seal" in said
        assert self.run(city, "seal", self.NAME, "--now", "2016-05-02")[0] == 0
        assert self.run(city, "seal", self.NAME, "--now", "2016-05-03")[0] == 2, "closed, and sealed"
        assert self.run(city, "check", "--now", "2016-05-02")[0] == 0
        assert self.run(city, "verify", "votes", self.NAME)[0] == 0
        code, said = self.run(city, "tally", self.NAME)
        assert (code, "1. arbres" in said, "3 codes utilisés sur 5" in said) == (0, True, True)
        self.run(city, "build", "--now", "2016-05-02", "--output", str(tmp_path / "site"))
        folder = next((tmp_path / "site").rglob("tally.json")).parent
        assert self.run(city, "verify", "votes", str(folder))[0] == 0
        assert self.run(city, "tally", str(folder))[0] == 0
        (folder / "tally.json").write_bytes((folder / "tally.json").read_bytes().replace(b'"arbres",2', b'"arbres",3'))
        assert self.run(city, "tally", str(folder))[0] == 1
        assert self.run(city, "verify", "votes", str(folder))[0] == 1

    def test_letters_that_came_back_are_void_however_their_codes_are_typed(self, city: Path, tmp_path: Path) -> None:
        self.codes(city, tmp_path / "lettres")
        text = next((tmp_path / "lettres").glob("*.html")).read_text("utf-8")
        codes = [normal(part.partition("</p>")[0]) for part in text.split('<p class="code">')[1:]]
        marks = [mark_of(self.NAME, code) for code in codes]
        typed = tmp_path / "revenues.txt"
        typed.write_bytes(
            b"\xef\xbb\xbf"
            + f"{shown(codes[0]).lower()}\r\n\r\n{codes[1].replace('0', 'o').replace('1', 'l')}\r\n".encode()
        )
        code, said = self.run(city, "void", self.NAME, "--codes", str(typed))
        assert (code, "2 codes" in said) == (0, True), said
        void = self.vote(city) / "void.csv"
        assert void.read_bytes() == table("code", sorted(marks[:2]))
        assert self.run(city, "seal", self.NAME, "--now", "2016-05-01")[0] == 0
        assert self.run(city, "check", "--now", "2016-05-01")[0] == 0
        (self.vote(city) / "spent.csv").write_bytes(table("code", marks[2:3]))
        for wrong, told in (
            (codes[3][:-1] + ("A" if codes[3][-1] != "A" else "B"), "ligne 1 : ce n’est pas un code"),
            (code_of(bytes(10)), "n’est pas de ce vote"),
            (codes[2], "a servi"),
            (f"{codes[4]}\n{codes[4].lower()}", "ligne 2 : ce code est déjà ligne 1"),
        ):
            typed.write_text(f"{wrong}\n", "utf-8")
            code, said = self.run(city, "void", self.NAME, "--codes", str(typed))
            assert (code, told in said) == (1, True), said
            assert void.read_bytes() == table("code", sorted(marks[:2]))
            assert not any(code in said for code in codes), "codes are secret"

    def test_a_vote_is_not_closed_by_mistake_while_it_is_open(self, city: Path, tmp_path: Path) -> None:
        self.codes(city, tmp_path / "lettres")
        code, said = self.run(city, "seal", self.NAME, "--event", "closing", "--now", "2016-05-01")
        assert (code, "jusqu’au 2016-05-01" in said) == (2, True)
        assert self.run(city, "seal", self.NAME, "--event", "closing", "--now", "2016-05-02")[0] == 0

    def test_what_was_sealed_and_committed_may_not_go(self, city: Path, tmp_path: Path) -> None:
        """All made again, seals included: the repository remembers."""
        self.codes(city, tmp_path / "a")
        git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", "-C", str(city)]
        for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "Opening"]):
            subprocess.run([*git, *words], check=True)
        assert self.run(city, "verify", "votes", self.NAME)[0] == 0
        for name in ("codes.csv", "roots.csv"):
            (self.vote(city) / name).unlink()
        self.codes(city, tmp_path / "b")
        subprocess.run([*git, "commit", "-qam", "Again"], check=True)
        code, said = self.run(city, "verify", "votes", self.NAME)
        assert code == 1
        assert "n’est plus" in said or "elle ne l’est plus" in said

    @pytest.mark.parametrize(
        "name", ["nulle-part/choix", "les-quais/usages", "les-quais", "../etc/passwd", "les-quais/"]
    )
    def test_what_is_not_a_vote_is_said_so(self, city: Path, name: str) -> None:
        code, said = self.run(city, "verify", "votes", name)
        assert code == 2
        assert "Impossible" in said

    def test_sentences_are_computed_again_from_the_published_votes_alone(self, city: Path, tmp_path: Path) -> None:
        sample = Path(__file__).parent.parent / "content/campaigns/les-groues/votes/principes-du-quartier/votes.csv"
        alone = tmp_path / "alone"
        alone.mkdir()
        (alone / "votes.csv").write_bytes(sample.read_bytes())
        code, said = self.run(city, "tally", str(alone))
        assert (code, "284 personnes, 3549 votes" in said, "Groupe C" in said) == (0, True, True)
        site = tmp_path / "site"
        assert built(sample_city(tmp_path / "sample"), site).problems == []
        folder = next(site.rglob("opinions.json")).parent
        assert self.run(city, "tally", str(folder))[0] == 0
        rows = (folder / "votes.csv").read_text("utf-8").splitlines(keepends=True)
        (folder / "votes.csv").write_text("".join(rows[:1] + rows[40:]), "utf-8")
        assert self.run(city, "tally", str(folder))[0] == 1

    @pytest.mark.parametrize(
        ("name", "content", "told"),
        [
            ("vote.json", b"", "vote.json : ne se lit pas"),
            ("vote.json", b'{"format":"agora-vote-1"}\n', "vote.json : ne se lit pas"),
            ("ballots.csv", b"receipt,choices\nxx,zzz\n", "ballots.csv:2 : ce bulletin n"),
            ("ballots.csv", b"receipt,choices\r\nxx,arbres\r\n", "ballots.csv : n"),
            ("ballots.csv", b"receipt,choices\nxx\n", "ballots.csv:2 : cette ligne"),
            ("paper.csv", b"choices,count\narbres,deux\n", "paper.csv:2 : ce bulletin n"),
        ],
    )
    def test_what_cannot_be_counted_is_said_with_its_line(
        self, city: Path, tmp_path: Path, name: str, content: bytes, told: str
    ) -> None:
        folder = tmp_path / "damaged"
        folder.mkdir()
        for file, whole in {**published("approval", 3), name: content}.items():
            (folder / file).write_bytes(whole)
        code, said = self.run(city, "tally", str(folder))
        assert (code, told in said, "ne se compte pas" in said) == (1, True, True), said

    @pytest.mark.parametrize(
        ("name", "content", "told"),
        [
            ("votes.csv", b"\xff\xfe", "UTF-8"),
            ("votes.csv", b"", "est vide"),
            ("votes.csv", b"v1,s1,agree,2016-04-02\n", "voter,statement,vote,date"),
            ("votes.csv", b"voter,statement,vote,date\nv1,s1,agree,2016-04-02\nv1,s1,yes,2016-04-02\n", "dont : 3"),
            ("opinions.json", b"{", "opinions.json ne se lit pas"),
            ("opinions.json", b"[]", "opinions.json ne se lit pas"),
        ],
    )
    def test_votes_on_sentences_that_cannot_be_counted_are_said_so(
        self, city: Path, tmp_path: Path, name: str, content: bytes, told: str
    ) -> None:
        (tmp_path / "votes.csv").write_bytes(b"voter,statement,vote,date\nv1,s1,agree,2016-04-02\n")
        (tmp_path / name).write_bytes(content)
        code, said = self.run(city, "tally", str(tmp_path))
        assert (code, told in said) == (1, True), said

    def test_a_votes_file_that_a_spreadsheet_saved_gives_the_same_count(self, city: Path, tmp_path: Path) -> None:
        plain = b"voter,statement,vote,date\nv1,s1,agree,2016-04-02\nv2,s1,pass,2016-04-02\n"
        (tmp_path / "votes.csv").write_bytes(plain)
        expected = self.run(city, "tally", str(tmp_path))
        (tmp_path / "votes.csv").write_bytes(b"\xef\xbb\xbf" + plain.replace(b"\n", b"\r\n"))
        assert self.run(city, "tally", str(tmp_path)) == expected
        assert expected[0] == 0

    def test_a_folder_that_is_not_of_a_vote_by_ballot_is_said_so(self, city: Path, tmp_path: Path) -> None:
        assert "pas de vote.json" in self.run(city, "tally", str(tmp_path))[1]
        (tmp_path / "votes.csv").write_bytes(b"voter,statement,vote,date\n")
        code, said = self.run(city, "verify", "votes", str(tmp_path))
        assert (code, "agora tally" in said) == (2, True)
