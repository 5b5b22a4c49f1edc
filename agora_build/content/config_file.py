"""Turns agora.toml into the frozen Config, or into problems with the place of each key."""

# os.path, several times quicker than Path objects: a city may have 10,000 files.
# ruff: noqa: PTH113, PTH114, PTH117, PTH118, PTH123, PTH202
from __future__ import annotations

import os
import pathlib
import re
import tomllib
import zoneinfo
from collections.abc import Iterator, Sequence
from typing import Any

from agora_build.config import BASE_THEME, CityMap, Config
from agora_build.content import schema_number
from agora_build.content.places import Path
from agora_build.content.source import decoded
from agora_build.content.tree import MAX_TEXT
from agora_build.content.validate import nearest, shown, valid_fields, validated
from agora_build.problems import START, Problem, Span
from agora_build.record import Record, field

NAME = "agora.toml"
_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*([A-Za-z0-9_.-]+|"[^"]*"|'[^']*')\s*=\s*""")


class TomlSource(Record):
    """The text of agora.toml with the places of its tables and keys."""

    text: str = ""
    data: dict[str, Any] | None = None
    keys: dict[Path, Span] = field(default_factory=dict)
    values: dict[Path, Span] = field(default_factory=dict)
    empty: list[Path] = field(default_factory=list)
    broken: list[Path] = field(default_factory=list)
    schema: object = None  # what it gives as the version of the city's files

    def at_key(self, path: Path) -> Span:
        """Give the place of a key, or of the table around it."""
        while path and path not in self.keys:
            path = path[:-1]
        return self.keys.get(path, START)

    def at_value(self, path: Path) -> Span:
        """Give the place of a value, or of the table around it."""
        return self.values.get(path) or self.at_key(path)

    def problem(self, code: str, span: Span, /, **values: str) -> Problem:
        """Make a problem of agora.toml at a place of it."""
        lines = self.text.split("\n")
        return Problem(NAME, span, code, values, lines[span.line - 1] if span.line <= len(lines) else "")


class ConfigFile(Record):
    """What agora.toml says, and what of it can serve even when something else in it is wrong."""

    config: Config | None = None
    map: CityMap | None = None
    ids: dict[str, tuple[str, ...]] | None = None  # 'quarter' and 'office' -> ids; None when the file cannot be read
    pictures: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    schema: int = schema_number.CURRENT

    @property
    def is_of_another_version(self) -> bool:
        """Tell whether the city's files are written for another version: nothing else is to be said of them."""
        return self.schema != schema_number.CURRENT


def read_config(root: pathlib.Path) -> tuple[Config | None, list[Problem]]:
    """Read agora.toml alone: the configuration, or None and the problems."""
    read = read_config_file(root)
    return (None if read.problems else read.config), read.problems


def read_config_file(root: pathlib.Path) -> ConfigFile:
    """Read agora.toml, with the parts that remain usable."""
    source, problems = _read(root)
    if source.data is None:
        return ConfigFile(problems=problems)
    schema, refused = _schema(source, root)
    config, found = validated(Config, source.data, source)
    if schema != schema_number.CURRENT:
        return ConfigFile(config, problems=refused, schema=schema)
    parts = valid_fields(Config, source.data)
    ids = {kind: tuple(_ids(source.data.get(f"{kind}s"))) for kind in ("quarter", "office")}
    problems += [
        *refused,
        *found,
        *_repeated(source, ids),
        *_repeated_sites(source),
        *_zone(source),
        *_files(source, root),
        *_theme(source, root),
        *_bounds(source, parts),
    ]
    picture = source.data.get("podcast", {}).get("image") if isinstance(source.data.get("podcast"), dict) else None
    pictures = (picture,) if isinstance(picture, str) and picture.startswith("content/") else ()
    return ConfigFile(config, parts.get("map"), ids, pictures, problems)


def config_of(raw: bytes) -> ConfigFile:
    """Read the bytes of an agora.toml whose city is not at hand: what it names is not looked for."""
    source, problems = parsed(raw)
    if source.data is None:
        return ConfigFile(problems=problems)
    schema, refused = _schema(source)
    config, found = validated(Config, source.data, source)
    if schema != schema_number.CURRENT:
        return ConfigFile(config, problems=refused, schema=schema)
    ids = {kind: tuple(_ids(source.data.get(f"{kind}s"))) for kind in ("quarter", "office")}
    return ConfigFile(config, valid_fields(Config, source.data).get("map"), ids, (), [*problems, *refused, *found])


