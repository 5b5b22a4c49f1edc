"""Turns `agora export` into an open file of a whole city, and `agora import agora` into the same city again."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

import click

from agora_build import __version__
from agora_build.commands.import_report import Form, tell_problems
from agora_build.commands.vote_folder import refuse
from agora_build.content.config_file import read_config
from agora_build.content.day import day_of_build
from agora_build.content.loader import load
from agora_build.content.tree import scan
from agora_build.content.validate import nearest
from agora_build.exchange.bundle import Bundle, BundleError
from agora_build.exchange.city import Staged, has_password, members, stage, take
from agora_build.problems import START, Problem, in_order, wording

_FOLDER = click.Path(file_okay=False, path_type=Path)
_EPOCH = (1980, 1, 1, 0, 0, 0)  # a zip file has a day: the oldest, so that the same content gives the same file
_NO_THEME = "missing-theme"
_MODE = 0o100644 << 16


@click.command("export")
@click.argument("target", metavar="FICHIER.zip|DOSSIER", type=click.Path(path_type=Path))
@click.option("--campaign", metavar="NOM", default="", help="Une seule campagne : le nom de son dossier.")
@click.option("--city", metavar="DOSSIER", default=Path(), type=_FOLDER, help="Dossier d’agora.toml.")
def export_command(target: Path, campaign: str, city: Path) -> None:
    """Écrire tout le contenu dans une forme ouverte, que « agora import agora » reprend sans rien perdre."""
    if target.exists():
        refuse(f"« {target} » existe déjà : choisissez un nom nouveau")
    if (city / "content").resolve() in target.resolve().parents:
        refuse("content/ ne contient que ce qui est publié : écrivez l’export ailleurs")
    config, _ = read_config(city)
    loaded = load(city, day_of_build(config))
    site = loaded.site
    if site is None:
        tell_problems(loaded.problems, wording(config.city.language if config else "fr"), "text", "exporté")
        sys.exit(1)
    names = [item.slug for item in site.microsites]
    if campaign and campaign not in names:
        near = nearest(campaign, names)
        refuse(f"il n’y a pas de campagne « {campaign} »{f' ; est-ce « {near} »' if near else ''}")
    if has_password(site.config):
        refuse("agora.toml contient le mot de passe du journal ([intake] store) : retirez-le avant d’exporter")
    files = members(city, site, scan(os.fspath(city)), campaign, __version__)
    count = _write_zip(target, files) if target.suffix.lower() == ".zip" else _write_folder(target, files)
    click.echo(
        f"Exporté : {count} fichiers, {sum(len(t.contributions) for t in loaded.threads.values())} contributions."
    )


def _write_zip(target: Path, files: Iterable[tuple[str, bytes]]) -> int:
    import zipfile

    beside, count = target.with_name(f".{target.name}.new"), 0
    with zipfile.ZipFile(beside, "w") as archive:
        for name, data in files:
            info = zipfile.ZipInfo(name, _EPOCH)
            info.external_attr, info.create_system, info.compress_type = _MODE, 3, zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
            count += 1
    beside.replace(target)
    return count


def _write_folder(target: Path, files: Iterable[tuple[str, bytes]]) -> int:
    count = 0
    for name, data in files:
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        count += 1
    return count


@click.command(short_help="Reprendre ce que « agora export » a écrit")
@click.argument("source", metavar="FICHIER.zip|DOSSIER", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--into", "city", metavar="DOSSIER", required=True, type=_FOLDER,
    help="Ville qui reçoit : un dossier nouveau, ou celui d’un agora.toml.",
)  # fmt: skip
@click.option("--dry-run", "dry", is_flag=True, help="Montrer ce qui serait fait, sans rien écrire.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Forme du rapport.")
def agora(source: Path, city: Path, form: Form, *, dry: bool) -> None:
    """Reprendre ce que « agora export » a écrit : tout, ou une campagne ; en entier, ou pas du tout."""
    words = wording("fr")
    if city.exists() and any(city.iterdir()) and not (city / "agora.toml").is_file():
        refuse(f"« {city} » n’est ni vide ni le dossier d’un agora.toml")
    parent = city.resolve().parent
    parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".agora-import-", dir=parent))
    try:
        staged = _staged(source, city, aside)
        if staged.problems:
            tell_problems(in_order(staged.problems), words, form)
            sys.exit(1)
        if not dry:
            take(staged, aside, city)
        _tell(staged, form, dry=dry)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _staged(source: Path, city: Path, aside: Path) -> Staged:
    """Put an export aside with the city, and check the whole as `agora check` does."""
    if (city / "agora.toml").is_file():
        before, _ = _apart(load(city, day_of_build(read_config(city)[0])).problems)
        if before:
            return Staged(problems=before)
    try:
        with closing(Bundle(source)) as bundle:
            staged = stage(bundle, city, aside)
    except BundleError as error:
        return Staged(problems=[Problem(source.name, START, error.code, error.values)])
    if not staged.problems:
        themes = city / "themes"
        if themes.is_dir():
            (aside / "themes").mkdir(exist_ok=True)
            for theme in themes.iterdir():
                (aside / "themes" / theme.name).mkdir(exist_ok=True)
        config, _ = read_config(aside)
        found, staged.theme = _apart(load(aside, day_of_build(config)).problems)
        staged.problems += found
    return staged


def _apart(problems: Sequence[Problem]) -> tuple[list[Problem], str]:
    """Set apart the theme that is not there: it is code, no export has it, and the content is right without it."""
    theme = next((problem.values["value"] for problem in problems if problem.code == _NO_THEME), "")
    return [problem for problem in problems if problem.code != _NO_THEME], theme


def _tell(staged: Staged, form: Form, *, dry: bool) -> None:
    if form == "json":
        said = {"dry_run": dry, "taken": len(staged.new), "same": len(staged.same), "paths": staged.new}
        said |= {"missing_theme": staged.theme or None}
        click.echo(json.dumps(said, ensure_ascii=False, indent=1))
        return
    click.echo("Aperçu : rien n’est écrit." if dry else "Importation faite.")
    click.echo(f"  {_count(staged.new, 'à écrire' if dry else 'écrit', dry)}, {len(staged.same)} déjà là")
    if staged.theme:
        click.echo(
            f"  Copiez themes/{staged.theme}/ à côté d’agora.toml, ou retirez-y la ligne theme : un thème est du code,"
            " un export n’en contient pas, et le site ne se construit pas sans lui."
        )


def _count(paths: Sequence[str], done: str, dry: bool) -> str:  # noqa: FBT001
    many = len(paths) > 1
    return f"{len(paths)} fichier{'s' if many else ''} {done}{'s' if many and not dry else ''}"
