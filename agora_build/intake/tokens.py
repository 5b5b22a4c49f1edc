"""Turns the intake's key into what it alone can make: dated tokens, codes of receipts, signed pseudonyms."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from agora_build.civic.codes import CodeError, code_of, normal
from agora_build.intake.durable import make_folder, sync_folder

VARIABLE = "AGORA_INTAKE_KEY"
PATH = Path(".agora") / "intake" / "key"
LIFE = 24 * 3600  # seconds during which a form may be sent
_SHORT = 32  # characters of a key that somebody chose: fewer could be guessed
_LATE = 60  # seconds by which the clock of another endpoint may be ahead


class KeyProblemError(Exception):
    """Says why the key of the intake cannot be used."""


class Signer:
    """Makes and checks what only who holds the key can make; what was made with `older` keys is still known."""

    def __init__(self, key: bytes, *older: bytes) -> None:
        self._older = tuple(Signer(old) for old in older)
        self._mac = hmac.new(key, digestmod=hashlib.sha256)  # copied: it is quicker than to begin with the key

    def token(self, now: float) -> str:
        """Make a form token that says when it was asked for."""
        return self._signed("token", f"{int(now):x}")

    def age(self, token: str, now: float) -> float | None:
        """Give the age of a form token in seconds; None when it is forged, of tomorrow, or too old."""
        said = self.known("token", token)
        age = now - int(said, 16) if said else None
        return max(0.0, age) if age is not None and -_LATE <= age <= LIFE else None

    def voter(self, pseudonym: str) -> str:
        """Sign the pseudonym of a voter, so that the next page of sentences is theirs."""
        return self._signed("voter", pseudonym)

    def is_voter(self, signed: str) -> str:
        """Give the pseudonym that was signed; '' when it was not."""
        return self.known("voter", signed)

    def receipt(self, identity: str) -> str:
        """Give the code of a receipt, without spaces: it opens the page that says what became of it."""
        return code_of(self._hash("receipt", identity))

    def opens(self, identity: str, code: str) -> bool:
        """Tell whether a code, as somebody typed it, is that of a receipt."""
        try:
            same = hmac.compare_digest(self.receipt(identity), normal(code))
        except CodeError:
            return False
        return same or any(older.opens(identity, code) for older in self._older)

    def ballot(self, key: str) -> str:
        """Give the receipt of a ballot: the same for the same idempotency key."""
        return code_of(self._hash("ballot", key))

    def mark(self, purpose: str, said: str) -> str:
        """Give what stands for something in the journal and tells nothing of it, in hexadecimal."""
        return self._hash(purpose, said).hex()

    def _signed(self, purpose: str, said: str) -> str:
        mark = base64.urlsafe_b64encode(self._hash(purpose, said)[:16]).decode().rstrip("=")
        return f"{said}.{mark}"

    def known(self, purpose: str, signed: str) -> str:
        """Give what was signed for a purpose; '' when it was not."""
        said = signed.partition(".")[0]
        if hmac.compare_digest(self._signed(purpose, said).encode(), signed.encode()):
            return said
        return next((found for older in self._older if (found := older.known(purpose, signed))), "")

    def _hash(self, purpose: str, said: str) -> bytes:
        mac = self._mac.copy()
        mac.update(f"{purpose}|{said}".encode())
        return mac.digest()


def signer_of(root: Path) -> Signer:
    """Take the key from the environment, else from the city's folder, where it is made the first time.

    Older keys may follow it, after a space or on lines below: the receipts they made still open.
    """
    said = os.environ.get(VARIABLE, "")
    keys = (said.encode() if said else _kept(root / PATH)).split()
    if not keys or min(len(key) for key in keys) < _SHORT:
        place = f"${VARIABLE}" if said else str(PATH)
        msg = f"{place} : il faut au moins {_SHORT} caractères de hasard, et aucune espace dedans"
        raise KeyProblemError(msg)
    return Signer(*keys)


def _kept(path: Path) -> bytes:
    """Read the key, or make it: whole or not at all, and the same for two endpoints that start together."""
    make_folder(path.parent)
    if not path.exists():
        partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(partial, path)
        except FileExistsError:
            pass
        finally:
            partial.unlink()
        sync_folder(path.parent)
    return path.read_bytes().strip()
