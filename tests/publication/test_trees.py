"""Two trees take turns: what each holds after a publication, and what that costs."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from publishing import Site, identity, publish, read, site, spare

from agora_build.build import exchange, mark, release

HERE = Path(__file__).parent


def test_a_path_turns_from_file_to_folder_and_back(tmp_path: Path) -> None:
    output, known = tmp_path / "output", None
    for number in range(6):
        files = site(number)
        publish(output, files, known)
        assert read(output) == files
        assert known is None or read(spare(output)) == known
        known = files


def test_the_first_site_may_be_deleted_and_built_again(tmp_path: Path) -> None:
    output = tmp_path / "output"
    publish(output, site(0))
    os.system(f"rm -rf '{output}'")  # noqa: S605 - what a person types
    publish(output, site(0), site(0))
    assert read(output) == site(0)


def test_a_tree_that_already_has_a_file_of_the_other_gets_no_second_one(tmp_path: Path) -> None:
    """rename(2) of two names of one file does nothing: the name that it came by has to go too."""
    output, files = tmp_path / "output", {"index.html": b"1", "a.html": b"1"}
    publish(output, files)
    changed = files | {"index.html": b"2"}
    publish(output, changed, files)
    trees = (identity(files), identity(changed))
    release._note_lag(output, trees, {"index.html", "a.html"})  # more than what differs
    again = changed | {"index.html": b"3"}
    publish(output, again, changed)
    assert read(output) == again


def test_a_published_file_is_never_changed_in_place(tmp_path: Path) -> None:
    """Who had a page open goes on reading that page, whole, however many sites are published meanwhile."""
    output, known = tmp_path / "output", site(0)
    publish(output, known)
    with (output / "index.html").open("rb") as page:
        for number in range(1, 6):
            publish(output, site(number), known)
            known = site(number)
        assert page.read() == site(0)["index.html"]


def _steps(output: Path, files: Site, known: Site) -> int:
    """Count what a publication asks of the disk."""
    script = (
        "import sys, pickle, pathlib, publishing\n"
        "output, files, known = pickle.loads(sys.stdin.buffer.read())\n"
        "events = []\n"
        "sys.addaudithook(lambda event, _: events.append(event))\n"
        "publishing.publish(pathlib.Path(output), files, known)\n"
        "print(sum(event == 'open' or event.startswith(('os.', 'shutil.')) for event in events))\n"
    )
    import pickle

    done = subprocess.run(
        [sys.executable, "-c", script], input=pickle.dumps((str(output), files, known)), cwd=HERE,
        capture_output=True, check=True,
    )  # fmt: skip
    return int(done.stdout)


def test_what_an_edit_costs_does_not_depend_on_the_size_of_the_site(tmp_path: Path) -> None:
    costs = []
    for pages in (20, 2_000):
        output = tmp_path / str(pages) / "output"
        first = {f"{page}/index.html": b"0" for page in range(pages)} | {"index.html": b"0"}
        second, third = (first | {f"{page}/index.html": word for page in range(6)} for word in (b"1", b"2"))
        publish(output, first)
        publish(output, second, first)
        costs.append(_steps(output, third, second))
        assert read(output) == third
    assert costs[1] - costs[0] <= 2  # a step more or less is the size of a listing
    assert costs[1] < 300


def test_a_rollback_waits_for_the_build_at_work(tmp_path: Path) -> None:
    output = tmp_path / "output"
    publish(output, site(0))
    publish(output, site(1), site(0))
    reasons: list[str] = []
    thread = threading.Thread(target=lambda: reasons.append(release.rollback(output)))
    with release.alone(output):
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
        assert read(output) == site(1)
    thread.join(10)
    assert reasons == [""]
    assert read(output) == site(0)


def test_a_rollback_where_nothing_was_built_makes_no_folder(tmp_path: Path) -> None:
    assert release.rollback(tmp_path / "typo" / "output") == "none"
    assert list(tmp_path.iterdir()) == []


def test_a_torn_site_is_not_put_back(tmp_path: Path) -> None:
    output = tmp_path / "output"
    publish(output, site(0))
    publish(output, site(1), site(0))
    (spare(output) / mark.NAME).write_text("index.html\n", "utf-8")
    assert release.rollback(output) == "torn"
    assert read(output) == site(1)
    publish(output, site(2), site(1))
    assert read(output) == site(2)
    assert release.rollback(output) == ""
    assert read(output) == site(1)


def test_folders_of_somebody_else_are_left_alone(tmp_path: Path) -> None:
    """Their names are nearly ours, but no build marked them."""
    for name in (".output.old", "output.old", "output.previous", ".output"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "these.odt").write_text("précieux", "utf-8")
    output = tmp_path / "output"
    publish(output, site(0))
    publish(output, site(1), site(0))
    assert [path.read_text("utf-8") for path in sorted(tmp_path.glob("*output*/these.odt"))] == ["précieux"] * 4


def test_publishers_at_once_leave_a_whole_site(tmp_path: Path) -> None:
    """Four processes that know nothing of one another; each publishes twenty sites in one place."""
    output = tmp_path / "output"
    script = (
        "import sys, pathlib\n"
        "from publishing import publish, site\n"
        "known = None\n"
        "for turn in range(20):\n"
        "    files = site(int(sys.argv[2]) + 4 * turn)\n"
        "    publish(pathlib.Path(sys.argv[1]), files, known)\n"
        "    known = files\n"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", script, str(output), str(number)], cwd=HERE) for number in range(4)
    ]
    assert [process.wait(50) for process in processes] == [0, 0, 0, 0]
    sites = {identity(site(number)): site(number) for number in range(80)}
    assert read(output) == sites[release.current(output)]
    assert read(spare(output)) == sites[release.current(spare(output))]
    assert {path.name for path in tmp_path.iterdir()} <= {"output", ".output.previous", ".output.lag"}


def test_the_system_exchanges_folders_at_once(tmp_path: Path) -> None:
    """Where this fails, sites are published by three renames, and for an instant there is none."""
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "said").write_text(name, "utf-8")
    try:
        exchange._at_once(str(tmp_path / "one"), str(tmp_path / "other"))
    except OSError as error:
        pytest.skip(f"this disk cannot: {error}")
    assert (tmp_path / "one/said").read_text("utf-8") == "other"
    assert (tmp_path / "other/said").read_text("utf-8") == "one"
