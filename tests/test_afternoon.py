"""Another city, in an afternoon: from `pip install` to a contribution that everybody reads, with real programs."""

from __future__ import annotations

import datetime
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import trustme
from wheels import ROOT, outside, run

pytestmark = pytest.mark.slow
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")
HOST = "agora.ville.example"  # the name in the configuration that we ship
TEXT = "Un banc à l’ombre, <b>devant l’école</b> & près de l’arrêt."
CITY = ("--name", "Aubervilliers", "--url", f"https://{HOST}", "--email", "agora@aubervilliers.example", "--forms")
WHO = {
    "GIT_AUTHOR_NAME": "Ville", "GIT_AUTHOR_EMAIL": "ville@localhost",
    "GIT_COMMITTER_NAME": "Ville", "GIT_COMMITTER_EMAIL": "ville@localhost",
}  # fmt: skip


class Forms(HTMLParser):
    """Reads the first form of a page as a browser does: where it goes, and the values that it starts with."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action, self.values = "", {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form, or a value of it."""
        given = dict(attrs)
        if tag == "form" and given.get("method") == "post":
            self.action = self.action or str(given["action"])
        elif tag == "input" and given.get("type") == "hidden" and given.get("name"):
            self.values[str(given["name"])] = given.get("value") or ""


@dataclass(frozen=True)
class Visitor:
    """Somebody who reads a site, and sends its forms."""

    address: str
    trusts: ssl.SSLContext | None = None

    def get(self, path: str, sent: dict[str, str] | None = None) -> str:
        """Ask for a page, or send a form; give the page that answers."""
        data = urllib.parse.urlencode(sent).encode() if sent else None
        with urllib.request.urlopen(self.address + path, data, timeout=30, context=self.trusts) as answer:  # noqa: S310
            return str(answer.read().decode())


def test_another_city_in_an_afternoon(wheel: Path, tmp_path: Path) -> None:
    environment, city, public = tmp_path / "venv", tmp_path / "ville", tmp_path / "srv"
    run(sys.executable, "-m", "venv", environment)
    pip = (environment / "bin/python", "-m", "pip", "install", "--quiet", "--no-input")
    run(*pip, f"{wheel}[intake,search,serve]")
    program = environment / "bin/agora"

    def agora(*arguments: str) -> str:
        return run(program, *arguments, cwd=city, **WHO)

    # init, new campaign, check, build
    run(program, "init", city, *CITY, cwd=tmp_path, **WHO)
    today = datetime.datetime.now(ZoneInfo("Europe/Paris")).date().isoformat()
    of = ("--campaign", "les-bancs")
    agora(
        "new", "campaign", "--title", "Les bancs", "--summary", "Où s’asseoir ?", "--question", "Où ?", "--opens", today
    )
    agora("new", "debate", *of, "--title", "Où les mettre", "--question", "Où manque-t-il un banc ?", "--opens", today)
    assert "Tout est en ordre : 2 campagnes, 2 débats" in agora("check")
    agora("build", "--output", str(public))
    run("git", "add", "--all", cwd=city)
    run("git", "commit", "--quiet", "--message=Les bancs", cwd=city, **WHO)

    # serve
    with running(program, "serve", "--port", "0", cwd=city) as port:
        page = Visitor(f"http://localhost:{port}").get("/campagnes/les-bancs/debats/ou-les-mettre/")
        assert "Où manque-t-il un banc" in page

    # form, in front of the intake and of the published folder: nginx as we ship it
    with running(program, "intake", "--port", "0", cwd=city) as intake, nginx(tmp_path, public, intake) as visitor:
        where = "/campagnes/les-bancs/participer/dire/ou-les-mettre/"
        form = Forms(visitor.get(where))
        sent = form.values | {"voice": "individual", "text": TEXT}
        receipt = visitor.get(urllib.parse.urljoin(where, form.action), sent)
        number = re.search(r"\d{8}-[0-9a-z]{8}", receipt)
        assert number, receipt

        # relay, accept, publish
        assert "1 proposition" in agora("relay", "--once")
        assert number[0] in agora("inbox", "list")
        agora("inbox", "accept", number[0])
        agora("build", "--output", str(public))

        # and everybody reads it
        page = visitor.get(f"/campagnes/les-bancs/contributions/{number[0]}/")
        assert "devant l’école" in page
        assert "<b>devant" not in page
        assert number[0] in visitor.get("/campagnes/les-bancs/debats/ou-les-mettre/")
        assert status_of(visitor, form.action, "x" * 100_000) == (413, True)
    assert "1 publié" in agora("verify", "inbox")
    assert "Tout est en ordre" in agora("check")

    # the intake is stopped: who sends something reads that nothing is lost
    with nginx(tmp_path / "apres", public, free_port()) as visitor:
        assert status_of(visitor, form.action, TEXT) == (503, True)


