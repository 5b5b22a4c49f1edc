"""What people and staff write, as it reaches the page."""

from __future__ import annotations

import datetime
import re

import pytest

from agora_build import urls
from agora_build.content.fields import PartialDate
from agora_build.rendering import citizen, typography
from agora_build.rendering.locale import Locale
from agora_build.rendering.prose import Prose

SOURCE = "content/campaigns/parc/campaign.md"
PAGE = "campagnes/parc/index.html"


@pytest.fixture
def prose() -> Prose:
    return Prose(urls.Urls("fr"))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Je vous aime <3", "<p>Je vous aime &lt;3</p>"),
        ("AT&T et &eacute; et a < b && c", "<p>AT&amp;T et &amp;eacute; et a &lt; b &amp;&amp; c</p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("![x](https://example.org/a.png)", "<p></p>"),
        ("# Un titre", "<p><strong>Un titre</strong></p>"),
        ("[ici](javascript:alert(1))", "<p>ici</p>"),
        ("`if (a<b && c)`", "<p><code>if (a&lt;b &amp;&amp; c)</code></p>"),
        ("مرحبا بكم", "<p>مرحبا بكم</p>"),
        (
            "[lien](https://a.example/?b=1&c=2)",
            '<p><a href="https://a.example/?b=1&amp;c=2" rel="nofollow ugc noopener noreferrer">lien</a></p>',
        ),
    ],
)
def test_citizens_text_is_shown_letter_for_letter_and_never_runs(written: str, shown: str) -> None:
    assert str(citizen.fragment(written)).replace("\n", "") == f'<div class="citizen" dir="auto">{shown}</div>'


def test_plain_text_keeps_the_words_only() -> None:
    assert citizen.plain("## Oui\n\nUn *banc* <3, [ici](https://a.example).") == "Oui Un banc <3, ici."


def test_links_to_content_files_lead_to_their_pages(prose: Prose) -> None:
    html = prose.html("[d](debates/hauteurs.md#ou) ![a](media/x.svg) [p](../../pages/a-propos.md)", SOURCE, PAGE)
    assert 'href="debats/hauteurs/index.html#texte-ou"' in html
    assert 'src="media/x.svg"' in html
    assert 'href="../../a-propos/index.html"' in html


def test_prose_headings_get_the_anchors_that_links_are_checked_against(prose: Prose) -> None:
    html = prose.html("## Où en est-on ?\n\n## Où en est-on ?", SOURCE, PAGE)
    assert 'id="texte-ou-en-est-on"' in html
    assert 'id="texte-ou-en-est-on_1"' in html


def test_prose_cannot_smuggle_a_script_in(prose: Prose) -> None:
    html = prose.html('a\n{: onclick="x()" .note }\n\n<script>y()</script>', SOURCE, PAGE)
    assert "onclick" not in html
    assert "<script" not in html
    assert 'class="note"' in html


def test_french_punctuation_never_starts_a_line() -> None:
    assert typography.text("Où ? « Ici » : à 18 h 30 !", "fr") == (
        "Où\u202f? «\u202fIci\u202f»\u00a0: à 18\u202fh\u202f30\u202f!"
    )
    assert (
        typography.text("ses 1 200 arbres, 12 500 000 €", "fr") == "ses 1\u202f200 arbres, 12\u202f500\u202f000\u202f€"
    )
    assert typography.text("en 2016 150 voix, au 06 12 34", "fr") == "en 2016 150 voix, au 06 12 34"
    assert typography.html("<p>Oui !</p><code>a ?b : c</code>", "fr") == "<p>Oui\u202f!</p><code>a ?b : c</code>"
    assert typography.text("Where ?", "en") == "Where ?"


@pytest.mark.parametrize(
    ("start", "end", "written"),
    [
        ((2016, 3, 1), (2016, 3, 31), "du 1er au 31 mars 2016"),
        ((2016, 3, 7), (2016, 6, 30), "du 7 mars au 30 juin 2016"),
        ((2016, 12, 1), (2017, 1, 2), "du 1er décembre 2016 au 2 janvier 2017"),
        ((2016, 3, 7), (2016, 3, 7), "7 mars 2016"),
        ((2016, 3, 7), None, "depuis le 7 mars 2016"),
    ],
)
def test_periods_do_not_repeat_themselves(
    start: tuple[int, int, int], end: tuple[int, int, int] | None, written: str
) -> None:
    assert Locale("fr").period(datetime.date(*start), datetime.date(*end) if end else None) == written


