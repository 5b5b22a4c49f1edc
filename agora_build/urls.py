"""Turns the names of things into public paths: every URL and output path of the site is computed here, once."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Callable
from functools import cached_property, lru_cache
from urllib.parse import quote

from agora_build.record import Record

_WORDS = {
    "fr": {
        "campaigns": "campagnes",
        "timeline": "frise",
        "debates": "debats",
        "contributions": "contributions",
        "workshops": "agenda",
        "agenda": "agenda",
        "map": "carte",
        "places": "lieux",
        "resources": "ressources",
        "kits": "kits",
        "episodes": "radio",
        "radio": "radio-agora",
        "decisions": "decisions",
        "juries": "jurys",
        "rules": "regles",
        "feed": "flux",
        "vote": "vote",
        "synthesis": "synthese",
        "said": "paroles",
        "theme": "theme",
        "others": "autres",
        "quarter": "quartier",
        "no-quarter": "sans-quartier",
        "voice": "voix",
        "individual": "individuelles",
        "collective": "collectives",
        "channel": "canal",
        "web": "site",
        "paper": "papier",
        "workshop": "atelier",
        "pull-request": "demande-de-fusion",
        "questions": "questions",
        "answers": "reponses",
        "overdue": "en-retard",
        "followup": "suivi",
        "accessibility": "accessibilite",
        "verify": "verifier",
        "take-part": "participer",
        "contribution": "dire",
        "votes": "voter",
        "ballot": "bulletin",
        "proposal": "rencontre",
        "place": "carte",
        "question": "question",
        "report": "signaler",
        "erasure": "effacement",
        "receipt": "recu",
        "token": "jeton",
        "challenge": "defi",
        "moderation": "moderation",
        "batches": "lots",
        "sheets": "feuilles",
        "poster": "affiche",
        "flyer": "tract",
        "guide": "guide",
        "home-debate": "debat-chez-soi",
        "sign-up": "presence",
        "count": "comptage",
        "booklet": "livret",
        "form": "contribution",
        "large": "grands-caracteres",
        "plain": "facile",
        "search": "recherche",
        "offline": "hors-reseau",
        "month": "mois",
        "share": "partage",
        "network": "reseau",
        "data": "donnees",
    },
    "en": {
        "campaigns": "campaigns",
        "timeline": "timeline",
        "debates": "debates",
        "contributions": "contributions",
        "workshops": "agenda",
        "agenda": "agenda",
        "map": "map",
        "places": "places",
        "resources": "resources",
        "kits": "kits",
        "episodes": "radio",
        "radio": "radio",
        "decisions": "decisions",
        "juries": "juries",
        "rules": "rules",
        "feed": "feed",
        "vote": "vote",
        "synthesis": "synthesis",
        "said": "said",
        "theme": "theme",
        "others": "others",
        "quarter": "quarter",
        "no-quarter": "no-quarter",
        "voice": "voice",
        "individual": "individual",
        "collective": "collective",
        "channel": "channel",
        "web": "site",
        "paper": "paper",
        "workshop": "workshop",
        "pull-request": "pull-request",
        "questions": "questions",
        "answers": "answers",
        "overdue": "overdue",
        "followup": "follow-up",
        "accessibility": "accessibility",
        "verify": "verify",
        "take-part": "take-part",
        "contribution": "speak",
        "votes": "vote",
        "ballot": "ballot",
        "proposal": "meeting",
        "place": "map",
        "question": "question",
        "report": "report",
        "erasure": "erasure",
        "receipt": "receipt",
        "token": "token",
        "challenge": "challenge",
        "moderation": "moderation",
        "batches": "batches",
        "sheets": "sheets",
        "poster": "poster",
        "flyer": "flyer",
        "guide": "guide",
        "home-debate": "debate-at-home",
        "sign-up": "sign-up",
        "count": "count",
        "booklet": "booklet",
        "form": "contribution",
        "large": "large-print",
        "plain": "plain-words",
        "search": "search",
        "offline": "offline",
        "month": "month",
        "share": "share",
        "network": "network",
        "data": "data",
    },
}
# Folder of content/campaigns/<slug>/ -> key of _WORDS: where the page of each kind of file is published.
_FOLDERS = {
    "debates": "debates",
    "contributions": "contributions",
    "workshops": "workshops",
    "places": "places",
    "resources": "resources",
    "kits": "kits",
    "episodes": "episodes",
    "decisions": "decisions",
    "juries": "juries",
    "questions": "questions",
}
INDEX = "index.html"
_AS_IT_IS = re.compile(r"[A-Za-z0-9_.~/-]*").fullmatch  # what quote() would leave as it is
_STRANGE = re.compile(r"^/|//|(?:^|/)\.\.?(?:/|$)|/$|^$").search  # what only posixpath knows how to compare


class Urls(Record, frozen=True, dict=True):
    """The public paths of a site in one language; all are relative to the site's root and name a file."""

    language: str

    @cached_property
    def _words(self) -> dict[str, str]:
        return _WORDS.get(self.language, _WORDS["en"])

    @cached_property
    def _spoken(self) -> Callable[[str], object]:
        word = self._words
        map_, timeline = (
            rf"(?:{word['campaigns']}/[^/]+/)?{word['map']}",
            rf"{word['campaigns']}/[^/]+/{word['timeline']}",
        )
        printed = rf"{word['campaigns']}/[^/]+/{word['sheets']}/(?:[^#]*\.pdf|code[^/]*\.svg)"
        drawn = rf"{map_}/(?:carte|plan)\.(?:svg|js)|{timeline}/donnees\.js|{printed}"
        return re.compile(rf"(?!assets/)[^#]*\.html(?:#.*)?|{drawn}", re.DOTALL).fullmatch

    def in_each_language(self, target: str) -> bool:
        """Tell whether an output path is there in each language of the site: pages are, and what draws or prints them.

        Feeds, calendars, data, and files that are published as they are exist once.
        """
        return self._spoken(target) is not None

    def word(self, name: str) -> str:
        """Give a word of addresses."""
        return self._words[name]

    def home(self) -> str:
        """Give the home page."""
        return INDEX

    def page(self, slug: str) -> str:
        """Give a free page (about, legal notice)."""
        return f"{slug}/{INDEX}"

    def section(self, name: str) -> str:
        """Give a page of the whole city: campaigns, agenda, map, radio, follow-up."""
        return f"{self._words[name]}/{INDEX}"

    def section_file(self, name: str, filename: str) -> str:
        """Give a file beside a page of the whole city (calendar, podcast feed, map data)."""
        return f"{self._words[name]}/{filename}"

    def index(self, kind: str, value: str, page: int = 1) -> str:
        """Give a page of the index: of a month, a quarter ('' for none), or a theme (`campaign/debate/theme`)."""
        word = self._words["no-quarter" if kind == "quarter" and not value else kind]
        campaign, _, rest = value.rpartition("/") if value.endswith("/") else ("", "", value)
        if campaign:  # what is said in a debate under none of its themes
            word, rest = self._words["others"], campaign
        return f"{self._words['search']}/{word}{'/' if rest else ''}{rest}-{page}/{INDEX}"

    def engine(self, name: str) -> str:
        """Give a file of the search engine."""
        return f"{self._words['search']}/pagefind/{name}"

    def campaign(self, campaign: str) -> str:
        """Give the front page of a campaign's microsite."""
        return f"{self._words['campaigns']}/{campaign}/{INDEX}"

    def share(self, campaign: str = "") -> str:
        """Give the picture shown beside a link to a page of a campaign, or of the city."""
        name = f"{self._words['share']}.png"
        return f"{self._words['campaigns']}/{campaign}/{name}" if campaign else name

    def part(self, campaign: str, name: str) -> str:
        """Give a section of a microsite: timeline, debates, agenda, map, resources, kits, radio."""
        return f"{self._words['campaigns']}/{campaign}/{self._words[name]}/{INDEX}"

    def part_file(self, campaign: str, name: str, filename: str) -> str:
        """Give a file beside a section of a microsite (timeline data, calendar, GeoJSON)."""
        return f"{self._words['campaigns']}/{campaign}/{self._words[name]}/{filename}"

    def item(self, campaign: str, folder: str, slug: str) -> str:
        """Give the page of one debate, contribution, workshop, resource, kit, episode, decision or question."""
        return f"{self._words['campaigns']}/{campaign}/{self._words[_FOLDERS[folder]]}/{slug}/{INDEX}"

    def synthesis(self, campaign: str, debate: str) -> str:
        """Give the page of a debate as a whole."""
        return f"{posixpath.dirname(self.item(campaign, 'debates', debate))}/{self._words['synthesis']}/{INDEX}"

    def vote(self, campaign: str, debate: str, name: str = INDEX) -> str:
        """Give the page of a debate's vote, or a file beside it."""
        folder = posixpath.dirname(self.item(campaign, "debates", debate))
        return f"{folder}/{self._words['vote']}/{name}"

    def draw(self, campaign: str, jury: str) -> str:
        """Give the record of the draw of a jury, beside its page."""
        return f"{posixpath.dirname(self.item(campaign, 'juries', jury))}/draw.json"

    def sheet(self, campaign: str, kind: str, target: str = "", variant: str = "") -> str:
        """Give the page of a sheet to print: of the campaign, or of a debate; variants are below."""
        rest = (self._words[kind], target, self._words[variant] if variant else "", INDEX)
        return self.part_file(campaign, "sheets", "/".join(part for part in rest if part))

    def sheet_code(self, campaign: str, target: str = "") -> str:
        """Give the picture of the QR code that leads to a campaign, or to a debate."""
        return self.part_file(campaign, "sheets", f"code{target and f'-{target}'}.svg")

    def package(self, campaign: str = "") -> str:
        """Give the file that documents the open data of a campaign, or of the city: above all that it names."""
        return f"{self._words['campaigns']}/{campaign}/datapackage.json" if campaign else "datapackage.json"

    def archive(self, campaign: str) -> str:
        """Give the data of a closed campaign in one file."""
        return self.part_file(campaign, "data", "archive.zip")

    def feed(self, campaign: str) -> str:
        """Give a campaign's Atom feed."""
        return f"{self._words['campaigns']}/{campaign}/{self._words['feed']}.atom"

    def answers_feed(self, campaign: str = "") -> str:
        """Give the Atom feed of the answers of a campaign, or of the whole city."""
        name = f"{self._words['answers']}.atom"
        return self.part_file(campaign, "questions", name) if campaign else self.section_file("followup", name)

    def overdue_feed(self) -> str:
        """Give the Atom feed of the questions that wait for longer than was promised."""
        return self.section_file("followup", f"{self._words['overdue']}.atom")

    def question_feed(self, campaign: str, question: str) -> str:
        """Give the Atom feed of one question and its answer."""
        folder = posixpath.dirname(self.item(campaign, "questions", question))
        return f"{folder}/{self._words['feed']}.atom"

    def asset(self, name: str) -> str:
        """Give a file of the theme (stylesheet, script, picture)."""
        return f"assets/{name}"

    def take_part(self, campaign: str) -> str:
        """Give the page that lists the forms of a campaign."""
        return self.part(campaign, "take-part")

    def form(self, campaign: str, kind: str, target: str = "", page: int = 1) -> str:
        """Give the page of a form: about a debate, a layer of the map, or the whole campaign; '': of the city."""
        word = self._words["proposal" if kind == "workshop" else kind]
        around = posixpath.dirname(self.take_part(campaign)) if campaign else self._words["take-part"]
        rest = (word, target, str(page) if page > 1 else "", INDEX)
        return "/".join((around, *(part for part in rest if part)))

    def receipt(self, identity: str, code: str) -> str:
        """Give the address of a receipt, below that of the intake."""
        return f"{self._words['receipt']}/{identity}/{code}"

    def challenge(self) -> str:
        """Give the address where a form gets a challenge to solve, below that of the intake."""
        return self._words["challenge"]

    def token(self) -> str:
        """Give the address where a form gets its token, below that of the intake."""
        return self._words["token"]

    def media(self, source: str) -> str:
        """Give the public copy of a file kept in content/, from its path (`content/campaigns/x/media/plan.svg`)."""
        parts = source.split("/")[1:]
        if parts[0] == "campaigns":
            folder = self._words.get(_FOLDERS.get(parts[2], ""), parts[2])
            parts = [self._words["campaigns"], parts[1], folder, *parts[3:]]
        return "/".join(parts)

    def source(self, source: str) -> str:
        """Give the page that a content file becomes, from its path (`content/campaigns/x/debates/y.md`)."""
        parts = source.removesuffix(".md").split("/")[1:]
        if parts[0] == "pages":
            return self.page(parts[1])
        campaign, rest = parts[1], parts[2:]
        if rest == ["campaign"]:
            return self.campaign(campaign)
        if rest in (["timeline.yml"], ["map.yml"], ["moderation.yml"]):
            return self.part(campaign, rest[0].removesuffix(".yml"))
        if rest[0] == "places":
            return f"{self.part(campaign, 'map')}#{place_anchor(rest[1])}"
        return self.item(campaign, rest[0], rest[1])


