"""GitHub, GitLab and Forgejo as the relay meets them: over real HTTP, with real git pushing."""

from __future__ import annotations

import base64
import contextlib
import datetime
import os
import re
import shutil
import ssl
import subprocess
import zoneinfo
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from fake_forges import CITY, KINDS, TOKEN, FakeForge, Fault, Reply, hanging, serving, soon
from repositories import git as plain_git
from repositories import repository

from agora_build import git
from agora_build.config import Config, Intake
from agora_build.content.config_file import read_config_file
from agora_build.intake.credentials import Secret, secret_of
from agora_build.intake.description import described, marked
from agora_build.intake.forge import Forge, ForgeError, Quota
from agora_build.intake.forges import forge_of
from agora_build.intake.github import GitHubForge
from agora_build.intake.http import Clock
from agora_build.intake.journal import Entry
from agora_build.intake.quota import said
from agora_build.intake.remote import Place

BRANCH = "contribution/20170120-k7m2q9xw"
DAY = datetime.date(2017, 1, 20)


def entry(**changes: Any) -> Entry:
    given: dict[str, Any] = {
        "id": "20170120-k7m2q9xw", "kind": "contribution", "campaign": "les-groues", "target": "mobilite",
        "path": "content/campaigns/les-groues/contributions/20170120-k7m2q9xw.md", "content": "Le texte.",
        "sha256": "0" * 64, "day": DAY,
    }  # fmt: skip
    return Entry(**given | changes)


class Own:
    """Stands for the bare repository of the intake."""


def configured(root: Path, forge: FakeForge, kind: str, **changes: Any) -> Config:
    config = read_config_file(root).config
    assert config
    given = {"forge": kind, "repository": CITY, "api": forge.api, **changes}
    return config.model_copy(update={"intake": Intake.model_validate(given)})


@pytest.fixture(scope="session")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city whose branch offers a contribution."""
    folder = repository(tmp_path_factory.mktemp("committed"))
    plain_git(folder, "branch", BRANCH)
    return folder


@pytest.fixture
def city(committed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, with a token."""
    monkeypatch.delenv("AGORA_FORGE_TOKEN", raising=False)
    monkeypatch.setenv("HOME", os.fspath(tmp_path / "home"))
    folder = tmp_path / "repository"
    shutil.copytree(committed, folder)
    keep(folder)
    return folder


def keep(root: Path, token: str = TOKEN, mode: int = 0o600) -> Path:
    path = root / ".agora/intake/token"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{token}\n")
    path.chmod(mode)
    return path


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def fake(kind: str, tmp_path: Path) -> Iterator[FakeForge]:
    with serving(KINDS[kind](tmp_path / "forge")) as forge:
        yield forge


@pytest.fixture
def forge(city: Path, fake: FakeForge, kind: str, monkeypatch: pytest.MonkeyPatch) -> Forge:
    monkeypatch.setattr("agora_build.intake.github._PACE", 0.0)
    return forge_of(configured(city, fake, kind), city, Own())


def push(city: Path, forge: Forge, *refs: str) -> None:
    words = ("push", "--quiet", forge.remote, *(refs or (f"{BRANCH}:{BRANCH}", "main:main")))
    done = git.run(city, words, environment=forge.environment())
    assert done.returncode == 0, done.stderr


def hand(city: Path, fake: FakeForge) -> None:
    """Give a forge the branch without asking it."""
    plain_git(fake.bare, "fetch", "--quiet", os.fspath(city), "main:main", f"{BRANCH}:{BRANCH}")


def test_a_branch_is_pushed_and_has_one_request(city: Path, fake: FakeForge, forge: Forge) -> None:
    assert forge.requests(BRANCH) == []
    push(city, forge)
    made = forge.open(BRANCH, "contribution 20170120-k7m2q9xw", described([entry()]))
    head = plain_git(city, "rev-parse", BRANCH)
    assert (made.number, made.branch, made.head, made.state) == ("1", BRANCH, head, "open")
    assert made.address.startswith(f"{fake.address}/{CITY}/")
    assert forge.open(BRANCH, "again", "again") == made
    assert forge.requests(BRANCH) == [made]
    assert [(pull.title, marked(pull.body)) for pull in fake.pulls] == [
        (entry().kind + " " + entry().id, (entry().id,))
    ]


