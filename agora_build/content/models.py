"""States what an author may write in each kind of file; forms, schemas, checks and documentation all come from here."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from agora_build.content.fields import (
    Amount,
    AnyFile,
    Attendance,
    AudioFile,
    BatchRef,
    ContributionRef,
    Day,
    DayOrMonth,
    DebateRef,
    DecisionRef,
    Email,
    HeadCount,
    Id,
    Initials,
    JuryRef,
    Latitude,
    LayerRef,
    Line,
    Link,
    Longitude,
    Model,
    OfficeRef,
    PictureFile,
    Prose,
    QuarterRef,
    ResourceRef,
    Seconds,
    SheetCount,
    SheetNumber,
    Slug,
    Summary,
    Time,
    Unit,
    WorkshopRef,
)

Accent = Literal["seine", "brique", "parc", "prune", "encre", "ocre", "canal", "garance", "ardoise"]
Channel = Literal["web", "paper", "workshop", "pull-request"]
Voice = Literal["individual", "collective"]
Stage = Literal["before", "during", "decision", "works", "after"]
Method = Literal["arguments", "statements", "priorities", "referendum", "budget"]
BudgetRule = Literal["greedy", "equal-shares"]
StepKind = Literal["milestone", "meeting", "council", "study", "works", "publication"]
Erasable = Literal["contribution", "question", "place", "workshop"]
SheetContent = Literal["contribution", "votes", "question", "place"]
LongText = Annotated[str, StringConstraints(min_length=1, max_length=40_000)]


# Of what the city may prepare in advance: none of it is published as long as it is a draft, or before its day.
Draft = Annotated[bool, Field(description="Brouillon : dans l’aperçu seulement, jamais dans le site publié.")]
Appears = Annotated[Day | None, Field(description="Jour où il paraît ; avant, il n’est que dans l’aperçu.")]


class Picture(Model):
    """A picture with its text alternative."""

    file: PictureFile = Field(description="Fichier image, rangé à côté du fichier de contenu (media/plan.svg).")
    alt: Line = Field(description="Ce que montre l’image, pour qui ne la voit pas.")
    credit: Line | None = Field(None, description="Auteur et licence de l’image.")


class Location(Model):
    """A place of the city: an address, a point, or both; without a point it is in lists, not yet on the map."""

    name: Line | None = Field(None, description="Nom du lieu : Maison de quartier, école.")
    address: Line | None = Field(None, description="Adresse postale.")
    lat: Latitude | None = Field(None, description="Latitude, comme 48.8924 ; sans elle, il faut une adresse.")
    lon: Longitude | None = Field(None, description="Longitude, comme 2.2071.")

    @property
    def point(self) -> tuple[float, float] | None:
        """Where it is, latitude and longitude in degrees; None when there is an address alone."""
        return None if self.lat is None or self.lon is None else (self.lat, self.lon)


class Page(Model):
    """A free page of the site: about, legal notice, how to take part."""

    title: Line = Field(description="Titre de la page.")
    summary: Summary | None = Field(None, description="Une ou deux phrases d’introduction.")
    menu: Literal["main", "footer"] | None = Field(None, description="Où la page est liée : menu ou pied de page.")
    order: int = Field(100, description="Rang dans le menu, du plus petit au plus grand.")
    draft: Draft = False
    appears: Appears = None


class Rules(Model):
    """The rules ("modalités") of a consultation, announced before it opens."""

    announced: Day = Field(description="Jour où les règles ont été rendues publiques.")
    who: Prose = Field(description="Qui peut participer.")
    how: Prose = Field(description="Comment participer, en ligne et hors ligne.")
    use: Prose = Field(description="Ce que la Ville fera des contributions.")
    decides: Prose = Field(description="Qui décide à la fin.")
    reply_within_days: Annotated[int, Field(ge=1, le=365), Unit("day")] | None = Field(
        None, description="Délai de réponse de la Ville, en jours."
    )
    guarantor: Line | None = Field(None, description="Qui veille au respect des règles.")
    results: Literal["live", "after-close"] = Field("after-close", description="Quand les résultats sont visibles.")
    moderation: Prose | None = Field(None, description="Ce qui n’est pas publié, et qui en décide.")


class Contact(Model):
    """An office to write to or visit; never a person's name."""

    office: Line = Field(description="Service ou mission, jamais une personne.")
    email: Email | None = Field(None, description="Adresse électronique du service.")
    phone: Line | None = Field(None, description="Téléphone du service.")
    address: Line | None = Field(None, description="Où venir.")
    hours: Line | None = Field(None, description="Horaires d’accueil.")


