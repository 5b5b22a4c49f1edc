"""Turns what was read of a city into what its intake says in one language: its forms of the day, and its answers."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from agora_build.content.forms import Form, Ground, city_forms, forms_of, ground_of
from agora_build.content.languages import InLanguage, in_language
from agora_build.content.models import Campaign, Reason
from agora_build.content.site import Entry, Site
from agora_build.intake.pages import Pages, Receipt
from agora_build.intake.reading import Reading, Statements
from agora_build.record import replace
from agora_build.rendering.theme import Frame, Theme, theme_folders

_TEMPLATES = (
    "base.html", "form.html", "receipt.html", "standing.html", "refused.html", "error_words.txt",
    "macros/ui.html", "macros/inner.html", "macros/forms.html",
    "parts/top.html", "parts/foot.html", "parts/foot_end.html",
)  # fmt: skip
# What stands for an id, a hash and a code in the page of a receipt: letters that none of them has.
_BLANKS = ("uuuuuuuu-uuuuuuuu", "u" * 64, "UUUU-UUUU-UUUU-UUUUU")


@dataclass(frozen=True, slots=True)
class Spoken:
    """What the intake says in one language on a day; forms are by address, campaigns and reasons by campaign."""

    language: str
    day: datetime.date
    pages: Pages
    forms: Mapping[str, Form]
    closed: Mapping[str, Form]  # those of debates and campaigns that ended: somebody may still be writing
    campaigns: Mapping[str, Entry[Campaign]]
    reasons: Mapping[str, tuple[Reason, ...]]  # for which something is not published
    refusals: dict[int, bytes] = field(default_factory=dict)  # pages that are always the same, once made
    receipts: dict[str, bytes] = field(default_factory=dict)  # of each form, once made, with blanks to fill in

    def receipt(self, form: Form, identity: str, sha256: str, code: str) -> bytes:
        """Give the page of a receipt of today: the longest thing to make, and the same but for three words."""
        blank = self.receipts.get(form.address)
        if blank is None:
            page = Receipt(form, self.campaigns.get(form.campaign), *_BLANKS, self.day)
            blank = self.receipts[form.address] = self.pages.receipt(page)
        for word, given in zip(_BLANKS, (identity, sha256, code), strict=True):
            blank = blank.replace(word.encode(), given.encode())
        return blank

    def refusal(self, status: int) -> bytes:
        """Give the page that says why a request is refused; it must cost nothing when many come."""
        if status not in self.refusals:
            self.refusals[status] = self.pages.refused(status)
        return self.refusals[status]


def spoken_in(language: str, reading: Reading, day: datetime.date, compiled: dict[bytes, bytes]) -> Spoken:
    """Say a city in one of its languages; `compiled` keeps what was compiled of its theme, and may hold it already."""
    own = reading.site.config.city.language
    site, statements = reading.site, reading.statements
    if language != own:
        site, statements = in_language(reading.translated(language), language), _marked(statements, own)
    grounds = [ground_of(site.config, microsite) for microsite in site.microsites]
    return Spoken(
        language=language,
        day=day,
        pages=Pages(_theme(language, reading, site, compiled), site.config.city.editions),
        forms=_by_address(*city_forms(), *_forms(grounds, statements, day)),
        closed=_by_address(*_last_forms(grounds, statements, day)),
        campaigns={microsite.slug: microsite.campaign for microsite in site.microsites},
        reasons={item.slug: item.moderation.reasons for item in site.microsites if item.moderation},
    )


def _theme(language: str, reading: Reading, site: Site, compiled: dict[bytes, bytes]) -> Theme:
    config = site.config
    alone = config.city.model_copy(update={"languages": ()})  # an answer to what was sent is in one language
    frame = Frame(
        config.model_copy(update={"city": alone}),
        site.pages, config.map is not None, reading.has_radio, config.publication.as_of,
    )  # fmt: skip
    elsewhere = config.intake is not None and "://" in config.intake.url
    folders = theme_folders(Path(reading.draft.root), config.publication.theme)
    theme = Theme(folders, frame, compiled.get, elsewhere=elsewhere, language=language)
    theme.compile(*_TEMPLATES)
    compiled.update(theme.made())
    return theme


def _marked(statements: Statements, own: str) -> Statements:
    """Say of each sentence in which language people wrote it."""
    return {
        campaign: {
            debate: [replace(item, body=InLanguage(item.body, own, untranslated=False)) for item in entries]
            for debate, entries in said.items()
        }
        for campaign, said in statements.items()
    }


def _by_address(*forms: Form) -> dict[str, Form]:
    return {form.address: form for form in forms}


def _forms(grounds: Iterable[Ground], said: Statements, day: datetime.date) -> Iterator[Form]:
    for ground in grounds:
        yield from forms_of(ground, said[ground.campaign.slug], day)


def _last_forms(grounds: Iterable[Ground], said: Statements, day: datetime.date) -> Iterator[Form]:
    """Give the forms of what is closed, as they were on its last day."""
    for ground in grounds:
        statements = said[ground.campaign.slug]
        ends = [ground.campaign.meta.closes, *(debate.meta.closes for debate in ground.debates)]
        for end in sorted({end for end in ends if end and end < day}):
            yield from forms_of(ground, statements, end)