def test_what_people_did_by_hand_is_read_back(city: Path, fake: FakeForge, forge: Forge) -> None:
    hand(city, fake)
    forge.open(BRANCH, "one", "")
    fake.pulls[0].state = "merged"
    assert [request.state for request in forge.requests(BRANCH)] == ["merged"]
    fake.pulls[0].state = "closed"
    assert [request.state for request in forge.requests(BRANCH)] == ["closed"]
    forge.open(BRANCH, "two", "")
    assert [(request.number, request.state) for request in forge.requests(BRANCH)] == [("1", "closed"), ("2", "open")]


def test_closing_takes_the_branch_away_and_can_be_done_twice(city: Path, fake: FakeForge, forge: Forge) -> None:
    hand(city, fake)
    made = forge.open(BRANCH, "one", "")
    forge.close(made)
    forge.close(made)
    assert fake.pulls[0].state == "closed"
    assert BRANCH not in fake.heads()
    assert [(request.branch, request.state) for request in forge.requests(BRANCH)] == [(BRANCH, "closed")]


def test_closing_what_was_merged_leaves_it_merged(city: Path, fake: FakeForge, forge: Forge) -> None:
    hand(city, fake)
    made = forge.open(BRANCH, "one", "")
    fake.pulls[0].state = "merged"
    forge.close(made)
    assert [request.state for request in forge.requests(BRANCH)] == ["merged"]


def test_the_same_branch_of_a_fork_is_not_ours(city: Path, fake: FakeForge, forge: Forge) -> None:
    hand(city, fake)
    fake.add(BRANCH, "main", "from a fork", "").fork = True
    assert forge.requests(BRANCH) == []
    assert forge.standing([BRANCH, "contribution/20170120-00000000"])[BRANCH] == []


def test_many_branches_are_looked_up_in_few_calls(city: Path, fake: FakeForge, forge: Forge) -> None:
    branches = [f"contribution/20170120-{number:08}" for number in range(120)]
    push(city, forge, "main:main", *(f"{BRANCH}:refs/heads/{branch}" for branch in branches))
    for branch in branches:
        fake.add(branch, "main", "", "")
    before = len(fake.exchanges)
    found = forge.standing([*branches, "contribution/20170120-zzzzzzzz"])
    assert [len(found[branch]) for branch in branches] == [1] * 120
    assert found["contribution/20170120-zzzzzzzz"] == []
    assert len(fake.exchanges) - before <= 4


def test_the_quota_is_read_and_said(fake: FakeForge, forge: Forge) -> None:
    fake.left = 313
    quota = forge.quota()
    assert forge.quota() == quota
    assert len(fake.exchanges) == 1
    assert quota == Quota(312, 500, 1_484_917_500)
    assert (
        said(quota, zoneinfo.ZoneInfo("Europe/Paris")) == "il reste 312 demandes sur 500 ; elles reviennent à 14 h 05"
    )


def rate_limited() -> Reply:
    return Reply(
        403, {"message": "API rate limit exceeded"}, {"X-RateLimit-Remaining": "0", "RateLimit-Remaining": "0"}
    )


