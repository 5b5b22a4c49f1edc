"""Turns what is asked of the intake into answers: a receipt, the same form again, or the state of what was sent."""

from __future__ import annotations

import datetime
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http.client import SERVICE_UNAVAILABLE
from typing import Any

from agora_build.civic.codes import shown
from agora_build.content.fields import ID
from agora_build.content.forms import ABOUT, CODE, EMPTY, TRAP, FieldError, Filled, Form
from agora_build.content.models import Campaign
from agora_build.content.site import Entry as CampaignEntry
from agora_build.intake import ballots, spam
from agora_build.intake.captcha import LIFE, Captcha
from agora_build.intake.city import Cities, City
from agora_build.intake.journal import Cast, Entry, Sent, State
from agora_build.intake.limits import MAX_PAIRS, Buckets, RefusedError, read_pairs
from agora_build.intake.pages import Receipt
from agora_build.intake.spoken import Spoken
from agora_build.intake.standing import standing_of
from agora_build.intake.store import Journal, JournalError
from agora_build.intake.submission import Submission, filled, noted, submitted
from agora_build.intake.tokens import Signer
from agora_build.intake.writer import BusyError, Writer
from agora_build.rendering.form_page import point_clicked

_SOON = 30  # seconds after which to try again when the journal cannot be written
_AT_ONCE: tuple[State, ...] = (
    "waiting",
    "refused",
    "erased",
)  # states in which nothing is public: what was sent is erased at once


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: the address below that of the intake, its language, what it carries, what is known of who asks."""

    address: str
    language: str = ""  # '' for the first of the city
    body: bytes = b""
    content_type: str = ""
    neighbourhood: str = "unknown"  # their address, cut
    host: str = ""  # the name under which we are asked
    origin: str = ""
    fetched: str = ""  # Sec-Fetch-Site
    wants_json: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: `body` is a page, or what becomes JSON; `labels` counts those put on what was sent."""

    status: int
    body: bytes | Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    labels: int = 0


@dataclass(frozen=True, slots=True)
class _Posting:
    """A form that is being taken: where, in which language, what was asked for, what was sent."""

    city: City
    spoken: Spoken
    asked: Asked
    form: Form
    sent: Filled

    @property
    def campaign(self) -> CampaignEntry[Campaign] | None:
        """The campaign of the form; None for those of the whole city."""
        return self.spoken.campaigns.get(self.form.campaign)

    def refuse(self, *errors: FieldError) -> _Posting:
        """Add errors to those it has."""
        return replace(self, sent=replace(self.sent, errors=(*self.sent.errors, *errors)))


