"""A branch of contributions adds files of theirs and nothing else: hostile branches, made with git's plumbing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from repositories import _WHO, git, repository

from agora_build.intake.changes import Changes, ChangesError
from agora_build.intake.guard import Verdict, city_in, guard

CAMPAIGN = "content/campaigns/les-quais"
ONE = f"{CAMPAIGN}/contributions/20170120-k7m2q9xw.md"
RIGHT = b"---\ndebate: usages\ndate: 2016-04-20\nvoice: individual\nchannel: web\n---\nUn banc face au fleuve.\n"
FILE, LINK, MODULE, PROGRAM, FOLDER = "100644", "120000", "160000", "100755", "40000"
PUBLISHED = f"{CAMPAIGN}/contributions/20160312-k7m2q9xw.md"
VOTES, HEADER = f"{CAMPAIGN}/votes/usages/votes.csv", b"voter,statement,vote,date\n"
Entry = tuple[str, str, bytes | str]  # path, mode, content (of a submodule: the id of a commit)


class Repo:
    """A repository with a city, where branches are made of raw objects."""

    def __init__(self, folder: Path, inside: str = "") -> None:
        self.folder = folder
        self.inside = inside
        self.base = git(folder, "rev-parse", "HEAD")

    def object(self, kind: str, content: bytes) -> str:
        """Write an object, right or wrong; give its id."""
        command = ["git", "hash-object", "-t", kind, "-w", "--literally", "--stdin"]
        own = {**os.environ, **_WHO}
        done = subprocess.run(command, cwd=self.folder, input=content, env=own, capture_output=True, check=True)
        return done.stdout.decode().strip()

    def files(self, commit: str) -> list[tuple[str, str, str]]:
        """List the files of a commit: path, mode, id."""
        found = []
        for line in git(self.folder, "ls-tree", "-r", "-z", "--full-tree", commit).split("\0"):
            if line:
                about, path = line.split("\t")
                mode, _, oid = about.split(" ")
                found.append((path, mode, oid))
        return found

    def tree(self, files: list[tuple[str, str, str]]) -> str:
        """Write a tree and those below, names as they come: twice, `..`, or what no file system has."""
        here: list[tuple[bytes, str, str]] = []
        below: dict[str, list[tuple[str, str, str]]] = {}
        for path, mode, oid in files:
            name, slash, rest = path.partition("/")
            if slash:
                below.setdefault(name, []).append((rest, mode, oid))
            else:
                here.append((name.encode("utf-8", "surrogateescape"), mode, oid))
        here += [(name.encode("utf-8", "surrogateescape"), FOLDER, self.tree(inner)) for name, inner in below.items()]
        here.sort(key=lambda item: item[0] + (b"/" if item[1] == FOLDER else b""))
        raw = b"".join(mode.encode() + b" " + name + b"\0" + bytes.fromhex(oid) for name, mode, oid in here)
        return self.object("tree", raw)

    def commit(
        self, *entries: Entry, without: tuple[str, ...] = (), parents: tuple[str, ...] = (), over: str = ""
    ) -> str:
        """Commit entries on top of the files of a commit; give its id."""
        gone = {f"{self.inside}{path}" for path in without}
        files = [item for item in self.files(over or (parents or (self.base,))[0]) if item[0] not in gone]
        for path, mode, content in entries:
            oid = content if isinstance(content, str) else self.object("blob", content)
            files.append((f"{self.inside}{path}" if not path.startswith("/") else path[1:], mode, oid))
        words = [word for parent in (parents or (self.base,)) for word in ("-p", parent)]
        return git(self.folder, "commit-tree", self.tree(files), *words, "-m", "branch")

    def guard(self, head: str, base: str = "", **options: Any) -> Verdict:
        """Look at a branch."""
        changes = Changes(self.folder, base or self.base, head)
        return guard(changes, city_in(changes), **options)

    def codes(self, head: str, base: str = "", **options: Any) -> list[str]:
        """Give the codes of what is wrong with it."""
        return sorted({problem.code for problem in self.guard(head, base, **options).problems})


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    folder = repository(tmp_path_factory.mktemp("guard"))
    votes = folder / CAMPAIGN / "votes/usages"
    votes.mkdir(parents=True)
    (votes / "votes.csv").write_text("voter,statement,vote,date\na,20160312-k7m2q9xw,agree,2016-04-20\n")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=votes")
    return Repo(folder)


def changed(repo: Repo, path: str, change: Callable[[bytes], bytes]) -> Entry:
    command = ["git", "cat-file", "blob", f"{repo.base}:{path}"]
    done = subprocess.run(command, cwd=repo.folder, capture_output=True, check=True)
    return (path, FILE, change(done.stdout))


def test_a_right_contribution_passes(repo: Repo) -> None:
    verdict = repo.guard(repo.commit((ONE, FILE, RIGHT)))
    assert verdict.problems == []
    assert verdict.added == (ONE,)


def test_several_kinds_pass_together(repo: Repo) -> None:
    other = RIGHT.replace(b"usages", b"usages\nreply_to: 20170120-k7m2q9xw")
    assert repo.codes(repo.commit((ONE, FILE, RIGHT), (ONE.replace("k7m2q9xw", "00000000"), FILE, other))) == []


def test_nothing_is_no_problem(repo: Repo) -> None:
    assert repo.guard(repo.base) == repo.guard(repo.base)
    assert repo.codes(repo.base) == []


def id_(letters: str, folder: str = "contributions", suffix: str = ".md") -> str:
    return f"{CAMPAIGN}/{folder}/20170120-{letters}{suffix}"


HOSTILE: dict[str, tuple[list[Entry], str]] = {
    "symlink": ([(ONE, LINK, b"../../../../agora.toml")], "guard-link"),
    "symlink-to-secret": ([(ONE, LINK, b"/etc/passwd")], "guard-link"),
    "submodule": ([(ONE, MODULE, "1" * 40)], "guard-submodule"),
    "submodule-folder": ([(f"{CAMPAIGN}/contributions/inner", MODULE, "1" * 40)], "guard-outside"),
    "executable": ([(ONE, PROGRAM, RIGHT)], "guard-executable"),
    "gitattributes": ([(".gitattributes", FILE, b"* filter=x\n")], "guard-outside"),
    "gitattributes-inside": ([(f"{CAMPAIGN}/contributions/.gitattributes", FILE, b"* text\n")], "guard-outside"),
    "gitmodules": ([(".gitmodules", FILE, b"")], "guard-outside"),
    "gitignore": ([(f"{CAMPAIGN}/.gitignore", FILE, b"*")], "guard-outside"),
    "workflow": ([(".github/workflows/x.yml", FILE, b"on: push\n")], "guard-outside"),
    "ci": ([(".gitlab-ci.yml", FILE, b"x: y\n")], "guard-outside"),
    "makefile": ([("Makefile.local", FILE, b"x:\n")], "guard-outside"),
    "theme": ([("themes/x/templates/base.html", FILE, b"{{ x }}")], "guard-outside"),
    "page": ([("content/pages/x.md", FILE, b"---\ntitle: X\n---\nX\n")], "guard-outside"),
    "answer": ([(f"{CAMPAIGN}/answers/20160312-k7m2q9xw.md", FILE, RIGHT)], "guard-outside"),
    "decision": ([(f"{CAMPAIGN}/decisions/x.md", FILE, RIGHT)], "guard-outside"),
    "debate": ([(f"{CAMPAIGN}/debates/x.md", FILE, RIGHT)], "guard-outside"),
    "moderation": ([(f"{CAMPAIGN}/moderation.yml", FILE, b"withdrawn: []\n")], "guard-outside"),
    "picture": ([(id_("k7m2q9xw", suffix=".svg"), FILE, b"<svg/>")], "guard-outside"),
    "html": ([(id_("k7m2q9xw", suffix=".html"), FILE, RIGHT)], "guard-outside"),
    "sub-folder": ([(f"{CAMPAIGN}/contributions/x/20170120-k7m2q9xw.md", FILE, RIGHT)], "guard-outside"),
    "dot-dot": ([(f"{CAMPAIGN}/contributions/../../../../x.md", FILE, RIGHT)], "guard-outside"),
    "dot-git": ([(f"{CAMPAIGN}/contributions/.git/config", FILE, b"[core]")], "guard-outside"),
    "dot-git-top": ([(".git/hooks/post-checkout", PROGRAM, b"#!/bin/sh")], "guard-outside"),
    "other-city": ([(f"/autre/{ONE}", FILE, RIGHT)], "guard-outside"),
    "upper-case-folder": ([(ONE.replace("contributions", "Contributions"), FILE, RIGHT)], "guard-outside"),
    "line-end-in-name": ([(id_("k7m2q9x\nw"), FILE, RIGHT)], "guard-outside"),
    "bidi-name": ([(id_("k7m2q9x\u202ew"), FILE, RIGHT)], "guard-outside"),
    "not-utf-8-name": ([(id_("k7m2q9x\udcffw"), FILE, RIGHT)], "guard-outside"),
    "not-an-id": ([(f"{CAMPAIGN}/contributions/bonjour.md", FILE, RIGHT)], "guard-name"),
    "upper-case-id": ([(id_("K7M2Q9XW"), FILE, RIGHT)], "guard-name"),
    "confusing-letters": ([(id_("iloui1il"), FILE, RIGHT)], "guard-name"),
    "full-width-id": ([(id_("ｋ7m2q9xw"), FILE, RIGHT)], "guard-name"),
    "impossible-day": ([(f"{CAMPAIGN}/contributions/20170231-k7m2q9xw.md", FILE, RIGHT)], "guard-name"),
    "slug-of-workshop": ([(f"{CAMPAIGN}/workshops/atelier-x.md", FILE, RIGHT)], "guard-name"),
    "space": ([(id_("k7m2q9xw "), FILE, RIGHT)], "guard-name"),
    "no-campaign": ([(ONE.replace("les-quais", "ailleurs"), FILE, RIGHT)], "guard-no-campaign"),
    "own-campaign": (
        [(ONE.replace("les-quais", "ailleurs"), FILE, RIGHT), ("content/campaigns/ailleurs/campaign.md", FILE, RIGHT)],
        "guard-no-campaign",
    ),
    "huge": ([(ONE, FILE, RIGHT + b"x" * 64_000)], "guard-too-big"),
    "case-twin": ([(ONE, FILE, RIGHT), (id_("k7m2q9xW"), FILE, RIGHT)], "guard-twin"),
    "nfc-twin": ([("caf\u00e9", FILE, b""), ("cafe\u0301", FILE, b"")], "guard-twin"),
    "twice": ([(ONE, FILE, RIGHT), (ONE, FILE, RIGHT + b"x")], "guard-twin"),
    "file-and-folder": ([(ONE, FILE, RIGHT), (f"{ONE}/x", FILE, RIGHT)], "guard-outside"),
    "not-yaml": ([(ONE, FILE, b"---\ntitle: [\n---\nx\n")], "yaml-bracket"),
    "no-fence": ([(ONE, FILE, b"Bonjour")], "no-fence"),
    "unknown-key": ([(ONE, FILE, RIGHT.replace(b"date:", b"admin: true\ndate:"))], "unknown-key"),
    "unknown-debate": ([(ONE, FILE, RIGHT.replace(b"usages", b"autre"))], "unknown-debate"),
    "unknown-quarter": ([(ONE, FILE, RIGHT.replace(b"date:", b"quarter: lune\ndate:"))], "unknown-quarter"),
    "no-text": ([(ONE, FILE, RIGHT.partition(b"Un banc")[0])], "empty-body"),
    "too-long": ([(ONE, FILE, RIGHT + b"mot " * 4000)], "citizen-text-too-long"),
    "not-utf-8": ([(ONE, FILE, RIGHT + b"\xff")], "not-utf-8"),
    "control": ([(ONE, FILE, RIGHT + b"\x1b[2J")], "control-character"),
    "question-to-nobody": ([(id_("k7m2q9xw", "questions"), FILE, RIGHT)], "missing-key"),
    "same-id": ([(f"{CAMPAIGN}/places/20160312-k7m2q9xw.md", FILE, RIGHT)], "duplicate-id"),
    "codes": ([(f"{CAMPAIGN}/votes/usages/codes.csv", FILE, b"code\n")], "guard-outside"),
    "results": ([(f"{CAMPAIGN}/votes/usages/meetings.yml", FILE, b"")], "guard-outside"),
    "votes-of-no-debate": ([(VOTES.replace("usages", "autre"), FILE, HEADER)], "vote-without-debate"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_branch_is_refused(name: str, repo: Repo) -> None:
    entries, code = HOSTILE[name]
    verdict = repo.guard(repo.commit(*entries))
    assert code in {problem.code for problem in verdict.problems}
    for problem in verdict.problems:
        assert problem.path
        assert problem.span.line


def test_what_is_published_is_neither_changed_nor_removed_nor_moved(repo: Repo) -> None:
    rewritten = changed(repo, PUBLISHED, lambda raw: raw + b"\nEt je suis contre.\n")
    assert repo.codes(repo.commit(rewritten, without=(PUBLISHED,))) == ["guard-changed"]
    assert "guard-removed" in repo.codes(repo.commit(without=(PUBLISHED,)))
    moved = (ONE, FILE, changed(repo, PUBLISHED, lambda raw: raw)[2])
    assert repo.codes(repo.commit(moved, without=(PUBLISHED,))) == ["guard-removed"]
    as_link = (PUBLISHED, LINK, b"x")
    assert repo.codes(repo.commit(as_link, without=(PUBLISHED,))) == ["guard-changed"]
    as_program = (PUBLISHED, PROGRAM, changed(repo, PUBLISHED, lambda raw: raw)[2])
    assert repo.codes(repo.commit(as_program, without=(PUBLISHED,))) == ["guard-changed"]
    assert repo.codes(repo.commit(("agora.toml", FILE, b""), without=("agora.toml",))) == ["guard-outside"]


def test_a_folder_that_becomes_a_link_is_refused(repo: Repo) -> None:
    folder = f"{CAMPAIGN}/contributions"
    inside = tuple(path for path, _, _ in repo.files(repo.base) if path.startswith(f"{folder}/"))
    assert "guard-outside" in repo.codes(repo.commit((folder, LINK, b"../debates"), without=inside))


def test_lines_are_only_added_to_votes(repo: Repo) -> None:
    more = b"b,20160312-k7m2q9xw,disagree,2016-04-20\n"
    for change, codes in (
        (lambda raw: raw + more, []),
        (lambda raw: raw.replace(b"a,", more + b"a,"), []),
        (lambda raw: raw.replace(b"agree", b"pass"), ["guard-lost-line"]),
        (lambda raw: raw.partition(b"a,")[0] + more, ["guard-lost-line"]),
    ):
        found = repo.codes(repo.commit(changed(repo, VOTES, change), without=(VOTES,)))
        assert [code for code in found if code.startswith("guard-")] == codes


def test_what_went_through_the_history_is_seen(repo: Repo) -> None:
    first = repo.commit((ONE, FILE, RIGHT), ("secret.txt", FILE, b"x"))
    second = repo.commit(without=("secret.txt",), parents=(first,))
    assert repo.codes(second) == ["guard-passing"]
    corrected = repo.commit(
        (ONE, FILE, RIGHT + b"\nEt un arbre.\n"), without=(ONE,), parents=(repo.commit((ONE, FILE, RIGHT)),)
    )
    assert repo.codes(corrected) == []


def test_a_branch_that_took_in_the_published_one_is_judged_on_its_own(repo: Repo) -> None:
    mine = repo.commit((ONE, FILE, RIGHT))
    main = repo.commit((id_("00000000"), FILE, RIGHT), ("Makefile.local", FILE, b""))
    merged = repo.commit((ONE, FILE, RIGHT), parents=(mine, main), over=main)
    assert repo.codes(merged, main) == []
    evil = repo.commit((ONE, FILE, RIGHT), ("evil.txt", FILE, b""), parents=(mine, main), over=main)
    assert repo.codes(evil, main) == ["guard-outside"]
    hidden = repo.commit(without=("evil.txt",), parents=(evil,))
    assert repo.codes(hidden, main) == ["guard-passing"]


def test_what_was_published_meanwhile_is_no_removal(repo: Repo) -> None:
    main = repo.commit((id_("00000000"), FILE, RIGHT))
    assert repo.codes(repo.commit((ONE, FILE, RIGHT)), main) == []


def test_more_files_than_people_read_are_refused(repo: Repo) -> None:
    many = repo.commit(*((id_(f"{number:08}"), FILE, RIGHT) for number in range(6)))
    assert repo.codes(many, most=5) == ["guard-too-many"]
    assert repo.codes(many, most=6) == []


def test_branches_with_nothing_in_common_cannot_be_compared(repo: Repo) -> None:
    alone = git(repo.folder, "commit-tree", repo.tree([]), "-m", "alone")
    for base, head, code in (
        (repo.base, alone, "unrelated"),
        (repo.base, "nowhere", "no-commit"),
        ("--output=x", repo.base, "no-commit"),
        (alone, alone, "no-city"),
    ):
        with pytest.raises(ChangesError) as met:
            repo.guard(head, base)
        assert met.value.code == code


@pytest.mark.parametrize("bare", [False, True])
def test_a_city_in_a_folder_of_a_repository(bare: bool, tmp_path: Path) -> None:  # noqa: FBT001
    folder = repository(tmp_path, inside="ville/agora")
    inner = Repo(folder, "ville/agora/")
    head = inner.commit((ONE, FILE, RIGHT), (id_("00000000"), FILE, RIGHT.replace(b"usages", b"autre")))
    outside = inner.commit((f"/{ONE}", FILE, RIGHT))
    if bare:
        git(folder, "branch", "one", head)
        git(folder, "branch", "two", outside)
        git(tmp_path, "clone", "--quiet", "--bare", os.fspath(folder), "bare.git")
        inner.folder = tmp_path / "bare.git"
    (problem,) = inner.guard(head).problems
    assert (problem.path, problem.code) == (f"ville/agora/{id_('00000000')}", "unknown-debate")
    assert (problem.span.line, problem.span.column) == (2, 9)
    assert inner.codes(outside) == ["guard-outside"]


def agora(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "agora_build", "guard", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_command_says_it_as_the_others_do(repo: Repo) -> None:
    good, bad = repo.commit((ONE, FILE, RIGHT)), repo.commit((ONE, LINK, b"x"))
    done = agora(repo.folder, repo.base, good)
    assert (done.returncode, done.stdout) == (0, "Rien à redire : 1 fichier(s) ajouté(s) ou complété(s).\n")
    done = agora(repo.folder, repo.base, bad)
    assert done.returncode == 1
    assert f"{ONE}:1:1: erreur\u00a0: « {ONE} » est un lien symbolique [guard-link]" in done.stdout
    done = agora(repo.folder, "--format", "github", repo.base, bad)
    assert done.stdout.startswith(f"::error file={ONE},line=1,col=1")
    done = agora(repo.folder, "--format", "json", repo.base, bad)
    assert [item["code"] for item in json.loads(done.stdout)] == ["guard-link"]
    done = agora(repo.folder, repo.base, "nowhere")
    assert done.returncode == 2
    assert "fetch-depth: 0" in done.stderr


def test_nothing_is_checked_out_nor_run(repo: Repo, tmp_path: Path) -> None:
    """A filter, a hook, an attribute of the branch: none is obeyed, and no file of the branch comes onto the disk."""
    ran = tmp_path / "ran"
    git(repo.folder, "config", "filter.evil.smudge", f"touch {ran}")
    git(repo.folder, "config", "diff.external", f"touch {ran}")
    head = repo.commit((ONE, FILE, RIGHT), (".gitattributes", FILE, b"* filter=evil diff=evil\n"))
    before = sorted(path for path in repo.folder.rglob("*") if ".git" not in path.parts)
    assert repo.codes(head) == ["guard-outside"]
    assert sorted(path for path in repo.folder.rglob("*") if ".git" not in path.parts) == before
    assert not ran.exists()


WORKFLOWS = Path(__file__).parents[1] / "agora_build/starting/city"
FILES = {
    "github": "github/workflows/garde.yml",
    "forgejo": "forgejo/workflows/garde.yml",
    "gitlab": "gitlab-ci.yml",
}
SHAS = {"github": ("BASE", "HEAD"), "forgejo": ("BASE", "HEAD"), "gitlab": ("", "CI_COMMIT_SHA")}


def commands(name: str) -> list[str]:
    """Give the shell commands of a forge's workflow."""
    read = yaml.safe_load((WORKFLOWS / FILES[name]).read_text("utf-8"))
    if name == "gitlab":
        return read["garde"]["script"]
    return [step["run"] for step in read["jobs"]["garde"]["steps"] if "run" in step]