FAULTS: dict[str, tuple[Any, bool, str]] = {  # what the forge does, whether somebody must mend it, what is said
    "401": (Reply(401, {"message": "Bad credentials"}), True, "faux, expiré ou révoqué"),
    "403": (Reply(403, {"message": "Resource not accessible"}), True, "n’autorise pas ce jeton"),
    "403-limit": (rate_limited, False, "demande d’attendre"),
    "403-secondary": (Reply(403, {"message": "secondary rate limit"}, {"Retry-After": "61"}), False, "dans 61 s"),
    "404": (Reply(404, {"message": "Not Found"}), True, "ne trouve pas le dépôt"),
    "409": (Reply(409, {"message": "conflict"}), True, "regardez sur la forge"),
    "422": (Reply(422, {"message": "No commits between main and x"}), True, "No commits between main and x"),
    "echo": (Reply(422, {"message": f"no way with {TOKEN}"}), True, "no way with ***"),
    "429-seconds": (Reply(429, None, {"Retry-After": "120"}), False, "dans 2 min"),
    "429-date": (lambda: Reply(429, None, {"Retry-After": soon(7200)}), False, "dans 2 h"),
    "429-nonsense": (Reply(429, None, {"Retry-After": "demain"}), False, "dans 60 s"),
    "500": (Reply(500, {"message": "oops"}), False, "en panne (500)"),
    "503": (Reply(503, None, {"Retry-After": "30"}), False, "en panne (503)"),
    "cut": (Reply(200, None, raw=b"[{", cut=500), False, "coupé la communication"),
    "invalid-json": (Reply(200, None, raw=b"<html>Maintenance"), False, "autre chose"),
    "deep-json": (Reply(200, None, raw=b"[" * 100_000), False, "autre chose"),
    "other-json": (Reply(201, {"hello": "world"}), False, "autre chose"),
    "redirect": (Reply(302, None, {"Location": "https://ailleurs.example/x"}), True, "« ailleurs.example »"),
    "moved": (Reply(301, None, {"Location": "/ailleurs"}), True, "changé d’adresse"),
    "huge": (Reply(200, None, raw=b" " * 9_000_000), False, "plus de 8 Mo"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_forge_in_trouble_is_said_in_plain_words_and_one_request_is_left(
    name: str, city: Path, fake: FakeForge, forge: Forge
) -> None:
    made, lasting, words = FAULTS[name]
    hand(city, fake)
    fake.faults.append(Fault(made if callable(made) else lambda: made, "POST"))
    with pytest.raises(ForgeError) as met:
        forge.open(BRANCH, "one", "")
    assert words in str(met.value)
    assert met.value.lasting == lasting
    assert (met.value.again is None) == lasting
    assert TOKEN not in str(met.value)
    forge._api._closed_until = 0.0  # the wait is over
    assert forge.open(BRANCH, "one", "").number == "1"
    assert len(fake.pulls) == 1


@pytest.mark.parametrize("made", [Reply(502), Reply(201, None, raw=b"{", cut=9), Reply(201, None, raw=b"<html>")])
def test_what_was_done_before_the_answer_was_lost_is_found_again(
    made: Reply, city: Path, fake: FakeForge, forge: Forge
) -> None:
    hand(city, fake)
    fake.faults.append(Fault(lambda: made, "POST", after=True))
    with pytest.raises(ForgeError) as met:
        forge.open(BRANCH, "one", "")
    assert met.value.again
    assert [request.state for request in forge.requests(BRANCH)] == ["open"]
    assert forge.open(BRANCH, "one", "").number == "1"
    assert len(fake.pulls) == 1


def test_a_forge_that_hangs_is_not_waited_for(
    city: Path, fake: FakeForge, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agora_build.intake.http._READ", 0.2)
    forge = forge_of(configured(city, fake, kind), city, Own())
    fake.faults.append(Fault(hanging(fake), "GET"))
    with pytest.raises(ForgeError, match="pas répondu à temps") as met:
        forge.requests(BRANCH)
    assert met.value.again


def test_what_the_forge_forbids_for_a_while_is_not_asked(fake: FakeForge, forge: Forge) -> None:
    fake.faults.append(Fault(lambda: Reply(429, None, {"Retry-After": "600"}), "GET"))
    for _ in range(3):
        with pytest.raises(ForgeError, match="10 min"):
            forge.requests(BRANCH)
    assert len(fake.exchanges) == 1


def test_a_token_revoked_midway_is_said_and_a_new_one_goes_on(
    city: Path, fake: FakeForge, forge: Forge, kind: str
) -> None:
    push(city, forge)
    fake.tokens = {"another-token-of-the-city"}
    with pytest.raises(ForgeError, match="révoqué") as met:
        forge.open(BRANCH, "one", "")
    assert met.value.lasting
    refused = git.run(city, ("push", forge.remote, f"{BRANCH}:{BRANCH}"), environment=forge.environment())
    assert refused.returncode
    assert TOKEN.encode() not in refused.stdout + refused.stderr
    keep(city, "another-token-of-the-city")
    again = forge_of(configured(city, fake, kind), city, Own())
    assert again.open(BRANCH, "one", "").number == "1"


def test_nobody_at_the_address(city: Path, fake: FakeForge, kind: str) -> None:
    nowhere = forge_of(configured(city, fake, kind, api="http://127.0.0.1:9/api/v1"), city, Own())
    with pytest.raises(ForgeError, match="refuse la connexion") as met:
        nowhere.requests(BRANCH)
    assert met.value.again
    unknown = forge_of(configured(city, fake, kind, api="https://forge.invalid/api/v1"), city, Own())
    with pytest.raises(ForgeError, match="introuvable") as met:
        unknown.requests(BRANCH)
    assert met.value.again


def test_a_certificate_that_is_not_valid_gets_no_token(
    city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    fake = KINDS["forgejo"](tmp_path / "forge")
    with serving(fake, lambda plain: context.wrap_socket(plain, server_side=True)):
        settings = configured(city, fake, "forgejo")
        with pytest.raises(ForgeError, match="certificat") as met:
            forge_of(settings, city, Own()).requests(BRANCH)
        assert met.value.lasting
        assert not fake.exchanges
        authority.cert_pem.write_to_path(os.fspath(tmp_path / "authority.pem"))
        monkeypatch.setenv("SSL_CERT_FILE", os.fspath(tmp_path / "authority.pem"))
        assert forge_of(settings, city, Own()).requests(BRANCH) == []


def test_a_token_never_travels_in_the_clear(city: Path, fake: FakeForge, kind: str) -> None:
    with pytest.raises(ForgeError, match="en clair"):
        forge_of(configured(city, fake, kind, api="http://git.ville.example/api/v1"), city, Own())


def test_writes_are_spaced_as_the_forge_asks(city: Path, fake: FakeForge) -> None:
    time, slept = [100.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        time[0] += seconds

    clock = Clock(lambda: 0.0, sleep, lambda: time[0])
    place = Place(city, CITY, f"{fake.address}/api/v3", "main")
    forge = GitHubForge(place, Secret(TOKEN), clock)
    for _ in range(3):
        with pytest.raises(ForgeError):
            forge.open("contribution/none", "", "")
        forge._api._closed_until = 0.0
    assert slept == [1.0, 1.0]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_token_that_others_can_read_is_refused(mode: int, city: Path, fake: FakeForge, kind: str) -> None:
    keep(city, mode=mode)
    with pytest.raises(ForgeError, match="chmod 600") as met:
        forge_of(configured(city, fake, kind), city, Own())
    assert TOKEN not in str(met.value)


@pytest.mark.parametrize(
    ("token", "words"), [("", "pas un jeton"), ("a b\nc d", "pas un jeton"), ("é" * 20, "pas un jeton")]
)
def test_what_is_no_token_is_refused(token: str, words: str, city: Path) -> None:
    keep(city, token)
    with pytest.raises(ForgeError, match=words):
        secret_of(city)


def test_a_token_is_not_read_through_a_link(city: Path, tmp_path: Path) -> None:
    path = keep(city)
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ForgeError, match="pas un lien"):
        secret_of(city)
    path.unlink()
    with pytest.raises(ForgeError, match="il manque le jeton"):
        secret_of(city)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"forge": "github", "repository": "agora"}, "ville/agora"),
        ({"forge": "github", "repository": "a/b/c"}, "ville/agora"),
        ({"forge": "github", "repository": "../../x"}, "ville/agora"),
        ({"forge": "gitlab", "repository": "ville/agora?x"}, "ville/agora"),
        ({"forge": "forgejo", "repository": "ville/agora", "api": None}, "api manque"),
    ],
)
def test_settings_that_name_no_repository_are_refused(settings: dict[str, Any], words: str, city: Path) -> None:
    config = read_config_file(city).config
    assert config
    intake = Intake.model_validate(settings)
    with pytest.raises(ForgeError, match=re.escape(words)):
        forge_of(config.model_copy(update={"intake": intake}), city, Own())


