"""Turns the commands into a help that reads well: by what one wants to do, in French, a line each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import click

# Each command in one section, in the order in which one needs them, with what it does in a line.
SECTIONS: Mapping[str, Mapping[str, str]] = {
    "Écrire": {
        "init": "Créer le dossier d’une ville",
        "new": "Écrire un nouveau fichier, valide et commenté",
        "import": "Reprendre ce qui a été dit ailleurs, ou sur papier",
        "sheets": "Préparer un lot de feuilles de papier",
        "schema": "Donner le JSON Schema d’une sorte de fichier",
    },
    "Vérifier et voir": {
        "check": "Dire tout ce qui ne va pas, sans rien écrire",
        "explain": "Expliquer un message : que faire, pourquoi, un exemple",
        "serve": "Montrer le site sur cet ordinateur, refait à chaque changement",
    },
    "Publier": {
        "build": "Construire le site",
        "export": "Écrire tout le contenu dans une forme ouverte",
        "network": "Suivre les concertations d’autres villes",
    },
    "Recevoir ce que les gens envoient": {
        "intake": "Recevoir les formulaires du site",
        "relay": "Faire de ce qui attend des demandes de fusion",
        "inbox": "Lire, accepter, refuser, effacer",
        "guard": "Vérifier la branche d’une contribution avant de la fusionner",
    },
    "Voter, tirer au sort": {
        "codes": "Faire les codes d’un vote et les lettres à imprimer",
        "seal": "Sceller les fichiers d’un vote",
        "void": "Annuler les codes des lettres revenues",
        "tally": "Compter de nouveau un vote",
        "draw": "Tirer un jury au sort",
    },
    "Vérifier, de l’extérieur": {
        "verify": "Vérifier un site, un vote, un tirage, des règles, un reçu",
    },
    "Entretenir": {
        "migrate": "Récrire les fichiers d’une version plus ancienne",
        "completion": "Faire compléter les commandes par votre terminal",
    },
}
# The same, for what `agora verify` verifies.
VERIFIED: Mapping[str, str] = {
    "site": "Refaire le site à partir de son commit, et comparer",
    "votes": "Vérifier un vote : codes, bulletins, sceaux, compte",
    "draw": "Vérifier un tirage au sort : graine, ordre, quotas",
    "consensus": "Refaire les groupes d’opinion d’un débat",
    "rules": "Vérifier les règles d’une concertation et leur histoire",
    "receipt": "Dire ce qu’est devenu ce que vous avez envoyé",
    "inbox": "Dire où en est chaque contribution reçue",
}
_WORDS = {
    "Show this message and exit.": "Afficher cette aide.",
    "Show the version and exit.": "Afficher la version.",
    "[required]": "[nécessaire]",
    "[default: ": "[par défaut : ",
}


class InFrench(click.HelpFormatter):
    """Says in French what click says of itself."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how a command is typed."""
        said = args.replace("COMMAND [ARGS]...", "COMMANDE …")
        super().write_usage(prog, said, "Usage : " if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        """Write the name of a section."""
        self.write(f"{'':>{self.current_indent}}{_HEADINGS.get(heading, heading)} :\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write a list of options or commands."""
        super().write_dl([(name, _said(meaning)) for name, meaning in rows], col_max, col_spacing)


_HEADINGS = {"Commands": "Commandes"}


def _said(meaning: str) -> str:
    for word, french in _WORDS.items():
        meaning = meaning.replace(word, french)
    return meaning


def write_sections(formatter: click.HelpFormatter, sections: Mapping[str, Mapping[str, str]]) -> None:
    """Write commands, section by section, in columns that stand below each other."""
    widest = max(len(name) for lines in sections.values() for name in lines)
    for title, lines in sections.items():
        with formatter.section(title):
            formatter.write_dl([(name.ljust(widest), said) for name, said in lines.items()])
