"""Turns the token of a forge, kept in the environment or in a file nobody else reads, into what lets us and git in."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from agora_build.git import FORGE_TOKEN
from agora_build.intake.forge import ForgeError

_FILE = Path(".agora/intake/token")
_ASKPASS = Path(".agora/intake/askpass")
_TOKEN = re.compile(r"[!-~]{8,512}")
_MOST = 1024
# Answers git on its standard output, and only about the host the token is for.
_PROGRAM = f"""#!/bin/sh
# Ce que git demande pour entrer sur la forge ; le jeton n’est pas ici.
case "$1" in
  "Username for '$AGORA_FORGE_HOST'"*) printf '%s\\n' "$AGORA_FORGE_USER" ;;
  "Password for '"*"@${{AGORA_FORGE_HOST#*://}}'"*) printf '%s\\n' "${FORGE_TOKEN}" ;;
  *) exit 1 ;;
esac
"""


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A token; nothing that shows it to a person shows its value."""

    value: str

    def __repr__(self) -> str:
        return "Secret(***)"

    def header(self, scheme: str) -> dict[str, str]:
        """Give the header that lets a call in."""
        return {"Authorization": f"{scheme} {self.value}"}

    def scrubbed(self, text: str) -> str:
        """Take the token out of a text."""
        return text.replace(self.value, "***").replace(quote(self.value, safe=""), "***")


def secret_of(root: Path) -> Secret:
    """Read the token: AGORA_FORGE_TOKEN, or .agora/intake/token that only its owner can read; raise ForgeError."""
    given = os.environ.get(FORGE_TOKEN, "").strip()
    origin = FORGE_TOKEN if given else os.fspath(_FILE)
    value = given or _read(root / _FILE)
    if not _TOKEN.fullmatch(value):
        raise ForgeError(f"{origin} ne contient pas un jeton : une seule ligne, sans espace ni accent", lasting=True)
    return Secret(value)


def git_environment(root: Path, remote: str, user: str, secret: Secret) -> dict[str, str]:
    """Give what git needs to be let in on a remote: a program that answers its questions, and what it answers.

    The helpers of the person who runs it are set aside: they would keep the token. Redirections are not followed, the
    program answers about one host, and traces of what was sent never hold the token.
    """
    parts = urlsplit(remote)
    settings = {
        "credential.helper": "", "http.followRedirects": "false", "http.sslVerify": "true", "http.lowSpeedLimit": "1",
        "http.lowSpeedTime": "60", "http.extraHeader": "",
    }  # fmt: skip
    numbered = {
        name: value
        for number, (key, setting) in enumerate(settings.items())
        for name, value in ((f"GIT_CONFIG_KEY_{number}", key), (f"GIT_CONFIG_VALUE_{number}", setting))
    }
    return {
        "GIT_ASKPASS": os.fspath(_askpass(root)),
        "GIT_TRACE_REDACT": "1",
        "GIT_CONFIG_COUNT": str(len(settings)),
        "AGORA_FORGE_HOST": f"{parts.scheme}://{parts.netloc}",
        "AGORA_FORGE_USER": user,
        FORGE_TOKEN: secret.value,
        **numbered,
    }


def _read(path: Path) -> str:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise ForgeError(
            f"il manque le jeton de la forge : mettez-le dans {_FILE} (puis « chmod 600 {_FILE} »), ou dans la "
            f"variable d’environnement {FORGE_TOKEN}",
            lasting=True,
        ) from None
    except OSError:
        raise ForgeError(f"{_FILE} ne se lit pas : ce doit être un fichier à vous, pas un lien", lasting=True) from None
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise ForgeError(f"{_FILE} n’est pas un fichier", lasting=True)
        if about.st_mode & 0o077:
            raise ForgeError(
                f"d’autres que vous peuvent lire {_FILE} : lancez « chmod 600 {_FILE} », et faites un nouveau jeton si "
                "vous ne savez pas qui l’a lu",
                lasting=True,
            )
        return file.read(_MOST).decode("utf-8", "replace").strip()


def _askpass(root: Path) -> Path:
    """Write the program that git asks; it holds no secret."""
    path = (root / _ASKPASS).resolve()
    if not path.is_file() or path.read_text("utf-8") != _PROGRAM or not os.access(path, os.X_OK):
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".askpass.{os.getpid()}")
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o700)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(_PROGRAM)
        aside.replace(path)
    return path
