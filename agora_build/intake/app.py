"""Turns HTTP into questions to the endpoint, and answers into HTTP: no cookie, no session, no text in a log."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any, TextIO, cast
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from agora_build.intake.city import Cities
from agora_build.intake.endpoint import Answer, Asked, Endpoint
from agora_build.intake.limits import RefusedError, address_of, read_body
from agora_build.intake.openapi import description

MOST_WAITING = 500  # beyond, one more would wait too long: it is told so at once
WAITING = "agora.waiting"  # in the environment: how many requests wait for a thread, when the server knows
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}


def app_of(endpoint: Endpoint, cities: Cities, log: TextIO | None = sys.stderr) -> Flask:
    """Make the application of a city's intake, served below the path of its address."""
    app = Flask("agora", static_folder=None)
    city = cities.now()
    prefix, proxies = urlsplit(city.pages.address("")).path, city.intake.proxies

    def asked(address: str, body: bytes = b"") -> Asked:
        headers = request.headers
        return Asked(
            address=address,
            body=body,
            content_type=headers.get("Content-Type", ""),
            neighbourhood=address_of(request.remote_addr or "", headers.get("X-Forwarded-For", ""), proxies),
            host=headers.get("Host", ""),
            origin=headers.get("Origin", ""),
            fetched=headers.get("Sec-Fetch-Site", ""),
            wants_json=_wants_json(),
            voter=request.args.get("voter", "")[:100],
        )

    def post(address: str) -> Response:
        if request.environ.get(WAITING, 0) > MOST_WAITING:
            return _response(endpoint.refused(asked(address), 503))
        length = request.content_length
        try:
            body = read_body(cast("Any", request.environ["wsgi.input"]), length)
        except RefusedError as refusal:
            return _response(endpoint.refused(asked(address), refusal.status))
        return _response(endpoint.post(asked(address, body)))

    def rule(path: str, name: str, act: Callable[..., Response], *methods: str) -> None:
        app.add_url_rule(path, name, act, methods=list(methods), strict_slashes=False)

    rule("/health", "health", lambda: _response(Answer(200, {"alive": True})), "GET")
    rule("/ready", "ready", lambda: _response(endpoint.ready()), "GET")
    rule(prefix + city.urls.token(), "token", lambda: _response(endpoint.token()), "GET")
    rule(prefix + city.urls.challenge(), "challenge", lambda: _response(endpoint.challenge()), "GET")
    rule(f"{prefix}openapi.json", "openapi", lambda: _response(Answer(200, description(cities.now()))), "GET")
    rule(
        prefix + city.urls.receipt("<identity>", "<code>"), "receipt",
        lambda identity, code: _response(endpoint.state(asked(""), identity, code)), "GET",
    )  # fmt: skip
    rule(f"{prefix}<path:address>", "form", lambda address: _response(endpoint.form(asked(address))), "GET")
    rule(f"{prefix}<path:address>", "post", post, "POST")
    site = urlsplit(city.config.publication.base_url)
    _watch(app, log, f"{site.scheme}://{site.netloc}")
    return app


def _wants_json() -> bool:
    wanted = request.headers.get("Accept", "")
    return "application/json" in wanted and "text/html" not in wanted


def _response(answer: Answer) -> Response:
    g.labels = answer.labels
    if isinstance(answer.body, bytes):
        return Response(answer.body, answer.status, answer.headers, content_type="text/html; charset=utf-8")
    body = json.dumps(answer.body, ensure_ascii=False)
    return Response(body, answer.status, answer.headers, content_type="application/json")


def _watch(app: Flask, log: TextIO | None, site: str) -> None:
    """Put security headers on every answer, and one line in the log, without a word of what was sent."""
    policy = (
        f"default-src 'none'; img-src 'self' {site}; style-src 'self' {site}; font-src 'self' {site}; "
        f"script-src 'self' {site}; connect-src 'self'; worker-src 'self' {site}; form-action 'self' {site}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )

    headers = [("Content-Security-Policy", policy), *_HEADERS.items()]

    @app.before_request
    def started() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def finished(response: Response) -> Response:
        response.headers.extend(headers)
        if log is not None:
            line = {
                "route": request.endpoint or "none",
                "method": request.method if request.method in ("GET", "HEAD", "POST", "OPTIONS") else "other",
                "status": response.status_code,
                "ms": round((time.perf_counter() - g.started) * 1000, 1),
                "labels": g.get("labels", 0),
            }
            log.write(json.dumps(line) + "\n")
            log.flush()
        return response

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        if isinstance(error, HTTPException) and error.code:
            return Response("", error.code, content_type="text/plain")
        if log is not None:  # the kind of the error and its place: its message may hold what was sent
            place = error.__traceback__
            while place is not None and place.tb_next is not None:
                place = place.tb_next
            where = f"{place.tb_frame.f_code.co_name}:{place.tb_lineno}" if place else ""
            log.write(json.dumps({"bug": type(error).__name__, "where": where}) + "\n")
        return Response("", 500, content_type="text/plain")
