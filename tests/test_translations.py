"""The words of the theme: each message in each language, with its values and its plural forms, and none too many."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
import pytest
from babel.messages import pofile

from agora_build.content.steps import KINDS, STATUSES
from agora_build.rendering.theme import base_theme

ROOT = Path(__file__).parents[1]
THEME = base_theme()
PLURALS = {"fr": 2, "en": 2, "ar": 6}
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")
COUNTS = {"%(count)s", "%(num)s"}
LANGUAGES = sorted(PLURALS)


class Message(NamedTuple):
    """A message: its text for a number that is not one, if it depends on one, and what it is in a language."""

    many: str
    said: tuple[str, ...]


@cache
def catalogue(language: str) -> dict[str, Message]:
    with (THEME / "translations" / f"{language}.po").open("rb") as file:
        read = pofile.read_po(file, locale=language, abort_invalid=True)
    found: dict[str, Message] = {}
    for message in read:
        if message.id:
            one, many = message.id if isinstance(message.id, tuple | list) else (message.id, "")
            said = message.string if isinstance(message.string, tuple | list) else (message.string,)
            found[one] = Message(many, tuple(said))
    return found


@cache
def asked() -> set[str]:
    """Every message that the templates and the code ask for by its words."""
    environment = jinja2.Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    found: set[str] = {words for pair in KINDS.values() for words in pair} | set(STATUSES.values())
    for path in (THEME / "templates").rglob("*.*"):
        for _, function, message in environment.extract_translations(path.read_text("utf-8"), ["_", "gettext", "N_"]):
            found |= {message} if function and isinstance(message, str) else set()
        for _, _, message in environment.extract_translations(path.read_text("utf-8")):
            single = message[0] if isinstance(message, tuple) else message
            found |= {single} if single else set()
    for path in (ROOT / "agora_build").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "text":
                found |= {word for arg in node.args[:1] if isinstance(word := getattr(arg, "value", None), str)}
    return found


@cache
def written() -> str:
    """All that is written in the code and the templates."""
    files = [*(ROOT / "agora_build").rglob("*.py"), *(THEME / "templates").rglob("*.*")]
    parts: list[Any] = []
    for path in files:
        text = path.read_text("utf-8")
        parts.append(text)
        if path.suffix == ".py":  # a text cut over two lines is one
            parts += [node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)]
    return "\n".join(part for part in parts if isinstance(part, str))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated(language: str) -> None:
    known = catalogue(language)
    assert len(asked()) > 100
    assert sorted(message for message in asked() if message not in known) == []
    assert sorted(message for message, (_, said) in known.items() if not all(said)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogues_have_the_same_messages(language: str) -> None:
    assert sorted(catalogue(language).keys() ^ catalogue("en").keys()) == []
    for message, (many, _) in catalogue(language).items():
        assert many == catalogue("en")[message].many


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_every_placeholder(language: str) -> None:
    """Arabic says one and two in words: these forms alone may go without the number."""
    for message, (many, said) in catalogue(language).items():
        wanted = set(PLACEHOLDER.findall(message)) | set(PLACEHOLDER.findall(many))
        for form, string in enumerate(said):
            spoken = COUNTS if len(said) == PLURALS["ar"] and form in (1, 2) else set()
            found = set(PLACEHOLDER.findall(string))
            assert wanted - spoken <= found <= wanted, (message, string)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_there_twice(language: str) -> None:
    """The last one would win, and nobody would see which."""
    text = (THEME / "translations" / f"{language}.po").read_text("utf-8")
    ids = re.findall(r'^(?:msgctxt .+\n)?msgid (?:".*"\n)+', text, re.MULTILINE)
    assert len(ids) > 1000
    assert {message for message in ids if ids.count(message) > 1} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_plurals_have_the_forms_of_their_language(language: str) -> None:
    for message, (many, said) in catalogue(language).items():
        assert len(said) == (PLURALS[language] if many else 1), message


def test_every_message_of_a_catalogue_is_used() -> None:
    text = written()
    unused = [message for message in catalogue("en") if message.replace('"', '\\"') not in text and message not in text]
    assert unused == []


def test_arabic_is_written_in_arabic() -> None:
    """A French or English sentence left in the Arabic file would be read aloud as Arabic."""
    kept = {": ", ", ", "FOLDER", "LIST.csv", "12 rue de la Mairie"}  # signs, files, an address as it is in the street
    for message, (_, said) in catalogue("ar").items():
        for string in said:
            assert message in kept or re.search(r"[\u0621-\u064a]{2}", string), message
            assert not re.search(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}", string) or message in kept, message
            assert not re.search(r"[,;?](?=\s|$)", string), f"Latin punctuation in {string}"
