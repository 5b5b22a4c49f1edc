"""What is interrupted by faults: each act sends, moves or erases things, and tells in a ledger what it was told."""

from __future__ import annotations

import contextlib
import datetime
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from client import contribution
from endpoints import DAY as _DAY
from endpoints import FORM, JOURNAL, open_city
from ledger import MARK

from agora_build.commands.intake import intake
from agora_build.intake import durable, store
from agora_build.intake.accept import accept, paths_of
from agora_build.intake.checkout import bring
from agora_build.intake.journal import Cast, Contact, Entry, Sent, sha256_of
from agora_build.intake.opening import NoIntakeError, opened
from agora_build.intake.proposal import UnfitError
from agora_build.intake.relay import relay
from agora_build.intake.repository import RepositoryError
from agora_build.intake.settling import Desk, erase, refuse
from agora_build.intake.store import Journal, JournalError

DAY = datetime.date.fromisoformat(_DAY)
Tell = Callable[[dict[str, object]], None]


@dataclass(frozen=True)
class Act:
    """Something to interrupt: what is there before, what is done, and whether it works with a repository of git."""

    before: Callable[[Path], None]
    do: Callable[[Path, Tell], None]
    git: bool = False


def address_of(folder: Path) -> str:
    """Give the address of the journal in a folder."""
    return f"sqlite:///{folder / JOURNAL}"


def sent(number: int, *, contact: bool = False) -> Sent:
    """Make the same contribution each time for a number; long enough for several pages of the database."""
    mark = f"[m{number:06d}]"
    identity = f"20160420-{number:08d}"
    words = ("Un banc à l’ombre, s’il vous plaît. " * (1 + number % 7 * 30)).strip()
    meta = f"debate: usages\ndate: {DAY}\nvoice: individual\nchannel: web\n"
    text = f"---\n{meta}---\n{mark} {words}\n"
    path = f"content/campaigns/les-quais/contributions/{identity}.md"
    entry = Entry(identity, "contribution", "les-quais", "usages", path, text, sha256_of(text), DAY)
    card = Contact(f"canari-{number}@exemple.example", DAY) if contact else None
    return Sent(f"key-{number:06d}", entry, card)


def mark_of(item: Sent) -> str:
    """Give the mark in the text of a contribution."""
    found = MARK.search(item.entry.content)
    assert found
    return found[0]


def tell_sent(tell: Tell, item: Sent) -> None:
    """Tell what is about to be sent."""
    mark = mark_of(item)
    tell({"sent": mark, "key": item.key, "text": item.entry.content})


def tell_receipt(tell: Tell, item: Sent, identity: str) -> None:
    """Tell a receipt that was read."""
    mark = mark_of(item)
    tell({"receipt": mark, "id": identity, "sha256": item.entry.sha256})


def _accept(folder: Path, tell: Tell) -> None:
    """Send groups of several sizes to a journal, which is made if need be."""
    journal = Journal(address_of(folder))
    number = 0
    for size in (1, 3, 1, 8):
        group = [sent(number + place, contact=place % 2 == 0) for place in range(size)]
        number += size
        for item in group:
            tell_sent(tell, item)
        for item, outcome in zip(group, journal.accept(group), strict=True):
            tell_receipt(tell, item, outcome.id)
    journal.close()


def _some(folder: Path) -> None:
    """Leave a journal in use, as after a day."""
    open_city(folder)
    with _before(folder) as tell:
        _accept(folder, tell)


@contextlib.contextmanager
def _before(folder: Path) -> Iterator[Tell]:
    """Note what people were told before."""
    with (folder.parent / f"{folder.name}.before").open("w") as ledger:
        yield lambda line: print(json.dumps(line), file=ledger)


def _erase(folder: Path, tell: Tell) -> None:
    """Erase two entries that wait."""
    journal = Journal(address_of(folder))
    for number in (1, 4):
        journal.erase(sent(number).entry.id)
        tell({"erased": sent(number).entry.id})
    journal.close()


def ballot(number: int) -> Cast:
    """Make the same ballot each time for a number; two numbers in a row have one code."""
    return Cast(sha256_of(f"ballot {number}"), "les-quais/priorites", "a", DAY, code=sha256_of(f"code {number // 2}"))


def _cast(folder: Path, tell: Tell) -> None:
    """Cast ballots, each code twice."""
    journal = Journal(address_of(folder))
    for start in range(0, 12, 3):
        group = [ballot(start + place) for place in range(3)]
        for item, outcome in zip(group, journal.cast(group), strict=True):
            tell({"ballot": item.mark, "code": item.code, "verdict": outcome.verdict})
    journal.close()


def _nothing(folder: Path) -> None:
    open_city(folder)


def _city(folder: Path) -> None:
    """Leave a city that is kept with git, and three contributions that wait."""
    open_city(folder)
    reasons = "reasons:\n  - id: injure\n    title: Injure\n    text: Le texte insulte quelqu’un.\n"
    (folder / "content/campaigns/les-quais/moderation.yml").write_text(reasons, "utf-8")
    (folder / ".gitignore").write_text(".agora/\noutput/\n")
    own = ("-c", "user.name=Mairie", "-c", "user.email=mairie@ville.example")
    for words in (
        ("init", "--quiet", "--initial-branch=main"),
        ("add", "--all"),
        ("commit", "--quiet", "-m", "Ouvrir"),
    ):
        subprocess.run(["git", *own, *words], cwd=folder, check=True)
    journal = Journal(address_of(folder))
    with _before(folder) as tell:
        for number in range(3):
            item = sent(number, contact=True)
            tell_sent(tell, item)
            tell_receipt(tell, item, journal.accept([item])[0].id)
    journal.close()


