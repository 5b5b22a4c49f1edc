"""Turns what one types to name a vote (`campaign/debate`, or a folder of published files) into its rules and files."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import click

from agora_build.civic.seals import SEALED, Period, Seal, rules_of
from agora_build.content.draft import offer_of, read_document
from agora_build.content.envelope import Envelope
from agora_build.content.models import Ballot
from agora_build.content.tree import found_at

FILES = ("vote.json", "tally.json", "roots.csv", *(f"{name}.csv" for name in SEALED))


@dataclass(frozen=True, slots=True)
class VoteFolder:
    """A vote in the city's content: its name (`campaign/debate`), its rules, and where its files are."""

    name: str
    period: Period
    options: tuple[str, ...]
    ballot: Ballot
    envelope: Envelope | None
    path: Path

    @property
    def rules(self) -> bytes:
        """The rules as vote.json."""
        return rules_of(self.name, self.period, self.options, self.ballot, self.envelope)

    def lines(self, name: str) -> list[str]:
        """Give the lines of a table below its header; none when it is not there."""
        file = self.path / f"{name}.csv"
        return file.read_text("utf-8").splitlines()[1:] if file.exists() else []

    @property
    def closed(self) -> bool:
        """Whether the last seal is that of the closing."""
        return any(line.split(",")[1:2] == ["closing"] for line in self.lines("roots")[-1:])

    def seals(self) -> list[Seal]:
        """Read the seals made so far."""
        return [Seal.read(line) for line in self.lines("roots")]


def vote_in(city: Path, name: str) -> VoteFolder:
    """Find a vote by `campaign/debate`; say what to do when it is not one."""
    campaign, _, debate = name.strip("/").partition("/")
    path = f"content/campaigns/{campaign}/debates/{debate}.md"
    found = found_at(path)
    if found is None or not (city / path).is_file():
        refuse(f"il n’y a pas de débat « {name} » : écrivez campagne/débat, comme les-groues/principes-du-quartier")
    offer = offer_of(read_document(os.fspath(city), found))
    if offer.method == "statements":
        refuse(f"dans « {name} » on vote sur des phrases, sans code ni sceau : recomptez-les avec agora tally")
    if offer.ballot is None or offer.options is None:
        methods = "priorities, referendum ou budget"
        refuse(f"on ne vote pas par bulletin dans « {name} » : il lui faut method: {methods}, et ballot")
    return VoteFolder(
        f"{campaign}/{debate}", offer.period, offer.options, offer.ballot, offer.envelope,
        city / "content" / "campaigns" / campaign / "votes" / debate,
    )  # fmt: skip


def files_of(city: Path, name: str) -> Mapping[str, bytes]:
    """Read the files of a vote, published in a folder or in the city's content, where its rules are the debate's."""
    folder = Path(name)
    if folder.is_dir() and (folder / "vote.json").is_file():
        return {name: (folder / name).read_bytes() for name in FILES if (folder / name).is_file()}
    if folder.is_dir():
        also = " ; recomptez ses phrases avec agora tally" if (folder / "votes.csv").is_file() else ""
        refuse(f"le dossier {folder} n’est pas celui d’un vote par bulletin : il n’y a pas de vote.json{also}")
    vote = vote_in(city, name)
    files = {name: (vote.path / name).read_bytes() for name in FILES if (vote.path / name).is_file()}
    return {"vote.json": vote.rules, **files}


def write_table(path: Path, header: str, lines: Sequence[str]) -> None:
    """Write a table at once: whoever reads it meanwhile sees the old one or the new one."""
    aside = path.with_name(f".{path.name}.new")
    aside.write_text("".join(f"{line}\n" for line in (header, *lines)), "utf-8", newline="\n")
    aside.replace(path)


def refuse(said: str) -> NoReturn:
    """Say why a command does nothing, and end with exit code 2."""
    click.echo(f"Impossible : {said}.", err=True)
    sys.exit(2)
