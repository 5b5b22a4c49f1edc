"""Turns what the pages of a site say into its search engine (Pagefind): for the same texts, files of the same bytes."""

from __future__ import annotations

import base64
import importlib.util
import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from io import BufferedReader
from pathlib import Path
from typing import Any, NamedTuple

from agora_build.build import engine_bytes

_LIBRARY = "pagefind_bin"
_AHEAD = 64  # messages sent before one reads the answers
_KEPT = ("pagefind.js", "pagefind-worker.js", "wasm.*.pagefind", "fragment/*", "index/*")
_LICENCE = Path(__file__).parent / "engine_licence.txt"


class EngineError(Exception):
    """Says that the engine did not make its index, and what it said."""


class Text(NamedTuple):
    """What the engine knows of a page: where it is, its words, what one may look among, what a result shows."""

    path: str
    language: str
    words: str
    filters: dict[str, str]
    shown: dict[str, str]


def named() -> str:
    """Give the name and the version of the engine, and how its files are written; '' when it is not installed."""
    if not importlib.util.find_spec(_LIBRARY):
        return ""
    return f"pagefind {version(_LIBRARY)}, {engine_bytes.FORM}"


def index(texts: Iterable[Text], folder: Path) -> Iterator[str]:
    """Write the files of the engine into a new folder, and name them, in order."""
    raw = folder.with_name(f"{folder.name}.raw")
    for old in (folder, raw):
        shutil.rmtree(old, ignore_errors=True)
    _index(texts, raw)
    for pattern in _KEPT:
        for source in raw.glob(pattern):
            target = folder / source.relative_to(raw)
            target.parent.mkdir(parents=True, exist_ok=True)
            source.rename(target)
    engine_bytes.settle(raw, folder)
    shutil.copyfile(_LICENCE, folder / "LICENSE.txt")
    shutil.rmtree(raw)
    return iter(sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()))


def _index(texts: Iterable[Text], folder: Path) -> None:
    """Give the engine the texts in order, because it numbers them as they come; it answers each with a message."""
    from pagefind_bin import get_executable

    with subprocess.Popen(
        [get_executable(), "--service"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as service:
        said, heard = service.stdin, service.stdout
        assert said is not None  # noqa: S101 - both are pipes
        assert isinstance(heard, BufferedReader)  # noqa: S101
        said.write(_message(type="NewIndex", config=None))
        said.flush()
        index = _answer(heard)["index_id"]
        waiting = 0
        for text in texts:
            said.write(_message(type="AddRecord", index_id=index, **_record(text)))
            waiting += 1
            if waiting == _AHEAD:  # more, and both would wait for the other to read
                said.flush()
                for _ in range(waiting):
                    _answer(heard)
                waiting = 0
        said.write(_message(type="GetFiles", index_id=index))  # asked to write them, it may end before it has
        said.flush()
        for _ in range(waiting):
            _answer(heard)
        for file in _answer(heard)["files"]:
            _write(folder / file["path"], base64.b64decode(file["content"]))
        said.close()


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _record(text: Text) -> dict[str, Any]:
    return {
        "url": text.path,
        "content": text.words,
        "language": text.language,
        "meta": text.shown,
        "filters": {name: [value] for name, value in text.filters.items() if value},
    }


def _message(**payload: Any) -> bytes:  # noqa: ANN401 - what JSON holds
    return base64.b64encode(json.dumps({"message_id": 1, "payload": payload}).encode()) + b","


def _answer(heard: BufferedReader) -> dict[str, Any]:
    """Read one answer, up to the comma that ends it."""
    said = bytearray()
    while not said.endswith(b","):
        come = heard.peek()
        if not come:
            raise EngineError("stopped")
        said += heard.read(come.find(b",") + 1 or len(come))
    payload: dict[str, Any] = json.loads(base64.b64decode(said[:-1]))["payload"]
    if payload["type"] == "Error":
        raise EngineError(payload["message"])
    return payload
