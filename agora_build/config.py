"""States what agora.toml may say: the city, its offices, quarters, map, podcast; read and checked like any content."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from agora_build.content.fields import Day, Email, Latitude, Line, Link, Longitude, Model, SiteLink, Slug, Summary

BASE_THEME = "agora"
MAX_PORT = 65535


def _tiles(value: str) -> str:
    """Refuse what is not an address of tiles: it goes into the policy of the pages with a map."""
    if not re.fullmatch(r"https://[^\s;,'\"<>\\]+", value) or not all(part in value for part in ("{z}", "{x}", "{y}")):
        raise PydanticCustomError("bad-tiles", "refused", {"value": value})
    return value


def _intake_address(value: str) -> str:
    """Refuse what is neither a folder of the site nor the address of another host."""
    if not re.fullmatch(r"(https?://[^\s;,'\"<>\\/?#]+/)?([a-z0-9-]+/)+|https?://[^\s;,'\"<>\\/?#]+/", value):
        raise PydanticCustomError("bad-intake-address", "refused", {"value": value})
    return value


def _currency(value: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", value):
        raise PydanticCustomError("bad-currency", "refused", {"value": value})
    return value


def _site_address(value: str) -> str:
    """Refuse what is not the address of a site over an enciphered line; on this very machine, none is needed."""
    host = r"https://[a-zA-Z0-9.-]+(:[0-9]{1,5})?|http://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?"
    right = re.fullmatch(rf"({host})(/[a-zA-Z0-9._~-]+)*/?", value) and not re.search(r"/\.\.?(/|$)", value)
    if not right or int((re.match(r"[a-z]+://[^/]*:([0-9]+)(/|$)", value) or ("", "443"))[1]) > MAX_PORT:
        raise PydanticCustomError("bad-site-address", "refused", {"value": value})
    return value


Language = Literal["fr", "en", "ar"]
IntakeAddress = Annotated[Line, AfterValidator(_intake_address)]
SiteAddress = Annotated[Line, AfterValidator(_site_address)]


class CityWords(Model):
    """What the city says of itself in another language."""

    site: Line | None = Field(None, description="Nom du site dans cette langue.")
    tagline: Line | None = Field(None, description="Une phrase sous le nom.")
    description: Summary | None = Field(None, description="Deux phrases pour les moteurs et les partages.")


class City(Model):
    """The city that consults its people."""

    name: Line = Field(description="Nom de la ville.")
    site: Line = Field(description="Nom du site, comme « L’Agora de Nanterre ».")
    tagline: Line = Field(description="Une phrase sous le nom.")
    description: Summary = Field(description="Deux phrases pour les moteurs et les partages.")
    language: Language = Field("fr", description="Première langue du site : celle des fichiers de contenu.")
    languages: tuple[Language, ...] = Field((), description="Toutes les langues du site ; les autres ont leur dossier.")
    fr: CityWords | None = Field(None, description="Les mots de la ville en français, si c’est une autre langue.")
    en: CityWords | None = Field(None, description="Les mots de la ville en anglais, si c’est une autre langue.")
    ar: CityWords | None = Field(None, description="Les mots de la ville en arabe, si c’est une autre langue.")
    currency: Annotated[Line, AfterValidator(_currency)] = Field(
        "EUR", description="Monnaie des budgets participatifs : code ISO 4217."
    )
    timezone: Line = Field("Europe/Paris", description="Fuseau horaire IANA.")
    address: Line | None = Field(None, description="Adresse postale de la mairie, pour écrire sur papier.")
    email: Email | None = Field(None, description="Adresse électronique du service.")
    phone: Line | None = Field(None, description="Téléphone du service.")

    @property
    def editions(self) -> tuple[Language, ...]:
        """All the languages of the site, the first one first."""
        return (self.language, *self.others)

    @property
    def others(self) -> tuple[Language, ...]:
        """The languages that have a folder each."""
        return tuple(item for item in dict.fromkeys(self.languages) if item != self.language)

    def words(self, language: str) -> CityWords | None:
        """Give what the city says of itself in another language."""
        words: CityWords | None = getattr(self, language)
        return words


class Publication(Model):
    """Where and how the site is published."""

    base_url: SiteLink = Field(description="Adresse publique du site.")
    theme: Slug = Field(BASE_THEME, description="Dossier de themes/.")
    as_of: Day | None = Field(None, description="Jour auquel le site est arrêté (archive, démonstration).")
    repository: Link | None = Field(None, description="Adresse du dépôt, pour proposer une modification.")
    licence: Line = Field("CC BY-SA 4.0", description="Licence des contenus.")
    social_pictures: bool = Field(
        False, description="Dessiner l’image que les réseaux sociaux montrent à côté d’un lien (paquets de [social])."
    )
    demonstration: bool = Field(False, description="Le site est un exemple : un bandeau le dit.")


class Office(Model):
    """An office that decides or answers."""

    id: Slug = Field(description="Identifiant court.")
    name: Line = Field(description="Nom : Conseil municipal, Direction de l’aménagement.")


class Quarter(Model):
    """A quarter of the city."""

    id: Slug = Field(description="Identifiant court.")
    name: Line = Field(description="Nom.")


class Tiles(Model):
    """Map tiles of another host: the one opt-in to a third party."""

    url: Annotated[Line, AfterValidator(_tiles)] = Field(description="Modèle d’adresse {z}/{x}/{y}.")
    attribution: Line = Field(description="Mention des auteurs.")


class CityMap(Model):
    """The city's map: its view and its own basemap."""

    lat: Latitude = Field(description="Latitude du centre.")
    lon: Longitude = Field(description="Longitude du centre.")
    zoom: Annotated[int, Field(ge=5, le=18)] = Field(13, description="Échelle de départ.")
    south: Latitude = Field(description="Bord sud de la ville.")
    west: Longitude = Field(description="Bord ouest.")
    north: Latitude = Field(description="Bord nord.")
    east: Longitude = Field(description="Bord est.")
    basemap: Line | None = Field(None, description="Fond de carte GeoJSON, chemin depuis la racine.")
    tiles: Tiles | None = Field(None, description="Tuiles d’un autre serveur ; aucune par défaut.")


