"""Turns what a city has into what its texts can name: quarters, offices, debates, meetings, each with its title."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from agora_build.content.config_file import read_config_file
from agora_build.content.source import read_source
from agora_build.editing.widgets import Known, Option

# What a reference names -> the folder of a campaign that holds it.
_FOLDERS = {
    "debate": "debates", "workshop": "workshops", "resource": "resources", "jury": "juries", "decision": "decisions",
}  # fmt: skip


def campaigns(root: Path) -> list[Option]:
    """List the campaigns of a city, with their titles."""
    return titled(root, "content/campaigns", "*/campaign.md")


def known(root: Path, campaign: str) -> Known:
    """List what the files of a campaign can name."""
    folder = f"content/campaigns/{campaign}"
    found = {kind: titled(root, f"{folder}/{name}", "*.md") for kind, name in _FOLDERS.items()}
    layers = _read(root, f"{folder}/map.yml").get("layers")
    found["layer"] = [
        {"value": str(layer["id"]), "label": str(layer.get("title", ""))}
        for layer in (layers if isinstance(layers, list) else ())
        if isinstance(layer, dict) and "id" in layer
    ]
    config = read_config_file(root).config
    for kind, named in (("quarter", config.quarters), ("office", config.offices)) if config else ():
        found[kind] = [{"value": item.id, "label": item.name} for item in named]
    return found


def titled(root: Path, folder: str, pattern: str) -> list[Option]:
    """List the files of a folder by name, with their titles; translations are told with what they translate."""
    found: list[Option] = []
    for file in sorted((root / folder).glob(pattern)):
        name = file.parent.name if file.name == "campaign.md" else file.stem
        if "." not in name:
            title = _read(root, file.relative_to(root).as_posix()).get("title")
            found.append({"value": name, "label": f"{title} ({name})" if title else name})
    return found


def _read(root: Path, path: str) -> dict[str, Any]:
    file = root / path
    return (read_source(path, file.read_bytes()).data or {}) if file.is_file() and not file.is_symlink() else {}
