"""Turns `agora new KIND` into a valid new file: asks what it needs on a terminal, takes options elsewhere."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from agora_build.commands.asking import ask, on_terminal, say
from agora_build.commands.vote_folder import refuse
from agora_build.content.columns import columns_of
from agora_build.content.config_file import read_config
from agora_build.content.day import today_in
from agora_build.content.ids import new_id
from agora_build.content.validate import nearest
from agora_build.problems import as_text, printable, wording
from agora_build.record import replace
from agora_build.starting.interview import (
    Answers,
    City,
    city_at,
    field_at,
    name_problems,
    problems_at,
    problems_of,
    refers,
    slug_of,
    to_nothing,
)
from agora_build.starting.kinds import KINDS, TEXT, WRITTEN_BY, Kind
from agora_build.starting.taught import explained

_FEW = 8  # values that a question can list


class _Kinds(click.Group):
    """Makes the command of a kind from its model, when it is called."""

    def list_commands(self, _context: click.Context) -> list[str]:
        """List the kinds."""
        return list(KINDS)

    def get_command(self, _context: click.Context, cmd_name: str) -> click.Command | None:
        """Give the command of a kind."""
        if cmd_name in KINDS:
            return _command(cmd_name)
        return None

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command of a kind; say what was probably meant when there is none."""
        name = args[0]
        if name in KINDS or name.startswith("-") or context.resilient_parsing:  # a shell completes: nobody asked yet
            return super().resolve_command(context, args)
        if name in WRITTEN_BY:
            refuse(f"« {name} » ne s’écrit pas à la main : lancez {WRITTEN_BY[name]}")
        near = nearest(name, KINDS)
        meant = f"essayez « {near} »" if near else f"il y a : {', '.join(KINDS)}"
        return refuse(f"il n’y a pas de sorte « {printable(name)} » ; {meant}")


@click.group(cls=_Kinds, subcommand_metavar="SORTE [OPTIONS]")
def new() -> None:
    """Écrire un nouveau fichier, valide et commenté.

    Au terminal, chaque chose nécessaire est demandée ; ailleurs, elle se donne en option.
    """


def _command(name: str) -> click.Command:
    kind = KINDS[name]
    options = [
        click.Option(["--city"], metavar="DOSSIER", default=Path(), type=click.Path(file_okay=False, path_type=Path),
                     help="Dossier d’agora.toml ; par défaut, le dossier courant."),
        click.Option(["--now", "day"], metavar="AAAA-MM-JJ", type=click.DateTime(["%Y-%m-%d"]), help="Jour proposé."),
        click.Option(["--edit"], is_flag=True, help="Ouvrir ensuite le fichier dans votre éditeur ($EDITOR)."),
    ]  # fmt: skip
    if kind.of_campaign:
        options.append(
            click.Option(
                ["--campaign"], metavar="NOM", help="Dossier de la campagne.", shell_complete=_complete_campaign
            )
        )
    if kind.named in ("title", "answered"):
        said = "Nom du fichier, sans .md ; par défaut, d’après le titre."
        options.append(click.Option(["--name"], metavar="NOM", help=said if kind.named == "title" else _ANSWERED))
    options += [
        click.Option([_option(key), _parameter(key)], metavar="…", multiple=many, help=said)
        for key, said, many in _values(kind)
    ]

    def run(**given: Any) -> None:  # noqa: ANN401 - options of every type
        values = {key: given[_parameter(key)] for key, _, _ in _values(kind)}
        said = {key: list(value) if isinstance(value, tuple) else value for key, value in values.items() if value}
        _new(kind, given, said)

    return click.Command(
        name,
        params=list(options),
        callback=run,
        help=f"Écrire {kind.said}.",
        short_help=kind.said[:1].upper() + kind.said[1:],
    )