class Campaign(Model):
    """A consultation: its question, its dates, its rules; the body presents the project."""

    title: Line = Field(description="Nom de la concertation.")
    summary: Summary = Field(description="Le projet en deux phrases.")
    question: Line = Field(description="La question posée aux habitants.")
    opens: Day = Field(description="Premier jour de la concertation.")
    closes: Day | None = Field(None, description="Dernier jour ; sans date, la concertation est permanente.")
    level: Literal["inform", "consult", "co-design", "decide"] = Field(description="Niveau de participation.")
    quarters: tuple[QuarterRef, ...] = Field((), description="Quartiers concernés ; vide : toute la ville.")
    accent: Accent = Field("seine", description="Couleur de la campagne.")
    picture: Picture | None = Field(None, description="Illustration de la campagne.")
    rules: Rules | None = Field(None, description="Modalités, obligatoires dès l’ouverture.")
    contacts: tuple[Contact, ...] = Field((), description="À qui s’adresser.")
    proposals: Literal["each", "digest"] = Field(
        "each", description="Une demande de fusion par contribution reçue, ou une pour plusieurs."
    )
    easy_read: Prose | None = Field(
        None, description="Le projet en facile à lire (FALC) : une idée par phrase, 15 mots au plus, des mots courants."
    )
    outcome: Summary | None = Field(None, description="Ce que la concertation a changé, une fois close.")
    location: Location | None = Field(None, description="Où se trouve le projet, pour la carte de la ville.")
    illustrative: bool = Field(False, description="Contenu d’exemple, signalé comme tel sur la page.")
    draft: Draft = False
    appears: Appears = None


class Step(Model):
    """A dated step of a timeline, past or to come."""

    start: DayOrMonth = Field(description="Jour, mois ou année : 2016-03-07, 2016-03, 2016.")
    end: DayOrMonth | None = Field(None, description="Fin, pour une période.")
    title: Line = Field(description="Ce qui se passe.")
    text: Prose | None = Field(None, description="Quelques phrases (Markdown).")
    kind: StepKind = Field("milestone", description="Nature de l’étape.")
    picture: Picture | None = Field(None, description="Illustration.")
    audio: AudioFile | None = Field(None, description="Extrait sonore.")
    illustrative: bool = Field(False, description="Étape d’exemple, signalée comme telle.")


class Timeline(Model):
    """The steps of a campaign; debates, workshops, votes and decisions join them by themselves."""

    intro: Prose | None = Field(None, description="Une phrase au-dessus de la frise.")
    steps: tuple[Step, ...] = Field(description="Étapes, dans l’ordre des dates.")


class Theme(Model):
    """A theme under which contributions to a debate are sorted."""

    id: Slug = Field(description="Identifiant court.")
    title: Line = Field(description="Nom affiché.")


class Option(Model):
    """An option that ballots choose among."""

    id: Slug = Field(description="Identifiant court, écrit sur les bulletins publiés.")
    title: Line = Field(description="Nom affiché.")
    text: Prose | None = Field(None, description="Ce que l’option veut dire, en quelques phrases.")


class Project(Model):
    """A project of a participatory budget, that ballots choose."""

    id: Slug = Field(description="Identifiant court, écrit sur les bulletins publiés.")
    title: Line = Field(description="Nom affiché.")
    cost: Amount = Field(description="Coût, en toutes unités de la monnaie : 40000 ou 40000.50.")
    text: Prose | None = Field(None, description="Le projet en quelques phrases.")
    quarter: QuarterRef | None = Field(None, description="Quartier où il se fait.")


