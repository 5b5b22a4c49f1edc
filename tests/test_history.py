"""The history of a campaign's rules is what git tells of them, whatever happened in the repository."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cities import speak
from hypothesis import given
from hypothesis import strategies as st
from repositories import commit, git, repository
from sites import built

import agora_build
from agora_build.build import unchanged
from agora_build.build.commit import commit_of, shallow_of
from agora_build.build.origin import Origin
from agora_build.build.verification import verify
from agora_build.content.history import Histories, read
from agora_build.content.history_page import told as told_on
from agora_build.content.loader import load
from agora_build.content.models import Campaign
from agora_build.content.rules import Fields, History, Story, Version, fields, fields_of, story
from agora_build.problems import Problem

DAY = datetime.date(2017, 1, 20)
CAMPAIGN = "content/campaigns/les-quais/campaign.md"
PAGE = "campagnes/les-quais/regles/index.html"
BEFORE, OPENS, AFTER = "2016-02-20", "2016-03-07", "2016-05-02"
WHO = "Toute personne qui habite, étudie ou travaille ici."


def edit(city: Path, old: str, new: str, name: str = CAMPAIGN) -> None:
    path = city / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def histories(city: Path, *campaigns: str) -> Histories:
    root = str(city)
    return read(root, commit_of(root), campaigns or ("les-quais",), shallow_of(root), {})


def told(city: Path) -> Story:
    """Tell the history of the rules of the small city's campaign, as its page would."""
    site = load(city, DAY).site
    assert site is not None
    campaign = site.microsites[0].campaign
    return story(histories(city, campaign.slug).of(campaign.slug), campaign.meta)


def shown(story: Story) -> list[tuple[str, str, tuple[str, ...]]]:
    return [
        (str(change.day), change.commit, tuple(f"{item.name}: {item.before} > {item.after}" for item in change.fields))
        for change in story.changes
    ]


def page(city: Path, output: Path, **more: object) -> str:
    assert built(city, output, DAY, **more).problems == []
    return (output / PAGE).read_text("utf-8")


# --- What is told


def test_what_was_announced_then_each_change(tmp_path: Path) -> None:
    city = repository(tmp_path, day=BEFORE)
    edit(city, "decides: Le conseil municipal.", "decides: Le maire.")
    second = commit(city, "Changer", AFTER)
    edit(city, WHO, "Les habitants.")
    edit(city, "rules:\n", "rules:\n  results: live\n")
    third = commit(city, "Changer encore", "2016-06-01")
    found = told(city)
    assert found.opening is not None
    assert (found.opening.day, found.late, found.state) == (datetime.date(2016, 2, 20), False, "complete")
    assert shown(found) == [
        ("2016-06-01", third, (f"who: {WHO} > Les habitants.", "results: after-close > live")),
        (AFTER, second, ("decides: Le conseil municipal. > Le maire.",)),
    ]
    assert [item.name for item in found.announced] == ["who", "decides", "results"]


def test_what_changed_before_the_opening_is_not_a_change(tmp_path: Path) -> None:
    city = repository(tmp_path, day="2016-01-05")
    edit(city, "decides: Le conseil municipal.", "decides: Le maire.")
    last = commit(city, "Avant l’ouverture", OPENS)
    found = told(city)
    assert found.opening is not None
    assert (found.opening.commit, found.changes, found.announced) == (last, (), ())


def test_a_history_younger_than_the_opening_says_so(tmp_path: Path) -> None:
    city = repository(tmp_path, day=AFTER)
    found = told(city)
    assert (found.late, found.changes) == (True, ())


def test_rules_that_came_after_the_opening(tmp_path: Path) -> None:
    """The first version that holds some is shown, however many held none."""
    city = repository(tmp_path, day="2016-01-05")
    text = (city / CAMPAIGN).read_text("utf-8")
    start, end = text.index("rules:"), text.index("contacts:")
    (city / CAMPAIGN).write_text(text[:start] + text[end:], "utf-8")
    commit(city, "Retirer les règles", "2016-01-06")
    commit(city, "Rien", OPENS)
    (city / CAMPAIGN).write_text(text, "utf-8")
    git(city, "checkout", "--orphan", "again")
    (city / CAMPAIGN).write_text(text[:start] + text[end:], "utf-8")
    commit(city, "Sans règles", BEFORE)
    (city / CAMPAIGN).write_text(text, "utf-8")
    last = commit(city, "Avec", AFTER)
    found = told(city)
    assert found.opening is not None
    assert (found.opening.commit, found.late, found.changes) == (last, True, ())