class Podcast(Model):
    """The citizens' radio as a podcast."""

    title: Line = Field(description="Nom de l’émission.")
    description: Summary = Field(description="Présentation.")
    author: Line = Field(description="Qui la fait.")
    email: Email = Field(description="Adresse de contact, exigée par les annuaires.")
    category: Line = Field("Government", description="Catégorie d’Apple Podcasts.")
    image: Line | None = Field(None, description="Image carrée de 1400 à 3000 pixels, chemin depuis la racine.")


class Intake(Model):
    """The form endpoint, where what it receives is kept, and the forge to which it is proposed."""

    url: IntakeAddress = Field(
        "envoi/",
        description="Adresse du point d’entrée : un dossier du site (« envoi/ »), ou https:// sur un autre hôte.",
    )
    store: Line = Field(
        "sqlite:///.agora/intake/journal.sqlite",
        description="Journal : sqlite:///fichier, ou postgresql+psycopg://hôte/base.",
    )
    contact_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        365, description="Jours pendant lesquels les coordonnées sont gardées."
    )
    refused_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        180, description="Jours pendant lesquels le texte d’un refus est gardé, pour en répondre."
    )
    proxies: Annotated[int, Field(ge=0, le=5)] = Field(
        0, description="Mandataires de confiance devant le point d’entrée (nginx, Caddy)."
    )
    address_minute: Annotated[int, Field(ge=1)] = Field(
        30, description="Envois par minute d’un même voisinage du réseau ; dix minutes d’avance, pour les ateliers."
    )
    campaign_minute: Annotated[int, Field(ge=1)] = Field(600, description="Envois par minute pour une campagne.")
    total_minute: Annotated[int, Field(ge=1)] = Field(3000, description="Envois par minute en tout.")
    captcha: bool = Field(False, description="Proposer ALTCHA, hébergé par la ville ; jamais la seule barrière.")
    forge: Literal["git", "github", "gitlab", "forgejo"] = Field("git", description="Forge où naissent les demandes.")
    repository: Line = Field(
        ".agora/intake/forge.git", description="Dépôt : un dossier (git), ou « ville/agora » sur la forge."
    )
    api: Link | None = Field(None, description="Adresse de l’API, pour une forge que la ville héberge.")
    base: Line = Field("main", description="Branche publiée.")


class Audit(Model):
    """What somebody independent found of the site's accessibility."""

    date: Day = Field(description="Jour de l’audit.")
    by: Line = Field(description="Qui l’a fait.")
    standard: Line = Field("RGAA 4.1.2", description="Référentiel suivi, avec sa version.")
    rate: Annotated[int, Field(ge=0, le=100)] = Field(
        description="Part des critères applicables qui sont respectés, en pour cent, arrondie vers le bas."
    )
    pages: tuple[Line, ...] = Field(min_length=1, description="Pages vérifiées.")
    tested_with: tuple[Line, ...] = Field((), description="Navigateurs et aides techniques employés.")
    report: Link | None = Field(None, description="Adresse du rapport.")


