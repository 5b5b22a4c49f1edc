"""Turns an import that fails because an extra is not installed into the sentence that says what to install."""

from __future__ import annotations

import sys

import click

# The packages that a command may find missing, and the extra that brings each of them.
_EXTRAS = {
    "altcha": "intake",
    "httptools": "intake",
    "httpx": "intake",
    "odf": "paper",
    "psycopg": "intake",
    "sqlalchemy": "intake",
    "starlette": "intake",
    "uvicorn": "intake",
    "uvloop": "intake",
    "watchfiles": "serve",
}


def said(error: ModuleNotFoundError) -> str:
    """Say what to install; '' when what is missing belongs to no extra, which is our bug."""
    extra = _EXTRAS.get((error.name or "").partition(".")[0], "")
    return f"Il manque de quoi faire cela : pip install 'agora-build[{extra}]'" if extra else ""


def absent(name: str, error: ModuleNotFoundError) -> click.Command:
    """Stand in for a command that cannot be imported: it says what to install."""
    sentence = said(error)
    if not sentence:
        raise error

    def refuse() -> None:
        click.echo(sentence, err=True)
        sys.exit(2)

    free = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}
    return click.Command(name, context_settings=free, callback=refuse, help=sentence, short_help=sentence)
