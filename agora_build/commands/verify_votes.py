"""Turns the published files of a vote, wherever they are, into a verdict that a citizen can act on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from agora_build.civic.vote_verification import Finding, recount, uncountable, verify, withheld
from agora_build.commands.findings import told
from agora_build.commands.published import is_place, shelves
from agora_build.commands.verdicts import ASK, FORM, Found, Verdict, clone, give, many
from agora_build.commands.versions import versions
from agora_build.commands.vote_folder import FILES, files_of, refuse

_LISTS = ("codes.csv", "void.csv", "spent.csv", "ballots.csv", "roots.csv")
_SEALS = ("codes.csv", "void.csv", "spent.csv", "roots.csv")
_LIMIT_BARE = (
    "que ces bulletins sont ceux qui ont été déposés : seul un vote tenu ailleurs peut n’avoir ni codes ni sceaux, et"
    " la page doit dire où ; si l’on a voté ici avec des codes, ces listes ont été retirées"
)
_PROVES_CODES = (
    "depuis le premier sceau, aucune ligne retirée ni changée : chaque sceau contient la marque du précédent"
)
_PROVES_BALLOTS = "aucun bulletin sans un code de la liste publiée avant l’ouverture, aucun code utilisé deux fois"
_PROVES_COUNT = "le résultat publié est bien le compte de ces bulletins"
_LIMIT_WITHHELD = (
    "ce que valent les bulletins : ils ne sont publiés qu’avec le résultat ; vérifiez de nouveau ce jour-là"
)
_LIMIT_HEAD = (
    "que personne n’a refait d’un coup tous les fichiers et tous les sceaux : comparez la tête du dernier sceau à celle"
    " que vous aviez notée ou que la mairie a affichée (--head)"
)
_LIMIT_PAGE = "que la page du site montre bien ces chiffres : agora verify site le dit"
_LIMIT_PEOPLE = "que les lettres sont arrivées aux bonnes personnes, ni que chacun a voté seul et sans pression"
_LIMIT_HISTORY = "que rien n’a été effacé des listes depuis le début : donnez un clone du dépôt public (--repository)"


@click.command("votes")
@click.argument("name", metavar="ADRESSE|DOSSIER|ZIP|CAMPAGNE/DEBAT")
@click.option("--head", metavar="TETE", default="", help="Une tête de sceau que vous aviez notée.")
@clone("Un clone du dépôt public : son histoire compte aussi. Par défaut, le dossier courant pour CAMPAGNE/DEBAT.")
@FORM
def verify_votes(name: str, head: str, city: Path | None, form: str) -> None:
    """Vérifier un vote, ou tous ceux d’un site : codes, bulletins, sceaux, compte.

    Les fichiers publiés suffisent. 0 tout se vérifie, 1 quelque chose diffère, 2 on ne peut pas le dire.
    """
    noted = head.strip().lower()
    give([_verdict(subject, files, noted, city or own) for subject, files, own in _votes(name, city)], form)


def _votes(name: str, city: Path | None) -> Iterator[tuple[str, Mapping[str, bytes], Path | None]]:
    """Give the votes that were typed: what to call each, its files, and the repository they came from, if they did."""
    if not is_place(name):
        yield name, files_of(city or Path(), name), city or Path()
        return
    found = shelves(name, "vote.json")
    if not found:
        files_of(Path(), name) if Path(name).is_dir() else None  # says what this folder is instead
        refuse(f"rien à « {name} » n’est un vote par bulletin : donnez l’adresse de la page du vote, ou celle du site")
    for shelf in found:
        yield shelf.subject, shelf.read_all(FILES), None


def _verdict(subject: str, files: Mapping[str, bytes], head: str, city: Path | None) -> Verdict:
    if files.keys() == {"vote.json"}:
        return Verdict(
            subject, "nothing", "seules les règles de ce vote sont publiées ; il n’y a rien à vérifier encore."
        )
    folder = _folder(files, city)
    if files.keys().isdisjoint(_SEALS) and not (folder and (folder / "roots.csv").is_file()):
        return _bare(subject, files)
    wrong = [*verify(files, head), *(_against(files, folder) if folder else ())]
    found = tuple(Found(one.code, _place(one), told(one)) for one in wrong)
    compared = tuple(_compared(files, head, folder))
    if found:
        said = f"Ce vote ne se vérifie pas : {many(len(found), 'point')}."
        return Verdict(subject, "different", said, compared, found, remedy=ASK)
    last = files["roots.csv"].decode().split()[-1].rpartition(",")[2]
    ballots = f"Ce vote se vérifie : {many(_many(files, 'ballots'), 'bulletin')}, autant de codes utilisés une fois."
    said = (
        "Ce qui est publié de ce vote se tient ; les bulletins ne le sont pas encore." if withheld(files) else ballots
    )
    return Verdict(
        subject, "same", said, compared, (), tuple(_proved(files)), tuple(_limits(files, head, folder)),
        (f"la tête du dernier sceau : {last}",),
    )  # fmt: skip


def _bare(subject: str, files: Mapping[str, bytes]) -> Verdict:
    """Say what can be said of a vote that was held elsewhere: it has neither codes nor seals here."""
    wrong = [one for one in uncountable(files) if one.code != "missing"]
    if not wrong and files.get("tally.json") != recount(files):
        wrong.append(Finding("another-count", "tally.json"))
    found = tuple(Found(one.code, _place(one), told(one)) for one in wrong)
    compared = ("le résultat publié (tally.json) avec un compte refait ici",)
    if found:
        return Verdict(subject, "different", "Ce vote ne se vérifie pas.", compared, found, remedy=ASK)
    said = "Ce vote n’a ici ni codes ni sceaux ; son résultat est bien le compte des bulletins publiés."
    return Verdict(subject, "same", said, compared, (), (_PROVES_COUNT,), (_LIMIT_BARE,))


def _compared(files: Mapping[str, bytes], head: str, folder: Path | None) -> Iterator[str]:
    codes = many(_many(files, "codes"), "empreinte")
    yield f"{many(_many(files, 'roots'), 'sceau', 'sceaux')} avec les fichiers, et chacun avec le précédent"
    if not withheld(files):
        yield f"{many(_many(files, 'spent'), 'code utilisé', 'codes utilisés')} avec la liste publiée, qui a {codes}"
        yield f"{many(_many(files, 'ballots'), 'bulletin')}, un à un, avec les règles du vote (vote.json)"
    if "tally.json" in files:
        yield "le résultat publié (tally.json) avec un compte refait ici"
    if head:
        yield "la tête que vous aviez notée avec celles des sceaux"
    if folder:
        yield f"ces fichiers avec ceux que le dépôt a eus depuis le premier sceau ({folder})"


def _proved(files: Mapping[str, bytes]) -> Iterator[str]:
    yield _PROVES_CODES
    if not withheld(files):
        yield _PROVES_BALLOTS
    if "tally.json" in files:
        yield _PROVES_COUNT


def _limits(files: Mapping[str, bytes], head: str, folder: Path | None) -> Iterator[str]:
    if withheld(files):
        yield _LIMIT_WITHHELD
    if not head:
        yield _LIMIT_HEAD
    if not folder:
        yield _LIMIT_HISTORY
    if "tally.json" in files:
        yield _LIMIT_PAGE
    yield _LIMIT_PEOPLE


def _many(files: Mapping[str, bytes], name: str) -> int:
    return max(0, files.get(f"{name}.csv", b"").count(b"\n") - 1)


def _place(finding: Finding) -> str:
    return f"{finding.file}:{finding.line}" if finding.line else finding.file


def _folder(files: Mapping[str, bytes], city: Path | None) -> Path | None:
    """Find the files of the vote in a clone; None when there is none, or no clone."""
    try:
        rules = json.loads(files["vote.json"])
        campaign, debate = str(rules["campaign"]), str(rules["debate"])
    except (KeyError, ValueError, TypeError, RecursionError):
        return None
    if city is None or not {"/", "\\", ".."}.isdisjoint((campaign, debate)) or "/" in campaign + debate:
        return None
    folder = city / "content" / "campaigns" / campaign / "votes" / debate
    if not folder.is_dir():
        refuse(f"il n’y a pas de votes/{debate} pour {campaign} dans {city} : donnez le clone du dépôt de cette ville")
    return folder


def _against(files: Mapping[str, bytes], folder: Path) -> Iterator[Finding]:
    """Compare with the repository, whose lists may only have grown; it may be older than these files, or newer."""
    now, there = (set(seals.splitlines()) for seals in (files.get("roots.csv", b""), _bytes(folder / "roots.csv")))
    newer = now < there
    for name in _LISTS:
        lines = set(files.get(name, b"").splitlines())
        if newer:
            missing, code = lines - set(_bytes(folder / name).splitlines()), "not-in-repository"
        else:
            held = (line for version in versions(folder / name, "roots.csv") for line in version.splitlines())
            missing, code = set(held) - lines, "gone-since"
        yield from (Finding(code, name, 0, line.decode("utf-8", "replace")) for line in sorted(missing))


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""
