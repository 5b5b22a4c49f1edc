"""Turns the problems of a city into what a page shows of them: each with its line, a caret under it, its remedy."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agora_build.problems import Problem, Wording, excerpt, printable

ASSETS = Path(__file__).parent / "assets"
_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
</head>
<body class="agora-alone">
<main><h1>{title}</h1><p>{said}</p>{more}</main>
</body>
</html>
"""
_LABELS = ("language", "one", "several", "remedy", "fold", "unfold")


def told(problems: Sequence[Problem], words: Wording) -> list[dict[str, Any]]:
    """Say each problem as a page shows it."""
    return [_told(problem, words) for problem in problems]


def page(problems: Sequence[dict[str, Any]], words: Wording) -> bytes:
    """Write the page that stands for a site that could not be made yet; without script too, it says why."""
    lines = "\n\n".join(f"{item['place']}: {item['message']}\n{item['line']}\n{item['hint']}" for item in problems)
    more = f"<noscript><pre>{html.escape(lines)}</pre></noscript>"
    return _page(words, "preview-none", "preview-waits", more)


def uninstalled(words: Wording) -> bytes:
    """Write the page that says what the forms need to be tried."""
    return _page(words, "preview-no-forms", "preview-install")


def labels(words: Wording) -> str:
    """Give the words of the panel itself, for the script."""
    return json.dumps({name: words.label(f"preview-{name}") for name in _LABELS}, ensure_ascii=False)


def _page(words: Wording, title: str, said: str, more: str = "") -> bytes:
    return _PAGE.format(
        language=words.label("preview-language"),
        title=html.escape(words.label(title)),
        said=html.escape(words.label(said)),
        more=more,
    ).encode()


def _told(problem: Problem, words: Wording) -> dict[str, Any]:
    span = problem.span
    line, indent = excerpt(problem.source_line, span) if problem.source_line else ("", "")
    return {
        "place": f"{printable(problem.path)}:{span.line}:{span.column}",
        "code": problem.code,
        "message": words.message(problem),
        "hint": words.hint(problem),
        "line": line,
        "from": len(indent),
        "to": len(indent) + max(1, min(span.length, len(line) - len(indent))),
    }
