"""Turns what Agora ships and asks for into a CycloneDX bill of materials, and into docs/licences.md.

Usage: sbom.py FILE.json     write the bill: what the wheel carries, what each extra installs, as they are here
       sbom.py --page        write docs/licences.md anew

Licences are SPDX expressions. No clock is read: the same packages give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, NamedTuple

from packaging.requirements import Requirement

from agora_build import __version__

sys.path.append(str(Path(__file__).parent))
import vendor_assets

ROOT = vendor_assets.ROOT
PAGE = ROOT / "docs" / "licences.md"
OWN = "AGPL-3.0-or-later"
# Packed by others into the files that are copied, under another licence than theirs: what their own notice says,
# and where it gives the version ("" where it does not). All else that it names is under MIT.
_PURIFY = ("dompurify", "MPL-2.0 OR Apache-2.0", r"DOMPurify ([\d.]+)")
INSIDE = {
    "@knight-lab/timelinejs": (_PURIFY,),
    "decap-cms": (
        _PURIFY,
        ("ieee754", "BSD-3-Clause", ""),
        ("localforage", "Apache-2.0", r"localForage[^*]*Version ([\d.]+)"),
        ("ol", "BSD-2-Clause", ""),
        ("tslib", "0BSD", ""),
        ("uploadcare-widget", "BSD-2-Clause", r"uploadcare-widget v([\d.]+)"),
    ),
}
# What packages say in words, or not at all, read in the licence that each carries.
KNOWN = {
    "altcha": "MIT",
    "cssselect2": "BSD-3-Clause",
    "defusedxml": "PSF-2.0",
    "feedgen": "BSD-2-Clause OR LGPL-3.0-or-later",
    "jinja2": "BSD-3-Clause",
    "odfpy": "Apache-2.0 OR GPL-2.0-or-later",
    "pydyf": "BSD-3-Clause",
    "pyphen": "GPL-2.0-or-later OR LGPL-2.1-or-later OR MPL-1.1",
    "pyromark": "MIT",
    "resvg-py": "MIT",
    "segno": "BSD-3-Clause",
    "tinycss2": "BSD-3-Clause",
    "tinyhtml5": "MIT",
    "tinytag": "MIT",
    "uvloop": "MIT OR Apache-2.0",
    "weasyprint": "BSD-3-Clause",
    "webencodings": "BSD-3-Clause",
}
SPDX = re.compile(r"\(?[A-Za-z0-9.+-]+\)?(?: (?:AND|OR|WITH) \(?[A-Za-z0-9.+-]+\)?)*")
FOR = {
    "": "le cœur, toujours installé",
    "intake": "recevoir les formulaires",
    "paper": "lire les saisies au format .ods",
    "pdf": "faire les PDF des feuilles à imprimer",
    "search": "le moteur de recherche du site",
    "serve": "voir le site pendant que l’on écrit",
    "social": "les images que les réseaux sociaux montrent à côté d’un lien",
}


class Shipped(NamedTuple):
    """A package of npm whose files, unmodified, are in the wheel."""

    name: str
    version: str
    licence: str
    files: tuple[Path, ...]
    inside: str = ""  # the package whose file holds it


class Asked(NamedTuple):
    """A package of Python that pip installs beside Agora: itself, its licence, the extras that ask for it."""

    name: str
    version: str
    licence: str
    extras: tuple[str, ...]


def shipped() -> list[Shipped]:
    """List what is copied from npm, and what is packed inside of it."""
    files: dict[str, list[Path]] = {}
    for target, source in vendor_assets.COPIES.items():
        parts = source.split("/")
        files.setdefault("/".join(parts[: 2 if source.startswith("@") else 1]), []).append(target)
    found = []
    for name, copies in sorted(files.items()):
        said = json.loads((vendor_assets.MODULES / name / "package.json").read_text("utf-8"))
        found.append(Shipped(name, said["version"], said["license"], tuple(sorted(copies))))
        text = "\n".join(path.read_text("utf-8") for path in copies if path.name.endswith(".LICENSE.txt"))
        for inner, licence, version in INSIDE.get(name, ()):
            match = re.search(version or "()", text)
            assert match, f"{name} no longer says that it holds {inner}"  # noqa: S101 - who packs looks again
            found.append(Shipped(inner, match[1], licence, (), name))
    return found


def requirements() -> dict[str, list[Requirement]]:
    """Read what pyproject.toml asks for: '' for the core, then each extra a city may want."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = {name: listed for name, listed in project["optional-dependencies"].items() if name != "dev"}
    return {
        name: [Requirement(line) for line in listed] for name, listed in {"": project["dependencies"], **extras}.items()
    }


def asked(*, direct: bool = False) -> list[Asked]:
    """List the packages of Python, those that they ask for too, or the direct ones alone."""
    extras: dict[str, set[str]] = {}
    found: dict[str, Distribution] = {}
    for extra, wanted in requirements().items():
        for name, package in _closure(wanted, direct=direct):
            found[name] = package
            extras.setdefault(name, set()).add(extra)
    return [
        Asked(name, found[name].version, _licence(name, found[name]), tuple(sorted(extras[name])))
        for name in sorted(found)
    ]


def _closure(wanted: Iterable[Requirement], *, direct: bool) -> Iterator[tuple[str, Distribution]]:
    seen: set[str] = set()
    todo = list(wanted)
    while todo:
        requirement = todo.pop()
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        key = f"{name}{sorted(requirement.extras)}"
        if key in seen:
            continue
        seen.add(key)
        package = _installed(requirement.name)
        yield name, package
        for line in () if direct else package.requires or ():
            inner = Requirement(line)
            if not inner.marker or any(inner.marker.evaluate({"extra": extra}) for extra in {"", *requirement.extras}):
                todo.append(inner)