class Endpoint:
    """Answers requests, whatever carries them; it knows the city and the time through what it is given."""

    def __init__(self, cities: Cities, writer: Writer, signer: Signer, clock: Callable[[], float] = time.time) -> None:
        limits = cities.now().intake
        self._cities, self._writer, self._signer, self._clock = cities, writer, signer, clock
        self._seen = spam.Seen()
        self._captcha = Captcha(signer.mark("captcha", ""), clock)
        self._addresses = Buckets(limits.address_minute, clock)
        self._campaigns = Buckets(limits.campaign_minute, clock)
        self._all = Buckets(limits.total_minute, clock)

    def form(self, asked: Asked) -> Answer:
        """Show the form at an address, empty."""
        city = self._cities.now()
        spoken = city.spoken(asked.language)
        form = spoken.forms.get(asked.address)
        if form is None:
            return self._refused(spoken, asked, 404)
        return self._again(_Posting(city, spoken, asked, form, EMPTY), 200)

    async def post(self, asked: Asked) -> Answer:
        """Take what somebody sent: 201 once it is safe, and the receipt; otherwise the form as they filled it."""
        city = self._cities.now()
        spoken = city.spoken(asked.language)
        form = spoken.forms.get(asked.address) or spoken.closed.get(asked.address)
        try:
            pairs = read_pairs(asked.body, asked.content_type, form.most_pairs if form else MAX_PAIRS)
        except RefusedError as refusal:
            return self._refused(spoken, asked, refusal.status)
        if form is None:
            return self._refused(spoken, asked, 404)
        posting = _Posting(city, spoken, asked, form, filled(form, pairs))
        if asked.address not in spoken.forms:
            return self._again(posting.refuse(FieldError("", "not-open")), 410)
        wait = self._wait(asked, form)
        if wait:
            return self._again(posting.refuse(FieldError("", "slow-down", {"seconds": str(wait)})), 429, wait)
        try:
            return await self._take(posting)
        except (JournalError, BusyError):
            return self._again(posting.refuse(FieldError("", "not-kept")), 503, _SOON)

    def refused(self, asked: Asked, status: int) -> Answer:
        """Say that a request was refused before it was read."""
        return self._refused(self._cities.now().spoken(asked.language), asked, status)

    def token(self) -> Answer:
        """Give a form what makes it a person's, sent once: a dated token and an idempotency key."""
        return Answer(200, self._fresh(), self._for_the_site())

    def challenge(self) -> Answer:
        """Give a form a challenge to solve, when the city asks for that."""
        if not self._cities.now().intake.captcha:
            return Answer(404, {"errors": [{"field": "", "code": "404", "message": ""}]})
        return Answer(200, self._captcha.challenge(), self._for_the_site())

    def _for_the_site(self) -> dict[str, str]:
        site = "/".join(self._cities.now().config.publication.base_url.split("/")[:3])
        return {"Access-Control-Allow-Origin": site}

    async def state(self, asked: Asked, identity: str, code: str) -> Answer:
        """Say what became of what somebody sent; never its text."""
        city = self._cities.now()
        spoken = city.spoken(asked.language)
        if not ID.fullmatch(identity) or not self._signer.opens(identity, code):
            return self._refused(spoken, asked, 404)
        try:
            entry, awaits = await self._writer.change(lambda journal: _known(journal, identity))
        except (JournalError, BusyError):
            return self._refused(spoken, asked, 503)
        if entry is None:
            return self._refused(spoken, asked, 404)
        return self._standing(spoken, asked, entry, code, awaits=awaits)

    async def ready(self) -> Answer:
        """Tell whether something can be stored now: a probe is written and synchronised."""
        try:
            await self._writer.change(Journal.probe)
        except (JournalError, BusyError):
            return Answer(503, {"ready": False}, {"Retry-After": str(_SOON)})
        return Answer(200, {"ready": True, "waiting": self._writer.waiting})

    def _wait(self, asked: Asked, form: Form) -> int:
        """Give the seconds to wait before this may be taken; 0 when it may be now."""
        buckets = ((self._addresses, asked.neighbourhood), (self._campaigns, form.campaign), (self._all, ""))
        wait = max(bucket.take(name) for bucket, name in buckets)
        return int(wait) + 1 if wait else 0

    async def _take(self, posting: _Posting) -> Answer:
        sent, kind = posting.sent, posting.form.kind
        if sent.value("location.x") or sent.value("location.y"):
            return self._pointed(posting)
        token = sent.unseen.get("token", "")
        age = self._signer.age(token, self._clock()) if token else None
        if token and age is None:
            return self._again(posting.refuse(FieldError("", "stale")), 422)
        if kind == "votes":
            return await self._votes(posting)
        if kind == "ballot":
            return await self._ballot(posting)
        return await (self._erasure(posting) if kind == "erasure" else self._entry(posting, age))

    def _pointed(self, posting: _Posting) -> Answer:
        """Answer a click on the map: the same form, with the point."""
        city, sent = posting.city, posting.sent
        try:
            point = point_clicked(city.config, int(sent.value("location.x")), int(sent.value("location.y")))
        except ValueError:
            point = None
        values = {name: found for name, found in sent.values.items() if not name.endswith((".x", ".y"))}
        if point is None:
            return self._again(replace(posting, sent=replace(sent, errors=(FieldError("location", "pick"),))), 422)
        values |= {"location.lat": (str(point[0]),), "location.lon": (str(point[1]),)}
        return self._again(replace(posting, sent=Filled(values, (), sent.unseen)), 200)

    async def _entry(self, posting: _Posting, age: float | None) -> Answer:
        """Store what becomes a file, or a report."""
        city, asked, form, sent = posting.city, posting.asked, posting.form, posting.sent
        if form.kind == "report":
            about = ID.search(sent.value(ABOUT))
            made = noted(form, sent, city.day, about[0] if about else "")
        else:
            made = submitted(form, sent, city.draft, city.day)
        if not isinstance(made, Submission):
            return self._again(replace(posting, sent=replace(sent, errors=made)), 422)
        labels = (
            *spam.of_sending(age, sent.unseen.get(TRAP, "")),
            *spam.of_origin(asked.origin, asked.fetched, (city.config.publication.base_url, f"//{asked.host}")),
            *spam.of_texts([text for values in sent.values.values() for text in values], self._seen),
        )
        keys = self._keys(posting, made.digest)
        if city.intake.captcha:
            solved = self._captcha.solved(sent.unseen.get("altcha", ""))
            if sent.unseen.get("altcha") and not (solved and await self._spent(solved, keys[0])):
                return self._again(posting.refuse(FieldError("", "captcha")), 422)
            labels += () if solved else ("no-captcha",)
        until = city.day + datetime.timedelta(days=city.intake.contact_days)
        ready = made.sent(*keys, labels, until)
        verdict, entry = await self._stored(ready)
        answer = self._receipt(posting, 201 if verdict == "stored" else 200, entry.id, entry.sha256, entry.day)
        return replace(answer, labels=len(labels))

    async def _spent(self, solved: str, key: str) -> bool:
        """Tell whether a solved challenge may serve for a sending."""
        now = int(self._clock())
        return await self._writer.change(lambda journal: journal.spend(solved, key, now, now + LIFE))

    async def _stored(self, sent: Sent) -> tuple[str, Entry]:
        """Store an entry; when it is there already, give the one that is."""
        outcome = await self._writer.accept(sent)
        if outcome.verdict == "stored":
            return outcome.verdict, replace(sent.entry, id=outcome.id)
        known = await self._writer.change(lambda journal: journal.entry(outcome.id))
        if known is None:
            raise JournalError(outcome.id)
        return outcome.verdict, known

    async def _votes(self, posting: _Posting) -> Answer:
        city, form, sent = posting.city, posting.form, posting.sent
        if _turns_the_page(sent):
            return self._again(posting, 200)
        if sent.errors:
            return self._again(posting, 422)
        key = sent.unseen.get("key") or secrets.token_hex(16)  # two people may well vote alike
        cast = ballots.votes_cast(form, sent, self._signer, key, city.day)
        if isinstance(cast, FieldError):
            return self._again(posting.refuse(cast), 422)
        outcome = await self._writer.cast(cast)
        carried = self._signer.voter(ballots.voter_of(cast))
        following = posting.spoken.forms.get(replace(form, page=form.page + 1).address)
        said = {"id": cast.mark, "voter": carried, "next": following.address if following else ""}
        return self._counted(posting, outcome.verdict, said, Receipt(
            form, posting.campaign, cast.mark[:8], "", "", city.day, following, carried,
        ))  # fmt: skip

    async def _ballot(self, posting: _Posting) -> Answer:
        city, form, sent = posting.city, posting.form, posting.sent
        key = sent.unseen.get("key") or secrets.token_hex(16)  # not the code: a receipt must not tell who voted
        folder = ballots.folder_of_vote(city.root, form)
        made = sent.errors or ballots.ballot_cast(form, sent, self._signer, key, folder, city.day)
        if isinstance(made, FieldError):
            return self._again(posting.refuse(made), 409 if made.code == "spent-code" else 422)
        if not isinstance(made[0], Cast):
            return self._again(posting, 422)
        cast, receipt = made[0], str(made[1])
        outcome = await self._writer.cast(cast)
        if outcome.verdict == "spent":
            return self._again(posting.refuse(FieldError(CODE, "spent-code")), 409)
        page = Receipt(form, posting.campaign, shown(receipt), "", "", city.day)
        return self._counted(posting, outcome.verdict, {"id": shown(receipt), "sha256": cast.mark}, page)

    def _counted(self, posting: _Posting, verdict: str, said: Mapping[str, str], receipt: Receipt) -> Answer:
        status = 201 if verdict == "stored" else 200
        return Answer(status, said if posting.asked.wants_json else posting.spoken.pages.receipt(receipt))

    async def _erasure(self, posting: _Posting) -> Answer:
        """Erase at once what waits; ask staff to erase what is proposed or published."""
        city, sent = posting.city, posting.sent
        about = ID.search(sent.value("receipt").lower())
        identity = about[0] if about else ""
        made = noted(posting.form, sent, city.day, identity)
        if not isinstance(made, Submission):
            return self._again(replace(posting, sent=replace(sent, errors=made)), 422)
        known = identity and self._signer.opens(identity, sent.value(CODE))
        request = made.sent(*self._keys(posting, made.digest), (), city.day)
        found = await self._writer.change(lambda journal: _erased(journal, request)) if known else None
        if found is None:
            return self._again(posting.refuse(FieldError(CODE, "unknown-receipt")), 422)
        return self._standing(posting.spoken, posting.asked, found, sent.value(CODE), awaits=found.state != "erased")

    def _keys(self, posting: _Posting, digest: str) -> tuple[str, str]:
        """Give the key under which something is stored once, and the one it would have had an hour ago."""
        own, here = posting.sent.unseen.get("key", ""), posting.asked.neighbourhood
        if own:
            return self._signer.mark("key", f"{own}|{digest}"), ""
        hour = int(self._clock() // 3600)
        now, before = (self._signer.mark("key", f"{here}|{at}|{digest}") for at in (hour, hour - 1))
        return now, before

    def _receipt(self, posting: _Posting, status: int, identity: str, sha256: str, day: datetime.date) -> Answer:
        city, spoken, code = posting.city, posting.spoken, shown(self._signer.receipt(identity))
        if posting.asked.wants_json:
            address = spoken.pages.address(city.urls.receipt(identity, code))
            return Answer(status, {"id": identity, "sha256": sha256, "code": code, "address": address})
        if day == city.day:
            return Answer(status, spoken.receipt(posting.form, identity, sha256, code))
        receipt = Receipt(posting.form, posting.campaign, identity, sha256, code, day)
        return Answer(status, spoken.pages.receipt(receipt))

    def _standing(self, spoken: Spoken, asked: Asked, entry: Entry, code: str, *, awaits: bool) -> Answer:
        status = 202 if awaits and asked.body else 200  # what was asked for by a form is still to be done
        if asked.wants_json:
            said = {"id": entry.id, "state": entry.state, "sha256": entry.sha256, "reason": entry.reason}
            return Answer(status, {**said, "message": entry.message})
        campaign, reasons = spoken.campaigns.get(entry.campaign), spoken.reasons.get(entry.campaign, ())
        standing = standing_of(entry, code, campaign, reasons, self._cities.now().urls)
        return Answer(status, spoken.pages.standing(replace(standing, asked=awaits), asked.address))

    def _again(self, posting: _Posting, status: int, wait: int = 0) -> Answer:
        """Give the form back as it was filled, with a fresh token and the same key."""
        form, sent, pages = posting.form, posting.sent, posting.spoken.pages
        headers = {"Retry-After": str(wait)} if wait else {}
        if posting.asked.wants_json:
            said = [
                {"field": error.name, "code": error.code, "message": pages.message(form, error)}
                for error in sent.errors
            ]
            return Answer(status, {"errors": said}, headers)
        kept = {name: sent.unseen[name] for name in ("key", "voter") if sent.unseen.get(name)}
        page = pages.form(form, posting.campaign, replace(sent, unseen={**self._fresh(), **kept}))
        return Answer(status, page, headers)

    def _refused(self, spoken: Spoken, asked: Asked, status: int) -> Answer:
        headers = {"Retry-After": str(_SOON)} if status == SERVICE_UNAVAILABLE else {}
        if asked.wants_json:
            return Answer(status, {"errors": [{"field": "", "code": str(status), "message": ""}]}, headers)
        return Answer(status, spoken.refusal(status), headers)

    def _fresh(self) -> dict[str, str]:
        return {"token": self._signer.token(self._clock()), "key": secrets.token_urlsafe(16)}


def _turns_the_page(sent: Filled) -> bool:
    """Tell whether this is the button of a receipt, which asks for the next sentences: it carries the voter alone."""
    return bool(sent.unseen.get("voter")) and "key" not in sent.unseen and not any(sent.values.values())


def _known(journal: Journal, identity: str) -> tuple[Entry | None, bool]:
    """Give an entry, and whether its author waits for it to be erased."""
    return journal.entry(identity), journal.awaits_erasure(identity)


def _erased(journal: Journal, request: Sent) -> Entry | None:
    """Erase what a request is about, or note the request; give what it is about as it is then."""
    identity = request.entry.target
    journal.drop_contact(identity)
    if not journal.erase(identity, *_AT_ONCE) and journal.entry(identity):
        journal.accept([request])
    return journal.entry(identity)