def test_days_times_and_durations_in_french() -> None:
    locale = Locale("fr")
    assert locale.day(datetime.date(2016, 3, 1)) == "1er mars 2016"
    assert locale.weekday(datetime.date(2016, 3, 1)) == "mardi 1er mars 2016"
    assert locale.weekday(datetime.date(2016, 3, 11)) == "vendredi 11 mars 2016"
    assert locale.partial(PartialDate(year=2016, month=9)) == "septembre 2016"
    assert locale.time(datetime.time(18, 30)) == "18\u202fh\u202f30"
    assert locale.duration(65) == "1\u202fmin\u202f05\u202fs"


def test_days_times_and_durations_in_arabic() -> None:
    locale = Locale("ar")
    start, end = datetime.date(2016, 3, 7), datetime.date(2016, 6, 30)
    assert locale.period(start, end) == "من 7 مارس إلى 30 يونيو 2016"
    assert locale.period(start, None) == "منذ 7 مارس 2016"
    assert locale.weekday(start) == "الاثنين 7 مارس 2016"
    assert locale.duration(65) == "1\u202fد\u202f05\u202fث"
    assert locale.size(2_400_000) == "2.4\u202fميغابايت"
    assert locale.share(1, 4) == "25\u200e%\u200e", "as Unicode's tables say"


def test_relative_links_work_from_any_folder() -> None:
    assert urls.relative("agenda/index.html", "campagnes/parc/index.html") == "../../agenda/index.html"
    assert urls.relative("index.html#bas", "index.html") == "#bas"
    assert urls.absolute("agenda/index.html", "https://a.example/agora/") == "https://a.example/agora/agenda/"


def test_attribute_lists_name_and_sort_and_do_nothing_else(prose: Prose) -> None:
    """{#id .class} works; what would replace a link or a picture, or act, is dropped."""
    text = (
        '## Un {#deux .trois onclick="x()" style="color: red"}\n\n[a](https://a.example){: href="https://b.example/" }'
        "\n\n![x](media/x.svg){: src=https://b.example/x.png onerror=x() srcset=y }\n"
    )
    html = prose.html(text, SOURCE, PAGE)
    assert '<h2 class="trois" id="texte-deux">Un</h2>' in html
    assert 'href="https://a.example"' in html
    assert 'src="media/x.svg"' in html
    assert "b.example" not in html
    assert not re.search(r"on\w+=|style=|srcset=", html)


def test_code_between_fences_keeps_its_lines_and_runs_nothing(prose: Prose) -> None:
    html = prose.html("```yaml\ntitle: <b>Un</b>\nsummary: Deux\n```", "content/pages/a.md", "a/index.html")
    assert "title: &lt;b&gt;Un&lt;/b&gt;\nsummary: Deux\n</code></pre>" in html
    assert '<pre tabindex="0">' in html, "a long line is read with the keyboard too"


def test_an_address_in_angle_brackets_is_a_link_to_write_to(prose: Prose) -> None:
    assert 'href="mailto:agora@ville.example"' in prose.html("<agora@ville.example>", SOURCE, PAGE)


def test_headings_never_take_the_ids_of_the_layout_or_of_another_prose(prose: Prose) -> None:
    """Two proses of one page, each with the same heading and note, share no id; their own links follow."""
    taken: set[str] = set()
    text = "## Content\n\n[haut](#content) note[^1]\n\n[^1]: Une note.\n"
    first, second = prose.html(text, SOURCE, PAGE, taken), prose.html(text, SOURCE, PAGE, taken)
    ids = re.findall(r' id="([^"]*)"', first + second)
    assert len(ids) == len(set(ids)) == 6
    assert "content" not in ids
    for html in (first, second):
        links = re.findall(r' href="#([^"]*)"', html)
        assert len(links) == 3
        assert set(links) == set(re.findall(r' id="([^"]*)"', html))