def test_dates_and_level_are_rules_too(tmp_path: Path) -> None:
    city = repository(tmp_path, day=BEFORE)
    edit(city, "closes: 2017-06-30", "closes: 2017-03-31")
    edit(city, "level: consult", "level: inform")
    commit(city, "Raccourcir", AFTER)
    ((_, _, changed),) = shown(told(city))
    assert changed == ("level: consult > inform", "closes: 2017-06-30 > 2017-03-31")


def test_what_is_not_a_rule_is_not_told(tmp_path: Path) -> None:
    """Another title, another body, lines cut elsewhere, the default written out."""
    city = repository(tmp_path, day=BEFORE)
    edit(city, "title: Les quais", "title: Les quais de Seine")
    edit(
        city,
        f"who: {WHO}",
        "who: >\n    Toute personne qui habite,\n    étudie ou travaille ici.\n  results: after-close",
    )
    commit(city, "Réécrire", AFTER)
    assert told(city).changes == ()


def test_a_change_that_was_taken_back_is_told(tmp_path: Path) -> None:
    city = repository(tmp_path, day=BEFORE)
    edit(city, WHO, "Personne.")
    commit(city, "Fermer", AFTER)
    edit(city, "Personne.", WHO)
    commit(city, "Rouvrir", "2016-06-01")
    found = told(city)
    assert (len(found.changes), found.announced) == (2, ())
    assert "sont de nouveau celles de cette version" in page(city, tmp_path / "site")


def test_a_commit_that_bears_an_earlier_date_hides_nothing(tmp_path: Path) -> None:
    city = repository(tmp_path, day=BEFORE)
    edit(city, WHO, "Les habitants.")
    commit(city, "Changer", AFTER)
    edit(city, "Les habitants.", "Les propriétaires.")
    commit(city, "Changer, mais avant", "2016-01-01")
    assert [len(change.fields) for change in told(city).changes] == [1, 1]


def test_what_is_not_committed_is_said_not_to_be(tmp_path: Path) -> None:
    city = repository(tmp_path, day=BEFORE)
    edit(city, WHO, "Les habitants.")
    assert shown(told(city)) == [("None", "", (f"who: {WHO} > Les habitants.",))]
    assert "Un changement qui n’est pas encore dans l’historique" in page(city, tmp_path / "site")


def test_a_campaign_that_is_not_committed_has_no_history(tmp_path: Path) -> None:
    city = repository(tmp_path)
    moved(city, "les-quais", "les-rives")
    assert told(city).opening is None
    assert built(city, tmp_path / "site", DAY).problems == []
    text = (tmp_path / "site" / PAGE.replace("les-quais", "les-rives")).read_text("utf-8")
    assert "ne sont pas encore dans l’historique du dépôt" in text


# --- What may happen in a repository


def moved(city: Path, old: str, new: str) -> None:
    """Rename a campaign's folder, and the one link that leads to it."""
    git(city, "mv", f"content/campaigns/{old}", f"content/campaigns/{new}")
    edit(city, f"campaigns/{old}/", f"campaigns/{new}/", "content/pages/a-propos.md")


def test_a_folder_that_was_renamed_is_followed(tmp_path: Path) -> None:
    city = repository(tmp_path, day=BEFORE)
    for number, (old, new) in enumerate([("les-quais", "quais"), ("quais", "les-rives"), ("les-rives", "les-quais")]):
        moved(city, old, new)
        edit(city, "decides: ", f"decides: {number} ", f"content/campaigns/{new}/campaign.md")
        commit(city, "Renommer", f"2016-05-0{number + 1}")
    found = told(city)
    assert found.opening is not None
    assert (str(found.opening.day), found.late) == (BEFORE, False)
    assert [str(change.day) for change in found.changes] == ["2016-05-03", "2016-05-02", "2016-05-01"]


def test_a_city_that_moved_in_its_repository_is_followed(tmp_path: Path) -> None:
    city = repository(tmp_path, day=BEFORE)
    (city / "ville").mkdir()
    git(city, "mv", "agora.toml", "content", "ville/")
    commit(city, "Ranger", AFTER)
    found = told(city / "ville")
    assert found.opening is not None
    assert (str(found.opening.day), found.changes) == (BEFORE, ())


