"""Writes the corpus as sites of the Python generators: Pelican, MkDocs, Nikola, Lektor."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from engine.corpus import Record
from engine.files import front_matter, put

_PAGE = """<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<title>{% block title %}Corpus{% endblock %}</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header><nav><a href="/">Corpus</a> <a href="/themes/">Thèmes</a></nav></header>
<main>
{% block content %}{% endblock %}
</main>
<footer>Corpus</footer>
</body>
</html>
"""


def pelican(records: Iterable[Record], folder: Path) -> None:
    """Write content/<campaign>/<id>.md (the folder is the category), a theme, and the settings."""
    put(
        folder / "pelicanconf.py",
        """SITENAME = "Corpus"
SITEURL = "https://corpus.example.org"
PATH = "content"
OUTPUT_PATH = "public"
THEME = "theme"
TIMEZONE = "Europe/Paris"
DEFAULT_LANG = "fr"
DEFAULT_PAGINATION = 50
CACHE_CONTENT = True
LOAD_CONTENT_CACHE = True
ARTICLE_URL = "{category}/{slug}/"
ARTICLE_SAVE_AS = "{category}/{slug}/index.html"
CATEGORY_URL = "{slug}/"
CATEGORY_SAVE_AS = "{slug}/index.html"
TAG_URL = "themes/{slug}/"
TAG_SAVE_AS = "themes/{slug}/index.html"
PAGINATED_TEMPLATES = {"category": 50, "tag": 50}
DIRECT_TEMPLATES = ["index", "sitemap"]
SITEMAP_SAVE_AS = "sitemap.xml"
FEED_ALL_ATOM = None
FEED_ALL_RSS = None
CATEGORY_FEED_ATOM = "{slug}/feed.atom"
FEED_MAX_ITEMS = 20
AUTHOR_FEED_ATOM = None
AUTHOR_SAVE_AS = ""
MARKDOWN = {"extension_configs": {"markdown.extensions.tables": {}}, "output_format": "html5"}
""",
    )
    put(folder / "theme/templates/base.html", _PAGE)
    put(folder / "theme/static/style.css", "")
    put(
        folder / "theme/templates/article.html",
        """{% extends "base.html" %}
{% block title %}{{ article.title }}{% endblock %}
{% block content %}<h1>{{ article.title }}</h1>
<p>{{ article.name }} · {{ article.quarter }} · {{ article.channel }} · {{ article.position }} · <time>{{ article.date.date() }}</time></p>
<p><a href="/{{ article.category.url }}">{{ article.category }}</a></p>
{{ article.content }}{% endblock %}
""",
    )
    listing = """{% extends "base.html" %}
{% block title %}TITLE{% endblock %}
{% block content %}<h1>TITLE</h1>
<ul>
{% for item in articles_page.object_list %}<li><a href="/{{ item.url }}">{{ item.title }}</a> {{ item.name }} <time>{{ item.date.date() }}</time> {{ item.summary|striptags|truncate(120) }}</li>
{% endfor %}</ul>
<nav>{{ articles_page.number }} / {{ articles_paginator.num_pages }}</nav>{% endblock %}
"""
    put(folder / "theme/templates/category.html", listing.replace("TITLE", "{{ category }}"))
    put(folder / "theme/templates/tag.html", listing.replace("TITLE", "{{ tag }}"))
    put(folder / "theme/templates/index.html", '{% extends "base.html" %}\n')
    put(
        folder / "theme/templates/sitemap.html",
        """<?xml version="1.0" encoding="utf-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
{% for item in articles %}<url><loc>{{ SITEURL }}/{{ item.url }}</loc></url>
{% endfor %}</urlset>
""",
    )
    for record in records:
        head = "".join(
            f"{name}: {getattr(record, name)}\n"
            for name in ("title", "date", "name", "quarter", "channel", "position", "voice")
        )
        text = f"{head}slug: {record.id}\ntags: {record.theme}\n\n{record.body}\n"
        put(folder / "content" / record.campaign / f"{record.id}.md", text)


def mkdocs(records: Iterable[Record], folder: Path) -> None:
    """Write docs/<campaign>/<id>.md and a theme; MkDocs makes no list, no feed."""
    put(
        folder / "mkdocs.yml",
        """site_name: Corpus
site_url: https://corpus.example.org/
docs_dir: docs
site_dir: public
theme: {name: null, custom_dir: theme}
plugins: []
markdown_extensions: [tables]
nav: [index.md]
validation: {nav: {omitted_files: ignore}}
""",
    )
    put(
        folder / "theme/main.html",
        _PAGE.replace(
            "{% block content %}{% endblock %}",
            """<h1>{{ page.meta.title }}</h1>
<p>{{ page.meta.name }} · {{ page.meta.quarter }} · {{ page.meta.channel }} · {{ page.meta.position }} · <time>{{ page.meta.date }}</time></p>
{{ page.content }}""",
        ),
    )
    put(folder / "docs/index.md", "# Corpus\n")
    for record in records:
        put(folder / "docs" / record.campaign / f"{record.id}.md", front_matter(record, theme=record.theme))


def nikola(records: Iterable[Record], folder: Path) -> None:
    """Write posts/<campaign>/<id>.md, a theme without assets, and the settings."""
    put(
        folder / "conf.py",
        """BLOG_AUTHOR = "Corpus"
