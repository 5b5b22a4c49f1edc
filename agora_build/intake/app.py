"""Turns HTTP into questions to the endpoint, and answers into HTTP: no cookie, no session, no text in a log."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any, TextIO
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route, Router

from agora_build.intake.city import Cities, City
from agora_build.intake.endpoint import Answer, Asked, Endpoint
from agora_build.intake.limits import MAX_BODY, RefusedError, address_of
from agora_build.intake.openapi import description

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}
_METHODS = ("GET", "HEAD", "POST", "OPTIONS")


def app_of(endpoint: Endpoint, cities: Cities, log: TextIO | None = sys.stderr) -> ASGIApp:
    """Make the application of a city's intake, served below the path of its address."""
    city = cities.now()
    desks = {prefix: _Desk(endpoint, cities, language) for language, prefix in city.prefixes().items()}
    routes = [route for prefix, desk in desks.items() for route in _routes(desk, city, prefix)]
    return _watched(Router(routes, redirect_slashes=False), log, cities)


def _routes(desk: _Desk, city: City, prefix: str) -> Iterator[Route]:
    """Give the addresses at which a desk is asked: whether it lives, what has a name of its own, then forms."""
    asked: dict[str, Callable[[Request], Awaitable[Answer]]] = {
        "/health": desk.health,
        "/ready": desk.ready,
        prefix + city.urls.token(): desk.token,
        prefix + city.urls.challenge(): desk.challenge,
        f"{prefix}openapi.json": desk.openapi,
        prefix + city.urls.receipt("{identity}", "{code}"): desk.receipt,
    }
    for path, act in asked.items():
        yield Route(path, _answering(act), methods=["GET"])
    shown, posted = _answering(desk.form), _answering(desk.post)

    async def form(request: Request) -> Response:
        return await (posted if request.method == "POST" else shown)(request)

    yield Route(f"{prefix}{{address:path}}", form, methods=["GET", "POST"])


class _Desk:
    """Puts each request in a language to the endpoint; the name of a method is what the log says of it."""

    def __init__(self, endpoint: Endpoint, cities: Cities, language: str) -> None:
        self._endpoint, self._cities, self._language = endpoint, cities, language
        self._proxies = cities.now().intake.proxies

    async def post(self, request: Request) -> Answer:
        try:
            body = await _body(request)
        except RefusedError as refusal:
            return self._endpoint.refused(self._asked(request), refusal.status)
        return await self._endpoint.post(self._asked(request, body))

    async def form(self, request: Request) -> Answer:
        return self._endpoint.form(self._asked(request))

    async def receipt(self, request: Request) -> Answer:
        named = request.path_params
        return await self._endpoint.state(self._asked(request), named["identity"], named["code"])

    async def ready(self, _request: Request) -> Answer:
        return await self._endpoint.ready()

    async def health(self, _request: Request) -> Answer:
        return Answer(200, {"alive": True})

    async def token(self, _request: Request) -> Answer:
        return self._endpoint.token()

    async def challenge(self, _request: Request) -> Answer:
        return self._endpoint.challenge()

    async def openapi(self, _request: Request) -> Answer:
        return Answer(200, description(self._cities.now()))

    def _asked(self, request: Request, body: bytes = b"") -> Asked:
        headers = request.headers
        peer = request.client.host if request.client else ""
        return Asked(
            address=request.path_params.get("address", "").rstrip("/"),
            language=self._language,
            body=body,
            content_type=headers.get("content-type", ""),
            neighbourhood=address_of(peer, headers.get("x-forwarded-for", ""), self._proxies),
            host=headers.get("host", ""),
            origin=headers.get("origin", ""),
            fetched=headers.get("sec-fetch-site", ""),
            wants_json=_wants_json(headers.get("accept", "")),
        )


def _answering(act: Callable[[Request], Awaitable[Answer]]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        found = await act(request)
        request.scope["agora.said"] = (act.__name__, found.labels)
        if isinstance(found.body, bytes):
            return Response(found.body, found.status, dict(found.headers), "text/html")
        body = json.dumps(found.body, ensure_ascii=False)
        return Response(body, found.status, dict(found.headers), "application/json")

    return answer


async def _body(request: Request) -> bytes:
    """Read a body of a known length, or a streamed one, as far as the limit."""
    length, body = request.headers.get("content-length"), bytearray()
    if length is not None and int(length) > MAX_BODY:
        raise RefusedError(413)
    try:
        async for part in request.stream():
            body += part
            if len(body) > MAX_BODY:
                raise RefusedError(413)
    except ClientDisconnect:
        raise RefusedError(400) from None  # cut on its way
    if length is not None and len(body) != int(length):
        raise RefusedError(400)
    return bytes(body)


def _wants_json(wanted: str) -> bool:
    return "application/json" in wanted and "text/html" not in wanted


def _watched(router: Router, log: TextIO | None, cities: Cities) -> ASGIApp:
    """Put security headers on every answer, and one line in the log, without a word of what was sent.

    What the router did not answer is answered with a page that says so.
    """
    address = urlsplit(cities.now().config.publication.base_url)
    site = f"{address.scheme}://{address.netloc}"
    policy = (
        f"default-src 'none'; img-src 'self' {site}; style-src 'self' {site}; font-src 'self' {site}; "
        f"script-src 'self' {site}; connect-src 'self'; worker-src 'self' {site}; form-action 'self' {site}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {"Content-Security-Policy": policy, **_HEADERS}.items()
    raw = [(name.lower().encode(), value.encode()) for name, value in headers]

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        began, status = time.perf_counter(), 0

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *raw]
            await send(message)

        scope["app"] = scope  # starlette then raises what is not found, for us to answer
        try:
            await router(scope, receive, sent)
        except HTTPException as error:
            allowed = {"Allow": ", ".join(sorted(error.headers["Allow"].split(", ")))} if error.headers else None
            page = cities.now().first.refusal(error.status_code)
            await Response(page, error.status_code, allowed, "text/html")(scope, receive, sent)
        except Exception as error:  # noqa: BLE001 - its message may hold what was sent: it goes no further
            _tell_bug(error, log)
            if not status:
                page = cities.now().first.refusal(500)
                await Response(page, 500, media_type="text/html")(scope, receive, sent)
        if log is not None:
            route, labels = scope.get("agora.said", ("none", 0))
            method = scope["method"] if scope["method"] in _METHODS else "other"
            spent = round((time.perf_counter() - began) * 1000, 1)
            log.write(
                f'{{"route": "{route}", "method": "{method}", "status": {status}, "ms": {spent}, "labels": {labels}}}\n'
            )
            log.flush()

    return application


def _tell_bug(error: Exception, log: TextIO | None) -> None:
    """Note the kind of an error and its place."""
    place: Any = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_name}:{place.tb_lineno}" if place else ""
    if log is not None:
        log.write(json.dumps({"bug": type(error).__name__, "where": where}) + "\n")