class Ballot(Model):
    """How a vote is cast and counted, and when its result is shown."""

    kind: Literal["approval", "points", "ranking", "yes-no"] = Field(description="Ce que l’on écrit sur un bulletin.")
    points: Annotated[int, Field(ge=2, le=1000)] | None = Field(None, description="Points à répartir (points).")
    most: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        None, description="Points au plus sur une option (points)."
    )
    choices: Annotated[int, Field(ge=1, le=100)] | None = Field(
        None, description="Nombre d’options au plus (approval, ranking)."
    )
    turnout: Annotated[int, Field(ge=1, le=100), Unit("percent")] | None = Field(
        None, description="Part des codes, en pour cent, sans laquelle le résultat n’engage pas."
    )
    majority: Annotated[int, Field(ge=50, le=99), Unit("percent")] = Field(
        50, description="Part de « oui », en pour cent, qu’il faut dépasser (yes-no)."
    )
    within: Amount | None = Field(
        None, description="Ce que les projets d’un bulletin coûtent ensemble, au plus (budget)."
    )
    paper: Literal["apart", "added"] = Field(
        "apart", description="Les bulletins sur papier : comptés à part, ou avec ceux des codes (budget)."
    )
    results: Day | None = Field(
        None, description="Premier jour où le résultat est montré ; sinon, ce que disent les modalités."
    )


class Debate(Model):
    """A question put to the public, with its dates, method and documents; the body gives the context."""

    title: Line = Field(description="Titre court du débat.")
    question: Line = Field(description="La question, complète.")
    opens: Day = Field(description="Ouverture.")
    closes: Day | None = Field(None, description="Clôture.")
    method: Method = Field("arguments", description="Méthode du débat.")
    summary: Summary | None = Field(None, description="Le débat en deux phrases.")
    themes: tuple[Theme, ...] = Field((), description="Thèmes de classement.")
    options: tuple[Option, ...] = Field((), description="Options entre lesquelles choisir (priorities).")
    budget: Amount | None = Field(None, description="Somme à répartir (budget) : 500000 ou 500000.50.")
    rule: BudgetRule | None = Field(
        None, description="Règle qui choisit les projets (budget) : au plus de voix, ou parts égales."
    )
    elsewhere: Line | None = Field(
        None,
        description="Où ce vote a eu lieu, s’il a été repris d’un autre système : ses bulletins n’ont pas de code.",
    )
    projects: tuple[Project, ...] = Field((), description="Projets entre lesquels choisir (budget).")
    ballot: Ballot | None = Field(None, description="Comment on vote (priorities, referendum, budget).")
    documents: tuple[ResourceRef, ...] = Field((), description="Ressources à lire avant de débattre.")
    synthesis: Prose | None = Field(None, description="Synthèse de l’animation, une fois le débat clos.")
    illustrative: bool = Field(False, description="Débat d’exemple, signalé comme tel.")
    draft: Draft = False
    appears: Appears = None

    @property
    def offered(self) -> tuple[Option | Project, ...]:
        """What ballots choose among: options, or the projects of a budget."""
        return self.projects or self.options


class Contribution(Model):
    """What somebody said in a debate, alone or for a group; the body is the text, letter for letter."""

    erased: ClassVar[None] = None  # see ErasedContribution

    debate: DebateRef = Field(description="Débat auquel elle répond.")
    date: Day = Field(description="Jour où elle a été dite ou écrite.")
    voice: Voice = Field(description="Voix individuelle ou collective.")
    channel: Channel = Field(description="Par où elle est arrivée.")
    title: Line | None = Field(None, description="Titre choisi par l’auteur.")
    name: Line | None = Field(None, description="Nom choisi pour la publication (individuelle).")
    group: Line | None = Field(None, description="Nom du groupe (collective).")
    spokesperson: Line | None = Field(None, description="Rôle du porte-parole (collective).")
    people: HeadCount | None = Field(None, description="Nombre de personnes (collective).")
    meeting: Line | None = Field(None, description="Où et quand le groupe s’est réuni (collective).")
    quarter: QuarterRef | None = Field(None, description="Quartier.")
    location: Location | None = Field(None, description="Endroit dont elle parle.")
    workshop: WorkshopRef | None = Field(None, description="Atelier dont elle est issue.")
    batch: BatchRef | None = Field(None, description="Lot de feuilles dont elle est issue (papier).")
    sheet: SheetNumber | None = Field(None, description="Numéro de la feuille dans le lot (papier).")
    theme: Slug | None = Field(None, description="Thème du débat.")
    position: Literal["for", "against", "neutral"] | None = Field(None, description="Sens de l’argument.")
    reply_to: ContributionRef | None = Field(None, description="Contribution à laquelle elle répond.")
    illustrative: bool = Field(False, description="Contribution d’exemple, signalée comme telle.")


