"""Turns what one types after `agora` into a run of the house: options, printing, exit codes."""

from __future__ import annotations

import datetime
import errno
import gc
import importlib
import os
import re
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

if TYPE_CHECKING:
    from agora_build.build.origin import Origin
    from agora_build.build.profile import Profile
    from agora_build.build.signature import Taken
    from agora_build.pipeline import BuildReport

from agora_build.build import unchanged
from agora_build.commands import missing
from agora_build.commands.help import SECTIONS, VERIFIED, InFrench, write_sections
from agora_build.content.day import EpochError
from agora_build.problems import Problem, as_github, as_gitlab, as_json, as_text, printable, wording

_LONG = 500  # steps: below, a build is over before one could read how far it is
_STAGES = {
    "look": "Regard sur les fichiers",
    "read": "Lecture et vérification",
    "gather": "Préparation",
    "threads": "Pages des débats",
    "print": "PDF",
    "campaigns": "Autres pages",
    "index": "Index",
    "search": "Moteur de recherche",
    "offline": "Archives hors réseau",
    "inspect": "Inspection des liens",
    "publish": "Publication",
}
_NO_ROLLBACK = {
    "none": "Il n’y a pas de site précédent à remettre : un seul a été publié ici.",
    "torn": "Le site précédent n’est plus entier : une construction a été interrompue. Lancez « agora build ».",
}
_NO_ENGINE = (
    "Le site n’a pas de moteur de recherche : il manque de quoi le faire (pip install 'agora-build[search]')."
    " La page de recherche mène à l’index."
)
_UNDRAWN = (
    "Les images que les réseaux sociaux montrent à côté d’un lien n’ont pas été dessinées : il manque des paquets"
    " (pip install 'agora-build[social]'). Pour s’en passer : social_pictures = false dans agora.toml."
)
_NO_PDF = (
    "Rien ici ne sait faire de PDF : installez « pip install 'agora-build[pdf]' » et, sous Debian ou Ubuntu, « sudo "
    "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 », puis recommencez, ou construisez sans --pdf."
)
Form = Literal["text", "github", "gitlab", "json"]
_FORMAT = click.Choice(["text", "github", "gitlab", "json"])
_FOLDER = click.Path(file_okay=False, path_type=Path)
_DAY = click.DateTime(["%Y-%m-%d"])
# What a disk refuses, and no program can mend.
_DISK = {
    errno.ENOENT: "il n’existe pas",
    errno.EACCES: "vous n’en avez pas le droit",
    errno.EPERM: "vous n’en avez pas le droit",
    errno.EISDIR: "c’est un dossier",
    errno.ENOTDIR: "ce qui le contient n’est pas un dossier",
    errno.EEXIST: "il existe déjà",
    errno.ENOSPC: "il n’y a plus de place sur le disque",
    errno.EDQUOT: "il n’y a plus de place sur le disque pour vous",
    errno.EFBIG: "il est trop gros pour ce disque",
    errno.EROFS: "ce disque ne se laisse pas écrire",
    errno.ENAMETOOLONG: "son nom est trop long",
    errno.EBUSY: "un autre programme s’en sert",
    errno.EXDEV: "il est sur un autre disque",
    errno.EIO: "le disque répond par une erreur",
}


click.Context.formatter_class = InFrench


class _Group(click.Group):
    """Imports a command when it is called: most calls build, and have no use for the others."""

    def __init__(self, *arguments: Any, later: Mapping[str, str] | None = None, **options: Any) -> None:  # noqa: ANN401
        super().__init__(*arguments, **options)
        self.later = later or {}

    def list_commands(self, context: click.Context) -> list[str]:
        """List the commands, those not imported yet too."""
        return sorted({*super().list_commands(context), *self.later})

    def get_command(self, context: click.Context, cmd_name: str) -> click.Command | None:
        """Give a command, imported if it must be."""
        if cmd_name not in self.later:
            return super().get_command(context, cmd_name)
        module, _, name = self.later[cmd_name].partition(":")
        try:
            command: click.Command = getattr(importlib.import_module(f"agora_build.commands.{module}"), name)
        except ModuleNotFoundError as error:
            return missing.absent(cmd_name, error)
        return command


class _Verified(_Group):
    """Says in a line what each of its commands verifies."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the commands."""
        write_sections(formatter, {"Commandes": VERIFIED})


