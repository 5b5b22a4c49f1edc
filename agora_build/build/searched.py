"""Turns the content of a site into the texts that its search engine reads, without the names of people."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from agora_build.build.engine import Text
from agora_build.content import listed
from agora_build.content.languages import in_language
from agora_build.content.listed import Listed
from agora_build.content.site import Entry, Site, Thread
from agora_build.rendering import citizen
from agora_build.urls import Urls

# What files say besides their body, in order; a person's name is no word to look for.
_SAID = ("question", "summary", "group", "synthesis", "outcome", "minutes", "mandate", "opinion", "host", "publisher")
_ELIDED = re.compile(r"(?<![^\W_])(?<!['’])((?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)['’])(?=[^\W_])", re.IGNORECASE)
APART = " "  # set after « l’ » so that « école » is a word of « l’école »; the search page takes it away


def texts(site: Site, threads: Callable[[str, str], Thread]) -> Iterator[Text]:
    """List the texts of a site in each of its languages, given what was said in a debate of a campaign.

    What people said, and what is not translated, is in each of them: it is on the pages of each.
    """
    city = site.config.city
    urls = Urls(city.language)
    for language in city.editions:
        folder = "" if language == city.language else f"{language}/"
        for text in _texts(in_language(site, language), threads, urls, language):
            if not folder or urls.in_each_language(text.path):
                yield text._replace(path=folder + text.path)


def _texts(site: Site, threads: Callable[[str, str], Thread], urls: Urls, language: str) -> Iterator[Text]:
    quarters = {quarter.id: quarter.name for quarter in site.config.quarters}
    for line, page in listed.of_pages(site, urls):
        yield _text(line, page, language, quarters, "")
    for microsite in site.microsites:
        answers = {entry.slug: entry.body for entry in microsite.answers}
        for line, entry in listed.of_microsite(microsite, urls):
            yield _text(line, entry, language, quarters, answers.get(entry.slug, ""))
        for debate in microsite.debates:
            for line, entry in listed.of_thread(microsite, threads(microsite.slug, debate.slug), urls):
                yield _text(line, entry, language, quarters, answers.get(entry.slug, ""))


def _text(line: Listed, entry: Entry[Any], language: str, quarters: dict[str, str], answer: str) -> Text:
    said = [getattr(entry.meta, name, None) for name in _SAID]
    words = _apart(citizen.plain("\n\n".join(part for part in (*said, entry.body, answer) if part)))
    title = line.title or citizen.excerpt(line.words, 90)
    date = line.date.isoformat() if line.date else ""
    return Text(
        path=line.path,
        language=language,
        words=" ".join(part for part in (words, quarters.get(line.quarter, "")) if part) or title,
        filters={
            "campaign": line.campaign,
            "kind": line.kind,
            "quarter": line.quarter,
            "theme": line.theme,
            "year": date[:4],
        },
        shown={name: value for name, value in (("title", _apart(title)), ("date", date)) if value},
    )


def _apart(text: str) -> str:
    return _ELIDED.sub(rf"\1{APART}", text)
