"""Turns a question to a forge's API into its answer in JSON, or into a ForgeError that says what to do."""

from __future__ import annotations

import email.utils
import json
import re
import ssl
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from agora_build.intake.credentials import Secret
from agora_build.intake.forge import ForgeError, Quota
from agora_build.intake.quota import duration
from agora_build.problems import printable

_CONNECT, _READ, _WHOLE = 10.0, 30.0, 60.0  # seconds: to be let in, between two bytes, for a whole answer
_MOST = 8_000_000  # bytes of an answer
_SAID = 160  # characters of what a forge says that are repeated
_SOON, _LATER = 60.0, 300.0  # seconds to wait when the forge does not say how long
_LONGEST = 86_400.0  # nobody waits longer than a day on the word of a header
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a forge answered: the JSON (None when there was none), whether another page follows, what it refused."""

    data: Any
    more: bool = False
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A status that the caller knows what to do with, and what to raise if it does not after all."""

    status: int
    error: ForgeError


@dataclass(frozen=True, slots=True)
class Clock:
    """The time, how to let it pass, and how to measure it; tests have their own."""

    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    elapsed: Callable[[], float] = time.monotonic


class Api:
    """A forge's API at an address, with the token that opens it; one call at a time.

    The token is in a header of each call and nowhere else. No redirection is followed: a token is for one host.
    `pace` is the least number of seconds between two writes, as a forge asks of those who write much.
    """

    def __init__(
        self, address: str, headers: Mapping[str, str], secret: Secret, *, pace: float = 0, clock: Clock | None = None
    ) -> None:
        url = httpx.URL(address)
        if url.scheme != "https" and url.host not in _LOOPBACK:
            raise ForgeError(
                f"l’adresse de l’API de la forge, « {printable(address)} », ne commence pas par https:// : le jeton "
                "voyagerait en clair ; corrigez [intake] api dans agora.toml",
                lasting=True,
            )
        self.host = url.host
        self.quota: Quota | None = None
        self._secret = secret
        self._clock = clock or Clock()
        self._pace = pace
        self._written = float("-inf")
        self._closed_until = 0.0
        self._client = httpx.Client(
            base_url=url,
            headers={"Accept": "application/json", "User-Agent": "agora", "Accept-Encoding": "identity", **headers},
            timeout=httpx.Timeout(_READ, connect=_CONNECT),
            follow_redirects=False,
            limits=httpx.Limits(max_keepalive_connections=0),  # one call, one connection: nothing stays open
        )

    def call(
        self, method: str, path: str, *, params: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None, fine: Collection[int] = (),
    ) -> Answer:  # fmt: skip
        """Ask; give an answer whose status is 2xx or in `fine`; raise ForgeError for any other."""
        self._wait(method)
        with self._faults():
            status, headers, raw = self._exchanged(method, path, params, body)
        self._note(status, headers)
        if status // 100 == 2:  # noqa: PLR2004
            return Answer(self._json(raw), 'rel="next"' in headers.get("link", ""))
        error = self._refused(status, headers, raw)
        if status not in fine:
            raise error
        return Answer(None, refusal=Refusal(status, error))

    def pages(self, path: str, params: Mapping[str, str], most: int) -> Iterator[list[Any]]:
        """Give the lists of a listing, page by page, `most` pages at most."""
        for page in range(1, most + 1):
            answer = self.call("GET", path, params={**params, "page": str(page)})
            if not isinstance(answer.data, list):
                raise self._strange()
            yield answer.data
            if not answer.more:
                return

    def strange(self, field: str) -> ForgeError:
        """Say that an answer lacks what was looked for in it."""
        return self._strange(f" (il y manque « {field} »)")

    def _exchanged(
        self, method: str, path: str, params: Mapping[str, str] | None, body: Mapping[str, object] | None
    ) -> tuple[int, httpx.Headers, bytes]:
        started = self._clock.elapsed()
        with self._client.stream(method, path, params=params, json=body) as response:
            raw = bytearray()
            for piece in response.iter_bytes():
                raw += piece
                if len(raw) > _MOST:
                    raise ForgeError(
                        f"la forge « {self.host} » répond par plus de {_MOST // 1_000_000} Mo : ce n’est "
                        "pas ce qu’on lui demande ; vérifiez [intake] api dans agora.toml",
                        again=_LATER,
                    )
                if self._clock.elapsed() - started > _WHOLE:
                    raise httpx.ReadTimeout("whole")
            return response.status_code, response.headers, bytes(raw)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Say in words what becomes of a call that has no answer."""
        try:
            yield
        except httpx.TimeoutException:
            raise self._error("n’a pas répondu à temps ; le relais réessaiera", again=_SOON) from None
        except (httpx.ConnectError, httpx.ProxyError) as error:
            raise self._unreached(error) from None
        except httpx.HTTPError:
            raise self._error(
                "a coupé la communication avant la fin de sa réponse ; le relais réessaiera", again=_SOON
            ) from None

    def _unreached(self, error: BaseException) -> ForgeError:
        chain = [error]
        while (cause := chain[-1].__cause__ or chain[-1].__context__) is not None:
            chain.append(cause)
        if any(isinstance(item, ssl.SSLError) for item in chain):
            return self._error(
                "présente un certificat qui n’est pas valable, et le jeton ne lui a pas été donné ; faites-le "
                "renouveler, ou, si la ville a sa propre autorité, indiquez son fichier dans SSL_CERT_FILE",
                lasting=True,
            )
        if any(isinstance(item, OSError) and type(item).__name__ == "gaierror" for item in chain):
            return self._error(
                "est introuvable : son nom ne mène à aucune machine ; vérifiez [intake] api dans "
                "agora.toml et le réseau de ce serveur ; le relais réessaiera",
                again=_LATER,
            )
        return self._error(
            "refuse la connexion ; si cela dure, vérifiez [intake] api dans agora.toml et le réseau "
            "de ce serveur ; le relais réessaiera",
            again=_SOON,
        )

    def _refused(self, status: int, headers: httpx.Headers, raw: bytes) -> ForgeError:
        """Say what a status that was not hoped for means."""
        again = self._again(status, headers, raw)
        if again is not None:
            return self._error(
                "demande d’attendre : trop de demandes lui ont été faites ; le relais reprendra de "
                f"lui-même dans {duration(again)}",
                again=again,
            )
        if status // 100 == 3:  # noqa: PLR2004
            return self._moved(headers)
        said = self._excerpt(raw)
        if status >= 500:  # noqa: PLR2004
            again = _asked(headers, self._clock.now()) or _SOON
            return self._error(f"est en panne ({status}) ; le relais réessaiera", again=again)
        return self._error(_LASTING.get(status, f"refuse ce qui lui est demandé ({status})") + said, lasting=True)

    def _again(self, status: int, headers: httpx.Headers, raw: bytes) -> float | None:
        """Give the seconds to wait when a refusal is that of a limit; forges say it with 429, GitHub with 403 too."""
        asked = _asked(headers, self._clock.now())
        empty = self.quota is not None and self.quota.left == 0 and _number(headers, "remaining") == 0
        limited = status == 403 and (asked is not None or empty or b"rate limit" in raw[:_MOST].lower())  # noqa: PLR2004
        if status != 429 and not limited:  # noqa: PLR2004
            return None
        if asked is None and empty and self.quota is not None:
            asked = self.quota.again - self._clock.now()
        wait = min(max(asked if asked is not None else _SOON, 1.0), _LONGEST)
        self._closed_until = self._clock.now() + wait
        return wait

    def _moved(self, headers: httpx.Headers) -> ForgeError:
        try:
            host = httpx.URL(headers.get("location", "")).host or self.host
        except httpx.InvalidURL:
            host = "?"
        if host == self.host:
            return self._error(
                "dit que le dépôt a changé d’adresse ; écrivez la nouvelle dans [intake] repository, dans agora.toml",
                lasting=True,
            )
        return self._error(
            f"renvoie vers « {printable(host)} », et le jeton n’y a pas été envoyé ; si la forge a "
            "déménagé, corrigez [intake] api dans agora.toml",
            lasting=True,
        )

    def _wait(self, method: str) -> None:
        """Hold back what the forge said it would refuse, and write no faster than it allows."""
        left = self._closed_until - self._clock.now()
        if left > 0:
            said = f"demande d’attendre encore {duration(left)} ; le relais reprendra de lui-même"
            raise self._error(said, again=left)
        if method != "GET":
            pause = self._written + self._pace - self._clock.elapsed()
            if pause > 0:
                self._clock.sleep(pause)
            self._written = self._clock.elapsed()

    def _note(self, status: int, headers: httpx.Headers) -> None:
        left, of, reset = (_number(headers, name) for name in ("remaining", "limit", "reset"))
        if left is not None and of is not None and reset is not None:
            self.quota = Quota(left, of, float(reset))
            if left == 0 and status // 100 == 2:  # noqa: PLR2004
                self._closed_until = min(reset, self._clock.now() + _LONGEST)

    def _json(self, raw: bytes) -> Any:  # noqa: ANN401 - it is what the forge says
        if not raw.strip():
            return None
        try:
            return json.loads(raw)
        except (ValueError, RecursionError):
            raise self._strange() from None

    def _strange(self, lack: str = "") -> ForgeError:
        return self._error(
            f"répond autre chose que ce que dit une API de son genre{lack} : une page d’attente, ou une adresse qui "
            "n’est pas la bonne ; vérifiez [intake] forge et api dans agora.toml",
            again=_LATER,
        )

    def _excerpt(self, raw: bytes) -> str:
        """Repeat what the forge gives as a reason, without the token."""
        try:
            data = json.loads(raw)
        except (ValueError, RecursionError):
            return ""
        text = " ".join(self._secret.scrubbed(" ".join(_reasons(data))).split())
        return f" ; elle dit : « {printable(text[:_SAID])} »" if text else ""

    def _error(self, said: str, *, again: float | None = None, lasting: bool = False) -> ForgeError:
        whole = self._secret.scrubbed(f"la forge « {self.host} » {said}")
        return ForgeError(whole, again=again, lasting=lasting)


_LASTING = {
    401: "ne veut pas du jeton : il est faux, expiré ou révoqué ; faites-en un autre sur la forge et mettez-le à la "
         "place de l’ancien (AGORA_FORGE_TOKEN, ou le fichier .agora/intake/token)",
    403: "n’autorise pas ce jeton à le faire ; donnez-lui, sur ce seul dépôt, le droit d’écrire le contenu et les "
         "demandes de fusion",
    404: "ne trouve pas le dépôt, ou ne le montre pas à ce jeton ; vérifiez [intake] repository dans agora.toml, et "
         "les droits du jeton",
    409: "trouve que cela contredit ce qu’elle a déjà (409) ; regardez sur la forge ce qu’il en est",
    422: "ne peut pas faire ce qui lui est demandé (422) ; regardez sur la forge la branche et ses demandes",
}  # fmt: skip


def _reasons(data: object) -> Iterator[str]:
    """Find what a forge's answer gives as reasons: `message`, a text or a list, and those of `errors`."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, list):
        for item in data:
            yield from _reasons(item)
    elif isinstance(data, dict):
        yield from _reasons(data.get("message"))
        yield from _reasons(data.get("errors"))


def _asked(headers: httpx.Headers, now: float) -> float | None:
    """Read Retry-After: seconds, or a date."""
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return min(float(text), _LONGEST)
    try:
        return min(max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - now), _LONGEST) if text else None
    except (ValueError, TypeError, OverflowError):
        return None


def _number(headers: httpx.Headers, name: str) -> int | None:
    """Read a header of a limit: X-RateLimit-Remaining at GitHub and Forgejo, RateLimit-Remaining at GitLab."""
    text = headers.get(f"x-ratelimit-{name}") or headers.get(f"ratelimit-{name}") or ""
    return int(text) if re.fullmatch(r"[0-9]{1,12}", text) else None
