"""The declaration of accessibility: what the law lets a site call itself, on its own page and on every other."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from cities import minimal_city
from sites import built

TODAY = datetime.date(2016, 4, 20)
AUDIT = """
[accessibility]
known = ["La vidéo <du> conseil n’a pas de sous-titres."]

[accessibility.audit]
date = 2016-03-01
by = "un atelier d’utilisateurs"
rate = RATE
pages = ["Accueil", "Formulaire"]
"""


def site(tmp_path: Path, settings: str = "") -> tuple[str, str]:
    """Build a small city; give its home page and its declaration."""
    city = minimal_city(tmp_path / "city")
    with (city / "agora.toml").open("a", encoding="utf-8") as file:
        file.write(settings)
    assert built(city, tmp_path / "site", TODAY).problems == []
    pages = ("index.html", "accessibilite/index.html")
    home, declaration = ((tmp_path / "site" / page).read_text("utf-8") for page in pages)
    return home, declaration


def test_without_an_audit_the_site_says_that_it_does_not_conform(tmp_path: Path) -> None:
    home, declaration = site(tmp_path)
    assert "Accessibilité\N{NO-BREAK SPACE}: non conforme</a>" in home
    assert "aucun audit indépendant n’a été fait" in declaration
    parts = [
        "État de conformité",
        "Résultats des tests",
        "Contenus non accessibles",
        "Établissement de cette déclaration",
    ]
    found = [declaration.index(part) for part in [*parts, "Retour d’information et contact", "Voies de recours"]]
    assert found == sorted(found)
    assert "Défenseur des droits" in declaration


@pytest.mark.parametrize(
    ("rate", "state"),
    [
        (100, "totalement conforme"),
        (99, "partiellement conforme"),
        (50, "partiellement conforme"),
        (49, "non conforme"),
    ],
)
def test_an_audit_says_what_the_site_may_call_itself(rate: int, state: str, tmp_path: Path) -> None:
    home, declaration = site(tmp_path, AUDIT.replace("RATE", str(rate)))
    assert f"Accessibilité\N{NO-BREAK SPACE}: {state}" in home
    assert f"{rate}\N{NARROW NO-BREAK SPACE}%" in declaration or f"{rate}\N{NO-BREAK SPACE}%" in declaration
    assert "un atelier d’utilisateurs" in declaration
    assert "La vidéo &lt;du&gt; conseil" in declaration


@pytest.mark.parametrize(
    ("wrong", "code"),
    [("rate = 101", "out-of-range"), ("rate = 50\nscore = 3", "unknown-key"), ("", "missing-key")],
)
def test_a_wrong_audit_is_told(wrong: str, code: str, tmp_path: Path) -> None:
    city = minimal_city(tmp_path / "city")
    with (city / "agora.toml").open("a", encoding="utf-8") as file:
        file.write(AUDIT.replace("rate = RATE", wrong))
    problems = built(city, tmp_path / "site", TODAY).problems
    assert [problem.code for problem in problems] == [code]
    assert problems[0].path == "agora.toml"