def status_of(visitor: Visitor, action: str, text: str) -> tuple[int, bool]:
    """Send a form that cannot be taken; give the status, and whether the answer says where one's words are."""
    where = urllib.parse.urljoin("/campagnes/les-bancs/participer/dire/ou-les-mettre/", action)
    with pytest.raises(urllib.error.HTTPError) as refused:
        visitor.get(where, {"text": text})
    with refused.value as answer:
        return answer.code, "ce que vous avez écrit y est encore" in answer.read().decode()


@contextmanager
def running(program: Path, *arguments: str, cwd: Path) -> Iterator[int]:
    """Run a program that serves; give the port it says."""
    with subprocess.Popen([program, *arguments], cwd=cwd, env=outside(), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        said: list[str] = []
        reader = threading.Thread(target=said.extend, args=(process.stderr,), daemon=True)
        try:
            while not (found := re.search(r"https?://[a-z0-9.]+:(\d+)/", process.stderr.readline())):
                assert process.poll() is None, f"{arguments} has stopped"
            reader.start()
            yield int(found[1])
            process.terminate()
            reader.join(30)
        finally:
            process.kill()


@contextmanager
def nginx(folder: Path, public: Path, intake: int) -> Iterator[Visitor]:
    """Run nginx with the configuration of docs/serveur, its names and ports changed; give a visitor of the site."""
    assert NGINX, "sudo apt-get install nginx-light"
    own = folder / "nginx"
    own.mkdir(parents=True)
    port = free_port()
    authority = trustme.CA()
    certificate = authority.issue_cert(HOST, "localhost")
    certificate.private_key_pem.write_to_path(own / "privkey.pem")
    for part in certificate.cert_chain_pems:
        part.write_to_path(own / "fullchain.pem", append=True)
    shipped = (ROOT / "docs/serveur/nginx.conf").read_text("utf-8")
    site = re.sub(r"(?m)^ *listen (80|\[::\]:\d+).*\n", "", shipped)
    for old, new in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("server 127.0.0.1:8001;", f"server 127.0.0.1:{intake};"),
        ("/etc/letsencrypt/live/agora.ville.example", str(own)),
        ("root /srv/agora/output;", f"root {public};"),
        ("root /srv/agora;", f"root {ROOT}/docs/serveur;"),
        ("    return 308", f"    listen 127.0.0.1:{free_port()};\n    return 308"),
    ):
        assert old in site, f"the configuration has changed: {old}"
        site = site.replace(old, new)
    (own / "site.conf").write_text(site, "utf-8")
    user = "user root;" if os.geteuid() == 0 else ""
    temporary = "".join(
        f"{name}_temp_path {own}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (own / "nginx.conf").write_text(
        f"{user} pid {own}/pid; error_log {own}/errors; events {{}} "
        f"http {{ include /etc/nginx/mime.types; access_log off; {temporary} include {own}/site.conf; }}",
        "utf-8",
    )
    command = [NGINX, "-e", str(own / "errors"), "-c", str(own / "nginx.conf"), "-g", "daemon off;"]
    process = subprocess.Popen(command)
    authority.cert_pem.write_to_path(own / "authority.pem")
    try:
        wait_for(port, process)
        trusts = ssl.create_default_context(cafile=str(own / "authority.pem"))
        yield Visitor(f"https://localhost:{port}", trusts)
    finally:
        process.terminate()
        process.wait(30)


def free_port() -> int:
    """Find a port that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a program answers on its port."""
    for _ in range(200):
        assert process.poll() is None, "nginx has stopped"
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("nginx does not answer")