def test_a_campaign_that_takes_the_name_of_another_has_not_its_history(tmp_path: Path) -> None:
    city = repository(tmp_path, day=BEFORE)
    moved(city, "les-quais", "quais-2016")
    commit(city, "Archiver", "2016-12-01")
    shutil.copytree(city / "content/campaigns/quais-2016", city / "content/campaigns/les-quais")
    last = commit(city, "Recommencer", "2017-01-02")
    found = histories(city, "les-quais", "quais-2016")
    assert [version.commit for version in found.of("les-quais").versions] == [last]
    assert len(found.of("quais-2016").versions) == 2


def test_a_file_that_was_deleted_and_restored(tmp_path: Path) -> None:
    city = repository(tmp_path, day=BEFORE)
    text = (city / CAMPAIGN).read_text("utf-8")
    (city / CAMPAIGN).unlink()
    commit(city, "Effacer", AFTER)
    (city / CAMPAIGN).write_text(text, "utf-8")
    commit(city, "Remettre", "2016-06-01")
    assert [len(change.fields) for change in told(city).changes] == [9, 9]


def test_a_merge_counts_from_the_day_it_enters_the_branch(tmp_path: Path) -> None:
    """What was tried on the way was never published."""
    city = repository(tmp_path, day=BEFORE)
    git(city, "checkout", "-b", "proposal")
    for day, text in (("2016-04-01", "Un essai."), ("2016-04-02", "Les habitants.")):
        edit(city, fields_of_city(city)["who"], text)
        commit(city, "Proposer", day)
    git(city, "checkout", "main")
    (city / "content/pages/a-propos.md").write_text("---\ntitle: À propos\n---\nAutre chose.\n", "utf-8")
    commit(city, "Ailleurs", "2016-04-15")
    git(city, "merge", "--no-ff", "--no-edit", "proposal", day=AFTER)
    assert shown(told(city)) == [(AFTER, commit_of(str(city)), (f"who: {WHO} > Les habitants.",))]


def fields_of_city(city: Path) -> dict[str, str]:
    site = load(city, DAY).site
    assert site is not None
    return dict(fields_of(site.microsites[0].campaign.meta))


def test_versions_that_cannot_be_read_are_left_out_and_told(tmp_path: Path) -> None:
    city = repository(tmp_path, day=BEFORE)
    good = (city / CAMPAIGN).read_text("utf-8")
    lost = []
    for text in ("title: [", good.replace("rules:\n", "rules: rien\nwas:\n"), good.replace("who: ", "who: a\n  who: ")):
        (city / CAMPAIGN).write_text(text, "utf-8")
        lost.append(commit(city, "Casser", AFTER))
    (city / CAMPAIGN).unlink()
    (city / CAMPAIGN).symlink_to("/etc/passwd")
    lost.append(commit(city, "Détourner", AFTER))
    (city / CAMPAIGN).unlink()
    (city / CAMPAIGN).write_text(good.replace(WHO, "Les habitants."), "utf-8")
    last = commit(city, "Réparer", "2016-06-01")
    found = told(city)
    assert shown(found) == [("2016-06-01", last, (f"who: {WHO} > Les habitants.",))]
    assert [version.commit for version in found.unreadable] == lost
    assert all(name[:10] in page(city, tmp_path / "site") for name in lost)


def test_nothing_of_a_commit_is_shown_but_its_day_and_its_id(tmp_path: Path) -> None:
    city = repository(tmp_path, day=BEFORE)
    edit(city, WHO, '"<script>alert(1)</script> & cie"')
    evil = "<b>SECRET</b>\n\n:100644 100644 a b M\n=2016-01-01 x"
    last = commit(
        city, evil, AFTER, GIT_AUTHOR_NAME="SECRET <i>", GIT_COMMITTER_NAME="=SECRET", GIT_AUTHOR_EMAIL="SECRET"
    )
    edit(city, '"<script>alert(1)</script> & cie"', WHO)
    commit(city, "Réparer", "2016-06-01")
    text = page(city, tmp_path / "site")
    assert "SECRET" not in text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert last[:10] in text


