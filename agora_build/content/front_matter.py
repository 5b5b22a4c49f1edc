"""Turns texts with front matter into python-frontmatter's posts and back, with our fence and our refusals."""

from __future__ import annotations

from typing import Any

import yaml
from frontmatter import Post
from frontmatter.default_handlers import YAMLHandler

from agora_build.content.source import FENCE, split
from agora_build.content.strict_yaml import Reading, read_yaml


class FrontMatterError(ValueError):
    """Says that the front matter of a text cannot be read; `reading` tells why."""

    def __init__(self, reading: Reading) -> None:
        super().__init__(", ".join(flaw.code for flaw in reading.flaws))
        self.reading = reading


class _Dumper(yaml.SafeDumper):
    """Writes text over several lines as a block, which people can read and edit."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


class StrictHandler(YAMLHandler):
    """python-frontmatter's YAML, with an exact fence, text for all values, and our refusals."""

    FM_BOUNDARY = FENCE

    def split(self, text: str) -> tuple[str, str]:
        """Give the front matter and the body; the front matter starts on line 2 of the text."""
        return split(text)

    def load(self, fm: str, **_kwargs: object) -> dict[str, Any]:
        """Read the front matter; raise when there is anything to refuse."""
        reading = read_yaml(fm)
        if reading.flaws or not isinstance(reading.data, dict):
            raise FrontMatterError(reading)
        return reading.data

    def export(self, metadata: dict[str, object], **kwargs: object) -> str:
        """Write the front matter, keys in the given order."""
        return super().export(metadata, Dumper=_Dumper, sort_keys=False, width=100, **kwargs)

    def format(self, post: Post, **kwargs: object) -> str:
        """Write a whole file, the body letter for letter after the fence."""
        return f"---\n{self.export(post.metadata, **kwargs)}\n---\n{post.content}\n"


HANDLER = StrictHandler()
