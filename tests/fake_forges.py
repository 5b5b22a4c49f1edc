"""Forges that answer over real HTTP on this computer as GitHub, GitLab and Forgejo do, with real git behind.

Each keeps what it was asked and what it answered, so that both can be checked against what the real one publishes.
"""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from repositories import git

DESCRIPTION = Path(__file__).parent / "forges/node_modules/@octokit/openapi/generated/api.github.com.json"
TOKEN = "canari-9f2b7c61d04e4a8b"  # noqa: S105 - of a forge that exists only here
CITY = "ville/agora"
CREATED = "2017-01-20T12:00:00Z"


@dataclass(frozen=True)
class Exchange:
    """A call and its answer; the path is below the API's address."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    status: int
    answer: Any


@dataclass(frozen=True)
class Reply:
    status: int
    data: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    cut: int = 0  # bytes that are announced and never come


@dataclass
class Pull:
    number: int
    branch: str
    base: str
    title: str
    body: str
    head: str
    state: str = "open"  # open, closed or merged
    fork: bool = False


class Fault:
    """Does to the calls of some methods what a forge in trouble does; `after` lets the call be obeyed first."""

    def __init__(
        self, make: Callable[[], Reply | None], methods: str = "GET POST", times: int = 1, *, after: bool = False
    ) -> None:
        self.make, self.methods, self.left, self.after = make, methods.split(), times, after

    def meets(self, method: str) -> bool:
        if method not in self.methods or not self.left:
            return False
        self.left -= 1
        return True


class FakeForge:
    """A forge with one repository; git pushes to it over HTTP with the token."""

    prefix = ""
    limit_header = "X-RateLimit"

    def __init__(self, folder: Path) -> None:
        self.root = folder
        self.bare = folder / f"{CITY}.git"
        self.bare.mkdir(parents=True)
        git(self.bare, "init", "--quiet", "--bare", "--initial-branch=main")
        git(self.bare, "config", "http.receivepack", "true")
        self.pulls: list[Pull] = []
        self.exchanges: list[Exchange] = []
        self.faults: list[Fault] = []
        self.tokens = {TOKEN}
        self.left, self.reset = 500, 1_484_917_500
        self.lock = threading.Lock()
        self.gits: list[str] = []
        self.released = threading.Event()
        self.during_git: Callable[[], None] = lambda: None
        self.address = ""

    @property
    def api(self) -> str:
        return self.address + self.prefix

    def heads(self) -> dict[str, str]:
        lines = git(self.bare, "for-each-ref", "--format=%(refname:lstrip=2) %(objectname)", "refs/heads").splitlines()
        return dict(line.split(" ") for line in lines)

    def of(self, branch: str) -> list[Pull]:
        return [pull for pull in self.pulls if pull.branch == branch]

    def add(self, branch: str, base: str, title: str, body: str) -> Pull | None:
        """Open a request; None when the branch is not there."""
        head = self.heads().get(branch)
        if head is None:
            return None
        self.pulls.append(Pull(len(self.pulls) + 1, branch, base, title, body, head))
        return self.pulls[-1]

    def is_open(self, branch: str) -> bool:
        return any(pull.state == "open" for pull in self.of(branch))

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> Reply:
        raise NotImplementedError

    def may_enter(self, header: str) -> bool:
        return header.partition(" ")[2] in self.tokens

    def refused(self) -> Reply:
        return Reply(401, {"message": "Bad credentials"})

    def page(self, found: list[Any], query: dict[str, str], size: str) -> Reply:
        number, most = int(query.get("page", "1")), int(query.get(size, "30"))
        link = {"Link": f'<{self.api}/next>; rel="next"'} if number * most < len(found) else {}
        return Reply(200, found[(number - 1) * most : number * most], link)


class FakeGitHub(FakeForge):
    prefix = "/api/v3"

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> Reply:
        if path == f"/repos/{CITY}/pulls":
            return self._create(body) if method == "POST" else self._list(query)
        if match := re.fullmatch(rf"/repos/{CITY}/pulls/(\d+)", path):
            pull = self.pulls[int(match[1]) - 1]
            if method == "PATCH" and pull.state == "open":
                pull.state = body["state"]
            return Reply(200, self._pull(pull, "pull-request"))
        if method == "DELETE" and path.startswith(f"/repos/{CITY}/git/refs/heads/"):
            branch = path.partition("/heads/")[2]
            if branch not in self.heads():
                return Reply(
                    422, {"message": "Reference does not exist", "documentation_url": "https://docs.github.com/rest"}
                )
            git(self.bare, "update-ref", "-d", f"refs/heads/{branch}")
            return Reply(204)
        return Reply(404, {"message": "Not Found", "documentation_url": "https://docs.github.com/rest"})

    def _list(self, query: dict[str, str]) -> Reply:
        wanted = query.get("head", "").partition(":")[2]
        state = query.get("state", "open")
        found = [
            self._pull(pull, "pull-request-simple")
            for pull in self.pulls
            if (not wanted or pull.branch == wanted) and (state == "all" or (pull.state == "open") == (state == "open"))
        ]
        return self.page(found, query, "per_page")

    def _create(self, body: Any) -> Reply:
        if self.is_open(body["head"]):
            said = f"A pull request already exists for ville:{body['head']}."
            error = {"resource": "PullRequest", "code": "custom", "message": said}
        else:
            pull = self.add(body["head"], body["base"], body["title"], body["body"])
            if pull:
                return Reply(201, self._pull(pull, "pull-request"))
            error = {"resource": "PullRequest", "field": "head", "code": "invalid"}
        said = "https://docs.github.com/rest/pulls/pulls#create-a-pull-request"
        return Reply(422, {"message": "Validation Failed", "errors": [error], "documentation_url": said})

    def _pull(self, pull: Pull, example: str) -> Any:
        """Change, in the request that GitHub gives as an example, what tells ours from it."""
        made = json.loads(_github_example(example))
        made |= {
            "number": pull.number, "state": "open" if pull.state == "open" else "closed", "title": pull.title,
            "body": pull.body, "html_url": f"{self.address}/{CITY}/pull/{pull.number}",
            "merged_at": CREATED if pull.state == "merged" else None,
            "requested_teams": [],  # the example's lack a key that the description asks for
        }  # fmt: skip
        if "merged" in made:
            made["merged"] = pull.state == "merged"
        made["head"] |= {"ref": pull.branch, "sha": pull.head, "label": f"ville:{pull.branch}"}
        made["head"]["repo"]["full_name"] = "voisine/agora" if pull.fork else CITY
        made["base"] |= {"ref": pull.base}
        made["base"]["repo"]["full_name"] = CITY
        return made


@cache
def github() -> Any:
    """Read GitHub's description of its API."""
    return json.loads(DESCRIPTION.read_text("utf-8"))


