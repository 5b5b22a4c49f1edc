"""Turns a city's content into what its pages say in another of its languages; what is not translated keeps its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

from agora_build.config import Config
from agora_build.content.fields import Model
from agora_build.content.markdown_scan import anchors_in_order
from agora_build.content.site import Entry, Microsite, Site, Thread, ThreadSummary
from agora_build.content.words import WordField, word_fields
from agora_build.record import Record, replace

NAMES = {"fr": "Français", "en": "English", "ar": "العربية"}  # each in itself, as its readers look for it
RIGHT_TO_LEFT = ("ar",)
Translations = Mapping[str, Entry[Any]]  # by the path of the original


class InLanguage(str):  # noqa: SLOT000 - few of them are kept
    """A text in another language than that of the page that shows it."""

    language: str
    untranslated: bool  # whether the city may translate it; what people said, and names, stay as they are

    def __new__(cls, text: str, language: str, *, untranslated: bool) -> Self:
        """Say in which language a text is."""
        made = super().__new__(cls, text)
        made.language, made.untranslated = language, untranslated
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        """Write down the text and its language."""
        return _restored, (str(self), self.language, self.untranslated)

    def same(self, text: str) -> InLanguage:
        """Give another text in the same language."""
        return InLanguage(text, self.language, untranslated=self.untranslated)


def _restored(text: str, language: str, untranslated: bool) -> InLanguage:  # noqa: FBT001 - for pickle
    return InLanguage(text, language, untranslated=untranslated)


class Translated(str):  # noqa: SLOT000 - few of them are kept
    """A translated text, with the ids of the headings of its original: a link leads to the same one in any language."""

    anchors: tuple[str, ...]

    def __new__(cls, text: str, anchors: tuple[str, ...]) -> Self:
        """Say what ids the headings have, in order."""
        made = super().__new__(cls, text)
        made.anchors = anchors
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        """Write down the text and the ids."""
        return Translated, (str(self), self.anchors)


def direction(language: str) -> str:
    """Tell from which side a language is read, as HTML says it."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


class _Speech(Record, frozen=True):
    """Says content in a language, given that of the originals and the translations there are."""

    own: str
    language: str
    translations: Translations

    def staff(self, entries: Iterable[Entry[Any]]) -> tuple[Entry[Any], ...]:
        """Say what the city wrote."""
        return tuple(self.entry(entry) for entry in entries)

    def people(self, entries: Iterable[Entry[Any]]) -> tuple[Entry[Any], ...]:
        """Say what people wrote: as they did."""
        return tuple(self._marked(entry, None, untranslated=False) for entry in entries)

    def entry(self, entry: Entry[Any]) -> Entry[Any]:
        """Say one file of the city."""
        return self._marked(entry, self.translations.get(entry.path), untranslated=True)

    def meta(self, path: str, meta: Any) -> Any:  # noqa: ANN401 - a model or None, as it came
        """Say what a file without a body holds."""
        given = self.translations.get(path)
        return meta and _said(meta, given.meta if given else None, self.own, untranslated=True)

    def _marked(self, entry: Entry[Any], given: Entry[Any] | None, *, untranslated: bool) -> Entry[Any]:
        body = Translated(given.body, anchors_in_order(entry.body)) if given and given.body.strip() else ""
        return replace(
            entry,
            meta=_said(entry.meta, given.meta if given else None, self.own, untranslated=untranslated),
            body=body or InLanguage(entry.body, self.own, untranslated=untranslated),
            digest=entry.digest and f"{entry.digest} {self.language} {given.digest if given else ''}",
        )


def _said(meta: Model, given: Model | None, own: str, *, untranslated: bool) -> Model:
    """Put the words that are given in the place of those of a model, and mark the others with their language."""
    said = {}
    for field in word_fields(type(meta)):
        value = getattr(meta, field.name)
        if value:
            said[field.name] = _field(field, value, getattr(given, field.name, None), own, untranslated=untranslated)
    return meta.model_copy(update=said)