def place_anchor(place: str) -> str:
    """Give the anchor of a place in its map's list."""
    return f"lieu-{place}"


def step_anchor(step: str) -> str:
    """Give the anchor of a step in its timeline's list."""
    return f"etape-{step}"


def prose_anchor(anchor: str, rank: int = 1) -> str:
    """Give the id that an anchor of staff prose gets on a page, apart from the layout's; `rank` tells proses apart."""
    return f"texte{'' if rank == 1 else rank}-{anchor}"


def relative(target: str, page: str) -> str:
    """Write the link from one output path to another, so that the site opens from any folder and from file://."""
    path, hash_, anchor = target.partition("#")
    if path == page and hash_:
        return f"#{anchor}"
    return _quoted(_way(path, page)) + hash_ + anchor


def absolute(target: str, base_url: str) -> str:
    """Write the public address of an output path, without the `index.html` that servers add."""
    path, hash_, anchor = target.partition("#")
    if path == INDEX or path.endswith("/" + INDEX):
        path = path[: -len(INDEX)]
    return f"{base_url.rstrip('/')}/{_quoted(path)}{hash_}{anchor}"


def _quoted(path: str) -> str:
    return path if _AS_IT_IS(path) else quote(path)


def _way(path: str, page: str) -> str:
    """Give what posixpath.relpath gives, which looks the current folder up and is slower."""
    steps = _steps(page.rpartition("/")[0])
    if steps is not None and not _STRANGE(path) and not page.startswith("/"):
        parts = path.split("/")
        shared = 0
        while shared < len(steps) and shared < len(parts) and steps[shared] == parts[shared]:
            shared += 1
        if shared < len(parts):
            return "../" * (len(steps) - shared) + "/".join(parts[shared:])
    return posixpath.relpath(path, posixpath.dirname(page) or ".")


