"""Pieces of layout made once a folder, and the account of what a page used."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from agora_build.config import Config
from agora_build.rendering.theme import Frame, Theme

CONFIG = Config.model_validate({
    "city": {
        "name": "Nanterre", "site": "Agora", "tagline": "Ici.", "description": "Ici.", "language": "fr",
        "timezone": "Europe/Paris",
    },
    "publication": {"base_url": "https://agora.example"},
})  # fmt: skip
HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\nPlural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'
FILES = {
    "templates/base.html": '{{ part("foot.html", here=here) }}{% block content %}{% endblock %}',
    "templates/foot.html": '{% import "words.html" as words %}'
    '<a href="{{ link("a/index.html") }}">{{ words.foot(here) }}</a>',
    "templates/words.html": '{% import "deep.html" as deep %}{% macro foot(here) %}{{ deep.said(here) }}{% endmacro %}',
    "templates/deep.html": '{% macro said(here) %}{{ _("Foot") }} {{ here }}{% endmacro %}',
    "templates/one.html": '{% extends "base.html" %}{% block content %}{{ _("One") }} {{ given }}{% endblock %}',
    "templates/two.html": '{% extends "base.html" %}{% block content %}{{ _({"x": N_("Two")}["x"]) }}{% endblock %}',
    "templates/count.html": '{{ ngettext("%(num)s voice", "%(num)s voices", given) }}',
    "templates/prose.html": '{{ part("told.html", text="## A") }}{{ part("told.html", text="## A") }}',
    "templates/told.html": '{{ prose(text, "content/pages/x.md") }}',
    "templates/here.html": '{{ part("current.html") }}',
    "templates/style.html": '{{ part("sheet.html") }}',
    "templates/sheet.html": '{{ link("style.css") }} {{ root_link("style.css") }}',
    "templates/current.html": '{{ is_here("a/x/index.html") }} {{ link("a/x/index.html") }}',
    "translations/fr.po": HEAD
    + 'msgid "Foot"\nmsgstr "Pied"\n\nmsgid "One"\nmsgstr "Un"\n\nmsgid "Two"\nmsgstr "Deux"\n\n'
    + 'msgid "%(num)s voice"\nmsgid_plural "%(num)s voices"\nmsgstr[0] "%(num)s voix"\nmsgstr[1] "%(num)s voix"\n',
}


@pytest.fixture
def city(tmp_path: Path) -> Path:
    write(tmp_path / "base", FILES)
    (tmp_path / "own").mkdir()
    return tmp_path


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def theme(city: Path) -> Theme:
    return Theme((city / "own", city / "base"), Frame(CONFIG, (), has_map=False, has_radio=False, as_of=None))


def page(theme: Theme, template: str, path: str, **given: object) -> str:
    return theme.page(template, path, **given).decode()


def uses(theme: Theme, template: str, path: str = "a/index.html", **given: object) -> dict[str, str]:
    """Render a page, and give what it used with what that says."""
    theme.start_recording()
    theme.page(template, path, **given)
    return {name: theme.value_of(name) for name in theme.recorded()}


PATHS = ("a/b/index.html", "a/c/index.html", "b/index.html", "index.html", "a/index.html", "404.html", "a/b/c/d.html")


@pytest.mark.parametrize("template", ["one.html", "style.html"])
def test_a_part_has_the_links_of_the_page_it_is_on(city: Path, template: str) -> None:
    alone = {path: page(theme(city), template, path, here="x", given=1) for path in PATHS}
    for order in (PATHS, PATHS[::-1]):
        shared = theme(city)
        assert {path: page(shared, template, path, here="x", given=1) for path in order} == alone


def test_a_part_is_of_its_arguments(city: Path) -> None:
    shared = theme(city)
    assert "Pied un<" in page(shared, "one.html", "a/b/index.html", here="un", given=1)
    assert "Pied deux<" in page(shared, "one.html", "a/c/index.html", here="deux", given=1)


def test_a_part_is_made_once_for_the_pages_that_have_a_folder_each(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = theme(city)
    asked: list[str] = []

    def link(target: str) -> str:
        asked.append(target)
        return target

    monkeypatch.setitem(shared._templates.globals, "link", link)
    for number in range(50):
        page(shared, "one.html", f"a/{number}/index.html", here="", given=number)
    assert asked == ["a/index.html"]


def test_a_part_that_tells_where_the_page_is_is_made_for_that_page(city: Path) -> None:
    shared = theme(city)
    said = [page(shared, "here.html", f"a/{name}/index.html") for name in ("x", "y", "x")]
    assert said == ["True index.html", "False ../x/index.html", "True index.html"]


def test_prose_in_parts_keeps_ids_apart(city: Path) -> None:
    shared = theme(city)
    for path in ("a/b/index.html", "a/c/index.html"):
        assert [f'id="texte{rank}-a"' in page(shared, "prose.html", path) for rank in ("", 2)] == [True, True]


def test_parts_of_many_folders_do_not_fill_the_memory(city: Path) -> None:
    shared = theme(city)
    for number in range(9_000):
        page(shared, "one.html", f"a/{number}/b/index.html", here="", given=number)
    assert len(shared._parts) < 5_000


def test_a_page_knows_the_templates_and_the_words_it_used(city: Path) -> None:
    shared = theme(city)
    found = [uses(shared, "one.html", f"a/{name}/index.html", here="", given=1) for name in "xyz"]
    templates = {f"template:{name}.html" for name in ("one", "base", "foot", "words", "deep")}
    assert [set(names) for names in found] == [templates] * 3
    assert "message:Two" in uses(shared, "two.html", here="")


@pytest.mark.parametrize("first", ["one.html", "two.html"])
def test_what_was_made_once_is_still_accounted_for(city: Path, first: str) -> None:
    """A page that comes second uses macros and parts that are there already: it must say so as the first did."""
    alone, shared = uses(theme(city), "two.html", "a/x/index.html", here=""), theme(city)
    page(shared, first, "a/y/index.html", here="", given=1)
    assert uses(shared, "two.html", "a/x/index.html", here="") == alone
    page(shared, first, "b/y/index.html", here="other", given=1)
    assert uses(shared, "two.html", "c/x/index.html", here="another").keys() == alone.keys()


def test_a_word_changes_the_pages_that_say_it_and_no_other(city: Path) -> None:
    one, two, count = (uses(theme(city), name, here="", given=3) for name in ("one.html", "two.html", "count.html"))
    write(city / "own", {"translations/fr.po": HEAD + 'msgid "One"\nmsgstr "Premier"\n'})
    assert uses(theme(city), "one.html", here="", given=3) != one
    assert uses(theme(city), "two.html", here="", given=3) == two
    write(city / "own", {"translations/fr.po": HEAD + 'msgid "Two"\nmsgstr "Second"\n'})
    assert uses(theme(city), "one.html", here="", given=3) == one
    assert uses(theme(city), "two.html", here="", given=3) != two
    plural = (
        'msgid "%(num)s voice"\nmsgid_plural "%(num)s voices"\nmsgstr[0] "%(num)s voix"\nmsgstr[1] "%(num)s avis"\n'
    )
    write(city / "own", {"translations/fr.po": HEAD + plural})
    assert uses(theme(city), "two.html", here="", given=3) == two
    assert uses(theme(city), "count.html", here="", given=3) != count


@pytest.mark.parametrize("changed", range(6))
def test_any_of_the_six_forms_of_arabic_changes_the_pages_that_count(city: Path, changed: int) -> None:
    forms = "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5"
    head = HEAD.replace("nplurals=2; plural=(n > 1)", forms)
    config = CONFIG.model_copy(update={"city": CONFIG.city.model_copy(update={"language": "ar"})})

    def counted() -> dict[str, str]:
        frame = Frame(config, (), has_map=False, has_radio=False, as_of=None)
        return uses(Theme((city / "own", city / "base"), frame), "count.html", given=3)

    def catalogue(words: list[str]) -> str:
        said = "".join(f'msgstr[{form}] "%(num)s {word}"\n' for form, word in enumerate(words))
        return f'{head}msgid "%(num)s voice"\nmsgid_plural "%(num)s voices"\n{said}'

    words = ["صوت"] * 6
    write(city / "base", {"translations/ar.po": catalogue(words)})
    before = counted()
    words[changed] = "أصوات"
    write(city / "own", {"translations/ar.po": catalogue(words)})
    assert counted() != before


@pytest.mark.parametrize("name", ["base", "foot", "words", "deep", "one"])
def test_a_template_changes_the_pages_under_it_and_no_other(city: Path, name: str) -> None:
    one, count = (uses(theme(city), template, here="", given=3) for template in ("one.html", "count.html"))
    write(city / "own", {f"templates/{name}.html": FILES[f"templates/{name}.html"] + "<!-- -->"})
    changed = uses(theme(city), "one.html", here="", given=3)
    assert [key for key in one if one[key] != changed[key]] == [f"template:{name}.html"]
    assert uses(theme(city), "count.html", here="", given=3) == count
    (city / "own/templates" / f"{name}.html").unlink()
    assert uses(theme(city), "one.html", here="", given=3) == one


def test_what_is_there_no_more_says_nothing(city: Path) -> None:
    assert theme(city).value_of("template:gone.html") == ""


def test_templates_compiled_by_an_earlier_build_say_the_same(city: Path) -> None:
    kept: dict[bytes, bytes] = {}
    first = theme(city)
    pages = {name: page(first, name, "a/b/index.html", here="", given=2) for name in ("one.html", "two.html")}
    account = uses(first, "one.html", here="", given=2)
    kept |= first.made()
    frame = Frame(CONFIG, (), has_map=False, has_radio=False, as_of=None)
    later = Theme((city / "own", city / "base"), frame, kept.get)
    assert {name: page(later, name, "a/b/index.html", here="", given=2) for name in pages} == pages
    assert uses(later, "one.html", here="", given=2) == account
    assert later.made() == {}


def test_dates_and_numbers_written_again_are_written_alike(city: Path) -> None:
    shared = theme(city)
    for _ in range(2):
        assert shared.day(datetime.date(2016, 3, 1)) == "1er mars 2016"
        assert shared.number(1234) == shared.number(1234.0) == "1\u202f234"
        assert (shared.number(0.0), shared.number(-0.0)) == ("0", "-0")
