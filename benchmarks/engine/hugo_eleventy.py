"""Writes the corpus as a site of Hugo, and as one of Eleventy."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from engine.corpus import THEMES, Record
from engine.files import front_matter, put


def hugo(records: Iterable[Record], folder: Path) -> None:
    """Write content/<campaign>/<id>.md, and the layouts."""
    put(
        folder / "hugo.toml",
        """baseURL = "https://corpus.example.org/"
title = "Corpus"
languageCode = "fr"
disableKinds = []
[pagination]
pagerSize = 50
[taxonomies]
theme = "themes"
[outputs]
home = ["html"]
section = ["html", "rss"]
taxonomy = ["html"]
term = ["html"]
""",
    )
    put(
        folder / "layouts/_default/baseof.html",
        """<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<title>{{ .Title }}</title>
<link rel="canonical" href="{{ .Permalink }}">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header><nav><a href="/">Corpus</a> <a href="/themes/">Thèmes</a></nav></header>
<main>
{{ block "main" . }}{{ end }}
</main>
<footer>Corpus</footer>
</body>
</html>
""",
    )
    put(
        folder / "layouts/_default/single.html",
        """{{ define "main" }}<h1>{{ .Title }}</h1>
<p>{{ .Params.name }} · {{ .Params.quarter }} · {{ .Params.channel }} · {{ .Params.position }} · <time>{{ .Date.Format "2006-01-02" }}</time></p>
<p><a href="{{ .CurrentSection.RelPermalink }}">{{ .CurrentSection.Title }}</a></p>
{{ .Content }}{{ end }}
""",
    )
    put(
        folder / "layouts/_default/list.html",
        """{{ define "main" }}<h1>{{ .Title }}</h1>
<ul>
{{ range .Paginator.Pages }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a> {{ .Params.name }} <time>{{ .Date.Format "2006-01-02" }}</time> {{ .Summary | plainify | truncate 120 }}</li>
{{ end }}</ul>
<nav>{{ with .Paginator.Prev }}<a href="{{ .URL }}">Avant</a>{{ end }} {{ .Paginator.PageNumber }} / {{ .Paginator.TotalPages }} {{ with .Paginator.Next }}<a href="{{ .URL }}">Après</a>{{ end }}</nav>{{ end }}
""",
    )
    for record in records:
        put(folder / "content" / record.campaign / f"{record.id}.md", front_matter(record, themes=[record.theme]))


def eleventy(records: Iterable[Record], folder: Path) -> None:
    """Write src/<campaign>/<id>.md, one list a campaign and a theme, and a feed a campaign."""
    put(
        folder / "eleventy.config.js",
        """module.exports = (config) => {
  config.addFilter("jour", (date) => date.toISOString().slice(0, 10));
  config.addFilter("debut", (text) => (text || "").replace(/<[^>]*>/g, " ").replace(/\\s+/g, " ").slice(0, 120));
  config.addTemplateFormats("njk");
  return { dir: { input: "src", output: "public" }, markdownTemplateEngine: false };
};
""",
    )
    put(
        folder / "src/_includes/base.njk",
        """<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<title>{{ title }}</title>
<link rel="canonical" href="https://corpus.example.org{{ page.url }}">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header><nav><a href="/">Corpus</a> <a href="/themes/">Thèmes</a></nav></header>
<main>
{% block main %}{{ content | safe }}{% endblock %}
</main>
<footer>Corpus</footer>
</body>
</html>
""",
    )
    put(
        folder / "src/_includes/single.njk",
        """{% extends "base.njk" %}
{% block main %}<h1>{{ title }}</h1>
<p>{{ name }} · {{ quarter }} · {{ channel }} · {{ position }} · <time>{{ page.date | jour }}</time></p>
<p><a href="/{{ campaign }}/">{{ campaign }}</a></p>
{{ content | safe }}{% endblock %}
""",
    )
    campaigns = set()
    for record in records:
        campaigns.add(record.campaign)
        text = front_matter(record, tags=[record.campaign, record.theme], layout="single.njk", campaign=record.campaign)
        put(folder / "src" / record.campaign / f"{record.id}.md", text)
    for name in (*sorted(campaigns), *THEMES):
        where = f"/themes/{name}" if name in THEMES else f"/{name}"
        put(
            folder / "src/lists" / f"{name}.njk",
            f"""---
layout: base.njk
title: {name}
pagination: {{data: collections.{name}, size: 50, alias: items}}
permalink: "{where}/{{% if pagination.pageNumber %}}page/{{{{ pagination.pageNumber + 1 }}}}/{{% endif %}}index.html"
---
"""
            """<h1>{{ title }}</h1>
<ul>
{% for item in items %}<li><a href="{{ item.url }}">{{ item.data.title }}</a> {{ item.data.name }} <time>{{ item.date | jour }}</time> {{ item.templateContent | debut }}</li>
{% endfor %}</ul>
<nav>{% if pagination.href.previous %}<a href="{{ pagination.href.previous }}">Avant</a>{% endif %} {{ pagination.pageNumber + 1 }} / {{ pagination.pages.length }} {% if pagination.href.next %}<a href="{{ pagination.href.next }}">Après</a>{% endif %}</nav>
""",
        )
    for name in sorted(campaigns):
        put(
            folder / "src/feeds" / f"{name}.njk",
            f"""---
permalink: /{name}/index.xml
eleventyExcludeFromCollections: true
---
<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>{name}</title><link>https://corpus.example.org/{name}/</link><description>{name}</description>
{{% for item in collections["{name}"] %}}{{% if loop.index <= 20 %}}<item><title>{{{{ item.data.title }}}}</title><link>https://corpus.example.org{{{{ item.url }}}}</link></item>{{% endif %}}{{% endfor %}}
</channel></rss>
""",
        )
    put(
        folder / "src/sitemap.njk",
        """---
permalink: /sitemap.xml
eleventyExcludeFromCollections: true
---
<?xml version="1.0" encoding="utf-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
{% for item in collections.all %}<url><loc>https://corpus.example.org{{ item.url }}</loc></url>
{% endfor %}</urlset>
""",
    )
    put(folder / "package.json", json.dumps({"private": True}))
