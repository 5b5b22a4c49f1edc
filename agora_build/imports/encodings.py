"""Turns the bytes of a table that another system wrote into its encoding and its separator."""

from __future__ import annotations

import codecs
import itertools
import re
from collections.abc import Iterable
from pathlib import Path

from agora_build.record import Record

SEPARATORS = (";", ",", "\t")
_BLOCK = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SAID = re.compile(r'"?sep=(.)"?\s*')  # the first line of what Excel writes for itself


class Dialect(Record, frozen=True):
    """How a table is written: its encoding, its separator, and whether its first line only says the separator."""

    encoding: str
    separator: str
    said: bool = False


def encoding_of(path: Path) -> str:
    """Tell the encoding of a file, read whole, a block at a time: UTF-8, UTF-16 or Windows-1252."""
    with path.open("rb") as file:
        first = file.read(4096)
        for mark, name in _MARKS:
            if first.startswith(mark):
                return name
        if first.count(0) > len(first) // 4:  # letters of two bytes, one of them nil
            return "utf-16-le" if first[1::2].count(0) >= first[::2].count(0) else "utf-16-be"
        file.seek(0)
        return "utf-8" if _mostly_utf_8(iter(lambda: file.read(_BLOCK), b"")) else "cp1252"


def dialect_of(path: Path, encoding: str, separator: str, columns: Iterable[str]) -> Dialect:
    """Tell how a table is written; what is given is believed, and the known `columns` tell the separator."""
    encoding = encoding or encoding_of(path)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        first = file.readline(_BLOCK)
    said = _SAID.fullmatch(first)
    if said:
        return Dialect(encoding, separator or said[1], said=True)
    return Dialect(encoding, separator or _separator(first, {column.casefold() for column in columns}))


def _mostly_utf_8(blocks: Iterable[bytes]) -> bool:
    """Tell whether a file is UTF-8, even if a few bytes of it are not: then the lines that hold them are refused."""
    good = bad = 0
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    for block in itertools.chain(blocks, (b"",)):
        text = decoder.decode(block, final=not block)
        if not text.isascii():
            wrong = text.count("\ufffd")
            bad += wrong
            good += len(text) - len(text.encode("ascii", "ignore")) - wrong
    return bad * 10 <= good


def _separator(header: str, columns: set[str]) -> str:
    def known(separator: str) -> tuple[int, int]:
        cells = [cell.strip(' "\r\n').casefold() for cell in header.split(separator)]
        return sum(cell in columns for cell in cells), len(cells)

    return max(SEPARATORS, key=known)
