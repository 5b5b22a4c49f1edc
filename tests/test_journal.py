"""The journal keeps things once, in SQLite and in Debian's PostgreSQL, whoever writes at the same time."""

from __future__ import annotations

import asyncio
import datetime
import itertools
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intakes import run
from postgres import cluster, emptied

from agora_build.content.ids import new_id
from agora_build.intake import store
from agora_build.intake.journal import Cast, Contact, Entry, Outcome, Sent, sha256_of
from agora_build.intake.store import Journal, JournalError
from agora_build.intake.writer import GROUP, Writer

DAY = datetime.date(2016, 4, 20)
T = TypeVar("T")


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with cluster() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/journal/journal.sqlite"
    return emptied(request.getfixturevalue("server"))


@pytest.fixture
def journal(address: str) -> Iterator[Journal]:
    made = Journal(address)
    yield made
    made.close()


def sent(key: str, text: str = "Un banc", email: str = "") -> Sent:
    identity = new_id(DAY)
    path = f"content/campaigns/les-quais/contributions/{identity}.md"
    entry = Entry(identity, "contribution", "les-quais", "usages", path, text, sha256_of(text), DAY, ("fast",))
    return Sent(key, entry, Contact(email, DAY + datetime.timedelta(days=30)) if email else None)


def at_once(acts: Sequence[Callable[[], T]]) -> list[T]:
    """Do things in threads that start together."""
    done: list[T] = []
    gate = threading.Barrier(len(acts))

    def act(wanted: Callable[[], T]) -> None:
        gate.wait()
        done.append(wanted())

    threads = [threading.Thread(target=act, args=(wanted,)) for wanted in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done


def test_what_was_accepted_reads_back_the_same(journal: Journal) -> None:
    text = "---\ntitle: é\n---\n\u202eارحل 😀\t<3\n"
    wanted = sent("a", text)
    assert journal.accept([wanted]) == [Outcome("stored", wanted.entry.id)]
    assert journal.entry(wanted.entry.id) == replace(wanted.entry, sequence=1)


def test_a_disk_that_refuses_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only another who turns the file to its log just now is waited for: people stand before the form."""
    file = tmp_path / "journal.sqlite"
    sqlite3.connect(file).executescript("CREATE TABLE one (two)")
    monkeypatch.setattr(store.time, "sleep", lambda _pause: pytest.fail("waited"))
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as refused, pytest.raises(sqlite3.OperationalError):
        store._to_wal(refused)


def test_a_key_is_stored_once(journal: Journal) -> None:
    one, two, other = sent("a"), sent("a"), sent("b")
    outcomes = journal.accept([one, two, other])
    assert [outcome.verdict for outcome in outcomes] == ["stored", "same", "stored"]
    assert outcomes[0].id == outcomes[1].id
    assert journal.accept([sent("a")]) == [Outcome("same", one.entry.id)]
    assert journal.accept([replace(sent("c"), earlier="a")]) == [Outcome("same", one.entry.id)]
    assert journal.counts().states["waiting"] == 2


def test_an_id_that_is_taken_is_given_again(journal: Journal) -> None:
    one = sent("a")
    two = replace(sent("b"), entry=one.entry)
    assert [outcome.verdict for outcome in journal.accept([one, two])] == ["stored", "stored"]
    entries = list(journal.entries())
    assert len({entry.id for entry in entries}) == 2
    assert all(entry.id in entry.path for entry in entries)


def test_a_code_serves_once_and_the_same_receipt_is_the_same_ballot(journal: Journal) -> None:
    first, other = Cast("m1", "a/b", "x", DAY, "c1"), Cast("m2", "a/b", "y", DAY, "c1")
    elsewhere = Cast("m3", "a/d", "y", DAY, "c1")
    outcomes = journal.cast([first, other, first, elsewhere])
    assert [outcome.verdict for outcome in outcomes] == ["stored", "spent", "same", "stored"]
    assert journal.cast_of("a/b", secret=True) == ([replace(first, code="")], ["c1"]), "nothing ties the two"


def test_an_entry_moves_from_the_state_it_is_in(journal: Journal) -> None:
    one = sent("a")
    journal.accept([one])
    assert journal.move(one.entry.id, "waiting", "proposed", request="7", commit="abc")
    assert not journal.move(one.entry.id, "waiting", "refused")
    found = journal.entry(one.entry.id)
    assert found is not None
    assert (found.state, found.request) == ("proposed", "7")


def test_what_is_erased_keeps_its_id_and_hash(journal: Journal) -> None:
    one = sent("a", "un secret", "a@b.example")
    journal.accept([one])
    assert not journal.erase(one.entry.id, "merged")
    assert journal.erase(one.entry.id, "waiting", "refused")
    found = journal.entry(one.entry.id)
    assert found is not None
    assert (found.state, found.content, found.sha256) == ("erased", "", one.entry.sha256)
    assert journal.contact(one.entry.id) is None


def test_a_challenge_serves_for_one_sending(journal: Journal) -> None:
    assert journal.spend("m", "a", 0, 10)
    assert journal.spend("m", "a", 5, 10), "the same sending again"
    assert not journal.spend("m", "b", 5, 10)
    assert journal.spend("m", "b", 11, 20), "forgotten: it is too old to be accepted anyway"


def test_contacts_go_when_their_day_has_come(journal: Journal) -> None:
    one = sent("a", email="a@b.example")
    journal.accept([one])
    until = DAY + datetime.timedelta(days=30)
    assert journal.purge(until) == 0
    assert journal.contact(one.entry.id) == Contact("a@b.example", until)
    assert journal.purge(until + datetime.timedelta(days=1)) == 1
    assert journal.contact(one.entry.id) is None


def races(address: str, number: int, people: int = 8) -> int:
    """Post each code from several connections at once; give how many codes were not counted exactly once."""
    journals = [Journal(address) for _ in range(people)]
    wrong = 0
    gate = threading.Barrier(people)
    verdicts: list[list[str]] = [[] for _ in range(people)]

    def person(rank: int) -> None:
        for race in range(number):
            gate.wait()
            cast = Cast(f"{race}.{rank}", "a/b", f"{rank}", DAY, f"code{race}")
            verdicts[rank].append(journals[rank].cast([cast])[0].verdict)

    threads = [threading.Thread(target=person, args=(rank,)) for rank in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for race in zip(*verdicts, strict=True):
        wrong += sorted(race) != ["spent"] * (people - 1) + ["stored"]
    cast, codes = journals[0].cast_of("a/b", secret=True)
    wrong += abs(len(cast) - number) + abs(len(codes) - number)
    for journal in journals:
        journal.close()
    return wrong


def test_eight_posts_of_one_code_count_once(address: str) -> None:
    assert races(address, 30) == 0


@pytest.mark.slow
def test_eight_posts_of_one_code_count_once_many_times(address: str, request: pytest.FixtureRequest) -> None:
    assert races(address, request.config.getoption("--races")) == 0


def test_groups_that_cross_store_each_thing_once(address: str) -> None:
    """Two endpoints that store the same keys in opposite orders would each wait for the other."""
    journals = [Journal(address) for _ in range(4)]
    for turn in range(3):
        keys = [f"{turn}.{number}" for number in range(20)]
        ways = [keys, keys[::-1], keys, keys[::-1]]
        at_once(
            [
                lambda journal=journal, way=way: journal.accept([sent(key) for key in way])  # type: ignore[misc]
                for journal, way in zip(journals, ways, strict=True)
            ]
        )
        casts = [[Cast(f"{key}{rank}", "a/b", "", DAY, key) for key in way] for rank, way in enumerate(ways)]
        at_once(
            [
                lambda journal=journal, cast=cast: journal.cast(cast)  # type: ignore[misc]
                for journal, cast in zip(journals, casts, strict=True)
            ]
        )
    assert journals[0].counts().states["waiting"] == 60
    assert journals[0].counts().ballots == 60
    for journal in journals:
        journal.close()


def test_endpoints_may_start_together(address: str) -> None:
    for journal in at_once([lambda: Journal(address)] * 8):
        journal.close()


def test_reading_goes_on_while_somebody_writes(address: str) -> None:
    writer, reader = Journal(address), Journal(address)
    writer.accept([sent(str(number)) for number in range(1200)])
    seen = reader.entries("waiting")
    first = list(itertools.islice(seen, 600))
    writer.accept([sent("later")])
    writer.move(first[0].id, "waiting", "proposed")
    rest = list(seen)
    assert len({entry.id for entry in (*first, *rest)}) == 1201
    writer.close()
    reader.close()


def test_the_writer_groups_and_answers_each(address: str) -> None:
    writer = Writer(address)

    async def together() -> list[Outcome]:
        return await asyncio.gather(*(writer.accept(sent(str(key % 40))) for key in range(80)))

    outcomes = run(together())
    assert sorted(outcome.verdict for outcome in outcomes) == ["same"] * 40 + ["stored"] * 40
    assert GROUP >= 80
    writer.close()


def test_a_failed_commit_fails_its_group_and_the_next_is_stored(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    writer = Writer(f"sqlite:///{path}")
    run(writer.accept(sent("a")))
    with closing(sqlite3.connect(path)) as connection:  # the disk refuses, as far as anybody can tell
        connection.execute("CREATE TRIGGER no BEFORE INSERT ON entries BEGIN INSERT INTO nowhere VALUES (1); END")
        connection.commit()
        with pytest.raises(JournalError):
            run(writer.accept(sent("b")))
        connection.execute("DROP TRIGGER no")
        connection.commit()
    assert run(writer.accept(sent("b"))).verdict == "stored"
    writer.close()


def test_nothing_is_left_of_what_was_erased(tmp_path: Path) -> None:
    journal = Journal(f"sqlite:///{tmp_path}/journal.sqlite")
    canary, address = "CanariJaune" * 800, "canari.jaune@b.example"
    others = [sent(str(number), f"texte {number}" * 300) for number in range(50)]
    one = sent("a", canary, address)
    journal.accept([*others, one])
    assert any(canary[:11].encode() in path.read_bytes() for path in tmp_path.iterdir()), "the test can see it"
    journal.erase(one.entry.id)
    two = sent("b", "reste", address)
    journal.accept([two])
    journal.purge(DAY + datetime.timedelta(days=400))
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"CanariJaune" not in left
    assert address.encode() not in left
    assert journal.damage() == ""
    journal.close()


def test_a_damaged_journal_is_told(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    journal = Journal(f"sqlite:///{path}")
    journal.accept([sent(str(number), "a" * 3000) for number in range(200)])
    journal.close()
    data = bytearray(path.read_bytes())
    data[40_000:60_000] = b"\xff" * 20_000
    path.write_bytes(data)
    with pytest.raises(JournalError):  # noqa: PT012 - either is a clear refusal
        damaged = Journal(f"sqlite:///{path}")
        if damaged.damage():
            raise JournalError
    damaged.close()


def test_a_folder_that_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError):
        Journal(f"sqlite:///{tmp_path}/file/journal.sqlite")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.text(st.characters(exclude_categories=["Cs", "Cc"]))), max_size=8)
)
def test_any_text_is_kept(pairs: list[tuple[str, str]]) -> None:
    journal = Journal("sqlite://")
    expected: dict[str, str] = {}
    for key, text in pairs:
        journal.accept([sent(key, text)])
        expected.setdefault(key, text)
    assert [entry.content for entry in journal.entries()] == list(expected.values())
    journal.close()
