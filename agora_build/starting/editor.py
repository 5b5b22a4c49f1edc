"""Turns the kinds of content files into the settings of an editor: the JSON Schema of each, and where it holds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from agora_build.content.schemas import SCHEMAS, schema_of
from agora_build.starting.kinds import KINDS

_SCHEMAS = ".vscode/schemas"
_DIALECT = "http://json-schema.org/draft-07/schema#"  # all that editors know; our schemas mean the same in it


def settings() -> Iterator[tuple[str, str]]:
    """Write each file of the editor's settings that follows from the models, with its path."""
    kinds = [name for name in ("agora.toml", *KINDS, "batch", "draw") if name in SCHEMAS]
    for name in kinds:
        yield f"{_SCHEMAS}/{_file(name)}", _json({**schema_of(name), "$schema": _DIALECT})
    where = {name: pattern for name, pattern in _patterns() if name in kinds}
    yaml = {f"./{_SCHEMAS}/{_file(name)}": pattern for name, pattern in where.items() if pattern.endswith(".yml")}
    toml = {"^.*agora\\.toml$": f"./{_SCHEMAS}/{_file('agora.toml')}"}
    yield (
        ".vscode/settings.json",
        _json(
            {
                "files.insertFinalNewline": True,
                "files.encoding": "utf8",
                "yaml.schemas": yaml,
                "evenBetterToml.schema.associations": toml,
            }
        ),
    )
    yield ".remarkrc.yml", _front_matter({name: path for name, path in where.items() if path.endswith(".md")})


def _patterns() -> Iterator[tuple[str, str]]:
    """Say which files are of each kind."""
    for name, kind in KINDS.items():
        yield name, kind.path.format(campaign="*", name="*")
    yield "batch", "content/campaigns/*/batches/*.yml"
    yield "draw", "content/campaigns/*/juries/*.yml"


def _file(kind: str) -> str:
    return f"{kind.removesuffix('.toml')}.json"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _front_matter(where: Mapping[str, str]) -> str:
    """Say to remark which schema the metadata of each Markdown file follows."""
    lines = [
        "# L’en-tête des fichiers .md, vérifié pendant que l’on écrit (extension « remark » de l’éditeur).",
        "plugins:",
        "  - remark-frontmatter",
        "  - - remark-lint-frontmatter-schema",
        "    - schemas:",
    ]
    for name, pattern in where.items():
        lines += [f"        ./{_SCHEMAS}/{_file(name)}:", f"          - ./{pattern}"]
    return "\n".join(lines) + "\n"