@lru_cache(maxsize=64)
def _steps(folder: str) -> list[str] | None:
    """Split a folder into its parts; None when only posixpath can."""
    if not folder:
        return []
    return None if _STRANGE(folder) else folder.split("/")


def below(intake: str, address: str, page: str, prefix: str = "") -> str:
    """Write the link from a page to an address of the intake, which is a folder of the site or on another host.

    Both are in one language, whose folder is `prefix`: that of the site's pages, or the same on the other host.
    """
    return intake + prefix + _quoted(address) if "://" in intake else relative(intake + address, page)


def public(intake: str, address: str, base_url: str, prefix: str = "") -> str:
    """Write the public address of a page of the intake in a language."""
    return intake + prefix + address if "://" in intake else absolute(prefix + intake + address, base_url)


def intake_path(intake: str, address: str) -> str:
    """Give the path at which a page of the intake stands, from the root of its host."""
    return address if "://" in intake else intake + address


def anchor(title: str) -> str:
    """Turn a heading into the id it gets on the page: 'Où en est-on ?' -> 'ou-en-est-on'."""
    plain = unicodedata.normalize("NFKD", title.lower().replace("œ", "oe").replace("æ", "ae"))
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^\w]+", "-", letters.replace("_", "-")).strip("-") or "section"
