"""Gives tests what an outsider has: a public repository where one voted, drew and changed a rule, and its site."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from click.testing import CliRunner
from repositories import commit, repository
from sites import built
from test_draw import TestCommands as Jury
from test_votes import table, with_ballots, with_sentences, write

from agora_build.cli import main

HERE = "campagnes/les-quais"
VOTE, CONSENSUS = f"{HERE}/debats/choix/vote", f"{HERE}/debats/phrases/vote"
DRAW, RULES = f"{HERE}/jurys/jury", f"{HERE}/regles"
ONE, TWO, GONE = (f"20160402-aaaabbb{n}" for n in (1, 2, 3))
_PEOPLE = "id,age\n" + "".join(f"c-{n},{'jeune' if n % 3 else 'vieux'}\n" for n in range(20))


def published(folder: Path, settings: dict[str, str] | None = None) -> Path:
    """Make `repository` and `site` in a folder, and `people.csv`, the private list; `settings` replace some text."""
    city = repository(folder, day="2016-02-20")
    config = city / "agora.toml"
    for old, new in (settings or {}).items():
        assert old in config.read_text("utf-8")
        config.write_text(config.read_text("utf-8").replace(old, new), "utf-8")
    _vote(city)
    _draw(city, folder / "people.csv")
    commit(city, "Voter", "2016-05-02")
    campaign = city / "content/campaigns/les-quais/campaign.md"
    campaign.write_text(campaign.read_text("utf-8").replace("Le conseil municipal.", "Le maire, seul."), "utf-8")
    commit(city, "Changer une règle", "2016-05-03")
    assert built(city, folder / "site", date(2016, 5, 10)).problems == []
    return folder


def _vote(city: Path) -> None:
    """Hold a vote by ballot and another on sentences, one of which was withdrawn."""
    with_ballots(city)
    with_sentences(city)
    rows = [f"v-{n},{ONE},{('agree', 'disagree')[n % 2]},2016-04-03" for n in range(20)]
    rows += [f"v-{n},{TWO},{('disagree', 'agree')[n % 2]},2016-04-03" for n in range(20)]
    write(city, "votes/phrases/votes.csv", table("voter,statement,vote,date", [*rows, f"v-3,{GONE},pass,2016-04-03"]))
    write(city, "moderation.yml", f"withdrawn:\n  - id: {GONE}\n    date: 2016-04-20\n    reason: Une attaque.\n")


def _draw(city: Path, people: Path) -> None:
    write(city, "juries/jury.md", Jury.JURY)
    people.write_text(_PEOPLE, "utf-8")
    seed = ("--seed", "2016-04-02 05 11 23", "--now", "2016-04-02")
    code, said = run("draw", "les-quais/jury", "--candidates", people, "--city", city, *seed)
    assert code == 0, said


def run(*words: object) -> tuple[int, str]:
    """Type a command of Agora; give its exit code and what it said."""
    done = CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)
    return done.exit_code, done.output


class _Files(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def serving(site: Path, port: int = 0) -> Iterator[str]:
    """Serve a folder on a real server of this computer; give its address."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), functools.partial(_Files, directory=str(site))) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