@pytest.mark.parametrize("name", SHAS)
def test_the_workflow_given_for_a_forge_runs_the_guard(name: str, repo: Repo) -> None:
    (command,) = [line for line in commands(name) if line.startswith("agora guard")]
    git(repo.folder, "update-ref", "refs/garde/publiee", repo.base)
    for entry, code in (((ONE, FILE, RIGHT), 0), ((ONE, LINK, b"x"), 1)):
        base, head = SHAS[name]
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        own = {**os.environ, "PATH": path, base or "UNUSED": repo.base, head: repo.commit(entry)}
        done = subprocess.run(["bash", "-euc", command], cwd=repo.folder, env=own, capture_output=True, check=False)
        assert done.returncode == code, done.stderr


@pytest.mark.parametrize("name", ["github", "forgejo"])
def test_a_workflow_runs_nothing_of_the_branch_and_has_no_right(name: str) -> None:
    text = (WORKFLOWS / FILES[name]).read_text("utf-8")
    read = yaml.safe_load(text)
    assert read[True] == {"pull_request": None}  # YAML 1.1 reads `on` as a truth
    assert read["permissions"] == {"contents": "read"}
    steps = read["jobs"]["garde"]["steps"]
    assert not [line for line in commands(name) if "${{" in line], "an expression in a command is run as one"
    refs = [step["with"]["ref"] for step in steps if step.get("uses", "").startswith("actions/checkout@")]
    assert refs == (["${{ github.event.pull_request.base.sha }}"] if name == "github" else [])
    assert all(step["with"]["persist-credentials"] is False for step in steps if "ref" in step.get("with", {}))
