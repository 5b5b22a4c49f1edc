"""Turns the folder of a preview into a site on this computer alone, whose pages follow their files."""

from __future__ import annotations

import html
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from uvicorn import Config, Server

from agora_build.serving import editor, files, panel
from agora_build.serving.editor import Editor
from agora_build.serving.live import Live
from agora_build.serving.rebuilding import Workshop

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_OURS = "/_agora/"
_HOSTS = ("localhost", "127.0.0.1", "::1")
_ELSEWHERE = "Cet aperçu ne répond qu’à l’adresse de cet ordinateur : http://localhost.\n"
_PATIENCE = 3  # seconds for what is being sent, once asked to stop
_KINDS = {
    "live.js": "text/javascript",
    "live.css": "text/css",
    "editor.css": "text/css",
    "editor.js": "text/javascript",
}
Forms = Callable[["Scope", "Receive", "Send"], Awaitable[None]]


class Preview:
    """The application: the site, with the script of the preview in its pages; its forms are somebody else's."""

    def __init__(
        self, workshop: Workshop, live: Live, forms: Forms | None, below: tuple[str, ...], desk: Editor | None = None
    ) -> None:
        """Serve what a workshop makes; `forms` answers at the paths `below`, unless it is not installed."""
        self._workshop, self._live = workshop, live
        self._forms, self._below = forms, below
        self._editor = desk
        self._output = workshop.output

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        if not _is_here(request.headers.getlist("host")):
            answer: ASGIApp = Response(_ELSEWHERE, 421, media_type="text/plain")
        elif self._editor and scope["path"].startswith(editor.AT):
            answer = await self._editor.answer(request)
        elif request.method not in ("GET", "HEAD"):
            answer = self._form(request)
        elif scope["path"].startswith(_OURS):
            answer = self._own(request, scope["path"].removeprefix(_OURS))
        else:
            answer = self._site(request, scope["path"])
        await answer(scope, receive, send)

    def _site(self, request: Request, asked: str) -> ASGIApp:
        if not self._output.is_dir():
            return Response(self._added(self._workshop.page(), ""), 503, files.HEADERS, "text/html")
        answer = files.answer(request, self._output, self._added)
        if answer is not None:
            return answer
        return self._form(request) if asked.startswith(self._below) else files.lost(self._output, asked, self._added)

    def _form(self, request: Request) -> ASGIApp:
        """Leave a request to the intake, when it is one for it."""
        if not request.scope["path"].startswith(self._below):
            return Response("Rien n’est envoyé à cette adresse.\n", 405, {"Allow": "GET, HEAD"}, "text/plain")
        if self._forms is None:
            return Response(panel.uninstalled(self._workshop.words), 501, files.HEADERS, "text/html")
        return self._forms

    def _own(self, request: Request, name: str) -> Response:
        """Answer the script of the preview."""
        if name == "events":
            asked = request.query_params
            late = self._state_of(asked.get("page", "")) != asked.get("seen", "")
            headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
            return StreamingResponse(self._live.events(late=late), 200, headers, "text/event-stream")
        if name in _KINDS:
            return Response((panel.ASSETS / name).read_bytes(), 200, files.HEADERS, _KINDS[name])
        return Response("", 404, media_type="text/plain")

    def _state_of(self, asked: str) -> str:
        """Name the state of the page at an address now; '' when there is no site."""
        if not self._output.is_dir():
            return ""
        file = files.found(self._output, asked)
        try:
            content = file.read_bytes() if file and file.is_file() else files.lost_page(self._output, asked)
        except OSError:
            return ""
        return files.mark(content)

    def _added(self, page: bytes, state: str) -> bytes:
        """Put our script into a page, with the name of its state."""
        words = html.escape(panel.labels(self._workshop.words))
        script = f'<script src="{_OURS}live.js" data-seen="{state}" data-words="{words}" defer></script>\n'.encode()
        head, found, rest = page.partition(b"</head>")
        return head + script + found + rest if found else page + script


def _is_here(hosts: list[str]) -> bool:
    """Tell whether a request names this computer: a page of another site may have its own name point here."""
    try:
        return len(hosts) == 1 and urlsplit(f"//{hosts[0]}").hostname in _HOSTS
    except ValueError:
        return False


class _Server(Server):
    """Leaves signals to us."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listening(port: int) -> socket.socket:
    """Take a port of this computer alone; OSError when somebody has it."""
    taken = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind(("127.0.0.1", port))
        taken.listen(128)
    except OSError:
        taken.close()
        raise
    return taken


def serve(
    application: ASGIApp, at: socket.socket, live: Live, stop: threading.Event, started: Callable[[], None]
) -> None:
    """Serve until SIGTERM or SIGINT; `stop` is set then, and open pages are let go."""

    async def first(scope: Scope, receive: Receive, send: Send) -> None:
        live.serve()
        await application(scope, receive, send)

    settings: Mapping[str, Any] = {
        "ws": "none", "lifespan": "off", "log_config": None, "access_log": False, "server_header": False,
        "proxy_headers": False, "timeout_graceful_shutdown": _PATIENCE,
    }  # fmt: skip
    server = _Server(Config(first, **settings))

    def end(_number: int, _frame: object) -> None:
        server.should_exit = True
        stop.set()
        live.end()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    started()
    server.run(sockets=[at])
    stop.set()
