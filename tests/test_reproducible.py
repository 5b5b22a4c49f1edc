"""The same commit and the same day give the same bytes, whoever builds, where, when and how."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import cities
import pytest
from repositories import commit, git, repository

HERE = Path(__file__).parent
DAY = "2017-01-20"
NOBODY = 65534
CAMPAIGN = "content/campaigns/les-quais"

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Way:
    """One way of building: what differs, and an expression of Python that is true in its conditions alone."""

    env: dict[str, str] = field(default_factory=dict)
    witness: str = "True"
    options: tuple[str, ...] = ("--now", DAY, "--jobs", "2")
    prefix: tuple[str, ...] = ()
    umask: int = 0o022
    relative: bool = False
    disorder: bool = False
    user: bool = False
    locale: str = ""
    before: tuple[str, ...] = ()  # what is done to the city before: see `_before`


FAKETIME = ("faketime", "-f", "@2031-05-04 03:02:01")
SHUFFLED = {"PYTHONPATH": os.fspath(HERE / "reproducible")}
TWO_ORDERS = "any(os.listdir('/usr/bin') != os.listdir('/usr/bin') for _ in range(9))"
WAYS = {
    "time zone": Way({"TZ": "Pacific/Kiritimati"}, "time.strftime('%z') == '+1400'"),
    "SOURCE_DATE_EPOCH": Way(
        # Half past midnight in Nanterre, the day before nearly everywhere else.
        {"TZ": "Etc/GMT+12", "SOURCE_DATE_EPOCH": "1484868600"},
        "time.strftime('%z') == '-1200'",
        options=("--jobs", "2"),
    ),
    "language": Way(
        {"LANG": "de_DE.UTF-8", "LANGUAGE": "ja"}, "locale.getlocale()[0] == 'tr_TR'", locale="tr_TR.UTF-8"
    ),
    "character set": Way({"PYTHONUTF8": "0"}, "sys.getfilesystemencoding() == 'iso8859-1'", locale="fr_FR.ISO-8859-1"),
    "no character set": Way(
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, "sys.getfilesystemencoding() == 'ascii'"
    ),
    "umask": Way(witness="os.umask(0) == 0o077", umask=0o077),
    "current folder": Way(witness="os.path.isdir('city')", relative=True),
    "user": Way({"HOME": "/nonexistent", "USER": "nobody"}, f"os.getuid() == {NOBODY}", user=True),
    "hash seed": Way({"PYTHONHASHSEED": "4242"}, "not sys.flags.hash_randomization or hash('a') == hash('a')"),
    "optimised": Way({"PYTHONOPTIMIZE": "2"}, "sys.flags.optimize == 2"),
    "one job": Way(options=("--now", DAY, "--jobs", "1")),
    "three jobs": Way(options=("--now", DAY, "--jobs", "3")),
    "one core": Way(witness="len(os.sched_getaffinity(0)) == 1", options=("--now", DAY), prefix=("taskset", "-c", "0")),
    "file order": Way(witness="len({tuple(os.listdir('city')) for _ in range(9)}) > 1", disorder=True, relative=True),
    "file order, as Python sees it": Way(SHUFFLED, TWO_ORDERS),
    "clock": Way(witness="datetime.date.today().year == 2031", prefix=FAKETIME),
    "full": Way(options=("--now", DAY, "--full"), before=("build",)),
    "an edit": Way(before=("edit", "build", "undo")),
    "an edit and back": Way(before=("build", "edit", "build", "undo")),
    "another day and back": Way(before=("build on another day",)),
    "another commit and back": Way(before=("commit", "build", "go back")),
    "all of it": Way(
        SHUFFLED | {"TZ": "Asia/Kolkata", "PYTHONHASHSEED": "7", "PYTHONUTF8": "0", "HOME": "/nonexistent"},
        f"os.getuid() == {NOBODY} and datetime.date.today().year == 2031",
        options=("--now", DAY, "--jobs", "3"),
        prefix=FAKETIME,
        umask=0o077,
        relative=True,
        disorder=True,
        user=True,
        locale="tr_TR.UTF-8",
        before=("build", "edit", "build", "undo"),
    ),
}


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that everybody can reach, unlike those of pytest."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder).resolve()


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small city of everything, with enough files in a folder for their order to show."""
    folder = repository(tmp_path_factory.mktemp("original"))
    campaign = folder / CAMPAIGN
    (campaign / "media/Été à l’œuvre.svg").write_text((campaign / "media/plan.svg").read_text("utf-8"), "utf-8")
    debate = campaign / "debates/usages.md"
    debate.write_text(debate.read_text("utf-8") + "\n![Été](<../media/Été à l’œuvre.svg>)\n", "utf-8")
    said = (campaign / "contributions/20160312-k7m2q9xw.md").read_text("utf-8")
    for letter in "abcdefghjk":
        (campaign / f"contributions/20160312-{letter * 8}.md").write_text(said, "utf-8")
        (folder / f"content/pages/page-{letter}.md").write_text(f"---\ntitle: Page {letter}\n---\nUn texte.\n", "utf-8")
    commit(folder, "Enrichir")
    return folder


