"""Says how each generator is set up, called, emptied and checked."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from engine import agora_site, hugo_eleventy, python_sites
from engine.corpus import Record

ROOT = Path(__file__).parent.parent.parent
Write = Callable[[Iterable[Record], Path], None]


@dataclass(frozen=True, slots=True)
class Peer:
    """A generator: how its site is written, how it is called, what it leaves, and what it does not make."""

    name: str
    write: Write
    command: tuple[str, ...]
    made: tuple[str, ...]  # files and folders to delete before a build from nothing
    output: str
    page: str  # glob of the page of one contribution
    source: str  # glob of the file of one contribution
    package: str = ""  # on PyPI; or npm:name
    without: str = ""
    environment: dict[str, str] = field(default_factory=dict)


def _agora(theme: str) -> Write:
    return lambda records, folder: agora_site.write(records, folder, theme)


_AGORA = (sys.executable, "-m", "agora_build", "build", "--now", "2017-01-20", "--no-search")  # the others have none
_AGORA_MADE = (".agora", "output", ".output.previous", ".output.lag", ".output.new", ".output.twin")
_AGORA_PAGE = "campagnes/*/contributions/*/index.html"
_AGORA_SOURCE = "content/campaigns/*/contributions/*.md"
PEERS = (
    Peer("hugo", hugo_eleventy.hugo, ("bin/hugo", "--quiet"), ("public", "resources", ".hugo_build.lock"), "public",
         "campagne-*/*/index.html", "content/*/*.md", "hugo"),
    Peer("agora", _agora("banc"), _AGORA, _AGORA_MADE, "output", _AGORA_PAGE, _AGORA_SOURCE),
    Peer("agora-own-theme", _agora("agora"), _AGORA, _AGORA_MADE, "output", _AGORA_PAGE, _AGORA_SOURCE),
    Peer("eleventy", hugo_eleventy.eleventy, ("node_modules/.bin/eleventy", "--quiet"), ("public",), "public",
         "campagne-*/*/index.html", "src/campagne-*/*.md", "npm:@11ty/eleventy"),
    Peer("pelican", python_sites.pelican, ("bin/pelican", "-q", "-s", "pelicanconf.py"), ("public", "cache"), "public",
         "campagne-*/*/index.html", "content/*/*.md", "pelican[markdown]"),
    Peer("mkdocs", python_sites.mkdocs, ("bin/mkdocs", "build", "-q", "--dirty"), ("public",), "public",
         "campagne-*/*/index.html", "docs/campagne-*/*.md", "mkdocs", "no list, no feed"),
    Peer("nikola", python_sites.nikola, ("bin/nikola", "build", "-q"), ("public", "cache", ".doit.db"), "public",
         "campagne-*/*/index.html", "posts/*/*.md", "nikola[extras]"),
    Peer("lektor", python_sites.lektor, ("bin/lektor", "build", "-O", "public"), ("public",),
         "public", "campagne-*/*/index.html", "content/campagne-*/*/contents.lr", "lektor", "no theme list, no feed, no sitemap"),
)  # fmt: skip


def tools_of(peer: Peer, tools: Path) -> Path:
    """Install a generator in a folder of its own, once; give that folder."""
    folder = tools / peer.name
    if not peer.package or (folder / "ready").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if peer.package.startswith("npm:"):
        command = ["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", str(folder), peer.package[4:]]
    else:
        venv.create(folder, with_pip=True)
        command = [str(folder / "bin/pip"), "install", "--quiet", "--disable-pip-version-check", peer.package]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    (folder / "ready").touch()
    return folder


def command_of(peer: Peer, tools: Path) -> tuple[str, ...]:
    """Give the command that builds the site, called in its folder."""
    first, *rest = peer.command
    return (str(tools_of(peer, tools) / first) if peer.package else first, *rest)


def empty(peer: Peer, folder: Path) -> None:
    """Take away all that a build made."""
    for name in peer.made:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def edit(peer: Peer, folder: Path, number: int) -> None:
    """Add a sentence to one contribution, in the middle of the corpus."""
    sources = sorted(folder.glob(peer.source))
    with sources[len(sources) // 2].open("a", encoding="utf-8") as file:
        file.write(f"\nUne phrase de plus, la {number}e.\n")


def pages(peer: Peer, folder: Path) -> int:
    """Count the pages of contributions that were made."""
    found = (path for path in (folder / peer.output).glob(peer.page) if path.parent.name != "page")
    return sum(1 for _ in found)
