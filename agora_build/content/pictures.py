"""Turns the SVG files a city publishes into problems, where a drawing could act or call another host when opened."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from agora_build.problems import Problem, Span

_ACTIVE = re.compile(
    r"<(?:\w+:)?(?:script|foreignObject|iframe|object|embed|handler|listener)\b"
    r"|<!ENTITY|<\?xml-stylesheet|@import"
    r"|\son\w+\s*="
    r"|(?:href|src)\s*=\s*[\"']\s*(?!#|data:image/(?:png|jpeg|webp)[;,])[^\"'\s]"
    r"|url\(\s*[\"']?\s*(?!#|[\"']?\s*data:(?:image|font)/)\w",
    re.IGNORECASE,
)


def check_pictures(root: str, named: Iterable[str]) -> Iterator[Problem]:
    """Refuse, among the media that content names, the drawings that hold a program, or a link to something else."""
    for path in sorted(named):
        if path.endswith(".svg"):
            text = Path(root, path).read_text("utf-8", "replace")
            match = _ACTIVE.search(text)
            if match:
                before = text[: match.start()]
                column = match.start() - before.rfind("\n")
                line = text.split("\n")[before.count("\n")]
                span = Span(before.count("\n") + 1, column, len(match[0]))
                yield Problem(path, span, "active-picture", {"value": match[0].strip()}, line)
