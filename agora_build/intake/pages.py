"""Turns what the intake did with a form into the page it answers with: the form again, a receipt, where it stands."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Iterable
from dataclasses import dataclass

from agora_build.content.forms import EMPTY, FieldError, Filled, Form, FormKind
from agora_build.content.languages import NAMES
from agora_build.content.models import Campaign
from agora_build.content.site import Entry
from agora_build.intake.journal import State
from agora_build.rendering import form_page
from agora_build.rendering.theme import Theme
from agora_build.urls import intake_path


@dataclass(frozen=True, slots=True)
class Receipt:
    """What somebody is given when what they sent is safe.

    `id` and `sha256` are those of the file to publish (of a ballot: its receipt, and nothing); `code` is the follow-up
    code as it is shown, '' when nothing is to follow. `next_page` is the form of the next twenty sentences.
    """

    form: Form
    campaign: Entry[Campaign] | None
    id: str
    sha256: str
    code: str
    day: datetime.date
    next_page: Form | None = None
    carried: str = ""  # the voter of the next page, signed


@dataclass(frozen=True, slots=True)
class Standing:
    """Where what somebody sent stands; `page` is that of a published text.

    Of a refusal: the title of the reason, what the moderation policy says of it, and the message for the author.
    """

    kind: FormKind
    campaign: Entry[Campaign] | None
    id: str
    code: str
    state: State
    day: datetime.date
    reason: str = ""
    explained: str = ""
    message: str = ""
    page: str = ""
    asked: bool = False  # to erase it, which staff have still to do


class Pages:
    """Renders the intake's answers in one language, one at a time: a theme remembers which page it stands on."""

    def __init__(self, theme: Theme, languages: Iterable[str] = ()) -> None:
        """Take the theme of the site, made with `elsewhere` when the intake is on another host, and its languages."""
        if theme.config.intake is None:
            msg = "the city has no intake"
            raise ValueError(msg)
        self._theme, self._intake, self._lock = theme, theme.config.intake.url, threading.Lock()
        self._editions = tuple((language, NAMES[language]) for language in languages)

    def form(self, form: Form, campaign: Entry[Campaign] | None, filled: Filled = EMPTY) -> bytes:
        """Write a form as somebody filled it in, with what is to correct, or why it was not kept (429, 503)."""
        page = form_page.form_page(form, campaign, self._theme.config, self._path(form.address), filled)
        with self._lock:
            return form_page.render(page, filled, self._theme)

    def receipt(self, receipt: Receipt) -> bytes:
        """Write the page of a receipt, to print."""
        path = self._path(receipt.form.address)
        address = self._theme.urls.receipt(receipt.id, receipt.code) if receipt.code else ""
        follow, public = (self._theme.to_intake(address, path), self.address(address)) if address else ("", "")
        following = self._theme.to_intake(receipt.next_page.address, path) if receipt.next_page else ""
        return self._page("receipt.html", path, receipt=receipt, follow=follow, public=public, following=following)

    def standing(self, standing: Standing, address: str = "") -> bytes:
        """Write where what somebody sent stands; never its text.

        At the address of its receipt, it is there to be read in another language; a form posted at `address` is not.
        """
        path = self._path(address or self._theme.urls.receipt(standing.id, standing.code))
        editions = self._editions if len(self._editions) > 1 and not address else ()
        return self._page("standing.html", path, standing=standing, editions=editions)

    def refused(self, status: int) -> bytes:
        """Write why a request is refused before it is read, or that there is nothing at its address."""
        return self._page("refused.html", "404.html", status=status)  # whatever the address, its links hold

    def message(self, form: Form, error: FieldError) -> str:
        """Say in plain words why a field is refused."""
        with self._lock:
            words = self._theme.page("error_words.txt", self._path(form.address), form=form, error=error)
        return words.decode().strip()

    def address(self, address: str) -> str:
        """Give the public address of a page of the intake."""
        return self._theme.at_intake(address)

    def _path(self, address: str) -> str:
        return intake_path(self._intake, address)

    def _page(self, template: str, path: str, **context: object) -> bytes:
        with self._lock:
            return self._theme.page(template, path, **context)