def test_what_was_written_before_is_words_alone(tmp_path: Path) -> None:
    """A link to a file that is gone, a picture: the site still builds."""
    city = repository(tmp_path, day=BEFORE)
    edit(city, WHO, "'Voir [la fiche](media/plan.svg) et ![x](media/gone.svg).'")
    commit(city, "Un lien", AFTER)
    edit(city, "'Voir [la fiche](media/plan.svg) et ![x](media/gone.svg).'", WHO)
    commit(city, "Plus de lien", "2016-06-01")
    text = page(city, tmp_path / "site")
    assert "[la fiche](media/plan.svg)" in text
    assert "<img" not in text


@pytest.mark.parametrize("kind", ["detached", "sha256", "worktree", "inside", "packed"])
def test_repositories_of_every_kind(kind: str, tmp_path: Path) -> None:
    options = ["--object-format=sha256"] if kind == "sha256" else []
    inside = "ville/site web" if kind == "inside" else ""
    folder = repository(tmp_path, *options, inside=inside, day=BEFORE)
    city = folder / inside
    edit(city, WHO, "Les habitants.")
    commit(folder, "Changer", AFTER)
    if kind == "detached":
        git(folder, "checkout", "--detach", "HEAD")
    elif kind == "worktree":
        git(folder, "worktree", "add", "--detach", str(tmp_path / "tree"))
        city = tmp_path / "tree"
    elif kind == "packed":
        git(folder, "gc", "--quiet")
    assert [str(change.day) for change in told(city).changes] == [AFTER]


def test_settings_and_replacements_of_this_computer_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = repository(tmp_path, day=BEFORE)
    first = commit_of(str(city))
    edit(city, WHO, "Les habitants.")
    second = commit(city, "Changer", AFTER)
    expected = histories(city)
    for name, value in (
        ("log.showRoot", "false"),
        ("log.showSignature", "true"),
        ("log.diffMerges", "off"),
        ("diff.relative", "true"),
        ("diff.renames", "copies"),
        ("core.abbrev", "5"),
        ("log.date", "relative"),
    ):
        git(city, "config", name, value)
    git(city, "replace", second, first)
    monkeypatch.setenv("GIT_LITERAL_PATHSPECS", "1")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    assert histories(city) == expected
    assert len(expected.of("les-quais").versions) == 2


# --- When there is none, or not all of it


def test_a_translation_is_no_change_of_the_rules(tmp_path: Path) -> None:
    city = speak(repository(tmp_path, day=BEFORE))
    edit(city, "decides: Le conseil municipal.", "decides: Le maire.")
    (city / CAMPAIGN.replace(".md", ".en.md")).write_text(
        "---\nrules:\n  who: Everybody.\n  decides: The mayor.\n---\n"
    )
    changed = commit(city, "Changer", AFTER)
    page(city, tmp_path / "site")
    for folder in ("", "en/", "ar/"):
        said = told_on((tmp_path / "site" / f"{folder}{PAGE}").read_bytes())
        assert said.commits[1:] == (changed[:10],), "the changes are those of the original, on each page"
        assert WHO not in said.words
        assert said.words.count("Le maire.") == 2, "since the opening, then on its day"
    english = (tmp_path / "site/en" / PAGE).read_text("utf-8")
    assert "Everybody." in english
    assert '<bdi lang="fr">Le maire.</bdi>' in english
    assert "in French" in english


def test_outside_git_there_is_no_history(tmp_path: Path) -> None:
    city = repository(tmp_path)
    shutil.rmtree(city / ".git")
    told = page(city, tmp_path / "site")
    assert "n’est pas un dépôt git" in told
    assert "Tirée du dépôt git" not in told


def test_without_the_program_git_there_is_none_until_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = repository(tmp_path, day=BEFORE)
    path = os.environ["PATH"]
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "le programme qui la lit (git) manquait" in page(city, tmp_path / "site")
    assert json.loads((tmp_path / "site/build.json").read_bytes())["history"] == "none"
    monkeypatch.setenv("PATH", path)
    verdict = verify(str(tmp_path / "site"), city, agora_build.__version__, rebuild)
    assert (verdict.exit_code, verdict.obstacle and verdict.obstacle.code) == (2, "no-history")
    assert "La version en vigueur à l’ouverture" in page(city, tmp_path / "site")
    assert "history" not in json.loads((tmp_path / "site/build.json").read_bytes())


def test_a_repository_that_lost_a_version_is_said_to_be_unreadable(tmp_path: Path) -> None:
    city = repository(tmp_path, day=BEFORE)
    blob = git(city, "rev-parse", f"HEAD:{CAMPAIGN}")
    edit(city, WHO, "Les habitants.")
    commit(city, "Changer", AFTER)
    (city / ".git/objects" / blob[:2] / blob[2:]).unlink()
    assert "git n’a pas pu lire le dépôt" in page(city, tmp_path / "site")


