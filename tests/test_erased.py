"""What its author had erased: a page that says so, no word of it anywhere, no voice counted, what cites it holds."""

from __future__ import annotations

import datetime
import re
import shutil
from pathlib import Path

import pytest
from cities import minimal_city
from sites import built

SAID, REPLY, ASKED, PLACE = "20160312-k7m2q9xw", "20160405-aaaabbbb", "20160420-q2stnnab", "20160320-ccccdddd"
CAMPAIGN = "content/campaigns/les-quais"
DAY = datetime.date(2017, 1, 20)
LOG = f"""erased:
  - id: {SAID}
    date: 2016-10-03
  - id: {ASKED}
    kind: question
    date: 2016-10-03
  - id: {PLACE}
    kind: place
    date: 2016-10-03
  - id: atelier
    kind: workshop
    date: 2016-10-03
"""
TOMBSTONES = {
    f"contributions/{SAID}.md": "debate: usages\ndate: 2016-03-12\nvoice: individual\nchannel: web",
    f"questions/{ASKED}.md": "to: conseil-municipal\ndate: 2016-04-20\nvoice: individual\nchannel: paper",
    f"places/{PLACE}.md": "layer: bancs\ndate: 2016-03-20",
    "workshops/atelier.md": "date: 2016-04-05",
}
WORDS = (
    "Des jeux pour les enfants", "Une voisine", "Quand les bancs", "Madame Y", "Sous les platanes", "il manque un banc",
    "Atelier des quais", "Venez dessiner", "ont comparé trois plans", "2.2045",
)  # fmt: skip


def _write(city: Path, name: str, text: str) -> None:
    path = city / CAMPAIGN / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")


def _erase(city: Path) -> None:
    for name, head in TOMBSTONES.items():
        _write(city, name, f"---\n{head}\nerased: 2016-10-03\n---\n")
    _write(city, "moderation.yml", LOG)


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Build a city before, after, and after from nothing."""
    folder = tmp_path_factory.mktemp("erased")
    city = minimal_city(folder)
    question = "to: conseil-municipal\ndate: 2016-04-20\nvoice: individual\nchannel: paper\nname: Madame Y"
    _write(city, f"questions/{ASKED}.md", f"---\n{question}\n---\nQuand les bancs arriveront-ils ?\n")
    _write(city, f"answers/{ASKED}.md", "---\nby: conseil-municipal\ndate: 2016-04-25\n---\nAu printemps.\n")
    _write(city, f"answers/{SAID}.md", "---\nby: conseil-municipal\ndate: 2016-04-25\n---\nUne aire est prévue.\n")
    found = {}
    for name in ("before", "after", "full"):
        if name == "after":
            _erase(city)
        found[name] = folder / name
        report = built(city, folder / ("full" if name == "full" else "output"), DAY, full=name == "full")
        assert report.problems == []
        if name != "full":
            shutil.copytree(folder / "output", found[name])
    return found


def _files(site: Path) -> dict[str, bytes]:
    return {str(path.relative_to(site)): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def _words(site: Path, page: str) -> str:
    text = (site / "campagnes/les-quais" / page / "index.html").read_text("utf-8")
    return " ".join(re.sub(r"<[^>]+>", " ", text.partition("<main")[2]).split())


def test_no_word_is_left_anywhere(sites: dict[str, Path]) -> None:
    before, after = ("\n".join(map(repr, _files(sites[name]).values())) for name in ("before", "after"))
    for word in WORDS:
        shown = repr(word.encode())[2:-1]
        assert shown in before, word
        assert shown not in after, word


def test_building_what_changed_gives_the_same_site_as_building_it_all(sites: dict[str, Path]) -> None:
    assert _files(sites["after"]) == _files(sites["full"])


def test_the_page_stays_with_what_others_made_of_it(sites: dict[str, Path]) -> None:
    page = _words(sites["after"], f"contributions/{SAID}")
    assert "Contribution du 12 mars 2016 Effacé le 3 octobre 2016 à la demande de son auteur." in page
    for kept in ("Une aire est prévue.", "La demande est partagée.", "Gardons des berges calmes.", SAID):
        assert kept in page, kept
    assert "Au printemps." in _words(sites["after"], f"questions/{ASKED}")
    assert "Gardons des berges calmes." in _words(sites["after"], "agenda/atelier")


def test_what_cites_it_says_that_it_was_erased(sites: dict[str, Path]) -> None:
    told = "Contribution du 12 mars 2016, effacée à la demande de son auteur"
    assert f"En réponse à {told}" in _words(sites["after"], f"contributions/{REPLY}")
    assert f"{told} Retenu" in _words(sites["after"], "decisions/jeux")
    assert told in _words(sites["after"], "questions")


def test_it_is_listed_and_counted_no_more(sites: dict[str, Path]) -> None:
    debate = _words(sites["after"], "debats/usages")
    assert "1 contribution individuelle" in _words(sites["before"], "debats/usages")
    assert "0 contribution individuelle" in debate
    assert "Contribution du 12 mars 2016 Effacé le 3 octobre 2016" in debate
    assert "Question du 20 avril 2016 Effacé le 3 octobre 2016" in _words(sites["after"], "questions")
    assert "Rencontre du 5 avril 2016 Effacé le 3 octobre 2016" in _words(sites["after"], "agenda")
    assert "Point du 20 mars 2016 Effacé le 3 octobre 2016" in _words(sites["after"], "carte")


def test_the_log_tells_all_of_them(sites: dict[str, Path]) -> None:
    page = _words(sites["after"], "moderation")
    for line in ("Une contribution, effacée le", "Une question, effacée le", "Un point de la carte, effacé le",
                 "Une rencontre, effacée le"):  # fmt: skip
        assert f"{line} 3 octobre 2016" in page
