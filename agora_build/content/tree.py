"""Turns the folder content/ into the list of its files, each with its kind, and refuses those that have no place."""

# os.path, several times quicker than Path objects: a city may have 10,000 files.
# ruff: noqa: PTH112, PTH114, PTH118, PTH119, PTH122
from __future__ import annotations

import datetime
import os
import re
from collections.abc import Iterator
from functools import lru_cache

from agora_build.content import fields, models
from agora_build.content.announcement import NetworkCopy
from agora_build.content.validate import nearest
from agora_build.problems import START, Problem
from agora_build.record import Record, field, replace

KINDS: dict[str, type[fields.Model]] = {
    "debates": models.Debate,
    "contributions": models.Contribution,
    "workshops": models.Workshop,
    "places": models.Place,
    "resources": models.Resource,
    "kits": models.Kit,
    "episodes": models.Episode,
    "decisions": models.Decision,
    "juries": models.Jury,
    "questions": models.Question,
    "answers": models.Answer,
}
# What takes the place of a text that its author had erased; the day in it, `erased`, tells.
TOMBSTONES: dict[str, type[models.Erased]] = {
    "contributions": models.ErasedContribution,
    "questions": models.ErasedQuestion,
    "places": models.ErasedPlace,
    "workshops": models.ErasedWorkshop,
}
TRANSLATIONS = "translations"  # what says in another language the words of a file beside it
_TRANSLATED = re.compile(r"(.+)\.([a-z]{2})(\.md|\.yml)")
_NOT_TRANSLATED = (
    "contributions",
    "questions",
    "places",
    "draws",
    "votes",
    "batches",
)  # what people said stays as they said it
DRAWS = "draws"  # the records of draws, beside the juries they filled
BATCHES = "batches"  # of a campaign: a file for each batch of paper sheets
NETWORK = "network"  # the copies of what other sites announce
VOTES = "votes"  # of a campaign: a folder a debate, with the files of its vote
VOTE_FILES: dict[str, type[fields.Model]] = {
    "votes.csv": models.Table,
    "codes.csv": models.Table,
    "void.csv": models.Table,
    "spent.csv": models.Table,
    "ballots.csv": models.Table,
    "paper.csv": models.Table,
    "roots.csv": models.Table,
    "paper.yml": models.PaperCount,
    "meetings.yml": models.MeetingTallies,
}
_OF_CITY: dict[str, tuple[str, type[fields.Model]]] = {"pages": (".md", models.Page), NETWORK: (".json", NetworkCopy)}
_RECORDS: dict[str, tuple[str, type[fields.Model]]] = {  # YAML files that commands write, by the folder they are in
    "juries": (DRAWS, models.Draw),
    BATCHES: (BATCHES, models.Batch),
}
WITH_ID = ("contributions", "places", "questions")  # each has an opaque id of its own, the others a slug
NAMED_BY_ID = (*WITH_ID, "answers")  # an answer has the id of what it answers
CAMPAIGN_FILES: dict[str, type[fields.Model]] = {
    "campaign.md": models.Campaign,
    "timeline.yml": models.Timeline,
    "map.yml": models.Map,
    "moderation.yml": models.Moderation,
}
MEDIA_FOLDERS = ("media", "map", "radio")  # of content/, beside pages and campaigns
MEDIA = frozenset((*fields.PICTURES.suffixes, *fields.AUDIO.suffixes, *fields.FILES.suffixes))
IGNORED = ("LICENSE.md", "README.md")
MAX_TEXT, MAX_TABLE, MAX_MEDIA, MAX_AUDIO = 1_000_000, 300_000_000, 50_000_000, 200_000_000
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_BATCH = re.compile(r"[1-9][0-9]{0,3}")
_UNPORTABLE = re.compile(r"[<>:\"|?*#%\\\x00-\x1f\x7f\ud800-\udfff]|^ | $|\.$")
_MAX_SLUG = 60


class Found(Record, frozen=True):
    """A content file: its path from the city's root, its folder's name, campaign, slug or id, and its model."""

    path: str
    folder: str
    campaign: str
    slug: str
    model: type[fields.Model]
    readable: bool  # False when it is too big or a link: it counts as there, it is not read
    language: str = ""  # of a translation
    of: str = ""  # the path of what a translation translates