class _Agora(_Group):
    """Keeps tracebacks off the screen and gives each way of ending its exit code."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the commands by what one wants to do."""
        write_sections(formatter, SECTIONS)

    def main(
        self, args: Sequence[str] | None = None, *_positional: object, obj: object = None, **_options: object
    ) -> Any:  # noqa: ANN401
        """Run a command: 0 fine, 1 the author's mistake, 2 usage, 3 our bug, 130 interrupted."""
        try:
            super().main(args, prog_name="agora", standalone_mode=False, obj=obj)
        except click.exceptions.Exit as end:
            sys.exit(end.exit_code)
        except click.ClickException as refusal:
            click.echo(_usage(refusal), err=True)
            sys.exit(refusal.exit_code)
        except (click.Abort, KeyboardInterrupt):
            click.echo("\nInterrompu ; rien n’a été publié.", err=True)
            sys.exit(130)
        except EpochError as error:
            click.echo(f"SOURCE_DATE_EPOCH ne dit pas un jour : « {printable(str(error))} » ; retirez-la.", err=True)
            sys.exit(2)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)
        except Exception as error:  # noqa: BLE001 - whatever we did not foresee is our bug, told in one sentence
            if isinstance(error, ModuleNotFoundError) and missing.said(error):
                click.echo(missing.said(error), err=True)
                sys.exit(2)
            if isinstance(error, OSError) and error.errno in _DISK:
                named = f"« {error.filename} »" if error.filename else "un fichier"
                click.echo(f"Impossible de lire ou d’écrire {named} : {_DISK[error.errno]}.", err=True)
                sys.exit(1)
            click.echo(f"Agora s’est arrêté sur une erreur qui n’est pas la vôtre ; détails : {_note_bug()}", err=True)
            sys.exit(3)


_PATH = re.compile(r"""\w+ ['"](.+)['"] (does not exist|is a directory|is a file)\.""")  # as click says it
_COMMAND = re.compile(r"No such command '(.+)'\.")  # the same
_WRONG_PATH = {
    "does not exist": "n’existe pas : vérifiez son nom, et le dossier où vous êtes",
    "is a directory": "est un dossier : donnez un fichier",
    "is a file": "est un fichier : donnez un dossier",
}


def _usage(refusal: click.ClickException) -> str:
    """Say in French what is wrong with what was typed."""
    context = refusal.ctx if isinstance(refusal, click.UsageError) else None
    help_ = f"{context.command_path if context else 'agora'} --help"
    path = _PATH.fullmatch(refusal.message)
    match refusal:
        case click.exceptions.NoArgsIsHelpError():
            return refusal.message
        case click.BadParameter() if path:
            said = f"« {printable(path[1])} » {_WRONG_PATH[path[2]]}"
        case click.NoSuchOption():
            said = f"option inconnue : {refusal.option_name}"
        case click.BadParameter(param=click.Parameter() as parameter):
            name = (
                parameter.metavar or parameter.opts[0] if isinstance(parameter, click.Argument) else parameter.opts[0]
            )
            missing_one = isinstance(refusal, click.MissingParameter)
            said = f"il manque {name}" if missing_one else f"valeur qui ne convient pas à {name}{_fit(parameter.type)}"
        case click.BadArgumentUsage() | click.BadOptionUsage():
            said = "il manque une valeur, ou il y en a une de trop"
        case click.UsageError(ctx=click.Context(command=click.Group() as group) as where) if (
            typed := _COMMAND.fullmatch(refusal.message)
        ):
            from agora_build.content.validate import nearest

            near = nearest(typed[1], group.list_commands(where))
            said = f"il n’y a pas de commande « {printable(typed[1])} »"
            said += f" : essayez « {where.command_path} {near} »" if near else ""
        case _:
            said = "commande inconnue ou mal écrite"
    return f"{said} ; voir « {help_} »"


def _fit(kind: click.ParamType[Any]) -> str:
    """Say what would have been right."""
    match kind:
        case click.Choice():
            return f" : écrivez {' ou '.join(', '.join(map(str, kind.choices)).rsplit(', ', 1))}"
        case click.IntRange(min=int() as least, max=int() as most):
            return f" : écrivez un nombre de {least} à {most}"
        case click.DateTime():
            return " : écrivez un jour, comme 2026-09-21"
        case _:
            return ""


def _note_bug() -> str:
    """Keep the traceback in a file, for who repairs."""
    with tempfile.NamedTemporaryFile("w", prefix="agora-", suffix=".txt", delete=False, encoding="utf-8") as file:
        traceback.print_exc(file=file)
    return file.name


@click.group(
    cls=_Agora,
    context_settings={"help_option_names": ["-h", "--help"]},
    later={
        "codes": "votes:codes",
        "completion": "completion:completion",
        "draw": "juries:draw_jury",
        "explain": "explain:explain",
        "export": "exchange:export_command",
        "guard": "guard:guard_command",
        "import": "imports:import_group",
        "inbox": "inbox:inbox",
        "init": "init:init",
        "intake": "intake:intake",
        "migrate": "migrate:migrate",
        "network": "network:network",
        "new": "new:new",
        "relay": "relay:relay",
        "schema": "schema:schema",
        "seal": "votes:seal",
        "sheets": "sheets:sheets",
        "serve": "serve:serve",
        "tally": "tally:tally",
        "void": "void:void",
    },
)
@click.version_option(package_name="agora-build")
def main() -> None:
    """Construit le site des consultations d’une ville, à partir de ses fichiers."""


