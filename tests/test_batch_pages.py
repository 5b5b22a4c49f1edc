"""What came on paper is said to be: where, how many, in which batch, entered and re-read; each sheet is counted."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

from cities import minimal_city
from sites import built

from agora_build.content.sheet_ids import sheet_id

DAY = datetime.date(2016, 5, 25)
GIVEN = datetime.date(2016, 5, 12)
QUAIS = "content/campaigns/les-quais"
SIGNED = "returned: 5\nblank: 1\nrefused: 1\nentered_by: SV\nchecked_by: ML\nchecked: 2016-05-20\ndifferences: 2\n"
WORKSHOP = "workshop: atelier\n"


def batch(city: Path, number: int, more: str = "", where: str = WORKSHOP) -> None:
    (city / QUAIS / "batches").mkdir(exist_ok=True)
    path = city / QUAIS / f"batches/{number}.yml"
    path.write_text(f"date: {GIVEN}\ndebate: usages\n{where}sheets: 12\n{more}", "utf-8")


def sheet(city: Path, number: int, who: str) -> str:
    name = sheet_id("les-quais", "7", GIVEN, number)
    meta = f"debate: usages\ndate: {GIVEN}\n{who}channel: paper\n{WORKSHOP}batch: 7\nsheet: {number}\n"
    (city / QUAIS / f"contributions/{name}.md").write_text(f"---\n{meta}---\nDes bancs à l’ombre.\n", "utf-8")
    return name


def words(path: Path) -> str:
    html = re.sub(r"<(head|nav|footer)\b.*?</\1>", "", path.read_text("utf-8"), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", html).split()).replace("\u00a0", " ").replace(" ,", ",")


def city_on_paper(tmp_path: Path) -> tuple[Path, str]:
    city = minimal_city(tmp_path)
    batch(city, 7, SIGNED)
    name = sheet(city, 1, "voice: collective\ngroup: Les amis du quai\npeople: 14\n")
    for number in (2, 3):
        sheet(city, number, "voice: individual\n")
    return city, name


def test_paper_is_told_from_the_sheet_to_the_whole(tmp_path: Path) -> None:
    city, name = city_on_paper(tmp_path)
    batch(city, 8, where="place: Accueil de la mairie\n")
    assert built(city, tmp_path / "site", DAY).problems == []
    site = tmp_path / "site/campagnes/les-quais"
    own = words(site / f"contributions/{name}/index.html")
    assert "14 personnes" in own
    assert "Reçue Sur papier" in own
    assert "Feuille de papier Lot 7, feuille 1, saisi et relu" in own
    thread = words(site / "debats/usages/index.html")
    assert "Les amis du quai · 14 personnes · 12 mai 2016 · Sur papier · rencontre : " in thread
    assert "· lot 7, saisi et relu" in thread
    page = words(site / "lots/index.html")
    assert "Feuilles données 24 Feuilles revenues 5" in page
    assert "Feuilles saisies et relues 4 Dont non publiées 1" in page
    assert "2 contributions individuelles · 1 contribution collective, au nom de 14 personnes" in page
    assert "saisi par SV, relu par ML" in page
    assert "Accueil de la mairie" in page
    assert "Ces feuilles ne sont pas encore saisies." in page
    for told in ("debats/usages/synthese", "kits"):
        assert 'lots/index.html"' in (site / told / "index.html").read_text("utf-8")


def test_counts_say_by_which_channels_people_spoke(tmp_path: Path) -> None:
    city, _ = city_on_paper(tmp_path)
    assert built(city, tmp_path / "site", DAY).problems == []
    for name in ("index.html", "debats/usages/index.html", "debats/usages/synthese/index.html"):
        assert re.search(
            r"Sur papier (<strong>)?4\b|Sur papier 2 2 ", words(tmp_path / "site/campagnes/les-quais" / name)
        ), name
    assert "Sur papier 4" in words(tmp_path / "site/campagnes/index.html")


def test_a_batch_that_comes_back_is_built_as_from_nothing(tmp_path: Path) -> None:
    city = minimal_city(tmp_path)
    batch(city, 7)
    for step in ("reserved", "signed", "published", "gone"):
        if step == "signed":
            batch(city, 7, SIGNED)
        elif step == "published":
            names = [sheet(city, number, "voice: individual\n") for number in (1, 2)]
        elif step == "gone":
            (city / QUAIS / f"contributions/{names[0]}.md").unlink()
        assert built(city, tmp_path / "site", DAY).problems == []
    assert built(city, tmp_path / "anew", DAY, full=True).problems == []
    assert tree(tmp_path / "site") == tree(tmp_path / "anew")
    assert "1 contribution individuelle" in words(tmp_path / "site/campagnes/les-quais/lots/index.html")


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