class Tree(Record):
    """What content/ holds."""

    found: list[Found] = field(default_factory=list)
    media: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, path: str, code: str, /, **values: str) -> None:
        """Note a problem of a file as a whole."""
        self.problems.append(Problem(path, START, code, {"value": os.path.basename(path), **values}))


def scan(root: str) -> Tree:
    """Walk content/ once, following no link."""
    tree = Tree()
    top = os.path.join(root, "content")
    if os.path.islink(top):
        tree.refuse("content", "symlink")
    elif not os.path.isdir(top):
        tree.refuse("content", "missing-content")
    else:
        for path, entry in _walk(root, "content", tree):
            _file(tree, path, entry)
        _case(tree)
        _campaigns(tree)
    return tree


def found_at(path: str) -> Found | None:
    """Tell what a path that was accepted before is; None for what is not a content file."""
    original, language = translated_by(path)
    if original:
        return _translation(path, original, language)
    place = _place(path)
    return Found(path, *place, readable=True) if place else None


def translated_by(path: str) -> tuple[str, str]:
    """Tell the path of the original of a translation, and its language, from its own; '' for any other file."""
    match = _TRANSLATED.fullmatch(path) if path.count(".") > 1 else None
    return (f"{match[1]}{match[3]}", match[2]) if match else ("", "")


def _translation(path: str, original: str, language: str) -> Found | None:
    """Tell what a translation is from what its original is, whether it is there or not."""
    place = _place(original)
    if place is None or place[0] in _NOT_TRANSLATED:
        return None
    from agora_build.content.words import translation_of  # most cities have one language

    _, campaign, slug, model = place
    translation = translation_of(model)
    return Found(path, TRANSLATIONS, campaign, f"{slug}.{language}", translation, True, language, original)


def well_named(found: Found) -> bool:
    """Tell whether a content file has a name that can be published."""
    tree = Tree()
    _name(tree, found.path, found.folder, found.slug)
    return not tree.problems


def is_media(path: str) -> bool:
    """Tell whether a path that was accepted before is a media file."""
    return _place(path) is None and os.path.splitext(path)[1].lower() in MEDIA


def _walk(root: str, folder: str, tree: Tree) -> Iterator[tuple[str, os.DirEntry[str]]]:
    with os.scandir(os.path.join(root, folder)) as entries:
        ordered = sorted(entries, key=lambda entry: entry.name)
    for entry in ordered:
        path = f"{folder}/{entry.name}"
        if entry.name.startswith(".") or entry.name in IGNORED:
            continue
        if entry.is_dir(follow_symlinks=False):
            if _known_folder(path, tree):
                yield from _walk(root, path, tree)
        else:
            yield path, entry


def _known_folder(path: str, tree: Tree) -> bool:
    """Say whether a folder has a place here; if not, what is in it is not told of again."""
    parts = path.split("/")[1:]
    name = parts[-1]
    allowed: tuple[str, ...] = ()
    if len(parts) == 1:
        allowed = ("pages", "campaigns", NETWORK, *MEDIA_FOLDERS)
    elif parts[0] == "campaigns" and len(parts) == 3:  # noqa: PLR2004
        allowed = (*KINDS, "media", VOTES, BATCHES)
    if allowed and name not in allowed:
        tree.refuse(path, "unexpected-folder", near=nearest(name, allowed), allowed=", ".join(allowed))
        return False
    if parts[0] == "campaigns" and len(parts) == 2 and not _good_slug(name):  # noqa: PLR2004
        tree.refuse(path, "bad-file-name")
    return True


def _good_slug(name: str) -> bool:
    return bool(_SLUG.fullmatch(name)) and len(name) <= _MAX_SLUG