class AccessibilityWords(Model):
    """What the declaration of accessibility says in another language: each list item by item."""

    known: tuple[Line, ...] = Field((), description="Ce qui n’est pas accessible, et ce qui le remplace.")
    burden: tuple[Line, ...] = Field((), description="Dérogations pour charge disproportionnée, avec leurs raisons.")
    exempt: tuple[Line, ...] = Field((), description="Contenus que la loi ne soumet pas à l’obligation.")
    done: tuple[Line, ...] = Field((), description="Ce qui est déjà fait.")
    planned: tuple[Line, ...] = Field((), description="Ce qui est prévu.")


class Accessibility(Model):
    """What the declaration of accessibility says; without an audit, the site says that it does not conform."""

    established: Day | None = Field(None, description="Jour de la déclaration.")
    known: tuple[Line, ...] = Field((), description="Ce qui n’est pas accessible, et ce qui le remplace.")
    burden: tuple[Line, ...] = Field((), description="Dérogations pour charge disproportionnée, avec leurs raisons.")
    exempt: tuple[Line, ...] = Field((), description="Contenus que la loi ne soumet pas à l’obligation.")
    done: tuple[Line, ...] = Field((), description="Ce qui est déjà fait.")
    planned: tuple[Line, ...] = Field((), description="Ce qui est prévu.")
    plan: Link | None = Field(None, description="Adresse du schéma pluriannuel.")
    email: Email | None = Field(None, description="À qui signaler une difficulté ; sinon, l’adresse de la ville.")
    audit: Audit | None = Field(None, description="Ce qu’a trouvé quelqu’un d’indépendant.")
    fr: AccessibilityWords | None = Field(None, description="Les mêmes mots en français, si c’est une autre langue.")
    en: AccessibilityWords | None = Field(None, description="Les mêmes mots en anglais, si c’est une autre langue.")
    ar: AccessibilityWords | None = Field(None, description="Les mêmes mots en arabe, si c’est une autre langue.")

    @property
    def state(self) -> Literal["full", "partial", "none"]:
        """Tell what the law lets the site call itself: all criteria are met, half of them at least, or neither."""
        rate = self.audit.rate if self.audit else 0
        return "full" if rate == 100 else "partial" if rate >= 50 else "none"  # noqa: PLR2004 - the law's figures


class NetworkSite(Model):
    """Another site whose campaigns this one tells of."""

    id: Slug = Field(description="Identifiant court : le nom de la copie, content/network/<id>.json.")
    name: Line = Field(description="Nom de la ville, ou de qui publie.")
    url: SiteAddress = Field(description="Adresse du site, en https:// ; agora.json est à sa suite.")
    private: bool = Field(False, description="Le site est sur un réseau interne : ses adresses privées sont admises.")


class Network(Model):
    """The other sites that a network page tells of."""

    sites: Annotated[tuple[NetworkSite, ...], Field(min_length=1, max_length=200)] = Field(
        description="Les sites, dans l’ordre de la page."
    )


class OpenData(Model):
    """How the open data of the site is written, and under which licence."""

    delimiter: Literal[";", ","] = Field(
        ";", description="Signe entre les cellules d’un CSV ; les tableurs français attendent « ; »."
    )
    bom: bool = Field(True, description="Commencer chaque CSV par la marque qui dit aux tableurs : UTF-8.")
    licence: Line | None = Field(None, description="Licence des données ; sinon, celle des contenus.")
    country: Line | None = Field(None, description="Pays, en anglais : les fichiers de Pabulib (.pb) le demandent.")


class Config(Model):
    """The whole of agora.toml."""

    city: City = Field(description="La ville, et le nom de son site.")
    publication: Publication = Field(description="Où le site est publié, et sous quelle licence.")
    map: CityMap | None = Field(None, description="La carte de la ville : où elle s’ouvre, ses limites, son fond.")
    podcast: Podcast | None = Field(None, description="L’émission de la radio, comme les catalogues la montrent.")
    intake: Intake | None = Field(None, description="Le point d’entrée, qui reçoit les formulaires.")
    network: Network | None = Field(None, description="Les sites que celui-ci suit.")
    accessibility: Accessibility = Field(Accessibility(), description="Ce que dit la déclaration d’accessibilité.")
    opendata: OpenData = Field(OpenData(), description="Les données ouvertes.")
    offices: tuple[Office, ...] = Field((), description="Les services qui répondent et qui décident.")
    quarters: tuple[Quarter, ...] = Field((), description="Les quartiers.")

    @property
    def data_licence(self) -> str:
        """The licence of the open data."""
        return self.opendata.licence or self.publication.licence

    def quarter_name(self, quarter: str) -> str:
        """Give the name of a quarter."""
        return next(item.name for item in self.quarters if item.id == quarter)

    def office_name(self, office: str) -> str:
        """Give the name of an office."""
        return next(item.name for item in self.offices if item.id == office)