class Batch(Model):
    """Numbered paper sheets given out together, and what became of them; its number is the file's name.

    `agora sheets` writes it; `agora import paper` adds what came back, and who entered and checked it.
    """

    date: Day = Field(description="Jour où les feuilles ont été données ; les noms de leurs fichiers commencent ainsi.")
    debate: DebateRef | None = Field(None, description="Débat auquel elles répondent (contributions, votes).")
    layer: LayerRef | None = Field(None, description="Couche de la carte où elles proposent un point (points).")
    kind: SheetContent = Field(
        "contribution",
        description="Ce que l’on y écrit : une contribution, des votes sur des phrases, une question, un point.",
    )
    workshop: WorkshopRef | None = Field(None, description="Rencontre où elles ont été données.")
    place: Line | None = Field(None, description="Ou lieu où elles ont été laissées : un accueil, une urne.")
    sheets: SheetNumber = Field(description="Nombre de feuilles, numérotées à partir de 1.")
    returned: SheetCount | None = Field(None, description="Feuilles revenues, blanches comprises.")
    blank: SheetCount = Field(0, description="Feuilles revenues blanches.")
    refused: SheetCount = Field(0, description="Feuilles remplies et non publiées, d’après les règles de modération.")
    entered_by: Initials | None = Field(None, description="Initiales de qui a fait la première saisie.")
    checked_by: Initials | None = Field(None, description="Initiales de qui a fait la seconde, et signé.")
    checked: Day | None = Field(None, description="Jour de la signature.")
    differences: Attendance | None = Field(None, description="Différences entre les deux saisies, tranchées.")
    illustrative: bool = Field(False, description="Lot d’exemple, signalé comme tel.")


class Workshop(Model):
    """A meeting of the shared agenda, proposed by anyone; the body invites, `minutes` tell what was said."""

    title: Line = Field(description="Nom de la rencontre.")
    kind: Literal["workshop", "public-hearing", "forum", "walk", "home-debate"] = Field(description="Format.")
    status: Literal["proposed", "confirmed", "held", "cancelled"] = Field(description="État.")
    date: Day = Field(description="Jour.")
    end_date: Day | None = Field(None, description="Dernier jour, si elle en dure plusieurs.")
    starts: Time | None = Field(None, description="Heure de début.")
    ends: Time | None = Field(None, description="Heure de fin.")
    location: Location = Field(description="Lieu.")
    host: Line = Field(description="Qui invite : service, association, groupe d’habitants.")
    quarter: QuarterRef | None = Field(None, description="Quartier.")
    debate: DebateRef | None = Field(None, description="Débat préparé.")
    jury: JuryRef | None = Field(None, description="Jury citoyen dont c’est une audition ou une séance.")
    capacity: HeadCount | None = Field(None, description="Nombre de places.")
    access: Line | None = Field(None, description="Accessibilité, garde d’enfants, transports.")
    attendance: Attendance | None = Field(None, description="Nombre de personnes venues (tenue).")
    minutes: LongText | None = Field(None, description="Compte rendu (tenue).")
    cancelled_because: Line | None = Field(None, description="Raison (annulée).")
    illustrative: bool = Field(False, description="Rencontre d’exemple, signalée comme telle.")
    draft: Draft = False
    appears: Appears = None


class Layer(Model):
    """A layer of a collaborative map, which asks one question."""

    id: Slug = Field(description="Identifiant court.")
    title: Line = Field(description="Nom affiché.")
    question: Line = Field(description="Question posée : où manque-t-il un banc ?")


class Map(Model):
    """The collaborative map of a campaign."""

    title: Line = Field(description="Titre de la carte.")
    intro: Prose | None = Field(None, description="Une phrase au-dessus de la carte.")
    layers: Annotated[tuple[Layer, ...], Field(min_length=1)] = Field(description="Couches.")


