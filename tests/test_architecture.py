"""The house keeps its layers: imports point down, those inside functions too."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "agora_build"
LAYERS = (
    {"record"},
    {"problems", "explanation", "urls", "git"},
    {"content.fields", "content.models"},
    {"config"},
    {"content", "civic", "rendering"},
    {"outputs", "imports", "exchange", "network", "migrations", "starting"},
    {"build"},
    {"pipeline"},
    {"editing"},
    {"serving"},
    {"cli"},
)
ALONE = {  # each library lives behind one module
    "folium": {"rendering.leaflet"},
    "branca": {"rendering.leaflet"},
    "feedgen": {"rendering.syndication"},
    "icalendar": {"outputs.calendars"},
    "pyromark": {"rendering.citizen"},
    "markdown": {"rendering.prose"},
    "nh3": {"rendering.citizen", "rendering.prose"},
    "jinja2": {"rendering.templates"},
    "msgspec": {"record"},
    "tinytag": {"content.audio"},
    "pagefind_bin": {"build.engine"},
    "resvg_py": {"rendering.social_picture"},
    "fontTools": {"rendering.fonts"},
    "imagesize": {"content.picture_sizes"},
    "numpy": {"civic.consensus"},
    "segno": {"rendering.qr"},
    "weasyprint": {"rendering.pdf"},
    "sqlalchemy": {"intake.store"},
    "starlette": {"intake.app", "serving.editor", "serving.files", "serving.server", "commands.serve_forms"},
    "uvicorn": {"intake.server", "serving.server"},
    "watchfiles": {"serving.watcher"},
    "httpx": {"intake.http"},
    "altcha": {"intake.captcha"},
    "odf": {"imports.ods"},
}
ROOMS = {"serving", "editing"}
MODULES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def layer_of(module: str) -> int | None:
    for rank, names in enumerate(LAYERS):
        if module in names:
            return rank
    for rank, names in enumerate(LAYERS):
        if module.split(".", maxsplit=1)[0] in names:
            return rank
    return None


@cache
def imports_of(path: Path) -> frozenset[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)


def own_imports(path: Path) -> set[str]:
    known = set(map(name_of, MODULES))
    return {
        name.removeprefix("agora_build.")
        for name in imports_of(path)
        if name.removeprefix("agora_build.") in known and name.startswith("agora_build.")
    } - {
        "content",
        "outputs",
        "build",
        "rendering",
        "civic",
        "intake",
        "imports",
        "network",
        "migrations",
        "serving",
        "editing",
    }


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_down(path: Path) -> None:
    rank = layer_of(name_of(path))
    if rank is None:
        return
    for imported in own_imports(path):
        below = layer_of(imported)
        assert below is None or below <= rank, f"{name_of(path)} imports {imported}, which lies above it"


@pytest.mark.parametrize("path", sorted((PACKAGE / "intake").glob("*.py")), ids=name_of)
def test_the_intake_stands_on_low_layers_alone(path: Path) -> None:
    """Otherwise what strangers send would have a way into the builder."""
    below = ("intake.", "content.", "rendering.", "civic.", "config", "problems", "record", "urls", "git")
    assert not [name for name in own_imports(path) if not name.startswith(below)]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_nothing_imports_the_intake_but_its_commands(path: Path) -> None:
    if not name_of(path).startswith(("intake", "commands")):
        assert not [name for name in own_imports(path) if name.startswith("intake")]


@pytest.mark.parametrize("path", sorted((PACKAGE / "outputs").glob("*.py")), ids=name_of)
def test_outputs_never_import_each_other(path: Path) -> None:
    assert not [name for name in own_imports(path) if name.startswith("outputs.")]


@pytest.mark.parametrize("library", sorted(ALONE))
def test_a_library_lives_behind_one_module(library: str) -> None:
    users = {name_of(path) for path in MODULES if any(name.split(".")[0] == library for name in imports_of(path))}
    assert users <= ALONE[library]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_opens_with_a_sentence(path: Path) -> None:
    source = path.read_text("utf-8")
    if source.strip() and path.name != "__init__.py":
        docstring = ast.get_docstring(ast.parse(source)) or ""
        assert docstring.split("\n\n")[0].rstrip().endswith(".")
