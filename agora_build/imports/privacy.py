"""Turns a text in which somebody left an address, a telephone number or an account's id into one without them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

Kind = Literal["email", "phone", "account"]
_AT = r"\s?(?:@|\(at\)|\[at\]|\(a\)|\[a\]|\barobase\b|\(arobase\))\s?"
_NAME, _HOST = r"[\w.+%-]*\w", r"\w[\w-]*(?:\.[\w-]+)*\.[^\W\d_]{2,}"
# Without a sign of its own, an address is looked for from the sign that no other word has.
_EMAIL = re.compile(rf"(?:mailto:)?(?<![\w.+%-]){_NAME}{_AT}{_HOST}", re.IGNORECASE)
_HINT = re.compile(r"@|[(\[]a(?:t|robase)?[)\]]|arobase", re.IGNORECASE)
_DATE = r"(?![0-9]{2}[/.-][0-9]{2}[/.-](?:19|20)[0-9]{2}\b)"  # with an hour after it, a date has as many digits
_FRENCH = rf"(?<![\w.,]){_DATE}(?:(?:\+|\b00)33[\s.-]*(?:\(0\)[\s.-]*)?|0)[1-9](?:[\s./-]?[0-9]{{2}}){{4}}(?![\w])"
_ABROAD = r"(?<![\w.,])\+[1-9][0-9]{0,2}(?:[\s.()/-]{0,2}[0-9]){7,12}(?![\w])"
_PHONE = re.compile(f"{_FRENCH}|{_ABROAD}")
_MEMBER = re.compile(r"gid://[^\s/]+/[A-Za-z:]*::User\w*/[0-9]+")  # how Decidim writes that a member is named
_SURELY_AN_ID = 8  # characters: shorter ids are words and numbers of everyday


def masked(text: str, masks: Mapping[Kind, str], private: Iterable[str] = ()) -> tuple[str, tuple[Kind, ...]]:
    """Put a mask in the place of each address, number and private value; tell the kinds that were found."""
    found: list[Kind] = []
    for value in private:
        if len(value) >= _SURELY_AN_ID and value in text:
            text = text.replace(value, masks["account"])
            found.append("account")
    if "gid://" in text:
        text, count = _MEMBER.subn(lambda _: masks["account"], text)
        found += ["account"] * bool(count)
    if _HINT.search(text):
        text, count = _EMAIL.subn(lambda _: masks["email"], text)
        found += ["email"] * bool(count)
    if any(digit in text for digit in "0+"):
        text, count = _PHONE.subn(lambda _: masks["phone"], text)
        found += ["phone"] * bool(count)
    return text, tuple(dict.fromkeys(found))
