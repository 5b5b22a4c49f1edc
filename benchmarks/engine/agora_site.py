"""Writes the corpus as a city: with a theme as bare as the other generators' pages, or with Agora's own."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from engine.corpus import THEMES, Record

_CONFIG = """[city]
name = "Corpus"
site = "Corpus"
tagline = "Un corpus d’essai."
description = "Un corpus d’essai."

[publication]
base_url = "https://corpus.example.org/"
theme = "{theme}"

[[quarters]]
id = "centre"
name = "Centre"

[[quarters]]
id = "parc"
name = "Parc"
"""
_CAMPAIGN = """---
title: {title}
summary: Un projet.
question: Que faire ?
opens: 2016-01-10
level: consult
rules:
  announced: 2016-01-01
  who: Tout le monde.
  how: Sur le site.
  use: Un bilan.
  decides: Le conseil municipal.
---
Un projet.
"""
_FIELDS = ("debate", "date", "voice", "channel", "title", "name", "quarter", "theme", "position", "illustrative")
_TOP = '<header><nav><a href="{{ link(urls.home()) }}">{{ city.site }}</a> <a href="{{ link(urls.section("campaigns")) }}">Campagnes</a></nav></header>\n'
_TEMPLATES = {
    "base.html": """{% import "macros/ui.html" as ui %}
<!doctype html>
<html lang="{{ language }}">
<head>
<meta charset="utf-8">
<title>{% block title %}{{ city.site }}{% endblock %}</title>
<link rel="canonical" href="{{ canonical }}">
<link rel="stylesheet" href="{{ link(urls.asset("css/agora.css")) }}">
</head>
<body>
{{ part("parts/top.html") }}
<main>
{% block content %}{% endblock %}
</main>
<footer>Corpus</footer>
</body>
</html>
""",
    "parts/top.html": _TOP,
    "contribution.html": """{% extends "base.html" %}
{% set c = page.contribution.meta %}
{% block title %}{{ c.title }}{% endblock %}
{% block content %}
<h1>{{ c.title }}</h1>
<p>{{ c.name }} · {{ c.quarter }} · {{ c.channel }} · {{ c.position }} · <time>{{ c.date|iso }}</time></p>
<p><a href="{{ link(urls.item(masthead.campaign.slug, "debates", page.debate.slug)) }}">{{ page.debate.meta.title }}</a></p>
{{ page.contribution.body|citizen }}
{% endblock %}
""",
    "parts/said.html": """{% set c = line.entry.meta %}
<li><a href="{{ link(urls.item(line.entry.campaign, "contributions", line.entry.slug)) }}">{{ c.title }}</a> {{ c.name }} <time>{{ c.date|iso }}</time> {{ line.entry.body|excerpt(120) }}</li>
""",
    "said.html": """{% extends "base.html" %}
{% set name = page.around.title or page.around.value or page.around.debate.meta.title %}
{% block title %}{{ name }}{% endblock %}
{% block content %}
<h1>{{ name }}</h1>
<ul>
{% for line in page.lines %}
{{ part("parts/said.html", line=line) }}
{% endfor %}
</ul>
<nav>{% if page.number > 1 %}<a href="{{ link(page.at(page.number - 1)) }}">Avant</a>{% endif %} {{ page.number }} / {{ page.last }} {% if page.number < page.last %}<a href="{{ link(page.at(page.number + 1)) }}">Après</a>{% endif %}</nav>
{% endblock %}
""",
    "debate.html": """{% extends "base.html" %}
{% block title %}{{ page.debate.meta.title }}{% endblock %}
{% block content %}
<h1>{{ page.debate.meta.title }}</h1>
<ul>
{% if page.whole %}<li><a href="{{ link(page.whole) }}">Tout</a> {{ page.voices.individual }}</li>{% endif %}
{% for kind, lines in page.lists %}
{% for line in lines %}
<li><a href="{{ link(line.first) }}">{{ line.title or line.value }}</a> {{ line.voices.individual }}</li>
{% endfor %}
{% endfor %}
</ul>
{% endblock %}
""",
}


def write(records: Iterable[Record], folder: Path, theme: str) -> None:
    """Write a city; `theme` is `banc`, as bare as the others' pages, or `agora`."""
    _file(folder / "agora.toml", _CONFIG.format(theme=theme))
    _file(folder / "content/pages/a-propos.md", "---\ntitle: À propos\nmenu: main\n---\nUn corpus.\n")
    for name, text in _TEMPLATES.items() if theme == "banc" else ():
        _file(folder / "themes/banc/templates" / name, text)
    known: set[tuple[str, str]] = set()
    for record in records:
        home = folder / "content/campaigns" / record.campaign
        if (record.campaign, record.debate) not in known:
            known.add((record.campaign, record.debate))
            _file(home / "campaign.md", _CAMPAIGN.format(title=record.campaign.capitalize()))
            themes = "".join(f"  - id: {name}\n    title: {name.capitalize()}\n" for name in THEMES)
            head = (
                f"---\ntitle: Le débat\nquestion: Que faire ?\nopens: 2016-01-10\nthemes:\n{themes}---\nParlons-en.\n"
            )
            _file(home / "debates" / f"{record.debate}.md", head)
        fields = "".join(f"{name}: {getattr(record, name)}\n" for name in _FIELDS)
        _file(home / "contributions" / f"{record.id}.md", f"---\n{fields}---\n{record.body}\n")


def _file(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
