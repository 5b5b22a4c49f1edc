"""Gives tests other sites: what they announce, copies of it in a city, and servers on loopback, honest or not."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Answer = Callable[[socket.socket, str], None]  # given the connection and the path that is asked for
CAMPAIGN: dict[str, Any] = {
    "id": "berges",
    "title": "Les berges de Seine",
    "question": "Que faire des berges ?",
    "summary": "Trois kilomètres de quais rendus aux piétons. On choisit ensemble ce qu’ils deviennent.",
    "opens": "2017-01-02",
    "closes": "2017-03-31",
    "level": "co-design",
    "quarters": ["Vieux port"],
    "place": {"name": "Quai des Deux-Rives", "lat": 48.9, "lon": 2.2},
    "page": "campagnes/berges/",
    "feeds": [{"kind": "news", "path": "campagnes/berges/flux.atom"}],
}
SAID: dict[str, Any] = {
    "version": 1,
    "site": "Ville voisine participe",
    "city": "Ville voisine",
    "description": "Ce que la ville voisine met en débat.",
    "address": "https://participe.voisine.example",
    "language": "fr",
    "licence": "CC BY-SA 4.0",
    "feeds": [{"kind": "calendar", "path": "agenda/agenda.ics"}],
    "campaigns": [CAMPAIGN],
}
SITE = '\n[[network.sites]]\nid = "{id}"\nname = "{name}"\nurl = "{url}"\n'


def follow(city: Path, **sites: str) -> Path:
    """Let a city follow sites, by their ids; those of this machine are private."""
    with (city / "agora.toml").open("a", encoding="utf-8") as file:
        for name, url in sites.items():
            file.write(SITE.format(id=name, name=name.capitalize(), url=url))
            file.write("private = true\n" if url.startswith("http:") else "")
    return city


def keep(city: Path, site: str, said: dict[str, Any], fetched: str = "2017-01-12") -> None:
    """Put a copy of what a site announces into a city."""
    path = city / "content/network" / f"{site}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    copy = {"fetched": fetched, "address": "https://participe.voisine.example/", "said": said}
    path.write_text(json.dumps(copy, ensure_ascii=False), "utf-8")


def http(body: bytes | str, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """Write a whole answer."""
    raw = body.encode() if isinstance(body, str) else body
    kind = () if any(header.startswith("Content-Type") for header in headers) else ("Content-Type: application/json",)
    lines = [f"HTTP/1.1 {status}", *kind, f"Content-Length: {len(raw) if length is None else length}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + raw


def always(answer: bytes) -> Answer:
    """Give the same answer to whoever asks."""
    return lambda connection, _path: connection.sendall(answer)


@contextmanager
def server(answer: Answer) -> Iterator[tuple[str, list[str]]]:
    """Serve on loopback: give the address, and the list of the paths that were asked for."""
    asked: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_serve, args=(listening, answer, asked), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/", asked
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def _serve(listening: socket.socket, answer: Answer, asked: list[str]) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        with connection:
            try:
                head = b""
                while b"\r\n\r\n" not in head and (piece := connection.recv(4096)):
                    head += piece
                asked.append(head.split(b" ")[1].decode() if b" " in head else "")
                answer(connection, asked[-1])
            except OSError:  # the other end hung up
                pass