@main.command()
@click.argument("folder", metavar="[DOSSIER]", required=False, type=_FOLDER)
@click.option("--city", metavar="DOSSIER", type=_FOLDER, help="Dossier d’agora.toml ; par défaut, le dossier courant.")
@click.option("--now", "day", metavar="AAAA-MM-JJ", type=_DAY, help="Jour auquel on se place.")
@click.option("--format", "form", type=_FORMAT, default="text", help="Forme des messages.")
def check(folder: Path | None, city: Path | None, day: datetime.datetime | None, form: Form) -> None:
    """Vérifier tous les fichiers, sans rien écrire."""
    from agora_build.build.checking import check as checked

    gc.enable()
    gc.set_threshold(50_000)
    root = folder or city or Path()
    done = checked(os.fspath(root), day.date() if day else None)
    _stop_on(done.problems, root, form)
    if form != "text":
        _echo_nothing(form)
        return
    counts = done.counts
    click.echo(
        f"Tout est en ordre : {_count(counts['campaign'], 'campagne')}, {_count(counts['debates'], 'débat')}, "
        f"{_count(counts['contributions'], 'contribution')}, {_count(counts['pages'], 'page libre', 'pages libres')}."
    )


@main.command()
@click.option("--city", metavar="DOSSIER", type=_FOLDER, help="Dossier d’agora.toml ; par défaut, le dossier courant.")
@click.option("--output", metavar="DOSSIER", type=_FOLDER, help="Où écrire le site ; par défaut, output/ de la ville.")
@click.option("--now", "day", metavar="AAAA-MM-JJ", type=_DAY, help="Jour dont parle le site.")
@click.option("--jobs", metavar="N", type=click.IntRange(1), help="Nombre de processus ; par défaut, un par cœur.")
@click.option("--full", is_flag=True, help="Tout refaire, sans rien reprendre de la dernière fois.")
@click.option("--no-search", is_flag=True, help="Laisser de côté le moteur de recherche ; l’index reste.")
@click.option("--offline-edition", is_flag=True, help="Faire une archive par campagne, à lire sans réseau.")
@click.option("--profile", is_flag=True, help="Dire où est passé le temps.")
@click.option("--pdf", "printed", is_flag=True, help="Faire aussi les PDF des feuilles à imprimer.")
@click.option("--rollback", is_flag=True, help="Remettre le site précédent, sans rien construire.")
@click.option("--format", "form", type=_FORMAT, default="text", help="Forme des messages.")
@click.pass_obj
def build(  # noqa: PLR0913, PLR0917 - one argument an option
    taken: Taken | None,
    city: Path | None,
    output: Path | None,
    day: datetime.datetime | None,
    jobs: int | None,
    form: Form,
    *,
    full: bool,
    no_search: bool,
    offline_edition: bool,
    profile: bool,
    printed: bool,
    rollback: bool,
) -> None:
    """Construire le site ; à la moindre erreur, celui qui est publié reste tel quel."""
    from agora_build import pipeline

    root = city or Path()
    target = output or root / "output"
    if rollback:
        _rollback(target)
        return
    if printed:
        _need_pdf()
    gc.enable()
    gc.set_threshold(50_000)  # a build makes much and drops little: looking for cycles less often saves a tenth
    plain = form == "text" and not full and not profile
    order = pipeline.Order(
        root=os.fspath(root),
        output=target,
        day=day.date() if day else None,
        jobs=jobs or os.cpu_count() or 1,
        full=full,
        search=not no_search,
        offline=offline_edition,
        taken=taken,
        pdf=printed,
        call=unchanged.call(sys.argv[1:]) if plain else (),
        progress=_progress if sys.stderr.isatty() and form == "text" else pipeline.quiet,
    )
    report = pipeline.build(order)
    _stop_on(report.problems, root, form)
    if form != "text":
        _echo_nothing(form)
        return
    click.echo(_built(report))
    if not no_search and not report.engine:
        click.echo(_NO_ENGINE)
    if report.undrawn:
        click.echo(_UNDRAWN)
    if profile and report.profile:
        click.echo(_profile(report.profile))


@main.group(
    cls=_Verified,
    later={
        "consensus": "verify_consensus:verify_consensus",
        "draw": "verify_draw:verify_draw",
        "inbox": "relay:verify_inbox",
        "receipt": "verify_receipt:verify_receipt",
        "rules": "verify_rules:verify_rules",
        "votes": "verify_votes:verify_votes",
    },
)
def verify() -> None:
    """Vérifier ce qui est publié."""