def _file(tree: Tree, path: str, entry: os.DirEntry[str]) -> None:
    link = entry.is_symlink()
    if link:
        tree.refuse(path, "symlink")
    elif not entry.is_file(follow_symlinks=False):  # a pipe or a device: reading it may never end
        tree.refuse(path, "unexpected-file", near="")
        return
    found = found_at(path)
    suffix = os.path.splitext(path)[1].lower()
    if found:
        _name(tree, path, found.folder, found.slug)
        readable = not link and _small(tree, path, entry, MAX_TABLE if found.model is models.Table else MAX_TEXT)
        tree.found.append(replace(found, readable=readable))
    elif suffix in MEDIA and path.count("/") > 1 and _may_hold_media(path):
        if _UNPORTABLE.search(entry.name):
            tree.refuse(path, "bad-media-name")
        tree.media.add(path)
        if not link:
            _small(tree, path, entry, MAX_AUDIO if suffix in fields.AUDIO.suffixes else MAX_MEDIA)
    elif path.split("/")[3:4] == [BATCHES] and suffix in MEDIA:
        tree.refuse(path, "scan-in-batches")
    elif not link:
        known = {3: CAMPAIGN_FILES, 5: VOTE_FILES}.get(path.count("/"), {})
        near = nearest(entry.name, known)
        tree.refuse(path, "unexpected-file", near=near)


def _may_hold_media(path: str) -> bool:
    parts = path.split("/")
    return parts[1:3] != ["campaigns", parts[-1]] and parts[3:4] not in ([VOTES], [BATCHES])


@lru_cache(maxsize=1024)
def _place(path: str) -> tuple[str, str, str, type[fields.Model]] | None:
    """Tell what a file is from where it is: its folder, campaign, slug and model."""
    match path.split("/")[1:]:
        case [folder, name] if folder in _OF_CITY and name.endswith(_OF_CITY[folder][0]):
            suffix, kind = _OF_CITY[folder]
            return folder, "", name.removesuffix(suffix), kind
        case ["campaigns", campaign, name] if name in CAMPAIGN_FILES:
            return "campaign", campaign, name.partition(".")[0], CAMPAIGN_FILES[name]
        case ["campaigns", campaign, folder, name] if folder in KINDS and name.endswith(".md"):
            return folder, campaign, name[:-3], KINDS[folder]
        case ["campaigns", campaign, folder, name] if folder in _RECORDS and name.endswith(".yml"):
            record, model = _RECORDS[folder]
            return record, campaign, name[:-4], model
        case ["campaigns", campaign, "votes", debate, name] if name in VOTE_FILES:
            return VOTES, campaign, debate, VOTE_FILES[name]
    return None


def _name(tree: Tree, path: str, folder: str, slug: str) -> None:
    slug = slug.partition(".")[0] if folder == TRANSLATIONS else slug
    if folder in NAMED_BY_ID or (folder == TRANSLATIONS and path.split("/")[-2] == "answers"):
        if not fields.ID.fullmatch(slug):
            tree.refuse(path, "bad-id")
        elif not _is_day(slug[:8]):
            tree.refuse(path, "bad-id-date", date=slug[:8])
    elif folder == BATCHES:
        if not _BATCH.fullmatch(slug):
            tree.refuse(path, "bad-batch-name")
    elif not _good_slug(slug):
        tree.refuse(path, "bad-file-name")


def _is_day(digits: str) -> bool:
    try:
        datetime.date.fromisoformat(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}")
    except ValueError:
        return False
    return True


def _small(tree: Tree, path: str, entry: os.DirEntry[str], limit: int) -> bool:
    size = entry.stat(follow_symlinks=False).st_size
    if size > limit:
        tree.refuse(path, "file-too-big", size=str(-(-size // 1_000_000)), limit=str(limit // 1_000_000))
    return size <= limit


def _case(tree: Tree) -> None:
    """Refuse names that are one and the same on the disks of other computers."""
    first: dict[str, str] = {}
    for path in sorted([*(found.path for found in tree.found), *tree.media]):
        other = first.setdefault(path.casefold(), path)
        if other != path:
            tree.refuse(path, "same-name", other=other)


def _campaigns(tree: Tree) -> None:
    """Refuse a campaign's folder without its campaign.md."""
    named = {found.campaign for found in tree.found if found.campaign}
    described = {found.campaign for found in tree.found if found.slug == "campaign" and found.folder == "campaign"}
    for campaign in sorted(named - described):
        tree.refuse(f"content/campaigns/{campaign}/campaign.md", "missing-campaign", value=campaign)