def shallow_clone(city: Path, folder: Path) -> Path:
    git(folder, "clone", "--quiet", "--depth=1", f"file://{city}", "clone")
    return folder / "clone"


def test_a_shallow_clone_says_that_it_does_not_know_all(tmp_path: Path) -> None:
    """As soon as the rest is fetched, the page tells it, though the commit is the same."""
    city = repository(tmp_path, day=BEFORE)
    edit(city, WHO, "Les habitants.")
    commit(city, "Changer", AFTER)
    clone = shallow_clone(city, tmp_path)
    text = page(clone, tmp_path / "site")
    assert "Cette histoire est incomplète" in text
    assert "Les règles n’ont pas changé depuis" in text
    git(clone, "fetch", "--quiet", "--unshallow")
    text = page(clone, tmp_path / "site")
    assert "incomplète" not in text
    assert "Changement du" in text
    assert text == page(city, tmp_path / "other", full=True)


def test_a_campaign_younger_than_the_end_of_a_shallow_clone_is_complete(tmp_path: Path) -> None:
    city = repository(tmp_path, day=BEFORE)
    clone = shallow_clone(city, tmp_path)
    shutil.copytree(clone / "content/campaigns/les-quais", clone / "content/campaigns/neuve")
    commit(clone, "Ouvrir", AFTER)
    found = histories(clone, "les-quais", "neuve")
    assert (found.of("les-quais").state, found.of("neuve").state) == ("incomplete", "complete")


# --- The build


def rebuild(city: Path, output: Path, origin: Origin) -> list[Problem]:
    return built(city, output, origin.day).problems


def verified(site: Path, city: Path) -> tuple[int, str]:
    verdict = verify(str(site), city, agora_build.__version__, rebuild)
    return verdict.exit_code, verdict.obstacle.code if verdict.obstacle else ""


def test_a_commit_that_changes_no_rule_makes_no_page_again(tmp_path: Path) -> None:
    city = repository(tmp_path, day=BEFORE)
    page(city, tmp_path / "site")
    commit(city, "Rien", AFTER)
    assert built(city, tmp_path / "site", DAY).written == 2  # build.json and SHA256SUMS


def test_a_commit_of_what_was_built_already_makes_the_rules_again(tmp_path: Path) -> None:
    city = repository(tmp_path, day=BEFORE)
    edit(city, WHO, "Les habitants.")
    page(city, tmp_path / "site")
    commit(city, "Changer", AFTER)
    report = built(city, tmp_path / "site", DAY)
    history = "campagnes/les-quais/regles/history.json"
    assert {path for path in report.changed if "donnees" not in path and "datapackage" not in path} == {
        "build.json",
        history,
        PAGE,
    }
    full = page(city, tmp_path / "other", full=True)
    assert (tmp_path / "site" / PAGE).read_text("utf-8") == full


STEPS: dict[str, Callable[[Path], object]] = {
    "edit": lambda city: edit(city, "decides: ", "decides: x "),
    "commit": lambda city: commit(city, "Enregistrer", AFTER),
    "undo": lambda city: git(city, "reset", "--quiet", "--hard", "HEAD~1"),
    "branch": lambda city: git(city, "checkout", "--quiet", "-B", "other"),
    "page": lambda city: edit(city, "title: ", "title: x ", "content/pages/a-propos.md"),
}


WALK = "commit edit commit edit page commit undo edit branch commit undo undo"


@pytest.mark.parametrize("walk", ["edit commit page undo branch", pytest.param(WALK, marks=pytest.mark.soak)])
def test_step_by_step_gives_what_a_whole_build_gives(walk: str, tmp_path: Path) -> None:
    city = repository(tmp_path, day=BEFORE)
    for step in walk.split():
        STEPS[step](city)
        assert page(city, tmp_path / "site") == page(city, tmp_path / "other", full=True), step
        shutil.rmtree(tmp_path / "other")


def test_a_site_with_a_history_is_what_its_commit_gives(tmp_path: Path) -> None:
    city = repository(tmp_path, day=BEFORE)
    edit(city, WHO, "Les habitants.")
    commit(city, "Changer", AFTER)
    moved(city, "les-quais", "quais")
    commit(city, "Renommer", "2016-06-01")
    assert built(city, tmp_path / "site", DAY).problems == []
    commit(city, "Et puis", "2016-07-01")
    assert verified(tmp_path / "site", city) == (0, "")


