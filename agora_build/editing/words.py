"""Says in French, for the editor, what the values that one chooses among mean, and what each kind of file is called."""

from __future__ import annotations

from collections.abc import Mapping

# A field with its values, where a value means something else there, before the values of all fields.
VALUES: Mapping[str, str] = {
    "purpose.communication": "faire savoir",
    "channel.workshop": "en atelier",
    "progress.status.done": "fait",
    # Couleurs
    "seine": "seine (bleu)", "brique": "brique", "parc": "parc (vert)", "prune": "prune", "encre": "encre",
    "ocre": "ocre", "canal": "canal", "garance": "garance (rouge)", "ardoise": "ardoise (gris)",
    # Campagnes
    "inform": "informer", "consult": "consulter", "co-design": "concevoir ensemble", "decide": "décider",
    "live": "pendant le vote", "after-close": "après la clôture", "each": "une par contribution",
    "digest": "une pour plusieurs", "main": "dans le menu", "footer": "en pied de page",
    # Débats et votes
    "arguments": "arguments", "statements": "phrases à voter", "priorities": "priorités",
    "referendum": "oui, non, abstention", "budget": "budget participatif", "greedy": "au plus de voix",
    "equal-shares": "parts égales", "approval": "cocher", "points": "points à répartir", "ranking": "classer",
    "yes-no": "oui ou non", "apart": "à part", "added": "ajoutés aux codes",
    "for": "pour", "against": "contre", "neutral": "ni pour ni contre",
    # Frise et rencontres
    "milestone": "jalon", "meeting": "rencontre", "council": "conseil municipal", "study": "étude",
    "works": "travaux", "publication": "publication", "workshop": "atelier", "public-hearing": "réunion publique",
    "forum": "forum", "walk": "marche", "home-debate": "débat chez soi", "proposed": "proposée",
    "confirmed": "confirmée", "held": "tenue", "cancelled": "annulée",
    # Ce que les gens disent
    "individual": "une personne", "collective": "un groupe", "web": "en ligne", "paper": "sur papier",
    "pull-request": "par demande de fusion", "contribution": "contribution", "question": "question",
    "place": "point de la carte", "before": "avant", "during": "pendant", "decision": "décision", "after": "après",
    # Documents, kits, radio
    "dossier": "dossier", "press": "presse", "deliberation": "délibération", "fact-sheet": "fiche", "plan": "plan",
    "data": "données", "communication": "faire savoir", "participation": "faire débattre", "host": "animation",
    "guest": "invité", "reporter": "reportage", "producer": "réalisation",
    # Suites
    "taken-up": "retenue", "partly": "retenue en partie", "not": "non retenue", "started": "commencé",
    "advancing": "en cours", "done": "terminé", "delayed": "en retard", "abandoned": "abandonné",
}  # fmt: skip
# Of each kind of file: what several are called, and what one is called.
KINDS: Mapping[str, tuple[str, str]] = {
    "debates": ("Débats", "débat"),
    "workshops": ("Rencontres", "rencontre"),
    "resources": ("Documents", "document"),
    "kits": ("Kits", "kit"),
    "episodes": ("Émissions", "émission"),
    "decisions": ("Décisions", "décision"),
    "juries": ("Jurys citoyens", "jury"),
    "questions": ("Questions", "question"),
    "answers": ("Réponses", "réponse"),
    "contributions": ("Contributions", "contribution"),
    "places": ("Points de la carte", "point"),
}
FILES: Mapping[str, str] = {
    "campaign.md": "La concertation", "timeline.yml": "La frise", "map.yml": "La carte",
    "moderation.yml": "La modération",
}  # fmt: skip


def word_for(value: str, *names: str) -> str:
    """Say what a value means in the field of these names."""
    said = VALUES.get(".".join((*names, value))) or VALUES.get(".".join((*names[-1:], value)))
    return said or VALUES.get(value, value)