@cache
def _github_example(name: str) -> str:
    found = github()["components"]["examples"]
    value = found.get(name, {}).get("value") or found["pull-request-simple-items"]["value"][0]
    return json.dumps(value)


class FakeGitLab(FakeForge):
    prefix = "/api/v4"
    limit_header = "RateLimit"
    project = "/projects/ville%2Fagora"

    def refused(self) -> Reply:
        return Reply(401, {"message": "401 Unauthorized"})

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> Reply:
        if not path.startswith(f"{self.project}/"):
            return Reply(404, {"message": "404 Project Not Found"})
        path = path.removeprefix(self.project)
        if path == "/merge_requests":
            return self._create(body) if method == "POST" else self._list(query)
        if match := re.fullmatch(r"/merge_requests/(\d+)", path):
            pull = self.pulls[int(match[1]) - 1]
            if method == "PUT" and body["state_event"] == "close":
                if pull.state != "open":
                    return Reply(422, {"message": "Cannot transition state"})
                pull.state = "closed"
            return Reply(200, self._pull(pull))
        if method == "DELETE" and path.startswith("/repository/branches/"):
            branch = unquote(path.removeprefix("/repository/branches/"))
            if branch not in self.heads():
                return Reply(404, {"message": "404 Branch Not Found"})
            git(self.bare, "update-ref", "-d", f"refs/heads/{branch}")
            return Reply(204)
        return Reply(404, {"error": "404 Not Found"})

    def _list(self, query: dict[str, str]) -> Reply:
        state, wanted = query.get("state", "all"), query.get("source_branch")
        states = {"all": ("open", "closed", "merged"), "opened": ("open",)}[state]
        return self.page(
            [self._pull(pull) for pull in self.pulls if wanted in (None, pull.branch) and pull.state in states],
            query, "per_page",
        )  # fmt: skip

    def _create(self, body: Any) -> Reply:
        branch = body["source_branch"]
        if self.is_open(branch):
            number = next(pull.number for pull in self.of(branch) if pull.state == "open")
            said = f"Another open merge request already exists for this source branch: !{number}"
            return Reply(409, {"message": [said]})
        pull = self.add(branch, body["target_branch"], body["title"], body["description"])
        if pull is None:
            return Reply(400, {"message": {"source_branch": ["does not exist"]}})
        return Reply(201, self._pull(pull))

    def _pull(self, pull: Pull) -> Any:
        return {
            "id": 1000 + pull.number, "iid": pull.number, "project_id": 7, "title": pull.title,
            "description": pull.body, "state": "opened" if pull.state == "open" else pull.state,
            "created_at": CREATED, "source_branch": pull.branch, "target_branch": pull.base, "sha": pull.head,
            "source_project_id": 8 if pull.fork else 7, "target_project_id": 7, "labels": [],
            "web_url": f"{self.address}/{CITY}/-/merge_requests/{pull.number}", "draft": False,
        }  # fmt: skip