def test_a_site_built_in_a_shallow_clone_is_what_its_commit_gives_there(tmp_path: Path) -> None:
    """Its record says where its history begins, so that whoever knows more can build the same."""
    city = repository(tmp_path, day=BEFORE)
    edit(city, WHO, "Les habitants.")
    commit(city, "Changer", AFTER)
    clone = shallow_clone(city, tmp_path)
    page(clone, tmp_path / "site")
    assert json.loads((tmp_path / "site/build.json").read_bytes())["history"] == commit_of(str(city))
    assert verified(tmp_path / "site", city) == (0, "")
    assert verified(tmp_path / "site", clone) == (0, "")


def test_a_shallow_clone_cannot_judge_a_site_that_knows_more(tmp_path: Path) -> None:
    city = repository(tmp_path, day=BEFORE)
    edit(city, WHO, "Les habitants.")
    commit(city, "Changer", AFTER)
    page(city, tmp_path / "site")
    clone = shallow_clone(city, tmp_path)
    assert verified(tmp_path / "site", clone) == (2, "shallow-repository")
    git(clone, "fetch", "--quiet", "--unshallow")
    assert verified(tmp_path / "site", clone) == (0, "")


# --- The story, whatever the versions


TEXTS = st.sampled_from(["", "un", "deux", "trois\nlignes", "  un  "])
RULES = st.dictionaries(st.sampled_from(["who", "decides", "results", "inconnue"]), TEXTS)
WRITTEN = st.builds(lambda level, rules: {"level": level, "rules": rules}, TEXTS, RULES)
DAYS = st.none() | st.dates(datetime.date(2016, 1, 1), datetime.date(2016, 12, 31))


@given(st.lists(st.tuples(DAYS, st.none() | WRITTEN.map(fields)), max_size=8), TEXTS)
def test_the_changes_lead_from_the_opening_to_today(
    versions: list[tuple[datetime.date | None, Fields | None]], text: str
) -> None:
    history = History("complete", tuple(Version(f"{rank:040}", *version) for rank, version in enumerate(versions)))
    now = Campaign.model_validate(
        {
            **dict.fromkeys(("title", "summary", "question"), "x"),
            "opens": "2016-06-01",
            "level": "consult",
            "rules": {
                "announced": "2016-05-01",
                **dict.fromkeys(("who", "how", "use", "decides"), text.strip() or "x"),
            },
        }
    )
    found = story(history, now)
    assert found.unreadable == tuple(version for version in history.versions if version.fields is None)
    if found.opening is None:
        assert not any(version.fields for version in history.versions)
        return
    rules = dict(found.opening.fields or ())
    for change in reversed(found.changes):
        assert change.fields
        for item in change.fields:
            assert rules.get(item.name, "").split() == item.before.split()
            rules[item.name] = item.after
    words = {name: said.split() for name, said in rules.items() if said}
    assert words == {name: said.split() for name, said in fields_of(now) if said}


# --- The answer that nothing changed


def is_unchanged(city: Path, output: Path) -> bool:
    """Build as the command does, then tell whether the same call would be answered without building."""
    arguments = ["--city", str(city), "--output", str(output)]
    time.sleep(0.05)  # a file that changed just before counts as changed
    assert built(city, output, call=unchanged.call(arguments)).problems == []
    return bool(unchanged.said(arguments)[0])


def test_nothing_changed_until_the_rest_of_the_history_is_fetched(tmp_path: Path) -> None:
    city = repository(tmp_path, day=BEFORE)
    commit(city, "Rien", AFTER)
    clone = shallow_clone(city, tmp_path)
    assert is_unchanged(clone, tmp_path / "site")
    git(clone, "fetch", "--quiet", "--unshallow")
    assert not unchanged.said(["--city", str(clone), "--output", str(tmp_path / "site")])[0]
    assert is_unchanged(clone, tmp_path / "site")


def test_without_git_one_looks_again_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    city = repository(tmp_path, day=BEFORE)
    with monkeypatch.context() as without:
        without.setenv("PATH", str(tmp_path))
        assert not is_unchanged(city, tmp_path / "site")
    assert is_unchanged(city, tmp_path / "site")
