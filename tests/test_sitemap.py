"""sitemap.xml and robots.txt."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from syndicated import BASE, rendered

from agora_build.outputs import sitemap

LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}url/{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


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
