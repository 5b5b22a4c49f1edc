"""Turns the report of an import into lines for whoever imports, or into one JSON object for machines."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator
from typing import Literal

import click

from agora_build.imports.report import Report
from agora_build.problems import Problem, Wording, as_text, printable

Form = Literal["text", "json"]
_SHOWN = 200  # lines of each kind on a screen; JSON gives all
_LINES, _WIDE = 20, 100  # of an example on a screen
_KINDS = {
    "contributions": ("contribution", "écrite"),
    "answers": ("réponse", "écrite"),
    "workshops": ("rencontre", "écrite"),
    "decisions": ("décision", "écrite"),
    "debates": ("débat", "écrit"),
    "votes": ("fichier de votes", "écrit"),
}
_LEFT = {
    "other-consultation": "d’une autre concertation",
    "decidim-withdrawn": "propositions retirées par leurs auteurs",
    "decidim-answers": "réponses officielles : dites qui répond, avec --answers-by",
    "decidim-comments": "commentaires sur autre chose qu’une proposition",
    "decidim-results": "résultats : dites qui a décidé, avec --decided-by",
    "polis-rejected": "phrases que Polis avait refusées",
    "polis-superseded": "votes changés plus tard par la même personne",
    "polis-votes-left": "votes sur des phrases qui ne sont pas ici",
    "polis-sign": "Dans ce fichier, « d’accord » s’écrit",
    "pabulib-choices-left": "choix de projets laissés dehors",
    "pabulib-funded": "Projets financés, comptés ici",
    "columns-left": "Colonnes laissées de côté",
}


def tell(report: Report, words: Wording, form: Form, *, dry: bool) -> None:
    """Tell what an import did, or would do: each line that is not taken, or not as it was, then the counts."""
    if form == "json":
        for piece in _json(report, words, dry=dry):
            click.echo(piece, nl=False)
        click.echo()
        return
    for kind in ("note", "refused"):
        for problem in itertools.islice(report.problems(kind), _SHOWN):
            click.echo(as_text(problem, words) if kind == "refused" else _noted(problem, words))
        if report.told[kind] > _SHOWN:
            click.echo(f"… et {report.told[kind] - _SHOWN} autres : --format json les donne toutes.")
    for path, text in report.samples:
        click.echo(f"Par exemple, {path} :")
        for line in text.splitlines()[:_LINES]:
            click.echo(f"  | {printable(line)[:_WIDE]}".rstrip())
    for line in _summary(report, dry=dry):
        click.echo(line)


def tell_problems(problems: Iterable[Problem], words: Wording, form: Form, done: str = "importé") -> None:
    """Tell why nothing was done."""
    if form == "json":
        click.echo(json.dumps({"problems": [_item(problem, words) for problem in problems]}, ensure_ascii=False))
        return
    for problem in problems:
        click.echo(as_text(problem, words))
    click.echo(f"Rien n’a été {done}.", err=True)


def _noted(problem: Problem, words: Wording) -> str:
    place = f"{printable(problem.path)}:{problem.span.line}"
    return f"{place}: {words.label('note')}{words.message(problem)} [{problem.code}]\n  = {words.hint(problem)}"


def _summary(report: Report, *, dry: bool) -> Iterator[str]:
    yield "Aperçu : rien n’est écrit." if dry else "Importation faite."
    for folder in sorted({*report.taken, *report.same}):
        one, done = _KINDS[folder]
        taken, same = report.taken[folder], report.same[folder]
        many = one.replace("fichier", "fichiers") if " " in one else f"{one}s"
        said = f"{one} {done}" if taken <= 1 else f"{many} {done}s"
        if dry:
            said = f"{one if taken <= 1 else many} à écrire"
        yield f"  {taken} {said}, {same} déjà là"
    if report.gone:
        yield f"  {_count(report.gone, 'ligne')} d’un texte retiré, refusé ou effacé ici : il ne revient pas"
    for reason, count in sorted((+report.left).items()):
        yield f"  {_count(count, 'ligne')} laissée{'s' if count > 1 else ''} de côté : {_LEFT.get(reason, reason)}"
    for fact, value in report.facts.items():
        yield f"  {_LEFT.get(fact, fact)} : {printable(value) or 'aucune'}"
    if report.told["note"]:
        yield f"  {_count(report.told['note'], 'remarque')} à lire ci-dessus"
    if report.refused:
        yield f"  {_count(report.refused, 'ligne')} non prise{'s' if report.refused > 1 else ''} : dites ci-dessus ;"
        yield "    corrigez le fichier et recommencez, ce qui est déjà écrit ne le sera pas deux fois."


def _count(number: int, one: str) -> str:
    return f"{number} {one}{'s' if number > 1 else ''}"


def _json(report: Report, words: Wording, *, dry: bool) -> Iterator[str]:
    """Write the object piece by piece: there may be half a million problems."""
    counts: dict[str, object] = {
        "dry_run": dry,
        "taken": dict(sorted(report.taken.items())),
        "same": dict(sorted(report.same.items())),
        "gone": report.gone,
        "left": dict(sorted((+report.left).items())),
        "refused": report.refused,
    }
    counts["samples"] = [{"path": path, "text": text} for path, text in report.samples]
    yield json.dumps(counts, ensure_ascii=False, indent=2)[:-2]
    for name, kind in (("problems", "refused"), ("notes", "note")):
        yield f',\n  "{name}": ['
        for rank, problem in enumerate(report.problems(kind)):  # type: ignore[arg-type]
            yield ("," if rank else "") + "\n    " + json.dumps(_item(problem, words), ensure_ascii=False)
        yield "]"
    yield "\n}"


def _item(problem: Problem, words: Wording) -> dict[str, object]:
    return {
        "path": printable(problem.path),
        "line": problem.span.line,
        "code": problem.code,
        "message": words.message(problem),
        "hint": words.hint(problem),
    }
