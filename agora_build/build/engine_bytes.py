"""Turns Pagefind's lists of filters, which it writes in an order left to chance, into lists in one order.

Its other files depend on the texts alone. A file is named by what it holds, so these are named anew. They are left
uncompressed, which Pagefind reads too: compressed bytes would depend on the computer's zlib.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

FORM = "agora 1"
_SIGNATURE = b"pagefind_dcd"
_UINT, _TEXT, _ARRAY = 0, 3, 4  # the kinds of CBOR values that Pagefind writes here
_SMALL = 24
_SIZES = {24: 1, 25: 2, 26: 4, 27: 8}
_FILTERS = 3  # where they stand in the description: version, pages, chunks, filters, sorts, fields


def settle(raw: Path, folder: Path) -> None:
    """Write into `folder` the filters and the descriptions that the engine wrote into `raw`, in order."""
    entry = json.loads((raw / "pagefind-entry.json").read_bytes())
    names: dict[str, str] = {}
    for path in sorted(raw.glob("filter/*.pf_filter")):
        name, values = _read(path)
        language = path.name.partition("_")[0]
        data = _SIGNATURE + encoded([name, sorted(values)])
        names[path.stem] = f"{language}_{_hash(data)}"
        _write(folder / "filter" / f"{names[path.stem]}.pf_filter", data)
    for language, said in entry["languages"].items():
        described = _read(raw / f"pagefind.{said['hash']}.pf_meta")
        described[_FILTERS] = sorted([name, names[file]] for name, file in described[_FILTERS])
        data = _SIGNATURE + encoded(described)
        said["hash"] = f"{language}_{_hash(data)}"
        _write(folder / f"pagefind.{said['hash']}.pf_meta", data)
    _write(folder / "pagefind-entry.json", json.dumps(entry, ensure_ascii=False, sort_keys=True).encode())


def decoded(data: bytes) -> Any:  # noqa: ANN401 - what the file says
    """Read a CBOR value; ValueError when it holds something else than numbers, texts and lists."""
    value, end = _value(data, 0)
    if end != len(data):
        raise ValueError("more than one value")
    return value


def encoded(value: object) -> bytes:
    """Write numbers, texts and lists as CBOR."""
    if isinstance(value, int):
        return _head(_UINT, value)
    if isinstance(value, str):
        data = value.encode()
        return _head(_TEXT, len(data)) + data
    assert isinstance(value, list)  # noqa: S101 - we read nothing else
    return _head(_ARRAY, len(value)) + b"".join(map(encoded, value))


def _value(data: bytes, at: int) -> tuple[Any, int]:
    kind, count, at = data[at] >> 5, data[at] & 31, at + 1
    if count >= _SMALL:
        if count not in _SIZES:
            raise ValueError("not a number that is told")
        end = at + _SIZES[count]
        count, at = int.from_bytes(data[at:end], "big"), end
    if kind == _UINT:
        return count, at
    if kind == _TEXT:
        return data[at : at + count].decode(), at + count
    if kind != _ARRAY:
        raise ValueError("not a number, a text or a list")
    values = []
    for _ in range(count):
        value, at = _value(data, at)
        values.append(value)
    return values, at


def _head(kind: int, count: int) -> bytes:
    if count < _SMALL:
        return bytes([kind << 5 | count])
    code, size = next((code, size) for code, size in _SIZES.items() if count < 1 << 8 * size)
    return bytes([kind << 5 | code]) + count.to_bytes(size, "big")


def _read(path: Path) -> Any:  # noqa: ANN401 - what the file says
    return decoded(gzip.decompress(path.read_bytes()).removeprefix(_SIGNATURE))


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:10]
