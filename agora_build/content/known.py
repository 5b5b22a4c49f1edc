"""Turns the paths of a city that was accepted before into what a Draft asks of it, without reading its files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from agora_build.content.tree import Found, found_at, is_media


class KnownPlaces(Mapping[str, Found]):
    """The content files among the city's paths."""

    def __init__(self, paths: Mapping[str, object]) -> None:
        """Take the paths, as the keys of a mapping."""
        self.paths = paths

    def __getitem__(self, path: str) -> Found:
        """Tell what a content file is."""
        found = found_at(path) if path in self.paths else None
        if found is None:
            raise KeyError(path)
        return found

    def __iter__(self) -> Iterator[str]:
        """List the paths of content files."""
        return (path for path in self.paths if found_at(path))

    def __len__(self) -> int:
        """Count the content files."""
        return sum(1 for _ in self)


class KnownMedia(AbstractSet[str]):
    """The media among the city's paths."""

    def __init__(self, paths: Mapping[str, object]) -> None:
        """Take the paths, as the keys of a mapping."""
        self.paths = paths

    def __contains__(self, path: object) -> bool:
        """Tell whether a path is that of a media file."""
        return isinstance(path, str) and path in self.paths and is_media(path)

    def __iter__(self) -> Iterator[str]:
        """List the paths of media."""
        return (path for path in self.paths if is_media(path))

    def __len__(self) -> int:
        """Count the media."""
        return sum(1 for _ in self)

    @classmethod
    def _from_iterable(cls, paths: Iterable[str]) -> AbstractSet[str]:  # type: ignore[override]
        return frozenset(paths)
