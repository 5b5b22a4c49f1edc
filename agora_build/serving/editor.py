"""Turns a desk into the pages of the staff editor, on this computer alone, and its calls into answers."""

from __future__ import annotations

import asyncio
import html
import json
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

from agora_build.editing.clone import RefusedError
from agora_build.editing.desk import Desk
from agora_build.editing.named import campaigns
from agora_build.editing.settings import SITE, settings
from agora_build.problems import Wording
from agora_build.serving import files, panel

AT = "/_agora/editor/"
_SITE, _CAMPAIGN = "site/", "campaign/"
_MOST = 70_000_000  # bytes of what is sent: a picture or a document in base64, and the text that names it
# Its own script builds code from text, and writes styles in the page; nothing else of the preview may.
_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self' blob:; worker-src 'self' blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {**files.HEADERS, "Content-Security-Policy": _POLICY, "Referrer-Policy": "no-referrer"}
_PROGRAM = panel.ASSETS / "decap" / "decap-cms.js"
_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
{head}
</head>
<body>
{body}
</body>
</html>
"""
_DOOR = '<link rel="stylesheet" href="/_agora/editor.css">\n<link rel="icon" href="data:,">'
_EDITOR = (
    '<link rel="cms-config-url" type="text/yaml" href="config.json">\n'
    '<link rel="stylesheet" href="/_agora/editor.css">\n'
    '<link rel="icon" href="data:,">\n<script src="/_agora/editor.js" defer></script>\n'
    '<script src="/_agora/editor/decap-cms.js" defer></script>'
)


class Editor:
    """The pages below AT, and what they call."""

    def __init__(self, root: Path, desk: Desk, branch: str, words: Wording) -> None:
        self._root, self._desk, self._branch, self._words = root, desk, branch, words

    async def answer(self, request: Request) -> Response:
        """Answer a request for a path below AT."""
        name = request.scope["path"].removeprefix(AT)
        if request.method == "POST":
            return await self._call(request) if name == "api" else _lost()
        if request.method not in ("GET", "HEAD"):
            return Response("", 405, {"Allow": "GET, HEAD, POST"})
        if name == "decap-cms.js":
            return FileResponse(_PROGRAM, headers=files.HEADERS, media_type="text/javascript")
        return await asyncio.to_thread(self._page, name, f"http://{request.headers['host']}/")

    def _page(self, name: str, site: str) -> Response:
        """Give the door, or the editor of a campaign or of the site, or its settings."""
        if not name:
            return Response(self._door(), 200, _HEADERS, "text/html")
        known = {_SITE: SITE} | {f"{_CAMPAIGN}{item['value']}/": item["value"] for item in campaigns(self._root)}
        place, _, file = name.rpartition("/")
        scope = known.get(f"{place}/")
        if scope is None and f"{name}/" in known:
            return RedirectResponse(f"{AT}{name}/", 301)
        if scope is None or file not in ("", "config.json"):
            return _lost()
        if not file:
            title = self._words.label("editor-title")
            return Response(
                _PAGE.format(language="fr", title=html.escape(title), head=_EDITOR, body=""), 200, _HEADERS, "text/html"
            )
        told = settings(self._root, scope, site, f"{AT}api", self._branch)
        return Response(json.dumps(told, ensure_ascii=False), 200, files.HEADERS, "text/yaml")

    def _door(self) -> str:
        """Say what can be edited: the site, and each campaign."""
        words = {name: html.escape(self._words.label(f"editor-{name}")) for name in ("title", "door", "site", "push")}
        listed = "".join(
            f'<li><a href="{_CAMPAIGN}{html.escape(item["value"])}/">{html.escape(item["label"])}</a></li>\n'
            for item in campaigns(self._root)
        )
        body = (
            f'<main class="door">\n<h1>{words["title"]}</h1>\n<p>{words["door"]}</p>\n<ul>\n'
            f'<li><a href="{_SITE}">{words["site"]}</a></li>\n{listed}</ul>\n<p>{words["push"]}</p>\n'
            f'<p><a href="/">{html.escape(self._words.label("editor-preview"))}</a></p>\n</main>'
        )
        return _PAGE.format(language=self._words.label("preview-language"), title=words["title"], head=_DOOR, body=body)

    async def _call(self, request: Request) -> Response:
        """Do what the editor asks for, when it is our own page that asks."""
        if not _is_ours(request):
            return _told({"error": self._words.label("editor-elsewhere")}, 403)
        body = await _body(request)
        if body is None:
            return _told(
                {"error": self._say(RefusedError("editor-too-big", path="", limit=str(_MOST // 1_000_000)))}, 413
            )
        try:
            asked = json.loads(body)
            action, params = str(asked["action"]), asked.get("params")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return _told({"error": self._say(RefusedError("editor-unknown", action=""))}, 400)
        return await asyncio.to_thread(self._done, action, params)

    def _done(self, action: str, params: object) -> Response:
        try:
            return _told(self._desk.answer(action, params))
        except RefusedError as error:
            return _told({"error": self._say(error)}, 422)
        except OSError as error:
            return _told({"error": self._say(RefusedError("editor-disk", said=str(error.strerror)))}, 500)

    def _say(self, error: RefusedError) -> str:
        return self._words.label(error.name).format_map(error.values)


def _is_ours(request: Request) -> bool:
    """Tell whether a page of this very preview asks: other sites can send things here, but not in its name."""
    origins, hosts = request.headers.getlist("origin"), request.headers.getlist("host")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return len(origins) == 1 and origins == [f"http://{hosts[0]}"] and kind == "application/json"


async def _body(request: Request) -> bytes | None:
    """Give what is sent; None when it is too much."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > _MOST:
            return None
        parts.append(part)
    return b"".join(parts)


def _told(value: object, status: int = 200) -> Response:
    return Response(
        json.dumps(value, ensure_ascii=False),
        status,
        {**files.HEADERS, "Cache-Control": "no-store"},
        "application/json",
    )


def _lost() -> Response:
    return Response("", 404, media_type="text/plain")