class Place(Model):
    """A point somebody put on the map; the body says why."""

    layer: LayerRef = Field(description="Couche de la carte.")
    title: Line = Field(description="Nom du point.")
    date: Day = Field(description="Jour.")
    location: Location = Field(description="Où.")
    voice: Voice = Field("individual", description="Voix individuelle ou collective.")
    channel: Channel = Field("web", description="Par où il est arrivé.")
    group: Line | None = Field(None, description="Nom du groupe (collective).")
    people: HeadCount | None = Field(None, description="Nombre de personnes (collective).")
    quarter: QuarterRef | None = Field(None, description="Quartier.")
    workshop: WorkshopRef | None = Field(None, description="Atelier dont il est issu.")
    batch: BatchRef | None = Field(None, description="Lot de feuilles dont il est issu (papier).")
    sheet: SheetNumber | None = Field(None, description="Numéro de la feuille dans le lot (papier).")
    illustrative: bool = Field(False, description="Point d’exemple, signalé comme tel.")


class Resource(Model):
    """Something to read: a file, a link with its date, or the body itself (a fact sheet)."""

    title: Line = Field(description="Titre.")
    kind: Literal["dossier", "press", "deliberation", "fact-sheet", "plan", "data"] = Field(description="Nature.")
    date: Day = Field(description="Date du document.")
    publisher: Line | None = Field(None, description="Qui le publie.")
    summary: Summary | None = Field(None, description="De quoi il s’agit.")
    file: AnyFile | None = Field(None, description="Fichier, rangé dans resources/.")
    link: Link | None = Field(None, description="Adresse du document ailleurs.")
    checked: Day | None = Field(None, description="Jour où le lien a été vérifié.")
    illustrative: bool = Field(False, description="Document d’exemple, signalé comme tel.")


class Kit(Model):
    """A kit to run a debate or spread the word; the body is the kit, ready to print."""

    title: Line = Field(description="Titre du kit.")
    purpose: Literal["communication", "participation"] = Field(description="Faire savoir, ou faire débattre.")
    summary: Summary = Field(description="À quoi il sert.")
    audience: Line | None = Field(None, description="Pour qui.")
    duration: Line | None = Field(None, description="Durée : 1 h 30.")
    people: Line | None = Field(None, description="Nombre de personnes : de 5 à 12.")
    files: tuple[AnyFile, ...] = Field((), description="Fichiers à télécharger, rangés dans kits/.")
    order: int = Field(100, description="Rang.")
    illustrative: bool = Field(False, description="Kit d’exemple, signalé comme tel.")


class Chapter(Model):
    """A chapter of an episode."""

    start: Seconds = Field(description="Début ; l’auteur écrit minutes:secondes.")
    title: Line = Field(description="Titre.")


class Person(Model):
    """Who speaks in an episode, by role."""

    role: Literal["host", "guest", "reporter", "producer"] = Field(description="Rôle dans l’émission.")
    name: Line = Field(description="Groupe, fonction, ou nom que la personne a choisi.")


class Episode(Model):
    """An episode of the citizens' radio; the body is its transcript."""

    title: Line = Field(description="Titre.")
    date: Day = Field(description="Date de diffusion.")
    summary: Summary = Field(description="Résumé.")
    audio: AudioFile = Field(description="Fichier .mp3, rangé dans episodes/.")
    number: Annotated[int, Field(ge=1)] = Field(description="Numéro dans la série.")
    chapters: tuple[Chapter, ...] = Field((), description="Chapitres.")
    people: tuple[Person, ...] = Field((), description="Voix de l’émission.")
    location: Location | None = Field(None, description="Où elle a été enregistrée.")
    debate: DebateRef | None = Field(None, description="Débat dont elle parle.")
    illustrative: bool = Field(False, description="Émission d’exemple, signalée comme telle.")
    draft: Draft = False
    appears: Appears = None


class Table(Model):
    """A file of a vote in rows and columns (CSV), such as its ballots: how many rows it has."""

    rows: int = Field(description="Nombre de lignes, sans l’en-tête.")


class PaperCount(Model):
    """Who counted the paper ballots of a vote, and who checked; the count itself is in paper.csv beside it."""

    date: Day = Field(description="Jour du dépouillement.")
    place: Line = Field(description="Lieu du dépouillement, public.")
    entered_by: Line = Field(description="Qui a saisi le compte : service ou rôle.")
    checked_by: Line = Field(description="Qui l’a vérifié : un autre rôle.")
    spoiled: Attendance = Field(0, description="Bulletins nuls.")