BLOG_TITLE = "Corpus"
SITE_URL = "https://corpus.example.org/"
BLOG_EMAIL = ""
BLOG_DESCRIPTION = "Corpus"
DEFAULT_LANG = "fr"
TRANSLATIONS = {"fr": ""}
POSTS = (("posts/*.md", "", "post.tmpl"),)
PAGES = ()
COMPILERS = {"markdown": [".md"]}
MARKDOWN_EXTENSIONS = ["markdown.extensions.tables"]
THEME = "bare"
TIMEZONE = "Europe/Paris"
OUTPUT_FOLDER = "public"
CATEGORY_PATH = "campagnes"
CATEGORY_PREFIX = ""
CATEGORY_ALLOW_HIERARCHIES = False
CATEGORY_DESTPATH_AS_DEFAULT = False
CATEGORY_PAGES_ARE_INDEXES = True
TAG_PATH = "themes"
TAG_PAGES_ARE_INDEXES = True
INDEX_DISPLAY_POST_COUNT = 50
FEED_LENGTH = 20
GENERATE_RSS = True
GENERATE_ATOM = False
PRETTY_URLS = True
STRIP_INDEXES = True
METADATA_FORMAT = "YAML"
USE_BUNDLES = False
DISABLED_PLUGINS = ["render_archive", "classify_archive", "render_galleries", "gallery", "robots", "redirect", "copy_files"]
COMMENT_SYSTEM = ""
SHOW_SOURCELINK = False
COPY_SOURCES = False
FRONT_INDEX_HEADER = {"fr": ""}
""",
    )
    theme = folder / "themes/bare"
    put(theme / "bare.theme", "[Theme]\nengine = jinja\nparent = base-jinja\n")
    put(theme / "templates/base.tmpl", _PAGE)
    put(
        theme / "templates/post.tmpl",
        """{% extends "base.tmpl" %}
{% block content %}<h1>{{ title }}</h1>
<p>{{ post.meta("name") }} · {{ post.meta("quarter") }} · {{ post.meta("channel") }} · {{ post.meta("position") }} · <time>{{ post.date.date() }}</time></p>
{{ post.text() }}{% endblock %}
""",
    )
    listing = """{% extends "base.tmpl" %}
{% block content %}<h1>{{ title }}</h1>
<ul>
{% for item in posts %}<li><a href="{{ item.permalink() }}">{{ item.title() }}</a> {{ item.meta("name") }} <time>{{ item.date.date() }}</time></li>
{% endfor %}</ul>
<nav>{% if prevlink %}<a href="{{ prevlink }}">Avant</a>{% endif %} {% if nextlink %}<a href="{{ nextlink }}">Après</a>{% endif %}</nav>{% endblock %}
"""
    for name in ("index", "tagindex", "authorindex", "tag", "list_post"):
        put(theme / "templates" / f"{name}.tmpl", listing)
    for name in ("tags", "list", "archiveindex"):
        put(theme / "templates" / f"{name}.tmpl", '{% extends "base.tmpl" %}\n')
    for record in records:
        text = front_matter(record, slug=record.id, tags=[record.theme], category=record.campaign)
        put(folder / "posts" / record.campaign / f"{record.id}.md", text)


def lektor(records: Iterable[Record], folder: Path) -> None:
    """Write content/<campaign>/<id>/contents.lr, the models, the templates."""
    put(
        folder / "corpus.lektorproject",
        "[project]\nname = Corpus\nurl = https://corpus.example.org/\nurl_style = relative\n",
    )
    put(folder / "models/home.ini", "[model]\nname = Home\n[children]\nmodel = campaign\n")
    put(
        folder / "models/campaign.ini",
        """[model]
name = Campaign
[children]
model = contribution
order_by = date
[pagination]
enabled = yes
per_page = 50
""",
    )
    fields = "".join(
        f"[fields.{name}]\ntype = {kind}\n"
        for name, kind in {"title": "string", "date": "date", "name": "string", "quarter": "string", "channel": "string",
                           "position": "string", "voice": "string", "theme": "string", "body": "markdown"}.items()
    )  # fmt: skip
    put(folder / "models/contribution.ini", f"[model]\nname = Contribution\n{fields}")
    put(folder / "templates/base.html", _PAGE)
    put(folder / "templates/home.html", '{% extends "base.html" %}\n')
    put(
        folder / "templates/campaign.html",
        """{% extends "base.html" %}
{% block content %}<h1>{{ this._slug }}</h1>
<ul>
{% for item in this.pagination.items %}<li><a href="{{ item|url }}">{{ item.title }}</a> {{ item.name }} <time>{{ item.date }}</time> {{ item.body.source|truncate(120) }}</li>
{% endfor %}</ul>
<nav>{{ this.pagination.page }} / {{ this.pagination.pages }}</nav>{% endblock %}
""",
    )
    put(
        folder / "templates/contribution.html",
        """{% extends "base.html" %}
{% block title %}{{ this.title }}{% endblock %}
{% block content %}<h1>{{ this.title }}</h1>
<p>{{ this.name }} · {{ this.quarter }} · {{ this.channel }} · {{ this.position }} · <time>{{ this.date }}</time></p>
<p><a href="{{ this.parent|url }}">{{ this.parent._slug }}</a></p>
{{ this.body }}{% endblock %}
""",
    )
    put(folder / "content/contents.lr", "_model: home\n")
    for record in records:
        put(folder / "content" / record.campaign / "contents.lr", "_model: campaign\n")
        pairs = [
            f"{name}: {getattr(record, name)}"
            for name in ("title", "date", "name", "quarter", "channel", "position", "voice", "theme")
        ]
        text = "\n---\n".join(["_model: contribution", *pairs, f"body:\n\n{record.body}"])
        put(folder / "content" / record.campaign / record.id / "contents.lr", text + "\n")
