"""Turns a call of `agora build` into the answer that nothing changed, when that is so; it imports next to nothing."""

# os.path, several times quicker than Path objects, and `os` alone: this is most of what such a build costs.
# ruff: noqa: PTH109, PTH118
from __future__ import annotations

import os
from collections.abc import Sequence

from agora_build.build import mark, signature, state
from agora_build.build.commit import commit_of

_EPOCH = "SOURCE_DATE_EPOCH"


def said(arguments: Sequence[str]) -> tuple[str, signature.Taken | None]:
    """Give what to say when nothing changed since a build called in the same way, or '' and the signatures taken."""
    root = _root(arguments)
    old = state.read(os.path.join(root, state.FOLDER))
    same = (
        old.get("call") == call(arguments)
        and old["release"] == mark.release_of(str(old["output"]))
        and old["shown"] == mark.changed_at(str(old["output"]))
        and old["commit"] == commit_of(root)
        and old["extra"] == signature.of_files(_paths(old["extra"]))
        and old["signed_code"] == signature.of_code(root)
        and (not old["zone"] or old["day"] == _today(str(old["zone"])))
    )
    if not same:
        return "", None
    taken = signature.of_city(root)
    if old["city"] != taken[1]:
        return "", taken
    return f"Rien n’a changé : le site est à jour ({old['files']} fichiers).", taken


def call(arguments: Sequence[str]) -> list[str]:
    """Give all that says what a build is to do: its arguments, where it is called, the day the environment gives."""
    return [*arguments, os.getcwd(), os.environ.get(_EPOCH, "")]


def _paths(signatures: object) -> list[str]:
    return list(signatures) if isinstance(signatures, dict) else []


def _root(arguments: Sequence[str]) -> str:
    for name, value in zip(arguments, [*arguments[1:], ""], strict=False):
        if name == "--city":
            return value
        if name.startswith("--city="):
            return name.partition("=")[2]
    return "."


def _today(zone: str) -> str:
    import datetime
    import zoneinfo

    return datetime.datetime.now(zoneinfo.ZoneInfo(zone)).date().isoformat()