class Raised(Model):
    """The hands raised for an option."""

    option: Slug = Field(description="Option du vote, ou yes, no, abstain.")
    hands: Attendance = Field(description="Nombre de mains levées.")


class MeetingTally(Model):
    """A show of hands in a meeting; it is shown apart and never added to ballots."""

    date: Day = Field(description="Jour.")
    title: Line = Field(description="Nom de la rencontre.")
    workshop: WorkshopRef | None = Field(None, description="Rencontre de l’agenda.")
    present: HeadCount = Field(description="Nombre de personnes présentes.")
    entered_by: Line = Field(description="Qui a saisi le compte : service ou rôle.")
    checked_by: Line = Field(description="Qui l’a vérifié : un autre rôle.")
    hands: Annotated[tuple[Raised, ...], Field(min_length=1)] = Field(description="Mains levées par option.")


class MeetingTallies(Model):
    """The shows of hands on a vote's question."""

    meetings: Annotated[tuple[MeetingTally, ...], Field(min_length=1)] = Field(description="Rencontres, par date.")


class Considered(Model):
    """What came of a contribution, or of a whole debate, in a decision."""

    contribution: ContributionRef | None = Field(None, description="Contribution examinée.")
    debate: DebateRef | None = Field(None, description="Ou débat examiné.")
    outcome: Literal["taken-up", "partly", "not"] = Field(description="Suite donnée.")
    why: Prose = Field(description="Pourquoi.")


class Progress(Model):
    """A dated step in carrying out a decision."""

    date: Day = Field(description="Jour.")
    text: Prose = Field(description="Ce qui a été fait.")
    status: Literal["started", "advancing", "done", "delayed", "abandoned"] = Field(description="État.")


class Decision(Model):
    """What was decided, by whom, on the strength of what; the body explains."""

    title: Line = Field(description="Ce qui est décidé.")
    date: Day = Field(description="Jour de la décision.")
    by: OfficeRef = Field(description="Qui a décidé (liste d’agora.toml).")
    summary: Summary = Field(description="La décision en deux phrases.")
    documents: tuple[ResourceRef, ...] = Field((), description="Délibération, plans.")
    considered: tuple[Considered, ...] = Field((), description="Ce que sont devenues les contributions.")
    progress: tuple[Progress, ...] = Field((), description="Avancement.")
    illustrative: bool = Field(False, description="Décision d’exemple, signalée comme telle.")
    draft: Draft = False
    appears: Appears = None


class Quota(Model):
    """How many members of a jury have one value of a criterion."""

    id: Slug = Field(description="Valeur, telle qu’elle est écrite dans la liste des candidats.")
    title: Line = Field(description="Nom affiché.")
    min: Annotated[int, Field(ge=0, le=1000)] = Field(description="Places au moins.")
    max: Annotated[int, Field(ge=0, le=1000)] = Field(description="Places au plus.")


class Criterion(Model):
    """A criterion by which a jury must look like the city: quarter, age, gender."""

    id: Slug = Field(description="Nom de la colonne dans la liste des candidats.")
    title: Line = Field(description="Nom affiché.")
    quotas: Annotated[tuple[Quota, ...], Field(min_length=1)] = Field(description="Places pour chaque valeur.")


class Seed(Model):
    """Where the chance of a draw comes from, said before anybody can know it."""

    announced: Day = Field(description="Jour où la source a été rendue publique.")
    source: Prose = Field(description="D’où viendra la graine : un tirage public à venir, et comment on l’écrira.")


class Reply(Model):
    """The city's reply to a point of a jury's opinion."""

    outcome: Literal["taken-up", "partly", "not"] = Field(description="Suite donnée.")
    why: Prose = Field(description="Pourquoi.")


class Point(Model):
    """A recommendation of a jury, with the city's reply."""

    title: Line = Field(description="La recommandation en une ligne.")
    text: Prose | None = Field(None, description="La recommandation, telle que le jury l’a écrite.")
    reply: Reply | None = Field(None, description="Réponse de la Ville.")


