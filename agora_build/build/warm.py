"""Keeps, from one build to the next of the same process, the themes that were made ready: templates, words, links."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING

from agora_build.rendering.theme import Theme

if TYPE_CHECKING:
    from agora_build.build.store import Store

_FEW = 12  # themes: more than a site has languages


@dataclasses.dataclass(slots=True)
class Warm:
    """Themes by all that they were made from; `store` is that of the build that runs now."""

    store: Callable[[], Store] | None = None
    _themes: dict[tuple[str, ...], Theme] = dataclasses.field(default_factory=dict)

    def theme(self, made_from: tuple[str, ...], make: Callable[[], Theme]) -> Theme:
        """Give the theme that was made from these, or make it."""
        theme = self._themes.get(made_from)
        if theme is None:
            theme = make()
            if len(self._themes) >= _FEW:
                self._themes.clear()
            self._themes[made_from] = theme
        return theme

    def made(self, key: bytes) -> bytes | None:
        """Give what an earlier build made from something."""
        return self.store().made(key) if self.store else None