class FakeForgejo(FakeForge):
    prefix = "/api/v1"

    def refused(self) -> Reply:
        return Reply(401, {"message": "user does not exist [uid: 0, name: ]"})

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> Reply:
        path = unquote(path)
        if path == f"/repos/{CITY}/pulls":
            return self._create(body) if method == "POST" else self._list(query)
        if match := re.fullmatch(rf"/repos/{CITY}/pulls/(\d+)", path):
            pull = self.pulls[int(match[1]) - 1]
            if method == "PATCH":
                pull.state = body["state"]
            return Reply(201 if method == "PATCH" else 200, self._pull(pull))
        if match := re.fullmatch(rf"/repos/{CITY}/pulls/([^/]+)/(.+)", path):
            found = [pull for pull in self.of(match[2]) if pull.base == match[1] and not pull.fork]
            return Reply(200, self._pull(found[0])) if found else self._none("pull request does not exist")
        if method == "DELETE" and path.startswith(f"/repos/{CITY}/branches/"):
            branch = path.partition("/branches/")[2]
            if branch not in self.heads():
                return self._none("branch does not exist")
            git(self.bare, "update-ref", "-d", f"refs/heads/{branch}")
            return Reply(204)
        return self._none("The target couldn't be found.")

    def _none(self, said: str) -> Reply:
        return Reply(404, {"errors": [], "message": said, "url": f"{self.address}/api/swagger"})

    def _list(self, query: dict[str, str]) -> Reply:
        state = query.get("state", "open")
        found = [pull for pull in reversed(self.pulls) if state == "all" or (pull.state == "open") == (state == "open")]
        return self.page([self._pull(pull) for pull in found], query, "limit")

    def _create(self, body: Any) -> Reply:
        if self.is_open(body["head"]):
            said = f"pull request already exists for these targets [id: 1, head_branch: {body['head']}]"
            return Reply(409, {"message": said, "url": f"{self.address}/api/swagger"})
        pull = self.add(body["head"], body["base"], body["title"], body["body"])
        return Reply(201, self._pull(pull)) if pull else self._none("The target couldn't be found.")

    def _pull(self, pull: Pull) -> Any:
        there = pull.branch in self.heads()
        head = {
            "label": pull.branch,
            "ref": pull.branch if there else f"refs/pull/{pull.number}/head",
            "sha": pull.head,
        }
        return {
            "id": 1000 + pull.number, "number": pull.number, "title": pull.title, "body": pull.body,
            "state": "open" if pull.state == "open" else "closed", "merged": pull.state == "merged",
            "merged_at": CREATED if pull.state == "merged" else None, "created_at": CREATED,
            "html_url": f"{self.address}/{CITY}/pulls/{pull.number}", "labels": [],
            "head": head | {"repo_id": 8 if pull.fork else 7},
            "base": {"label": pull.base, "ref": pull.base, "sha": "0" * 40, "repo_id": 7},
        }  # fmt: skip