def _installed(name: str) -> Distribution:
    try:
        return distribution(name)
    except PackageNotFoundError:
        raise SystemExit(f"{name} n’est pas installé ici : lancez « make dev », puis recommencez.") from None


def _licence(name: str, package: Distribution) -> str:
    said = package.metadata.get("License-Expression") or KNOWN.get(name) or package.metadata.get("License") or ""
    if not SPDX.fullmatch(said):
        raise SystemExit(
            f"La licence de {name} n’est pas dite en SPDX : lisez-la, et ajoutez-la à KNOWN de scripts/sbom.py."
        )
    return said


def bill() -> dict[str, Any]:
    """Write the bill in the form of CycloneDX 1.6."""
    own = f"pkg:pypi/agora-build@{__version__}"
    components = [_browser_component(item) for item in shipped()] + [_python_component(item) for item in asked()]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": "agora-build",
                "version": __version__,
                "licenses": [{"license": {"id": OWN}}],
                "purl": own,
            }
        },
        "components": components,
        "dependencies": [{"ref": own, "dependsOn": sorted(item["bom-ref"] for item in components)}],
    }


def _browser_component(item: Shipped) -> dict[str, Any]:
    purl = f"pkg:npm/{item.name.replace('@', '%40')}{f'@{item.version}' if item.version else ''}"
    properties = [{"name": "agora:inside", "value": item.inside}] if item.inside else []
    return {
        "type": "library",
        "bom-ref": purl,
        "name": item.name,
        **({"version": item.version} if item.version else {}),
        "licenses": _licences(item.licence),
        "purl": purl,
        "scope": "required",
        "properties": [{"name": "agora:shipped", "value": "wheel"}, *properties],
        "components": [_file(path, purl) for path in item.files],
    }


def _file(path: Path, owner: str) -> dict[str, Any]:
    theme = ROOT / "themes" / "agora"
    here = f"agora_build/theme_files/{path.relative_to(theme).as_posix()}" if path.is_relative_to(theme) else ""
    name = here or path.relative_to(ROOT).as_posix()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {
        "type": "file",
        "bom-ref": f"{owner}#{name}",
        "name": name,
        "hashes": [{"alg": "SHA-256", "content": digest}],
    }


def _python_component(item: Asked) -> dict[str, Any]:
    purl = f"pkg:pypi/{item.name}@{item.version}"
    return {
        "type": "library",
        "bom-ref": purl,
        "name": item.name,
        "version": item.version,
        "licenses": _licences(item.licence),
        "purl": purl,
        "scope": "required" if "" in item.extras else "optional",
        "properties": [{"name": "agora:extra", "value": extra or "core"} for extra in item.extras],
    }


def _licences(expression: str) -> list[dict[str, Any]]:
    plain = expression.strip("()")
    return [{"expression": plain}] if " " in plain else [{"license": {"id": plain}}]


def page() -> str:
    """Write docs/licences.md."""
    lines = [
        "# Les licences",
        "",
        f"Agora est un logiciel libre, sous licence {OWN} : chacun peut l’utiliser, l’étudier, le changer et le partager ; qui",
        "le change et s’en sert pour un site public partage ses changements. Ce qu’une ville écrit reste à elle.",
        "",
        "Les licences sont dites par leur nom SPDX. Cette page est écrite par `scripts/sbom.py --page`, et un test la tient à jour.",
        "La nomenclature complète (versions, empreintes, dépendances des dépendances), au format CycloneDX, accompagne chaque",
        "version publiée : `make release` la fait.",
        "",
        "## Ce que le paquet contient",
        "",
        "Des fichiers d’autrui, copiés tels quels, chacun avec le texte de sa licence à côté :",
        "",
        "| Paquet npm | Version | Licence | À quoi il sert |",
        "|---|---|---|---|",
    ]
    lines += [f"| {item.name} | {item.version} | {_shown(item.licence)} | {_use(item)} |" for item in shipped()]
    for extra in requirements():
        title = f"Ce que pip installe avec [{extra}]" if extra else "Ce que pip installe toujours"
        lines += [
            "",
            f"## {title}",
            "",
            f"Pour {FOR[extra]}." if extra else f"C’est {FOR[extra]}.",
            "",
            "| Paquet Python | Licence |",
            "|---|---|",
        ]
        lines += [f"| {item.name} | {_shown(item.licence)} |" for item in asked(direct=True) if extra in item.extras]
    return "\n".join([*lines, ""])


USES = {
    "@fontsource-variable/bricolage-grotesque": "les caractères des pages",
    "@fontsource/bricolage-grotesque": "les caractères des images et des PDF",
    "@fontsource/ibm-plex-sans-arabic": "l’arabe des PDF",
    "@fontsource/noto-sans-arabic": "l’arabe des images",
    "@knight-lab/timelinejs": "les frises",
    "altcha": "la preuve que l’on n’est pas une machine, sans suivre personne",
    "decap-cms": "l’éditeur d’`agora serve --editor` ; jamais dans un site",
    "leaflet": "les cartes",
}


def _use(item: Shipped) -> str:
    return f"dans {item.inside}" if item.inside else USES[item.name]


def _shown(licence: str) -> str:
    return licence.strip("()").replace(" OR ", " ou ").replace(" AND ", " et ")


def main(arguments: list[str]) -> None:
    """Write what is asked for."""
    if arguments == ["--page"]:
        PAGE.write_text(page(), "utf-8")
    elif len(arguments) == 1 and arguments[0].endswith(".json"):
        Path(arguments[0]).write_text(json.dumps(bill(), ensure_ascii=False, indent=2) + "\n", "utf-8")
    else:
        raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