@pytest.mark.parametrize(
    ("settings", "remote"),
    [
        ({"forge": "github"}, "https://github.com/ville/agora.git"),
        ({"forge": "gitlab"}, "https://gitlab.com/ville/agora.git"),
        ({"forge": "github", "api": "https://ghe.ville.example/api/v3"}, "https://ghe.ville.example/ville/agora.git"),
        ({"forge": "github", "api": "https://api.ville.ghe.com"}, "https://ville.ghe.com/ville/agora.git"),
        ({"forge": "gitlab", "api": "https://v.example/gitlab/api/v4"}, "https://v.example/gitlab/ville/agora.git"),
        ({"forge": "forgejo", "api": "https://git.ville.example"}, "https://git.ville.example/ville/agora.git"),
        ({"forge": "forgejo", "api": "https://git.ville.example/api/v1/"}, "https://git.ville.example/ville/agora.git"),
    ],
)
def test_git_goes_where_the_api_is(settings: dict[str, Any], remote: str, city: Path) -> None:
    config = read_config_file(city).config
    assert config
    intake = Intake.model_validate({"repository": "ville/agora", **settings})
    assert forge_of(config.model_copy(update={"intake": intake}), city, Own()).remote == remote


def processes() -> list[tuple[str, bytes, bytes]]:
    """Give the name, the command and the environment of every process that is ours to see."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            name = (folder / "comm").read_text().strip()
            found.append((name, (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()))
    return found


def test_the_token_is_nowhere_to_be_seen(
    city: Path, fake: FakeForge, forge: Forge, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not in a command, a log, an error, a setting of the repository, nor in what another program is given."""
    caplog.set_level("DEBUG")
    seen: list[tuple[str, bytes, bytes]] = []
    fake.during_git = lambda: seen.extend(processes())
    home = Path(os.environ["HOME"])
    home.mkdir()
    (home / ".gitconfig").write_text("[credential]\n\thelper = store\n")
    for name in ("GIT_TRACE", "GIT_TRACE_CURL", "GIT_CURL_VERBOSE"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("GIT_TRACE_REDACT", "0")
    words = ("push", forge.remote, f"{BRANCH}:{BRANCH}")
    done = git.run(city, words, environment=forge.environment())
    assert done.returncode == 0, done.stderr
    forge.open(BRANCH, "one", "")
    canary = TOKEN.encode()
    assert not [command for _, command, _ in seen if canary in command]
    assert "git-remote-http" in {name for name, _, environment in seen if canary in environment}, "it looked"
    assert {name.partition("-")[0] for name, _, environment in seen if canary in environment} == {"git"}
    shown = done.stdout + done.stderr + caplog.text.encode() + repr(forge.__dict__).encode()
    encoded = base64.b64encode(f"{type(forge).user}:{TOKEN}".encode())
    assert canary not in shown
    assert encoded not in shown
    kept = [path for folder in (city, home) for path in folder.rglob("*") if path.is_file()]
    assert [path for path in kept if canary in path.read_bytes()] == [city / ".agora/intake/token"]


def test_a_token_of_the_environment_goes_to_no_other_git(
    city: Path, fake: FakeForge, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(city).unlink()
    monkeypatch.setenv("AGORA_FORGE_TOKEN", TOKEN)
    told = git.run(city, ("-c", "alias.told=!env", "told")).stdout
    assert TOKEN.encode() not in told
    forge = forge_of(configured(city, fake, kind), city, Own())
    push(city, forge)
    assert BRANCH in fake.heads()


def test_git_is_let_in_on_one_host_alone(forge: Forge) -> None:
    """A redirection, or a submodule elsewhere, gets no answer."""
    own = {**os.environ, **forge.environment()}
    program = own["GIT_ASKPASS"]

    def asked(question: str) -> tuple[int, str]:
        done = subprocess.run([program, question], env=own, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout.strip()

    host = own["AGORA_FORGE_HOST"].partition("//")[2]
    assert asked(f"Password for 'http://x@{host}': ") == (0, TOKEN)
    assert asked("Password for 'http://x@ailleurs.example': ") == (1, "")
    assert asked(f"Password for 'http://{host}@ailleurs.example': ") == (1, "")
    assert asked(f"Password for 'http://x@ailleurs.example/{host}': ") == (1, "")
    assert asked(f"Password for 'http://x@{host}.example': ") == (1, "")
    assert asked(f"Username for 'http://{host}.example': ") == (1, "")
    assert TOKEN not in Path(program).read_text()


def test_a_description_holds_nobodys_words() -> None:
    hostile = "--> @mairie Closes #12 <script>"
    given = entry(content=hostile, message=hostile, labels=("links", hostile), campaign=f"les-groues{hostile}")
    body = described([given])
    assert body.count("-->") == 1
    assert not re.search(r"@mairie|#12|<script", body)
    assert "beaucoup de liens" in body
    assert given.path in body
    assert marked(body) == (given.id,)
    assert marked("nothing") == marked("<!-- agora {} -->") == marked("<!-- agora {[ -->") == ()