@verify.command("site")
@click.argument("address", metavar="ADRESSE|DOSSIER|ZIP")
@click.option(
    "--repository", "--city", "city", metavar="CLONE", type=_FOLDER,
    help="Un clone du dépôt public, là où est agora.toml ; par défaut, le dossier courant.",
)  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Forme du verdict.")
def verify_site(address: str, city: Path | None, form: str) -> None:
    """Refaire le site à partir de son commit, et comparer ; 0 le même, 1 un autre, 2 on ne peut pas le dire."""
    from agora_build import __version__, pipeline
    from agora_build.build.verdict import as_json, said
    from agora_build.build.verification import verify as compare

    def rebuild(source: Path, output: Path, origin: Origin) -> list[Problem]:
        jobs = os.cpu_count() or 1
        search, offline, printed = bool(origin.search), bool(origin.offline), bool(origin.pdf)
        order = pipeline.Order(os.fspath(source), output, origin.day, jobs, search=search, offline=offline, pdf=printed)
        return pipeline.build(order).problems

    verdict = compare(address, city or Path(), __version__, rebuild, programs=pipeline.programs())
    click.echo(as_json(verdict) if form == "json" else said(verdict))
    sys.exit(verdict.exit_code)


def _need_pdf() -> None:
    """Say what to install when nothing here makes PDF files."""
    from agora_build.rendering import pdf

    if not pdf.engine():
        click.echo(_NO_PDF, err=True)
        sys.exit(2)


def _rollback(output: Path) -> None:
    """Put the previous site back, or say why it cannot be."""
    from agora_build.build import release

    reason = release.rollback(output.resolve())
    if reason:
        click.echo(_NO_ROLLBACK[reason], err=True)
        sys.exit(1)
    click.echo("Le site précédent est de nouveau publié. Pour revenir au dernier : agora build --rollback.")


def _built(report: BuildReport) -> str:
    seconds = f"{report.seconds:.1f}".replace(".", ",")
    if report.written == report.files:
        return f"Site construit : {_count(report.files, 'fichier')} en {seconds} s."
    changed = f"{_count(report.written, 'écrit')}" if report.written else "aucun à écrire"
    return f"Site à jour : {_count(report.files, 'fichier')}, {changed}, en {seconds} s."


def _progress(stage: str, done: int, total: int) -> None:
    """Show on one line of the terminal how far a long build is; the line goes when it ends."""
    if total < _LONG:
        return
    said = f"{_STAGES[stage]} {done}/{total}" if done < total else ""
    click.echo(f"\r\x1b[K{said}", nl=False, err=True)


def _profile(profile: Profile) -> str:
    """Lay out where the time of a build went."""
    lines = ["", "Étapes (secondes)"]
    lines += [f"  {_STAGES[name]:<34}{seconds:8.3f}" for name, seconds in profile.stages.items()]
    lines += ["", "Fichiers rendus, par genre (secondes de processeur, tous processus ensemble)"]
    kinds = sorted(profile.kinds.items(), key=lambda item: item[1][1], reverse=True)
    lines += [
        f"  {kind:<24}{files:8} fichiers{seconds:9.3f}  {seconds / files * 1000:8.2f} ms chacun"
        for kind, (files, seconds) in kinds
    ]
    if profile.slowest:
        lines += ["", "Les plus longs (millisecondes)"]
        lines += [f"  {seconds * 1000:8.1f}  {path}" for seconds, path in profile.slowest]
    return "\n".join(lines)


def _stop_on(problems: list[Problem], root: Path, form: Form) -> None:
    """Print the problems, if any, and end with exit code 1."""
    if not problems:
        return
    words = wording(_language(root))
    if form in ("json", "gitlab"):
        click.echo((as_json if form == "json" else as_gitlab)(problems, words))
    else:
        render, between = (as_github, "\n") if form == "github" else (as_text, "\n\n")
        click.echo(between.join(render(problem, words) for problem in problems))
    files = len({problem.path for problem in problems})
    click.echo(f"{_count(len(problems), 'problème')} dans {_count(files, 'fichier')} ; rien n’a été écrit.", err=True)
    if form == "text":
        click.echo(words.label("lesson").format(code=problems[0].code), err=True)
    sys.exit(1)


def _language(root: Path) -> str:
    """Give the language of messages: the city's, as far as agora.toml can be read."""
    from agora_build.content.config_file import read_config_file

    config = read_config_file(root).config
    return config.city.language if config else "fr"


def _echo_nothing(form: Form) -> None:
    """Say that there is no problem, to a machine."""
    if form in ("json", "gitlab"):
        click.echo("[]")


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number < 2 else many or one + 's'}"  # noqa: PLR2004