class Jury(Model):
    """A citizens' jury: its mandate, how it is drawn, its opinion, the city's reply; the body presents it."""

    title: Line = Field(description="Nom du jury.")
    summary: Summary = Field(description="Le jury en deux phrases.")
    mandate: Prose = Field(description="Ce qui lui est demandé, et ce que la Ville en fera.")
    debate: DebateRef | None = Field(None, description="Débat qu’il éclaire.")
    seats: Annotated[int, Field(ge=1, le=500)] = Field(description="Nombre de membres.")
    criteria: tuple[Criterion, ...] = Field((), description="Composition : critères et quotas.")
    seed: Seed | None = Field(None, description="D’où viendra le hasard, annoncé avant le tirage.")
    opinion: Prose | None = Field(None, description="Avis du jury, une fois rendu.")
    opinion_date: Day | None = Field(None, description="Jour de l’avis.")
    points: tuple[Point, ...] = Field((), description="Recommandations, et la réponse à chacune.")
    reply_date: Day | None = Field(None, description="Jour de la réponse de la Ville.")
    replied_by: OfficeRef | None = Field(None, description="Qui répond (liste d’agora.toml).")
    illustrative: bool = Field(False, description="Jury d’exemple, signalé comme tel.")


class Member(Model):
    """Somebody who was drawn, under a pseudonym; the values stand in the order of the jury's criteria."""

    id: Slug = Field(description="Pseudonyme dans la liste des candidats.")
    profile: tuple[Slug, ...] = Field((), description="Valeur pour chaque critère, dans l’ordre.")


class Draw(Model):
    """The public record of a draw, written by `agora draw` beside the jury's file."""

    date: Day = Field(description="Jour du tirage.")
    seed: Annotated[str, StringConstraints(min_length=8, max_length=400, pattern=r"^[^\n]+$")] = Field(
        description="Graine, écrite comme annoncé."
    )
    candidates: Annotated[int, Field(ge=1)] = Field(description="Nombre de candidats.")
    candidates_hash: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] = Field(
        description="Empreinte SHA-256 de la liste des candidats."
    )
    drawn: Annotated[tuple[Member, ...], Field(min_length=1)] = Field(description="Membres tirés, dans l’ordre.")
    reserve: tuple[Slug, ...] = Field((), description="Suppléants, dans l’ordre.")


class Question(Model):
    """A question that somebody puts to an office of the city; the body is the question, letter for letter."""

    erased: ClassVar[None] = None  # see ErasedQuestion

    to: OfficeRef = Field(description="À qui elle est posée (liste d’agora.toml).")
    date: Day = Field(description="Jour où la Ville l’a reçue ; le délai de réponse part de ce jour.")
    voice: Voice = Field(description="Voix individuelle ou collective.")
    channel: Channel = Field(description="Par où elle est arrivée.")
    title: Line | None = Field(None, description="La question en une ligne, avec les mots de l’auteur.")
    stage: Stage | None = Field(
        None, description="Étape du projet ; sans elle, avant, pendant ou après, selon les dates de la campagne."
    )
    name: Line | None = Field(None, description="Nom choisi pour la publication (individuelle).")
    group: Line | None = Field(None, description="Nom du groupe (collective).")
    spokesperson: Line | None = Field(None, description="Rôle du porte-parole (collective).")
    people: HeadCount | None = Field(None, description="Nombre de personnes (collective).")
    meeting: Line | None = Field(None, description="Où et quand le groupe s’est réuni (collective).")
    quarter: QuarterRef | None = Field(None, description="Quartier.")
    workshop: WorkshopRef | None = Field(None, description="Rencontre où elle a été posée.")
    batch: BatchRef | None = Field(None, description="Lot de feuilles dont elle est issue (papier).")
    sheet: SheetNumber | None = Field(None, description="Numéro de la feuille dans le lot (papier).")
    decision: DecisionRef | None = Field(None, description="Décision sur laquelle elle porte.")
    illustrative: bool = Field(False, description="Question d’exemple, signalée comme telle.")