@pytest.fixture(scope="module")
def reference(city: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The SHA-256 of the site of that city, built as one does."""
    return built(city, tmp_path_factory.mktemp("reference"), Way())


@pytest.mark.parametrize("name", WAYS)
def test_every_way_of_building_gives_the_same_bytes(name: str, city: Path, reference: str, place: Path) -> None:
    assert built(city, place, WAYS[name]) == reference


def test_another_text_or_another_day_gives_other_bytes(city: Path, reference: str, place: Path) -> None:
    """What is compared above can differ."""
    assert built(city, place, Way(before=("edit",))) != reference
    (place / "b").mkdir()
    assert built(city, place / "b", Way(options=("--now", "2016-04-02"))) != reference


def test_the_sample_is_built_alike_by_somebody_else_elsewhere(place: Path) -> None:
    sample = place / "sample"
    cities.sample(sample)
    git(sample, "init", "--quiet")
    commit(sample, "L’exemple")
    (place / "a").mkdir()
    (place / "b").mkdir()
    other = replace(WAYS["all of it"], before=())
    assert built(sample, place / "a", other) == built(sample, place / "b", Way())


def built(original: Path, folder: Path, way: Way) -> str:
    """Build a copy of a city in one way, in a process of its own; give one SHA-256 for the whole site."""
    with ExitStack() as stack:
        city = _copied(original, folder / "city")
        way = _possible(way, folder)
        if way.user:
            _give(folder)
        if way.disorder:
            city = stack.enter_context(_disordered(city, folder))
        for step in way.before:
            _before(step, city, folder, way)
        assert _run(way, city, "-c", f"import datetime, locale, os, sys, time; {_SET}; print({way.witness})") == "True"
        _build(way, city, folder / "site", *way.options)
    return _digest(folder / "site")


_SET = "locale.setlocale(locale.LC_ALL, '')"


def _copied(original: Path, city: Path) -> Path:
    """Copy a city, its files made in an order of chance and dated so."""
    shutil.copytree(original / ".git", city / ".git")
    git(city, "checkout", "--quiet", "HEAD", "--", "agora.toml")
    paths = git(city, "-c", "core.quotePath=false", "ls-files").splitlines()
    random.shuffle(paths)
    for path in paths:
        (city / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(original / path, city / path)
        os.utime(city / path, (random.randint(0, 2_000_000_000),) * 2)  # noqa: S311
    return city


def _possible(way: Way, folder: Path) -> Way:
    """Prepare what a way asks of this computer; skip, and say why, what it cannot do."""
    for program in (*way.prefix[:1], *(["disorderfs", "fusermount"] if way.disorder else ())):
        if not shutil.which(program):
            pytest.skip(f"no {program} here (bash scripts/test_programs.sh)")
    if way.disorder and not _can_mount(folder):
        pytest.skip("no FUSE here: file order is tried as Python sees it only")
    if way.user and not (os.getuid() == 0 and shutil.which("setpriv")):
        pytest.skip("only root can build as somebody else")
    if way.user:
        way = replace(way, prefix=(*_AS_NOBODY, *way.prefix))
    if way.locale:
        way = replace(way, env=way.env | {"LC_ALL": way.locale, "LOCPATH": os.fspath(_locales(way.locale, folder))})
    return way


# Somebody else who can read Python and Agora wherever they are, and write nowhere but in their own folders.
_READER = "+dac_read_search"
_AS_NOBODY = (
    *("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"),
    *(f"--inh-caps={_READER}", f"--ambient-caps={_READER}"),
)


def _give(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)


def _locales(name: str, folder: Path) -> Path:
    """Make a locale for the test, whatever this computer has."""
    places = folder / "locales"
    places.mkdir(exist_ok=True, mode=0o755)
    language, _, charset = name.partition(".")
    if not shutil.which("localedef"):
        pytest.skip("no localedef here to make a locale with")
    done = subprocess.run(["localedef", "-i", language, "-f", charset, places / name], capture_output=True, check=False)
    if not (places / name).is_dir():
        pytest.skip(f"cannot make the locale {name}: {done.stderr.decode(errors='replace').strip()}")
    return places


@cache
def _can_mount(folder: Path) -> bool:
    (folder / "a").mkdir()
    (folder / "b").mkdir()
    done = subprocess.run(["disorderfs", "--quiet", folder / "a", folder / "b"], capture_output=True, check=False)
    if done.returncode == 0:
        subprocess.run(["fusermount", "-u", folder / "b"], check=True)
    return done.returncode == 0


@contextmanager
def _disordered(city: Path, folder: Path) -> Iterator[Path]:
    """See a city through a file system that lists its files in another order each time."""
    there = folder / "disordered" / "city"
    there.mkdir(parents=True)
    shuffling = ("--shuffle-dirents=yes", "--reverse-dirents=no", f"--multi-user={'yes' if os.getuid() == 0 else 'no'}")
    subprocess.run(["disorderfs", "--quiet", *shuffling, city, there], check=True)
    try:
        yield there
    finally:
        for _ in range(50):
            if subprocess.run(["fusermount", "-u", there], check=False, capture_output=True).returncode == 0:
                break
            time.sleep(0.1)


def _before(step: str, city: Path, folder: Path, way: Way) -> None:
    page = city / CAMPAIGN / "campaign.md"
    match step:
        case "build":
            _build(way, city, folder / "site", "--now", DAY)
        case "build on another day":
            _build(way, city, folder / "site", "--now", "2016-04-02")
        case "edit":
            said = page.read_text("utf-8")
            page.write_text(said.replace("title:", "title: Nouveau ·", 1), "utf-8")
            assert page.read_text("utf-8") != said
            (city / CAMPAIGN / "contributions/20160312-aaaaaaaa.md").unlink()
            (city / "content/pages/page-a.md").rename(city / "content/pages/page-z.md")
        case "undo":
            git(city, "-c", "safe.directory=*", "checkout", "--quiet", "--", ".")
            (city / "content/pages/page-z.md").unlink()
        case "commit":
            (city / "content/pages/page-y.md").write_text("---\ntitle: Page y\n---\nUn texte.\n", "utf-8")
            commit(city, "Une page de plus")
        case "go back":
            git(city, "checkout", "--quiet", "--detach", "HEAD~1")
        case _:
            raise AssertionError(step)


def _build(way: Way, city: Path, output: Path, *options: str) -> None:
    where = city.name if way.relative else os.fspath(city)
    _run(way, city, "-m", "agora_build", "build", "--city", where, "--output", os.fspath(output), *options)


def _run(way: Way, city: Path, *arguments: str) -> str:
    """Run Python in the conditions of a way, beside the city or in the folder `/`; give what it says."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [*way.prefix, sys.executable, *arguments],
        cwd=city.parent if way.relative else "/",
        env=kept | {"LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "utf-8"} | way.env,
        umask=way.umask,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def _digest(site: Path) -> str:
    """Hash the names and the bytes of all files of a site, in one order."""
    whole = hashlib.sha256()
    paths = [path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()]
    shown = sorted(path for path in paths if not path.startswith("."))
    assert "index.html" in shown
    assert "SHA256SUMS" in shown
    for path in shown:
        content = (site / path).read_bytes()
        whole.update(f"{path}\0{len(content)}\0".encode() + content)
    return whole.hexdigest()
