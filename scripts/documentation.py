"""Turns docs/, as it is read on the forge, into the free pages of a site that `agora build --city docs` makes.

Usage: documentation.py [FOLDER]     (the city's folder; docs by default, where git ignores what is written)

docs/README.md is the table of contents: it gives each page its title, its summary, its order, its place in the menu.
"""

from __future__ import annotations

import json
import posixpath
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from agora_build import urls
from agora_build.content import markdown_scan
from agora_build.content.fields import PICTURES

DOCS = Path(__file__).resolve().parents[1] / "docs"
CONTENTS = "README.md"
_RENAMED = {  # where the site has a section of that name
    CONTENTS: "sommaire",
    "donnees.md": "donnees-ouvertes",
    "hors-reseau.md": "lire-sans-reseau",
    "recherche.md": "rechercher",
    "verifier.md": "verifier-de-l-exterieur",
}
_BUILT = ("content/", ".agora/")  # what this script and a build leave in docs/
_SHOWN = "serveur"  # a folder whose files are shown whole, after its page
_ITEM = re.compile(r"^- \[([^\]]+)\]\(([^)#]+)\) : (.+)$", re.MULTILINE)
_FENCE = re.compile(r"^( *)(```+)[\w-]*\n(.*?)^\1\2 *$\n?", re.MULTILINE | re.DOTALL)


class Listed(NamedTuple):
    """What the table of contents says of a page; those of its first part are in the menu."""

    title: str
    path: str
    summary: str
    in_menu: bool


def contents(text: str) -> list[Listed]:
    """Read the table of contents."""
    first = text.split("\n## ")[1]
    return [Listed(*match.groups(), in_menu=match[0] in first) for match in _ITEM.finditer(text)]


def files() -> dict[str, Path]:
    """Give the files of the documentation by their paths in docs/, in order."""
    found = {path.relative_to(DOCS).as_posix(): path for path in sorted(DOCS.rglob("*")) if path.is_file()}
    return {name: path for name, path in found.items() if not name.startswith(_BUILT)}


def slug(path: str) -> str:
    """Name the page that a file becomes: methodes/votes.md -> methodes-votes."""
    if path in _RENAMED:
        return _RENAMED[path]
    return urls.anchor(path.removesuffix(".md").removesuffix("/README").replace("/", "-"))


def page(path: str, text: str, listed: Listed, order: int) -> str:
    """Write the page of a file: its title goes to the metadata, its links lead to the other pages."""
    meta = {"title": listed.title, "summary": listed.summary, "order": str(order)}
    meta |= {"menu": "main"} if listed.in_menu else {}
    body = re.sub(r"\A# .*\n+", "", text)
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in meta.items()]
    return "\n".join(["---", *lines, "---", _linked(path, _nested(body))])


def _nested(text: str) -> str:
    """Write lists, and the code that stands in them, as Python-Markdown reads them: four spaces more, no fence."""
    parts, end = [], 0
    for fence in _FENCE.finditer(text):
        parts.append(_indented(text[end : fence.start()]))
        lines = (line.removeprefix(fence[1]) for line in fence[3].splitlines())
        code = "".join(f"        {line}".rstrip() + "\n" for line in lines)
        parts.append(f"\n{code}\n" if fence[1] else fence[0])
        end = fence.end()
    return "".join([*parts, _indented(text[end:])])


def _indented(text: str) -> str:
    return re.sub(r"(?m)^ {2,3}(?=\S)(?![-*] |\d+\. )", "    ", text)


def _linked(path: str, text: str) -> str:
    """Lead each link to the page its file becomes; what is outside of docs/ is named, not linked."""
    known = files()
    found = [link for link in markdown_scan.links(markdown_scan.without_code(text)) if ":" not in link.target]
    for link in sorted(found, key=lambda link: link.start, reverse=True):
        target, _, anchor = link.target.partition("#")
        there = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(target))) if target else path
        end = link.start + len(link.target)
        if there in known:
            text = text[: link.start] + _place(there if target else "", unquote(anchor)) + text[end:]
        elif link.text is not None and (DOCS / there).exists():
            start = text.rindex("[", 0, link.start - len(link.text) - 1)
            text = text[:start] + text[start + 1 : link.start - 2] + text[end + 1 :]
    return text


def _place(path: str, anchor: str) -> str:
    """Say where a file of the documentation is, from a page of the site: a page, a picture, a part of a page."""
    if path.endswith(PICTURES.suffixes):
        return f"../media/{path}"
    if path and not path.endswith(".md"):
        return f"{_SHOWN}.md#{urls.anchor(posixpath.basename(path))}"
    return (f"{slug(path)}.md" if path else "") + (f"#{urls.anchor(anchor)}" if anchor else "")


def pages() -> Iterator[tuple[str, str]]:
    """Give the path in the city, and the text, of every page."""
    known = files()
    table = known[CONTENTS].read_text("utf-8")
    first = Listed("Sommaire", CONTENTS, "Toutes les pages de la documentation, par sujet.", in_menu=True)
    listed = {item.path: (order, item) for order, item in enumerate([*contents(table), first], 1)}
    for path, file in known.items():
        if not path.endswith(".md"):
            continue
        text = file.read_text("utf-8")
        unlisted = Listed(text.partition("\n")[0].removeprefix("# "), path, "", in_menu=False)
        order, item = listed.get(path, (len(listed), unlisted))
        whole = _shown(known) if path == f"{_SHOWN}/{CONTENTS}" else ""
        yield f"content/pages/{slug(path)}.md", page(path, text + whole, item, order)


def _shown(known: dict[str, Path]) -> str:
    """Show the files of a folder whole, each under its name."""
    named = {name.rpartition("/")[2]: path for name, path in known.items() if name.startswith(f"{_SHOWN}/")}
    shown = ((name, path.read_text("utf-8")) for name, path in named.items() if name != CONTENTS)
    return "".join(f"\n## {name}\n\n```\n{text}```\n" for name, text in shown)


def lay(city: Path) -> None:
    """Write the city: its settings, its pages, its pictures."""
    shutil.rmtree(city / "content", ignore_errors=True)
    (city / "content/pages").mkdir(parents=True)
    if city.resolve() != DOCS:
        shutil.copyfile(DOCS / "agora.toml", city / "agora.toml")
    for path, text in pages():
        (city / path).write_text(text, "utf-8")
    for path, file in files().items():
        if path.endswith(PICTURES.suffixes):
            copy = city / "content/media" / path
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)


if __name__ == "__main__":
    lay(Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS)