def _proposed(folder: Path) -> None:
    """Leave a city with three contributions that are proposed."""
    _city(folder)
    _relay(folder, lambda _: None)


def _relay(folder: Path, _tell: Tell) -> None:
    """Make a pass of the relay."""
    with opened(folder, DAY) as box, box.journal.alone("relay"):
        relay(box.relay())


def _accept_request(folder: Path, tell: Tell) -> None:
    """Publish a contribution, as staff does, and make a pass of the relay."""
    identity = sent(1).entry.id
    with opened(folder, DAY) as box:
        entry = box.journal.entry(identity)
        assert entry
        if entry.state == "proposed":
            with contextlib.suppress(UnfitError):
                accept(box.journal, box.repository, identity, DAY)
        elif entry.state == "waiting":
            relay(box.relay())
            accept(box.journal, box.repository, identity, DAY)
        bring(folder, box.repository, paths_of(entry))
    tell({"accepted": identity})
    _relay(folder, tell)


def _published(folder: Path) -> None:
    """Leave a city where one contribution is published and two are proposed."""
    _proposed(folder)
    with opened(folder, DAY) as box:
        accept(box.journal, box.repository, sent(1).entry.id, DAY)


def _refuse(folder: Path, tell: Tell) -> None:
    """Refuse a contribution that is proposed, as staff does, and make a pass of the relay."""
    identity = sent(2).entry.id
    with opened(folder, DAY) as box, contextlib.suppress(UnfitError), box.journal.alone("relay"):
        refuse(Desk(box.journal, box.repository, box.forge, DAY), identity, "injure", "Redites-le autrement.")
    tell({"refused": identity})
    _relay(folder, tell)


def _withdraw(folder: Path, tell: Tell) -> None:
    """Erase a contribution that is published, as staff does, and make a pass of the relay."""
    identity = sent(1).entry.id
    with opened(folder, DAY) as box, box.journal.alone("relay"):
        erase(Desk(box.journal, box.repository, box.forge, DAY), identity)
    tell({"erased": identity})
    _relay(folder, tell)


def _endpoint(folder: Path, tell: Tell) -> None:
    """Run the endpoint while people send to it, then ask it to end."""
    port: list[int] = []

    def send() -> None:
        try:
            _send(port[0], tell)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    def started(said: str, **_: object) -> None:
        if "127.0.0.1:" in said:
            port.append(int(said.partition("127.0.0.1:")[2].partition("/")[0]))
            threading.Thread(target=send, daemon=True).start()

    import click

    click.echo = started  # type: ignore[assignment]
    sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115 - the log of each request
    with contextlib.suppress(SystemExit):
        intake.main(["--city", os.fspath(folder), "--port", "0"], standalone_mode=False)


def _send(port: int, tell: Tell) -> None:
    for number in range(4):
        said = contribution("e", number)
        tell({"sent": said.mark, "key": said.key, "text": said.text})
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("POST", f"/{FORM}", said.body, headers)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status in (200, 201):
                receipt = json.loads(body)
                tell({"receipt": said.mark, "id": receipt["id"], "sha256": receipt["sha256"]})
            elif answer.status != 503:
                tell({"unexpected": str(answer.status)})
        connection.close()


def _more(folder: Path, tell: Tell) -> None:
    """Send groups to a journal in use: some of what is sent is there already."""
    journal = Journal(address_of(folder))
    for numbers in ((20,), (20, 21, 3), (22, 23)):
        group = [sent(number) for number in numbers]
        for item in group:
            tell_sent(tell, item)
        for item, outcome in zip(group, journal.accept(group), strict=True):
            tell_receipt(tell, item, outcome.id)
    journal.close()


ACTS = {
    "accept": Act(_nothing, _accept),
    "accept-more": Act(_some, _more),
    "cast": Act(_some, _cast),
    "erase": Act(_some, _erase),
    "endpoint": Act(_nothing, _endpoint),
    "relay": Act(_city, _relay, git=True),
    "publish": Act(_proposed, _accept_request, git=True),
    "refuse": Act(_proposed, _refuse, git=True),
    "withdraw": Act(_published, _withdraw, git=True),
}

# Wrong writers: the tests must find each of them.


def _with_synchronous(setting: str) -> Callable[[], None]:
    def change() -> None:
        right = store._prepare

        def wrong(connection: object, record: object) -> None:
            right(connection, record)
            connection.execute(f"PRAGMA synchronous = {setting}")  # type: ignore[attr-defined]

        store._prepare = wrong

    return change


def _answers_first() -> None:
    right = Journal.accept

    def wrong(self: Journal, group: list[Sent]) -> object:
        for item in group:
            tell_receipt(told.append, item, item.entry.id)
        flush()
        return right(self, group)

    Journal.accept = wrong  # type: ignore[assignment]


def _no_folders() -> None:
    durable.sync_folder = store.sync_folder = lambda _: None


told: list[dict[str, object]] = []
flush: Callable[[], None] = lambda: None  # noqa: E731 - replaced by who runs the acts
MUTANTS: dict[str, Callable[[], None]] = {
    "": lambda: None,
    "synchronous-off": _with_synchronous("OFF"),
    "synchronous-normal": _with_synchronous("NORMAL"),
    "answers-first": _answers_first,
    "folders-not-synced": _no_folders,
    "eatmydata": lambda: None,  # the whole program runs under it
}


def attempt(act: Act, folder: Path, tell: Tell) -> int:
    """Do an act; give 1 when the journal, the repository or the settings refuse it in words."""
    try:
        act.do(folder, tell)
    except (JournalError, NoIntakeError, RepositoryError):
        return 1
    except OSError as error:
        return 1 if error.errno else 2
    return 0


def end(code: int) -> None:
    """Leave the process at once: nothing of the parent's runs in it."""
    os._exit(code)
