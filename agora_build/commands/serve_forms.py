"""Turns the intake of a city into the one that answers the forms of its preview, when somebody first sends one."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from agora_build.config import Intake
from agora_build.content.config_file import read_config_file
from agora_build.content.languages import NAMES
from agora_build.content.preview import forms_below
from agora_build.problems import as_text, wording

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_NEEDED = ("altcha", "httpx", "sqlalchemy")  # what only the intake needs


def is_installed() -> bool:
    """Tell whether what receives forms is installed."""
    return all(importlib.util.find_spec(name) for name in _NEEDED)


def below(root: Path) -> tuple[str, ...]:
    """Give the paths below which the forms of a city are answered, in each language that it may speak."""
    folder = forms_below(read_config_file(root).config)
    return (f"/{folder}", *(f"/{language}/{folder}" for language in NAMES))


class Forms:
    """Answers the forms of a preview; the city is read when the first is asked for.

    What they are sent stays in the preview, or goes to the `inbox` of the city.
    """

    def __init__(self, root: Path, *, inbox: bool = False) -> None:
        self._root, self._inbox = root, inbox
        self._application: ASGIApp | None = None
        self._ends: list[Callable[[], None]] = []
        self._making = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        async with self._making:
            if self._application is None:
                self._application = await asyncio.to_thread(self._opened)
        await self._application(scope, receive, send)

    def close(self) -> None:
        """Let go of the journal."""
        for end in self._ends:
            end()

    def _opened(self) -> ASGIApp:
        from starlette.responses import Response

        from agora_build.intake.app import app_of
        from agora_build.intake.city import Cities, CityProblemError
        from agora_build.intake.endpoint import Endpoint
        from agora_build.intake.store import Journal, address_in
        from agora_build.intake.tokens import signer_of
        from agora_build.intake.writer import Writer

        try:
            cities = Cities(self._root, preview=True)
        except CityProblemError as error:
            said = "\n\n".join(as_text(problem, wording("fr")) for problem in error.problems)
            return Response(said, 503, media_type="text/plain")
        tried = cities.now().intake.store
        config = read_config_file(self._root).config if self._inbox else None
        address = address_in(self._root, (config.intake or Intake()).store if config else tried)
        Journal(address).close()
        writer = Writer(address)
        self._ends.append(writer.close)
        return app_of(Endpoint(cities, writer, signer_of(self._root)), cities, log=None)