def _field(field: WordField, value: Any, given: Any, own: str, *, untranslated: bool) -> Any:  # noqa: ANN401
    if field.kind == "text":
        return given or InLanguage(value, own, untranslated=untranslated)
    if field.kind == "model":
        return _said(value, given, own, untranslated=untranslated)
    if field.kind == "texts":
        texts = given or ()
        return tuple(
            texts[rank] if rank < len(texts) else InLanguage(text, own, untranslated=untranslated)
            for rank, text in enumerate(value)
        )
    return tuple(
        _said(item, _counterpart(item, rank, given or ()), own, untranslated=untranslated)
        for rank, item in enumerate(value)
    )


def _counterpart(item: Model, rank: int, given: tuple[Any, ...]) -> Any:  # noqa: ANN401
    """Find what translates an item of a list: what has its id, or its rank when items have none."""
    if hasattr(item, "id"):
        return next((other for other in given if other.id == item.id), None)
    return given[rank] if rank < len(given) else None


def in_language(site: Site, language: str) -> Site:
    """Say a whole site in one of its languages; in the first, it is what was written."""
    own = site.config.city.language
    if language == own:
        return _alone(site)
    speech = _Speech(own, language, _known(site.translations, language))
    return replace(
        site,
        config=config_in(site.config, language),
        pages=speech.staff(site.pages),
        microsites=tuple(microsite_in(item, own, language) for item in site.microsites),
        translations=(),
    )


def microsite_in(microsite: Microsite, own: str, language: str) -> Microsite:
    """Say a campaign in another language than that of its originals."""
    speech = _Speech(own, language, _known(microsite.translations, language))
    folder = microsite.campaign.path.rpartition("/")[0]
    return replace(
        microsite,
        campaign=speech.entry(microsite.campaign),
        timeline=speech.meta(f"{folder}/timeline.yml", microsite.timeline),
        map=speech.meta(f"{folder}/map.yml", microsite.map),
        moderation=speech.meta(f"{folder}/moderation.yml", microsite.moderation),
        **{name: speech.staff(getattr(microsite, name)) for name in _STAFF},
        **{name: speech.people(getattr(microsite, name)) for name in _PEOPLE},
        threads=tuple(_summary_in(item, speech) for item in microsite.threads),
        original=microsite.campaign.meta,
    )


def thread_in(thread: Thread, own: str, language: str) -> Thread:
    """Say in another language what was said in a debate: as people did."""
    return replace(thread, contributions=_Speech(own, language, {}).people(thread.contributions))


def config_in(config: Config, language: str) -> Config:
    """Say what agora.toml says in another language: the words of [city.en] and, as they are, those of no other."""
    city, own = config.city, config.city.language
    words = city.words(language)
    named = {"offices": config.offices, "quarters": config.quarters}
    names = {key: tuple(_said(item, None, own, untranslated=False) for item in items) for key, items in named.items()}
    spoken = {
        name: (getattr(words, name) if words else None) or InLanguage(getattr(city, name), own, untranslated=True)
        for name in ("tagline", "description")
    }
    site = (words.site if words else None) or city.site
    accessibility = _said(config.accessibility, getattr(config.accessibility, language), own, untranslated=True)
    given = {"city": city.model_copy(update={**spoken, "site": site}), "accessibility": accessibility, **names}
    return config.model_copy(update=given)


_STAFF = ("debates", "workshops", "resources", "kits", "episodes", "decisions", "juries", "answers")
_PEOPLE = ("questions", "places", "cited")


def _alone(site: Site) -> Site:
    return replace(site, translations=())


def _known(translations: Iterable[Entry[Any]], language: str) -> Translations:
    return {entry.of: entry for entry in translations if entry.language == language}


def _summary_in(summary: ThreadSummary, speech: _Speech) -> ThreadSummary:
    return replace(summary, latest=speech.people(summary.latest), from_workshops=speech.people(summary.from_workshops))