def _complete_campaign(context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """List the campaigns of the city, for a shell."""
    folder: Path = (context.params.get("city") or Path()) / "content" / "campaigns"
    return sorted(path.parent.name for path in folder.glob("*/campaign.md") if path.parent.name.startswith(begun))


_ANSWERED = "Numéro de la question ou de la contribution à laquelle on répond."


def _values(kind: Kind) -> Iterator[tuple[str, str, bool]]:
    """List the keys that an option gives, with what each means: those that are asked first."""
    columns = {".".join(column.path): column for column in columns_of(kind.model)}
    for key in dict.fromkeys((*kind.asked, *columns)):
        if key == TEXT:
            yield key, "Le texte, lettre pour lettre ; « - » pour le lire sur l’entrée.", False
            continue
        many = key in columns and columns[key].many
        yield key, f"{explained(field_at(kind.model, key))}.", many


def _option(key: str) -> str:
    return "--" + "-".join(part for part in key.replace("_", "-").split(".") if not part.isdigit())


def _parameter(key: str) -> str:
    return f"said_{key.replace('.', '__')}"


def _new(kind: Kind, given: dict[str, Any], said: dict[str, Any]) -> None:
    root: Path = given["city"]
    if not (root / "agora.toml").is_file():
        refuse(f"il n’y a pas d’agora.toml dans « {root} » : allez dans le dossier de la ville, ou lancez agora init")
    day: datetime.datetime | None = given["day"]
    city = city_at(root, day.date() if day else today_in(read_config(root)[0]))
    if said.get(TEXT) == "-":
        said[TEXT] = sys.stdin.read()
    campaign = _campaign(city, given.get("campaign")) if kind.of_campaign else ""
    answers = Answers(kind, campaign, _first_name(kind, given.get("name"), city, campaign), said)
    if (not kind.named or given.get("name")) and _is_there(city, answers):
        sys.exit(2)
    answers = _named(city, _asked(city, answers), given.get("name"))
    _write(city, answers)
    _tell(city, answers)
    if given["edit"]:
        click.edit(filename=str(root / answers.path))


def _campaign(city: City, said: str | None) -> str:
    """Find the campaign of the file; that of a city which has one alone need not be said."""
    known = city.campaigns()
    if not known:
        refuse("il n’y a pas encore de campagne : lancez agora new campaign")
    if said is None and len(known) > 1:
        if not on_terminal():
            refuse(f"dites la campagne avec --campaign : {', '.join(known)}")
        said = ask(f"Campagne ({', '.join(known)})", lambda _tried: ())
    campaign = said or known[0]
    if campaign not in known:
        near = nearest(campaign, known)
        refuse(f"il n’y a pas de campagne « {printable(campaign)} »{f' ; vouliez-vous dire « {near} » ?' * bool(near)}")
    return campaign


def _first_name(kind: Kind, said: str | None, city: City, campaign: str) -> str:
    """Name the file before anything is asked of it, when its title does not."""
    if kind.named == "id":
        return new_id(city.today)
    if kind.named == "answered":
        return _answered(said, city, campaign)
    return said or "nouveau"


def _answered(said: str | None, city: City, campaign: str) -> str:
    """Find what is answered, before anything else is asked: whose number is wrong would answer all for nothing."""
    waiting = city.waiting(campaign)
    if not said and not on_terminal():
        refuse(f"dites avec --name à quoi l’on répond ; sans réponse : {', '.join(waiting) or 'aucune question'}")
    if not said:
        label, default = _ANSWERED.rstrip("."), waiting[0] if waiting else ""
        return ask(label, lambda tried: to_nothing(city, campaign, tried), default=default, language=_language(city))
    problems = [*to_nothing(city, campaign, said)]
    if problems:
        say(problems, _language(city))
        click.echo("Rien n’a été écrit.", err=True)
        sys.exit(1)
    return said


def _asked(city: City, answers: Answers) -> Answers:
    """Ask what was not said; without anybody to answer, take what is proposed, or say what is missing."""
    kind, missing = answers.kind, []
    proposed = kind.defaults(city.day_in(answers.campaign) if kind.within else city.today)
    for key in kind.asked:
        under, value = kind.when.get(key, ("", ""))
        if key in answers.said or (under and answers.said.get(under) != value):
            continue
        default = proposed.get(key) or _only(city, answers, key)
        if on_terminal():
            answers = _ask(city, answers, key, default)
        elif default:
            answers = _plus(answers, key, default)
        elif key not in kind.optional:
            missing.append(f"{_option(key)} ({_label(kind, key)})")
    if missing:
        refuse(f"il manque {', '.join(missing)}")
    return answers


def _plus(answers: Answers, key: str, value: str) -> Answers:
    return replace(answers, said={**answers.said, key: value})


def _only(city: City, answers: Answers, key: str) -> str:
    """Propose the first of what can be named."""
    kind = refers(field_at(answers.kind.model, key)) if key != TEXT else ""
    return next(iter(city.known(answers.campaign).get(kind, ())), "") if kind else ""


def _ask(city: City, answers: Answers, key: str, default: str) -> Answers:
    """Ask one thing, with what can be named when that is not much."""
    label = _label(answers.kind, key)
    known = city.known(answers.campaign).get(refers(field_at(answers.kind.model, key)), ()) if key != TEXT else ()
    label += f" ({', '.join(known)})" if 0 < len(known) <= _FEW else ""
    value = ask(
        label,
        lambda tried: problems_at(city, _plus(answers, key, tried), key),
        default=default,
        optional=key in answers.kind.optional,
        language=_language(city),
    )
    return _plus(answers, key, value) if value else answers


def _language(city: City) -> str:
    config = city.config.config
    return config.city.language if config else "fr"


def _label(kind: Kind, key: str) -> str:
    return "Texte" if key == TEXT else explained(field_at(kind.model, key))


def _named(city: City, answers: Answers, said: str | None) -> Answers:
    """Name the file after its title, unless a name was given."""
    if answers.kind.named != "title" or said:
        return answers
    proposed = slug_of(str(answers.said.get("title", ""))) or answers.kind.model.__name__.lower()
    if not on_terminal():
        return replace(answers, name=proposed)
    while True:
        label = "Nom du fichier, dans l’adresse de la page"
        name = ask(label, lambda tried: name_problems(replace(answers, name=tried)), default=proposed)
        named = replace(answers, name=name)
        if not _is_there(city, named):
            return named


def _is_there(city: City, answers: Answers) -> bool:
    """Tell whether the file is there already; if so, say it."""
    there = (city.root / answers.path).exists()
    if there:
        then = "choisissez un autre nom" if answers.kind.named else "ouvrez-le pour le compléter"
        click.echo(f"  {answers.path} existe déjà : rien n’y est changé ; {then}", err=True)
    return there


def _write(city: City, answers: Answers) -> None:
    """Write the file when all of it is right, and nothing else is in its place."""
    path = city.root / answers.path
    problems = problems_of(city, answers)
    if _is_there(city, answers):
        sys.exit(2)
    if problems:
        words = wording(_language(city))
        click.echo("\n\n".join(as_text(problem, words) for problem in problems))
        click.echo("Rien n’a été écrit.", err=True)
        sys.exit(1)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(answers.text(city))


def _tell(city: City, answers: Answers) -> None:
    click.echo(f"Écrit : {city.root / answers.path}")
    click.echo("Ensuite :")
    click.echo("  complétez-le ; chaque ligne qui commence par # explique une clé")
    click.echo("  agora check      dit tout ce qui ne va pas")
    click.echo("  agora serve      montre la page, et la refait pendant que vous écrivez")
    click.echo(f"  git add {answers.path} && git commit")
