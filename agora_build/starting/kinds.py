"""States what is asked for each kind of new file, what it has without being asked, and the text it begins with."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal

from agora_build.content import models
from agora_build.content.fields import Model
from agora_build.record import Record

TEXT = "text"  # what is asked for the text under the metadata
_CAMPAIGN = "content/campaigns/{campaign}"
_FORTNIGHT = datetime.timedelta(days=14)
Given = Callable[[Mapping[str, Any], datetime.date], Mapping[str, Any]]
Defaults = Callable[[datetime.date], Mapping[str, str]]


def _nothing(_said: Mapping[str, Any], _today: datetime.date) -> Mapping[str, Any]:
    return {}


def _none(_today: datetime.date) -> Mapping[str, str]:
    return {}


class Kind(Record, frozen=True):
    """A kind of file that one begins by hand."""

    model: type[Model]
    said: str  # what it is, in a line
    path: str
    asked: tuple[str, ...]
    named: Literal["title", "id", "answered", ""] = "title"  # where the file's name comes from; '' when it has its own
    given: Given = _nothing
    defaults: Defaults = _none
    optional: tuple[str, ...] = ()  # of what is asked, what may be left empty
    within: bool = False  # whether its days are those of the campaign
    when: Mapping[str, tuple[str, str]] = MappingProxyType({})  # asked only when another key has this value
    body: str = ""
    of_campaign: bool = True

    @property
    def prose(self) -> bool:
        """Whether a text follows the metadata."""
        return self.path.endswith(".md")


def _campaign(said: Mapping[str, Any], today: datetime.date) -> Mapping[str, Any]:
    """Announce the rules with the campaign: none opens without them."""
    opens = str(said.get("opens", ""))
    announced = min(opens, today.isoformat()) if opens[:4].isdigit() else today.isoformat()
    return {
        "rules": {
            "announced": announced,
            "who": "Toute personne qui habite, étudie ou travaille dans la ville, sans condition d’âge ni de "
            "nationalité.",
            "how": "En ligne, sur papier à l’accueil de la mairie, ou lors des rencontres de l’agenda.",
            "use": "Toutes les contributions sont lues. Une synthèse est publiée, et la décision dit ce que chacune "
            "est devenue.",
            "decides": "Le conseil municipal, après avoir pris connaissance de la synthèse.",
            "reply_within_days": "30",
        }
    }


def _debate(said: Mapping[str, Any], _today: datetime.date) -> Mapping[str, Any]:
    """Give a debate what its method needs."""
    options = [{"id": "premiere", "title": "Première option"}, {"id": "seconde", "title": "Seconde option"}]
    needs: Mapping[str, Mapping[str, Any]] = {
        "priorities": {"options": options, "ballot": {"kind": "approval"}},
        "referendum": {"ballot": {"kind": "yes-no"}},
        "budget": {
            "budget": "100000",
            "rule": "equal-shares",
            "projects": [
                {"id": "premier", "title": "Premier projet", "cost": "40000"},
                {"id": "second", "title": "Second projet", "cost": "60000"},
            ],
            "ballot": {"kind": "approval"},
        },
    }
    return needs.get(str(said.get("method")), {})


def _layer(_said: Mapping[str, Any], _today: datetime.date) -> Mapping[str, Any]:
    return {"layers": [{"id": "idees"}]}


def _reasons(_said: Mapping[str, Any], _today: datetime.date) -> Mapping[str, Any]:
    """Announce the usual reasons of not publishing."""
    return {
        "reasons": [
            {
                "id": "personne-mise-en-cause",
                "title": "Le texte met en cause une personne",
                "text": "Il nomme quelqu’un ou permet de le reconnaître. L’auteur peut l’écrire de nouveau sans cela.",
            },
            {
                "id": "contraire-a-la-loi",
                "title": "Le texte est contraire à la loi",
                "text": "Injure, menace, appel à la haine, diffamation.",
            },
            {
                "id": "autre-sujet",
                "title": "Le texte parle d’autre chose",
                "text": "Il ne répond pas à la question du débat. L’auteur peut l’envoyer là où on en parle.",
            },
        ]
    }


def _checked(said: Mapping[str, Any], today: datetime.date) -> Mapping[str, Any]:
    return {"checked": today.isoformat()} if said.get("link") else {}


def _today(today: datetime.date) -> Mapping[str, str]:
    return {"date": today.isoformat()}


def _in_a_fortnight(today: datetime.date) -> Mapping[str, str]:
    return {"opens": (today + _FORTNIGHT).isoformat(), "level": "consult"}


def _opening(today: datetime.date) -> Mapping[str, str]:
    return {"opens": today.isoformat(), "method": "arguments"}


def _meeting(today: datetime.date) -> Mapping[str, str]:
    return {
        "kind": "workshop", "status": "confirmed", "date": (today + _FORTNIGHT).isoformat(), "starts": "18:30",
    }  # fmt: skip


def _said(today: datetime.date) -> Mapping[str, str]:
    return {"date": today.isoformat(), "voice": "individual", "channel": "paper"}


_GROUP = MappingProxyType({"group": ("voice", "collective"), "people": ("voice", "collective")})

KINDS: Mapping[str, Kind] = {
    "campaign": Kind(
        models.Campaign, "une concertation : sa question, ses dates, ses règles", f"{_CAMPAIGN}/campaign.md",
        ("title", "summary", "question", "opens", "closes", "level"), given=_campaign, defaults=_in_a_fortnight,
        optional=("closes",), of_campaign=False,
        body="## Le projet\n\nPrésentez ici le projet : où, quoi, pourquoi, et ce qui reste à décider.",
    ),
    "debate": Kind(
        models.Debate, "une question mise en débat, et sa méthode", f"{_CAMPAIGN}/debates/{{name}}.md",
        ("title", "question", "opens", "closes", "method"), given=_debate, defaults=_opening, optional=("closes",),
        within=True, body="Dites ici ce qu’il faut savoir pour répondre à la question.",
    ),
    "timeline": Kind(
        models.Timeline, "la frise d’une campagne", f"{_CAMPAIGN}/timeline.yml", ("steps.0.title", "steps.0.start"),
        named="", defaults=lambda today: {"steps.0.start": f"{today:%Y-%m}"},
    ),
    "workshop": Kind(
        models.Workshop, "une rencontre de l’agenda", f"{_CAMPAIGN}/workshops/{{name}}.md",
        ("title", "kind", "status", "date", "starts", "location.address", "host", "attendance", "minutes",
         "cancelled_because"),
        defaults=_meeting, optional=("starts",),
        when={"attendance": ("status", "held"), "minutes": ("status", "held"),
              "cancelled_because": ("status", "cancelled")},
        body="Invitez ici : de quoi on parlera, à qui cela s’adresse, comment venir.",
    ),
    "map": Kind(
        models.Map, "la carte collaborative d’une campagne", f"{_CAMPAIGN}/map.yml",
        ("title", "layers.0.title", "layers.0.question"), named="", given=_layer,
    ),
    "resource": Kind(
        models.Resource, "un document, un lien ou une fiche", f"{_CAMPAIGN}/resources/{{name}}.md",
        ("title", "kind", "date", "summary", "link"), given=_checked, optional=("summary", "link"),
        defaults=lambda today: {"kind": "fact-sheet", **_today(today)},
        body="Écrivez ici l’essentiel du document, pour qui ne peut pas l’ouvrir.",
    ),
    "kit": Kind(
        models.Kit, "un kit à imprimer, pour débattre ou faire savoir", f"{_CAMPAIGN}/kits/{{name}}.md",
        ("title", "purpose", "summary"), defaults=lambda _today: {"purpose": "participation"},
        body="## Avant\n\nCe qu’il faut préparer.\n\n## Pendant\n\nLe déroulé, minute par minute.\n\n"
        "## Après\n\nComment transmettre ce qui a été dit.",
    ),
    "episode": Kind(
        models.Episode, "une émission de la radio citoyenne", f"{_CAMPAIGN}/episodes/{{name}}.md",
        ("title", "date", "summary", "audio", "number"), defaults=lambda today: {"number": "1", **_today(today)},
        body="Transcrivez ici toute l’émission : c’est elle que lisent les personnes qui n’entendent pas.",
    ),
    "contribution": Kind(
        models.Contribution, "ce que quelqu’un a dit, sur papier ou en atelier",
        f"{_CAMPAIGN}/contributions/{{name}}.md",
        ("debate", "date", "voice", "group", "people", "channel", TEXT), named="id", defaults=_said, when=_GROUP,
    ),
    "place": Kind(
        models.Place, "un point que quelqu’un a placé sur la carte", f"{_CAMPAIGN}/places/{{name}}.md",
        ("layer", "title", "date", "location.address", TEXT), named="id", defaults=_today,
    ),
    "question": Kind(
        models.Question, "une question posée à la Ville", f"{_CAMPAIGN}/questions/{{name}}.md",
        ("to", "date", "voice", "group", "people", "channel", TEXT), named="id", defaults=_said, when=_GROUP,
    ),
    "answer": Kind(
        models.Answer, "la réponse de la Ville à une question", f"{_CAMPAIGN}/answers/{{name}}.md",
        ("by", "date", TEXT), named="answered", defaults=_today,
    ),
    "decision": Kind(
        models.Decision, "ce qui a été décidé, et ses suites", f"{_CAMPAIGN}/decisions/{{name}}.md",
        ("title", "date", "by", "summary"), defaults=_today,
        body="Expliquez ici la décision : ce qui a pesé, ce qui n’a pas été retenu, et pourquoi.",
    ),
    "jury": Kind(
        models.Jury, "un jury citoyen", f"{_CAMPAIGN}/juries/{{name}}.md", ("title", "summary", "mandate", "seats"),
        defaults=lambda _today: {"seats": "15"}, body="Présentez ici le jury et son calendrier.",
    ),
    "moderation": Kind(
        models.Moderation, "ce qui n’est pas publié, et pourquoi", f"{_CAMPAIGN}/moderation.yml", (), named="",
        given=_reasons,
    ),
    "page": Kind(
        models.Page, "une page libre : à propos, mentions légales", "content/pages/{name}.md", ("title", "menu"),
        optional=("menu",), of_campaign=False, body="Écrivez ici le texte de la page.",
    ),
}  # fmt: skip
# What commands write, and not a person: which command.
WRITTEN_BY = {
    "agora.toml": "agora init",
    "agora.json": "agora build",
    "batch": "agora sheets",
    "draw": "agora draw",
}
