"""Turns a city's folder into what can be known of it without reading its content: signatures, settings, day, commit."""

from __future__ import annotations

import datetime
import hashlib
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agora_build.build import signature
from agora_build.build.commit import commit_of, shallow_file
from agora_build.content.config_file import NAME, ConfigFile, read_config_file
from agora_build.content.day import day_of_build, is_said
from agora_build.content.preview import answered_here
from agora_build.content.tree import is_media
from agora_build.record import Record, replace
from agora_build.rendering.theme import theme_folders

_STATIC = "/static/"


class City(Record, frozen=True):
    """A city as it stands: what the disk says of its files, its configuration, its day, its commit."""

    since: int  # nanoseconds
    signatures: signature.Signatures
    config: ConfigFile
    day: datetime.date
    commit: str
    signed_code: list[tuple[str, signature.Sign]]
    extra: signature.Signatures  # of what counts outside the folders: files that agora.toml names, where history ends
    zone: str  # the time zone whose today is the day; '' when the day was said
    settings: str  # a hash of all that is in agora.toml and in the file of the basemap
    theme: str  # a hash of the theme's files
    theme_signed: str  # a hash of the signatures of the city's own themes

    def state(self) -> dict[str, Any]:
        """Give what the next build compares with."""
        return {
            "city": signature.settled(self.signatures, self.since),
            "since": self.since,
            "day": self.day.isoformat(),
            "commit": self.commit,
            "signed_code": self.signed_code,
            "extra": self.extra,
            "zone": self.zone,
            "config": pickle.dumps(self.config, pickle.HIGHEST_PROTOCOL),
            "settings": self.settings,
            "theme": self.theme,
            "theme_signed": self.theme_signed,
        }

    def changed_for_all(self, old: Mapping[str, Any]) -> bool:
        """Tell whether something changed that every scope may show: the day, the settings, the theme, a media file."""
        if any(old.get(name) != value for name, value in (("settings", self.settings), ("theme", self.theme))):
            return True
        before: signature.Signatures = old["city"]
        names = {path for path, sign in self.signatures.items() if before.get(path) != sign}
        names |= before.keys() - self.signatures.keys()
        return old["day"] != self.day.isoformat() or any(is_media(name) or _STATIC in name for name in names)


def look(
    root: str,
    day: datetime.date | None,
    old: Mapping[str, Any],
    taken: signature.Taken | None = None,
    *,
    preview: bool = False,
) -> City:
    """Look at a city, given what the last build left; `taken` are its signatures, when they were just taken."""
    since, signatures = taken or signature.of_city(root)
    code = signature.of_code(root)
    config = _known_config(signatures, code, old) or read_config_file(Path(root))
    if preview and config.config:
        config = replace(config, config=answered_here(config.config))
    themes = sorted(item for item in signatures.items() if item[0].startswith("themes/"))
    signed = hash_of(repr(themes).encode())
    same = signed == old.get("theme_signed")
    return City(
        since,
        signatures,
        config,
        day or day_of_build(config.config),
        commit_of(root),
        signed_code=code,
        extra=signature.of_files([*_named(root, config), *filter(None, [shallow_file(root)])]),
        zone="" if day or not config.config or is_said(config.config) else config.config.city.timezone,
        settings=_settings(root, config),
        theme=str(old["theme"]) if same else _theme(root, config),
        theme_signed=signed,
    )


def _known_config(signatures: signature.Signatures, code: object, old: Mapping[str, Any]) -> ConfigFile | None:
    """Give agora.toml as it was read by the last build, when neither it, what it could name nor Agora changed since."""
    if not old.get("config") or old["signed_code"] != code or old["extra"] != signature.of_files(old["extra"]):
        return None
    before: signature.Signatures = old["city"]
    same = before.get(NAME) == signatures.get(NAME) and before.keys() == signatures.keys()
    return pickle.loads(old["config"]) if same else None  # noqa: S301 - our own file


def _named(root: str, config: ConfigFile) -> list[str]:
    """Give the path of the file of the basemap, if there is one."""
    return [str(Path(root, config.map.basemap))] if config.map and config.map.basemap else []


def _settings(root: str, config: ConfigFile) -> str:
    paths = [Path(root, "agora.toml"), *map(Path, _named(root, config))]
    return hash_of(b"".join(path.read_bytes() for path in paths if path.is_file()))


def _theme(root: str, config: ConfigFile) -> str:
    """Hash the templates and the translations."""
    name = config.config.publication.theme if config.config else ""
    files = [
        path
        for folder in theme_folders(Path(root), name)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and _STATIC not in path.as_posix()
    ]
    return hash_of(b"".join(path.as_posix().encode() + path.read_bytes() for path in files))


def hash_of(data: bytes) -> str:
    """Hash bytes, in hexadecimal."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()
