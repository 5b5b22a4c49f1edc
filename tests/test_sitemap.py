"""sitemap.xml and robots.txt."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from syndicated import BASE, rendered

from agora_build.outputs import sitemap

SCHEMA = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LOC = f"{SCHEMA}url/{SCHEMA}loc"


def addresses(paths: list[str], base_url: str) -> list[str | None]:
    output = next(iter(sitemap.outputs(paths, base_url)))
    return [found.text for found in ET.fromstring(sitemap.render_sitemap(output.inputs, None)).findall(LOC)]  # type: ignore[arg-type]  # noqa: S314


def test_pages_are_listed_once_by_their_public_address() -> None:
    """Absolute, without index.html, in order; neither the 404 page nor files that are not pages."""
    paths = ["b/index.html", "404.html", "a/plan.pdf", "index.html", "b/index.html", "c.html"]
    assert addresses(paths, f"{BASE}/") == [f"{BASE}/b/", f"{BASE}/c.html", f"{BASE}/"]


def test_addresses_are_written_as_xml_wants_them() -> None:
    assert addresses(["où & quand/index.html"], "https://a.example/?v=1&w=2")[0] == (
        "https://a.example/?v=1&w=2/o%C3%B9%20%26%20quand/"
    )


def test_robots_may_read_everything_and_are_told_where_the_list_is() -> None:
    robots = rendered()["robots.txt"].decode().splitlines()
    assert robots == ["User-agent: *", "Allow: /", "", f"Sitemap: {BASE}/sitemap.xml"]


def test_a_long_sitemap_is_cut_into_files_that_an_index_names() -> None:
    """120,000 pages, read back: at most 50,000 a file, each page in one of them."""
    paths = [f"campagnes/parc/contributions/{number:06}/index.html" for number in range(120_000)]
    files = {output.path: output for output in sitemap.outputs(paths, BASE)}
    index = ET.fromstring(files["sitemap.xml"].bytes(None))  # type: ignore[arg-type]  # noqa: S314
    assert index.tag == f"{SCHEMA}sitemapindex"
    named = [
        found.text.removeprefix(f"{BASE}/") for found in index.findall(f"{SCHEMA}sitemap/{SCHEMA}loc") if found.text
    ]
    assert set(named) == files.keys() - {"sitemap.xml", "robots.txt"}
    assert len(named) >= 3
    found: list[str | None] = []
    for name in named:
        content = files[name].bytes(None)  # type: ignore[arg-type]
        in_one = [item.text for item in ET.fromstring(content).findall(LOC)]  # noqa: S314
        assert 0 < len(in_one) <= sitemap.MOST
        assert len(content) < 50 * 1024 * 1024
        found += in_one
    assert found == [f"{BASE}/campagnes/parc/contributions/{number:06}/" for number in range(120_000)]


def test_fifty_thousand_pages_are_in_one_file() -> None:
    paths = [f"{number}/index.html" for number in range(sitemap.MOST)]
    assert [output.path for output in sitemap.outputs(paths, BASE)] == ["sitemap.xml", "robots.txt"]
    assert "sitemap-2.xml" in {output.path for output in sitemap.outputs([*paths, "autre/index.html"], BASE)}


def test_one_more_page_changes_one_file_of_a_long_sitemap() -> None:
    paths = [f"campagnes/parc/contributions/{number:06}/index.html" for number in range(120_000)]
    before = {output.path: output.inputs for output in sitemap.outputs(paths, BASE)}
    after = {output.path: output.inputs for output in sitemap.outputs(["campagnes/index.html", *paths], BASE)}
    assert [path for path in after if before.get(path) != after[path]] == ["sitemap-1.xml"]


def test_a_file_is_full_at_fifty_thousand_wherever_names_would_cut_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "_USUAL", 2**40)
    paths = [f"{number:06}/index.html" for number in range(120_000)]
    files = [output.inputs for output in sitemap.outputs(paths, BASE) if output.path.startswith("sitemap-")]
    assert [len(listed.paths) for listed in files] == [50_000, 50_000, 20_000]


def test_a_page_that_exists_once_is_listed_once_whatever_the_languages() -> None:
    alone = "assets/aide.html"
    output = next(iter(sitemap.outputs([alone, "a/index.html"], BASE, ("fr", "en"))))
    written = sitemap.render_sitemap(output.inputs, None).decode()  # type: ignore[arg-type]
    assert f"{BASE}/en/a/" in written
    assert written.count("assets/aide") == 1