class Answer(Model):
    """The official reply to the question, or to the contribution, that has the same id; the body is the reply."""

    by: OfficeRef = Field(description="Qui répond (liste d’agora.toml).")
    date: Day = Field(description="Jour de la réponse.")
    documents: tuple[ResourceRef, ...] = Field((), description="Ressources sur lesquelles elle s’appuie.")
    illustrative: bool = Field(False, description="Réponse d’exemple, signalée comme telle.")


class ErasedContribution(Model):
    """What is left of a contribution that its author had erased: no word, no name; what cites it still finds it."""

    kind: ClassVar[Erasable] = "contribution"
    debate: DebateRef = Field(description="Débat auquel elle répondait.")
    date: Day = Field(description="Jour où elle avait été dite ou écrite.")
    voice: Voice = Field(description="Voix individuelle ou collective.")
    channel: Channel = Field(description="Par où elle était arrivée.")
    erased: Day = Field(description="Jour où son auteur l’a fait effacer.")


class ErasedQuestion(Model):
    """What is left of a question that its author had erased; the answer it got stays."""

    kind: ClassVar[Erasable] = "question"
    to: OfficeRef = Field(description="À qui elle était posée (liste d’agora.toml).")
    date: Day = Field(description="Jour où la Ville l’avait reçue.")
    voice: Voice = Field(description="Voix individuelle ou collective.")
    channel: Channel = Field(description="Par où elle était arrivée.")
    erased: Day = Field(description="Jour où son auteur l’a fait effacer.")


class ErasedPlace(Model):
    """What is left of a point of the map that its author had erased: neither where it was nor why."""

    kind: ClassVar[Erasable] = "place"
    layer: LayerRef = Field(description="Couche de la carte.")
    date: Day = Field(description="Jour où il avait été placé.")
    erased: Day = Field(description="Jour où son auteur l’a fait effacer.")


class ErasedWorkshop(Model):
    """What is left of a meeting that whoever proposed it had erased."""

    kind: ClassVar[Erasable] = "workshop"
    date: Day = Field(description="Jour où elle devait se tenir, ou s’est tenue.")
    erased: Day = Field(description="Jour où son auteur l’a fait effacer.")


Erased = ErasedContribution | ErasedQuestion | ErasedPlace | ErasedWorkshop


class Reason(Model):
    """A reason for which a campaign does not publish a text: its moderation policy, said before it is used."""

    id: Slug = Field(description="Identifiant court, que les refus rappellent.")
    title: Line = Field(description="La raison en une ligne.")
    text: Prose = Field(description="Ce qu’elle veut dire, et ce que l’auteur peut faire.")


class Refusal(Model):
    """Something that was received and not published: which, when, why; never what it said."""

    id: Id = Field(description="Identifiant donné à la réception.")
    kind: Erasable = Field("contribution", description="Ce que c’était.")
    date: Day = Field(description="Jour du refus.")
    reason: Slug = Field(description="Raison : un identifiant de `reasons`.")


class Erasure(Model):
    """Something that was published and that its author had erased: which, and when."""

    id: Slug = Field(description="Nom du fichier, sans .md.")
    kind: Erasable = Field("contribution", description="Ce que c’était.")
    date: Day = Field(description="Jour de l’effacement.")


class Withdrawal(Model):
    """Something that was published and is no more: which, when, by whom, why; never what it said."""

    id: Id = Field(description="Identifiant de ce qui a été retiré : le nom du fichier, sans .md.")
    kind: Literal["contribution", "question", "place"] = Field("contribution", description="Ce que c’était.")
    date: Day = Field(description="Jour du retrait.")
    by: OfficeRef | None = Field(None, description="Qui l’a retiré (liste d’agora.toml).")
    reason: Summary = Field(description="Pourquoi, sans rien répéter du texte ni nommer personne.")


class Moderation(Model):
    """The moderation policy of a campaign, and the public log of what it refused, withdrew and erased."""

    intro: Prose | None = Field(None, description="Une phrase au-dessus du journal.")
    reasons: tuple[Reason, ...] = Field((), description="Raisons de ne pas publier, annoncées avant de servir.")
    refused: tuple[Refusal, ...] = Field((), description="Refus, par date.")
    withdrawn: tuple[Withdrawal, ...] = Field((), description="Retraits, par date.")
    erased: tuple[Erasure, ...] = Field((), description="Effacements à la demande de l’auteur, par date.")