KINDS: dict[str, type[FakeForge]] = {"github": FakeGitHub, "gitlab": FakeGitLab, "forgejo": FakeForgejo}


@contextmanager
def serving(forge: FakeForge, wrap: Callable[[Any], Any] = lambda socket: socket) -> Iterator[FakeForge]:
    """Let a forge answer on this computer for as long as it is needed; `wrap` makes its socket one of TLS."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(forge))
    server.daemon_threads = True
    plain = server.socket
    server.socket = wrap(server.socket)
    scheme = "http" if server.socket is plain else "https"
    forge.address = f"{scheme}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield forge
    finally:
        forge.released.set()
        server.shutdown()
        server.server_close()


def _handler(forge: FakeForge) -> type[BaseHTTPRequestHandler]:  # noqa: C901 - one handler, two kinds of callers
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_arguments: object) -> None:
            pass

        def _api(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            parts = urlsplit(self.path)
            query = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
            path = parts.path.removeprefix(forge.prefix)
            body = json.loads(raw) if raw else None
            with forge.lock:
                reply = self._reply(path, query, body)
                forge.exchanges.append(Exchange(self.command, path, query, body, reply.status, reply.data))
            self._send(reply)

        def _reply(self, path: str, query: dict[str, str], body: Any) -> Reply:
            fault = next((one for one in forge.faults if one.meets(self.command)), None)
            if fault and not fault.after:
                made = fault.make()
                if made:
                    return made
            if not forge.may_enter(self.headers.get("Authorization", "")):
                return forge.refused()
            forge.left -= 1
            reply = forge.answer(self.command, path, query, body)
            return (fault.make() or reply) if fault and fault.after else reply

        def _send(self, reply: Reply) -> None:
            raw = reply.raw if reply.raw is not None else b"" if reply.data is None else json.dumps(reply.data).encode()
            limits = {"Limit": 500, "Remaining": forge.left, "Reset": forge.reset}
            headers = {f"{forge.limit_header}-{name}": str(value) for name, value in limits.items()} | reply.headers
            headers = {"Content-Type": "application/json"} | headers
            try:
                self.send_response(reply.status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(raw) + reply.cut))
                self.end_headers()
                self.wfile.write(raw)
            except (BrokenPipeError, ConnectionResetError):
                pass
            self.close_connection = bool(reply.cut)

        def _git(self) -> None:
            """Let git's own program answer git, once the token was given as a password."""
            name, _, password = (
                base64.b64decode(self.headers.get("Authorization", " ").split(" ")[1]).decode().partition(":")
            )
            if password not in forge.tokens:
                self._send(Reply(401, {}, {"WWW-Authenticate": 'Basic realm="forge"'}))
                return
            forge.gits.append(name)
            forge.during_git()
            parts = urlsplit(self.path)
            own = {
                "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": os.fspath(forge.root), "GIT_HTTP_EXPORT_ALL": "1",
                "PATH_INFO": parts.path, "QUERY_STRING": parts.query, "REQUEST_METHOD": self.command,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""), "REMOTE_USER": name,
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""), "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_CONFIG_GLOBAL": os.devnull,
            }  # fmt: skip
            raw = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            done = subprocess.run(["git", "http-backend"], env=own, input=raw, capture_output=True, check=True)
            head, _, content = done.stdout.partition(b"\r\n\r\n")
            headers = dict(line.split(": ", 1) for line in head.decode().splitlines())
            status = int(headers.pop("Status", "200").split(" ")[0])
            self._send(Reply(status, None, headers, content))

        def do_GET(self) -> None:
            self._api() if self.path.startswith(forge.prefix) else self._git()

        do_POST = do_PATCH = do_PUT = do_DELETE = do_GET  # noqa: N815

    return Handler


def hanging(forge: FakeForge) -> Callable[[], None]:
    """Make a fault that keeps the caller waiting until the forge is stopped."""
    return lambda: forge.released.wait(5) and None


def soon(seconds: float) -> str:
    """Write a moment to come as HTTP does."""
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + seconds))
