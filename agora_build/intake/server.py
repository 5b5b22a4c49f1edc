"""Turns an application into a server on a port: bounds on what connections may take, and an end that loses nothing."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher
from waitress.wasyncore import loop

from agora_build.intake.app import WAITING

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

THREADS = 64  # most of them wait for the commit of what they sent
CONNECTIONS = 2_000
IDLE = 15  # seconds without a byte
SLOW_HEADER, SLOW_BODY = 10, 20  # seconds from the first byte of a request to the last of its header, of its body
HEADER = 16 * 1024  # bytes
BODY = 80 * 1024  # bytes; a little more than a form may have: beyond, nothing can be answered in words
PATIENCE = 15  # seconds for what was accepted, once asked to stop


class _Parser(HTTPRequestParser):  # type: ignore[misc]
    """Refuses a request with two lengths: whoever stands before us may have read another one."""

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        fields = header_plus.lower().split(b"\r\n")
        lengths = sum(line.startswith((b"content-length:", b"transfer-encoding:")) for line in fields)
        if lengths > 1:
            msg = "two lengths"
            raise ParsingError(msg)


class _Channel(HTTPChannel):  # type: ignore[misc]
    """Notes when a request began to come, so that none may come for ever."""

    parser_class = _Parser
    began = 0.0

    def readable(self) -> bool:
        return not self.server.stopping and bool(super().readable())

    def received(self, data: bytes) -> Any:  # noqa: ANN401
        if self.request is None:
            self.began = time.time()
        return super().received(data)

    def is_slow(self, now: float) -> bool:
        """Tell whether the request that is coming takes too long."""
        coming = self.request
        limit = SLOW_BODY if coming is not None and coming.headers_finished else SLOW_HEADER
        return coming is not None and now - self.began > limit


class _Server(TcpWSGIServer):  # type: ignore[misc]
    channel_class = _Channel
    stopping = False

    def maintenance(self, now: float) -> None:
        super().maintenance(now)
        for channel in self.active_channels.values():
            channel.will_close = channel.will_close or channel.is_slow(now)

    def run(self) -> None:
        """Serve until `stopping`; then read nothing more, and answer what was read."""
        until = float("inf")
        while not self.stopping or (self._answering() and time.time() < until):
            if self.stopping and until == float("inf"):
                until = time.time() + PATIENCE
            loop(timeout=0.5, use_poll=True, map=self._map, count=1)
        self.task_dispatcher.shutdown()

    def readable(self) -> bool:
        return not self.stopping and bool(super().readable())

    def _answering(self) -> bool:
        return any(channel.requests or channel.total_outbufs_len for channel in self.active_channels.values())


def serve(
    application: WSGIApplication,
    host: str,
    port: int,
    started: Callable[[int], None],
    again: Callable[[], None],
) -> None:
    """Serve until SIGTERM or SIGINT, then finish what was accepted; SIGHUP calls `again`."""
    logging.getLogger("waitress").setLevel(logging.ERROR)
    dispatcher = ThreadedTaskDispatcher()

    def counted(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        environ[WAITING] = len(dispatcher.queue)
        return application(environ, start)

    settings = Adjustments(
        listen=f"[{host}]:{port}" if ":" in host else f"{host}:{port}", connection_limit=CONNECTIONS, ident=None,
        channel_timeout=IDLE, max_request_header_size=HEADER, max_request_body_size=BODY, cleanup_interval=2,
        backlog=1024, threads=THREADS, clear_untrusted_proxy_headers=False,
    )  # fmt: skip
    server = _Server(counted, {}, dispatcher=dispatcher, adj=settings, sockinfo=settings.listen[0])
    dispatcher.set_thread_count(THREADS)

    def stop(_number: int, _frame: object) -> None:
        server.stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGHUP, lambda _number, _frame: again())
    started(server.effective_port)
    try:
        server.run()
    finally:
        server.close()
