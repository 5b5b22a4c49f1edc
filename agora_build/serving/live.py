"""Keeps what open pages must know: the problems there are, and the files of the site that just changed."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterable
from typing import Any

_MANY = 300  # paths beyond which all pages look again
_ALIVE = 15  # seconds of silence after which a connection is told that we are here
_BEHIND = 50  # messages that a page may be late by before the oldest is forgotten


class Live:
    """Tells every open page what happens; it is told from any thread, and answers in the one that serves."""

    def __init__(self) -> None:
        self.problems: list[dict[str, Any]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pages: set[asyncio.Queue[str | None]] = set()

    def serve(self) -> None:
        """Note that the running loop is the one that serves."""
        self._loop = asyncio.get_running_loop()

    def say(self, problems: list[dict[str, Any]], changed: Iterable[str] = ()) -> None:
        """Say what is wrong now, and which files of the site changed."""
        self.problems = problems
        paths = sorted(changed)
        self._send(_event("problems", problems))
        if paths:
            self._send(_event("changed", paths if len(paths) <= _MANY else None))

    def end(self) -> None:
        """Let go of every page."""
        self._send(None)

    async def events(self, *, late: bool) -> AsyncIterator[str]:
        """Tell a page what there is to know, then what comes; a page that is `late` is told to look again."""
        queue: asyncio.Queue[str | None] = asyncio.Queue(_BEHIND)
        self._pages.add(queue)
        try:
            yield _event("problems", self.problems)
            if late:
                yield _event("changed", None)
            while True:
                try:
                    message = await asyncio.wait_for(queue.get(), _ALIVE)
                except TimeoutError:
                    message = ": \n\n"
                if message is None:
                    return
                yield message
        finally:
            self._pages.discard(queue)

    def _send(self, message: str | None) -> None:
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # it is over
                self._loop.call_soon_threadsafe(self._put, message)

    def _put(self, message: str | None) -> None:
        for queue in tuple(self._pages):
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(message)


def _event(name: str, data: object) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
