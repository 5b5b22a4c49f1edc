"""Turns what a verification found into words for a clerk or a citizen."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Literal

from agora_build.build.origin import Origin
from agora_build.problems import Problem, printable
from agora_build.record import Record, asdict

_SHOWN = 20


class Difference(Record, frozen=True):
    """One file that is not as expected."""

    kind: Literal["changed", "missing", "extra", "unread"]
    path: str
    why: str = ""


class Obstacle(Record, frozen=True):
    """What kept the verification from its end: a code that `said` has words for, and details."""

    code: str
    details: tuple[str, ...] = ()


class Verdict(Record, frozen=True):
    """All that a verification found.

    `served` is what differs between the files and the site's own SHA256SUMS; `rebuilt`, between that list and what
    the commit gives, None when it was not rebuilt.
    """

    place: str
    files: int = 0
    origin: Origin | None = None
    subject: str = ""  # the day of the commit and its first line
    served: tuple[Difference, ...] = ()
    rebuilt: tuple[Difference, ...] | None = None
    problems: tuple[Problem, ...] = ()  # why the commit does not build
    obstacle: Obstacle | None = None
    compared: bool = False  # whether every file was compared with the site's own list

    @property
    def exit_code(self) -> int:
        """0: the site is what the commit gives; 1: it is not; 2: one cannot tell."""
        if self.rebuilt or self.problems or any(each.kind != "unread" for each in self.served):
            return 1
        return 2 if self.obstacle or self.served or self.rebuilt is None else 0


_OBSTACLES = {
    "bad-address": "« {0} » n’est ni un dossier, ni un fichier zip, ni une adresse ; donnez par exemple output ou"
    " https://ville.example/.",
    "unreachable": "Le site ne se laisse pas lire ({0}). Vérifiez l’adresse et le réseau, puis recommencez.",
    "no-sums": "Il n’y a pas de fichier SHA256SUMS ici. Donnez l’adresse de la page d’accueil, ou son dossier ;"
    " si c’est bien elle, reconstruisez le site avec cette version d’Agora.",
    "bad-sums": "Le fichier SHA256SUMS du site n’est pas une liste de sommes : voyez sa ligne {0}."
    " Publiez de nouveau le site.",
    "bad-record": "Le fichier build.json du site ne dit pas d’où il vient. Publiez de nouveau le site.",
    "republished": "Le site a été publié de nouveau pendant la vérification. Recommencez.",
    "no-commit": "Ce site ne nomme pas de commit : il a été construit hors d’un dépôt git."
    " Reconstruisez-le depuis le dépôt de la ville pour que chacun puisse le vérifier.",
    "other-version": "Ce site a été fait avec Agora {0}, et vous avez Agora {1}."
    " Pour comparer, installez la même : pip install agora-build=={0}",
    "no-pdf": "Ce site contient des PDF faits avec {0}, et rien ici ne sait en faire."
    " Pour comparer, installez de quoi les faire : pip install 'agora-build[pdf]'",
    "other-pdf": "Les PDF de ce site ont été faits avec {0}, et vous avez {1}."
    " Pour comparer, installez les mêmes versions, puis recommencez.",
    "no-search": "Ce site a un moteur de recherche fait avec {0}, et rien ici ne sait en faire."
    " Pour comparer, installez de quoi le faire : pip install 'agora-build[search]'",
    "other-search": "Le moteur de recherche de ce site a été fait avec {0}, et vous avez {1}."
    " Pour comparer, installez la même version, puis recommencez.",
    "no-offline": "Ce site a des archives hors réseau faites avec {0}, et rien ici ne sait en faire."
    " Pour comparer, lancez cette commande avec un Python qui a le module zlib.",
    "other-offline": "Les archives hors réseau de ce site ont été faites avec {0}, et vous avez {1}."
    " Pour comparer, lancez cette commande là où elles ont été faites.",
    "no-git": "Le programme git manque sur cet ordinateur. Installez-le, puis recommencez.",
    "no-repository": "Ce dossier n’est pas dans un dépôt git. Donnez celui de la ville avec --repository.",
    "unknown-commit": "Le commit {0} n’est pas dans ce dépôt. Mettez le dépôt à jour (git fetch --all),"
    " ou donnez celui de la ville avec --repository ; s’il n’y est toujours pas, ce site ne vient pas de ce dépôt.",
    "not-in-history": "Le commit {0} est dans le dépôt, mais pas dans la branche où vous êtes : rien ne dit que la"
    " ville l’a accepté. Placez-vous sur la branche qu’elle publie (git switch main, git pull), puis recommencez.",
    "not-in-commit": "Dans ce commit, il n’y a pas de dossier {0}. Donnez avec --repository le dossier d’agora.toml.",
    "lost-objects": "Il manque au dépôt des fichiers de ce commit, dont {0}. Refaites-en un clone complet.",
    "no-history": "Ce site a été construit là où git ne donnait pas l’historique : il ne montre pas celui des règles."
    " Construisez-le là où git est installé et peut lire le dépôt, pour que chacun puisse le vérifier.",
    "shallow-repository": "Votre clone ne contient pas tout l’historique que ce site montre."
    " Complétez-le (git fetch --unshallow), puis recommencez.",
    "git-failed": "git n’a pas pu donner ce commit :\n{0}",
}
_KINDS = {"changed": "modifié", "missing": "absent", "extra": "en trop", "unread": "illisible"}
_VERDICTS = (
    "ce site est exactement celui que donne {commit}.",
    "ce site n’est PAS celui que donne {commit}.",
    "impossible de dire si ce site est celui que donne {commit}.",
)
_TAMPERED = (
    "Ces fichiers ont changé depuis la publication. Cherchez qui ou quoi peut écrire à cet endroit, puis publiez de"
    " nouveau."
)
_ELSEWHERE = (
    "Le site a sans doute été construit avec des changements qui n’étaient pas enregistrés (git status), ou avec"
    " d’autres versions des bibliothèques. Enregistrez-les (git commit), puis construisez et publiez de nouveau."
)
_PROVES = (
    "Ce que cela prouve : chaque page, chaque image et chaque donnée de ce site sort des fichiers du dépôt public, avec"
    " le programme public ; rien n’a été retouché à la main depuis."
)
_LIMITS = (
    "Ce que cela ne prouve pas : que ce qui est écrit dans le dépôt est vrai, ni que tout ce qui a été dit y est ; pour"
    " les votes, voyez agora verify votes ; pour ce que vous avez envoyé, votre reçu. Ni que d’autres reçoivent"
    " les mêmes pages : comparez la somme de SHA256SUMS avec la leur."
)
_UNBUILDABLE = "Ce commit ne se construit pas : {0}. Le site ne peut pas en venir tel quel."


def said(verdict: Verdict) -> str:
    """Say a verdict in French."""
    return "\n".join(_lines(verdict))


def as_json(verdict: Verdict) -> str:
    """Say a verdict to a machine, with the sentences of `said`."""
    different = [{"where": "published", **asdict(one)} for one in verdict.served]
    different += [{"where": "rebuilt", **asdict(one)} for one in verdict.rebuilt or ()]
    given = {
        "subject": verdict.place,
        "outcome": ("same", "different", "unknown")[verdict.exit_code],
        "files": verdict.files,
        "origin": dict(verdict.origin.said()) if verdict.origin else None,
        "different": different,
        "problems": list(_places(verdict.problems)),
        "obstacle": asdict(verdict.obstacle) if verdict.obstacle else None,
        "said": list(_lines(verdict)),
    }
    return json.dumps(given, ensure_ascii=False, indent=1)


def _lines(verdict: Verdict) -> Iterator[str]:
    origin = verdict.origin
    yield f"{printable(verdict.place)} : {_VERDICTS[verdict.exit_code].format(commit=_commit(verdict))}"
    if origin:
        yield f"{_files(verdict.files)}, jour {origin.day.isoformat()}, Agora {printable(origin.version)}."
    yield from _served(verdict)
    if verdict.rebuilt:
        yield f"Le commit donne autre chose que ce que le site annonce : {_files(len(verdict.rebuilt))}."
        yield from _list(verdict.rebuilt)
        yield _ELSEWHERE
    elif verdict.rebuilt is not None:
        yield "Le même commit, construit de nouveau ici, donne les mêmes sommes."
    if verdict.problems:
        yield _UNBUILDABLE.format(", ".join(_places(verdict.problems)))
    if verdict.obstacle:
        yield hindrance(verdict.obstacle)
    if not verdict.exit_code:
        yield _PROVES
        yield _LIMITS


def _served(verdict: Verdict) -> Iterator[str]:
    unread = [each for each in verdict.served if each.kind == "unread"]
    wrong = [each for each in verdict.served if each.kind != "unread"]
    if wrong:
        yield f"Le site n’est plus tel qu’il l’annonce dans SHA256SUMS : {_files(len(wrong))}."
        yield from _list(wrong)
        yield _TAMPERED
    if unread:
        yield f"Impossible de lire {_files(len(unread))}. Vérifiez le réseau, puis recommencez."
        yield from _list(unread)
    if verdict.compared and not verdict.served:
        yield "Chaque fichier est tel que le site l’annonce dans SHA256SUMS."


def _commit(verdict: Verdict) -> str:
    """Name the commit as people know it."""
    if not (verdict.origin and verdict.origin.commit):
        return "le dépôt"
    day, _, subject = verdict.subject.partition(" ")
    known = f" du {day} (« {printable(subject)} »)" if day else ""
    return f"le commit {verdict.origin.commit[:12]}{known}"


def _list(differences: Sequence[Difference]) -> Iterator[str]:
    for each in differences[:_SHOWN]:
        why = f" ({printable(each.why)})" if each.why else ""
        yield f"  {_KINDS[each.kind]} : {printable(each.path)}{why}"
    if len(differences) > _SHOWN:
        yield f"  et {_files(len(differences) - _SHOWN)} de plus"


def _places(problems: Sequence[Problem]) -> Iterator[str]:
    for problem in problems[:_SHOWN]:
        yield f"{printable(problem.path)}:{problem.span.line} [{problem.code}]"


def hindrance(obstacle: Obstacle) -> str:
    """Say what kept a verification from its end."""
    return _OBSTACLES[obstacle.code].format(*(printable(detail) for detail in obstacle.details))


def _files(number: int) -> str:
    return f"{number} fichier{'s' if number > 1 else ''}"