def _read(root: pathlib.Path) -> tuple[TomlSource, list[Problem]]:
    path = os.path.join(root, NAME)
    if os.path.islink(path):
        return TomlSource(), [Problem(NAME, START, "symlink", {"value": NAME})]
    if not os.path.isfile(path):
        return TomlSource(), [Problem(NAME, START, "missing-config")]
    size = os.path.getsize(path)
    if size > MAX_TEXT:
        values = {"value": NAME, "size": str(-(-size // 1_000_000)), "limit": "1"}
        return TomlSource(), [Problem(NAME, START, "file-too-big", values)]
    with open(path, "rb") as file:
        return parsed(file.read())


def parsed(raw: bytes) -> tuple[TomlSource, list[Problem]]:
    """Read the bytes of an agora.toml, with the places of its keys, whatever it says."""
    text, problems = decoded(NAME, raw)
    source = TomlSource(text)
    if not any(problem.code in ("not-utf-8", "control-character") for problem in problems):
        try:
            source.data = tomllib.loads(text)
        except (ValueError, RecursionError) as error:  # numbers of 5,000 digits and lists nested 500 times, too
            problems.append(_syntax(source, error))
        _locate(source)
    source.schema = source.data.pop(schema_number.KEY, None) if source.data else None
    return source, problems


def _schema(source: TomlSource, root: pathlib.Path | None = None) -> tuple[int, list[Problem]]:
    """Tell for which version the city's files are written, and what is wrong with that."""
    written, current = source.schema, schema_number.CURRENT
    place = source.at_value((schema_number.KEY,))
    if written is None:
        older = root and schema_number.is_before_numbers(os.fspath(root), source.data or {})
        number = 0 if older else current
    elif isinstance(written, bool) or not isinstance(written, int) or written < 0:
        return current, [source.problem("bad-schema", place, value=shown(written), current=str(current))]
    else:
        number = written
    if number == current:
        return number, []
    values = {"value": shown(number), "current": str(current)}
    return number, [source.problem("newer-schema" if number > current else "old-schema", place, **values)]


def _syntax(source: TomlSource, error: Exception) -> Problem:
    said = str(error)
    place = re.search(r"\(at line (\d+), column (\d+)\)", said)
    lines = source.text.rstrip("\n").split("\n")
    span = Span(int(place[1]), int(place[2])) if place else Span(len(lines), max(1, len(lines[-1])))
    if not isinstance(error, tomllib.TOMLDecodeError):  # it says no place: such a value makes a long line
        span = Span(lines.index(max(lines, key=len)) + 1, 1)
    repeated = "overwrite" in said or "twice" in said
    return source.problem("toml-repeated" if repeated else "toml-syntax", span)


def _locate(source: TomlSource) -> None:
    """Note the place of each table and key, line by line; texts over several lines are stepped over."""
    table: Path = ()
    counts: dict[Path, int] = {}
    inside = ""
    for number, line in enumerate(source.text.split("\n"), 1):
        if inside:
            inside = "" if inside in line else inside
            continue
        header = _HEADER.match(line)
        if header:
            table = tuple(part.strip(" \"'") for part in header[2].split("."))
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            source.keys.setdefault(table, Span(number, header.start(1) + 1, len(line.rstrip()) - header.start(1)))
            source.keys.setdefault(table[:1], source.keys[table])
        elif key := _KEY.match(line):
            _note(source, table, key, number)
            value = line[key.end() :]
            inside = next((quotes for quotes in ('"""', "'''") if value.count(quotes) == 1), "")


def _note(source: TomlSource, table: Path, key: re.Match[str], number: int) -> None:
    name = key[1]
    parts = (name.strip("\"'"),) if name[0] in "\"'" else tuple(name.split("."))
    source.keys.setdefault((*table, *parts), Span(number, key.start(1) + 1, len(name)))
    value = re.sub(r"\s+#[^\"']*$", "", key.string[key.end() :]).rstrip()
    source.values.setdefault((*table, *parts), Span(number, key.end() + 1, max(1, len(value))))


def _ids(tables: object) -> Iterator[str]:
    for table in tables if isinstance(tables, list) else ():
        if isinstance(table, dict) and isinstance(table.get("id"), str):
            yield table["id"]


def _repeated(source: TomlSource, ids: dict[str, tuple[str, ...]]) -> Iterator[Problem]:
    for kind in ids:
        yield from _repeated_in(source, (source.data or {}).get(f"{kind}s"), (f"{kind}s",))


def _repeated_sites(source: TomlSource) -> Iterator[Problem]:
    network = (source.data or {}).get("network")
    if isinstance(network, dict):
        yield from _repeated_in(source, network.get("sites"), ("network", "sites"))


def _repeated_in(source: TomlSource, tables: object, path: Path) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for index, table in enumerate(tables if isinstance(tables, list) else ()):
        name = next(_ids([table]), "")
        place = source.at_value((*path, index, "id"))
        line = first.setdefault(name, place.line)
        if name and line != place.line:
            yield source.problem("repeated-id", place, value=shown(name), line=str(line))


def _zone(source: TomlSource) -> Iterator[Problem]:
    city = (source.data or {}).get("city")
    name = city.get("timezone", "Europe/Paris") if isinstance(city, dict) else "Europe/Paris"
    if not isinstance(name, str):
        return
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        near = nearest_zone(name, sorted(zoneinfo.available_timezones()))
        yield source.problem("unknown-timezone", source.at_value(("city", "timezone")), value=shown(name), near=near)


def nearest_zone(name: str, zones: Sequence[str]) -> str:
    """Give the time zone that was probably meant: 'europe/paris' or 'Paris' -> 'Europe/Paris'."""
    lower = {zone.lower(): zone for zone in zones}
    city = {zone.rpartition("/")[2].lower(): zone for zone in zones}
    return lower.get(name.lower()) or city.get(name.lower()) or lower.get(nearest(name, lower), "")


def _files(source: TomlSource, root: pathlib.Path) -> Iterator[Problem]:
    suffixes = {("map", "basemap"): (".geojson", ".json"), ("podcast", "image"): (".png", ".jpg", ".jpeg")}
    for (table, key), allowed in suffixes.items():
        held = (source.data or {}).get(table)
        name = held.get(key) if isinstance(held, dict) else None
        if not isinstance(name, str):
            continue
        span = source.at_value((table, key))
        if os.path.isabs(name) or ".." in name.split("/") or "\\" in name:
            yield source.problem("path-escapes", span, key=f"{table}.{key}", value=shown(name))
        elif not name.lower().endswith(allowed):
            values = {"key": f"{table}.{key}", "value": shown(name), "allowed": ", ".join(allowed)}
            yield source.problem("wrong-suffix", span, **values)
        elif key == "image" and not name.startswith("content/"):
            yield source.problem("not-published", span, key=f"{table}.{key}", value=shown(name))
        elif not os.path.isfile(os.path.join(root, name)):
            code = "missing-picture" if key == "image" else "missing-file"
            yield source.problem(code, span, key=f"{table}.{key}", value=shown(name), near="")
        elif key == "basemap" and not _can_be_drawn(root / name):
            yield source.problem("bad-basemap", span, key=f"{table}.{key}", value=shown(name))


def _can_be_drawn(path: pathlib.Path) -> bool:
    from agora_build.content.basemap import can_be_drawn  # its models are many, and most builds need none of them

    return can_be_drawn(path.read_text("utf-8", "replace"))


def _theme(source: TomlSource, root: pathlib.Path) -> Iterator[Problem]:
    publication = (source.data or {}).get("publication")
    name = publication.get("theme", BASE_THEME) if isinstance(publication, dict) else BASE_THEME
    if isinstance(name, str) and name != BASE_THEME and not (root / "themes" / name).is_dir():
        yield source.problem("missing-theme", source.at_value(("publication", "theme")), value=shown(name))


def _bounds(source: TomlSource, parts: dict[str, Any]) -> Iterator[Problem]:
    city = parts.get("map")
    if isinstance(city, CityMap) and not (city.south < city.lat < city.north and city.west < city.lon < city.east):
        yield source.problem("bad-bounds", source.at_key(("map",)))
