"""Turns the content files that changed into rows of the store, or into all the problems of the city.

As long as nothing that others rely on changed (see draft.Offer), only the files that changed are read; otherwise the
whole city is, on every core.
"""

from __future__ import annotations

import datetime
import pickle
import stat
from collections.abc import Callable, Iterator, Sequence

from agora_build.build import workers
from agora_build.build.signature import Signatures
from agora_build.build.store import Row, Store, entry_blob, entry_from
from agora_build.content.checks import check_ids
from agora_build.content.config_file import ConfigFile
from agora_build.content.draft import Document, Draft, Offer, offer_of
from agora_build.content.known import KnownMedia, KnownPlaces
from agora_build.content.loader import checked, draft_of, entry_of
from agora_build.content.picture_sizes import Size, picture_sizes
from agora_build.content.pictures import check_pictures
from agora_build.content.site import AudioFacts
from agora_build.content.tree import MAX_TEXT, VOTES, found_at, scan, well_named
from agora_build.problems import Problem
from agora_build.record import Record, field

_CHUNK = 250  # files that a process reads in one go
# A new file of these kinds changes nothing that others rely on.
_ALONE = ("contributions", "places", "questions", "answers")

Progress = Callable[[str, int, int], None]


class Reading(Record):
    """What was read: rows for the store, the paths that are gone, facts of audio and pictures, or the problems."""

    rows: list[Row] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    audio: dict[str, AudioFacts] = field(default_factory=dict)
    pictures: dict[str, Size] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


class _Chunk(Record, frozen=True):
    """Reads and checks some of the files of a city, in one process."""

    draft: Draft
    today: datetime.date

    def __call__(self, paths: Sequence[str]) -> Reading:
        """Read the files at these paths."""
        done = Reading()
        for path in paths:
            document = self.draft.document(path)
            found = list(checked(self.draft, document, self.today))
            done.problems += found
            if not found:
                done.rows.append(row_of(document))
            self.draft.documents.pop(path)
        done.audio = {path: facts for path, facts in self.draft.audio.items() if facts is not None}
        return done


def read_all(  # noqa: PLR0913, PLR0917 - each is another thing, and they meet here alone
    root: str,
    config: ConfigFile,
    today: datetime.date,
    jobs: int,
    progress: Progress,
    keep: Callable[[list[Row]], None],
) -> Reading:
    """Read and check every file; `keep` is given the rows as they come, so that nobody holds them all."""
    if config.is_of_another_version:
        return Reading(problems=config.problems)
    tree = scan(root)
    done = Reading(problems=[*config.problems, *tree.problems, *check_ids(tree.found)])
    paths = [found.path for found in tree.found]
    chunks = [paths[start : start + _CHUNK] for start in range(0, len(paths), _CHUNK)]
    named = set(config.pictures)
    count = 0
    for _, part in workers.each(_Chunk(draft_of(root, config, tree), today), chunks, jobs):
        done.problems += part.problems
        done.audio |= part.audio
        named |= {name for row in part.rows if row.named for name in pickle.loads(row.named)}  # noqa: S301 - ours
        keep(part.rows)
        count += _CHUNK
        progress("read", min(count, len(paths)), len(paths))
    done.problems += check_pictures(root, named)
    done.pictures = picture_sizes(root, named)
    return done


def read_changed(  # noqa: PLR0913, PLR0917 - the same
    root: str,
    config: ConfigFile,
    today: datetime.date,
    old: Signatures,
    new: Signatures,
    store: Store,
    *,
    tell: bool = False,
) -> Reading | None:
    """Read and check only the files that changed; None when the whole city must be read.

    So it must when a file has a problem, unless one asks to be told: others rely on the same, and have none.
    """
    paths = _changed(old, new)
    if paths is None:
        return None
    places = KnownPlaces(new)
    if any(path not in old for path in paths) and any(check_ids(places.values())):
        return None
    draft = Draft(root, config, places, KnownMedia(new))
    read_again = frozenset(paths)
    draft.known_offer = lambda path: None if path in read_again else _offer(store.row(path))
    done = Reading()
    for path in paths:
        document, before = draft.document(path), store.row(path)
        if before is None or before.digest != document.digest:
            translated = any(name in new for name in _translations(path, config))
            if translated or (before and _matters(document, before)):
                return None
            found = list(checked(draft, document, today))
            if found and not tell:
                return None
            done.problems += found
            done.rows += [] if found else [row_of(document)]
    return done


def row_of(document: Document) -> Row:
    """Write down a file that is right."""
    found = document.found
    said = found.folder == "contributions"
    entry = entry_of(document)
    debate = entry.meta.debate if said else found.slug if found.folder == VOTES else ""
    return Row(
        found.path,
        document.digest,
        found.campaign,
        debate,
        entry_blob(entry),
        b"" if said else pickle.dumps(offer_of(document), pickle.HIGHEST_PROTOCOL),
        pickle.dumps(sorted(document.named), pickle.HIGHEST_PROTOCOL) if document.named else b"",
    )


def _translations(path: str, config: ConfigFile) -> Iterator[str]:
    """Name the files that may translate a content file: they are checked against it."""
    stem, dot, suffix = path.rpartition(".")
    for language in config.config.city.others if config.config else ():
        yield f"{stem}.{language}{dot}{suffix}"


def _changed(old: Signatures, new: Signatures) -> list[str] | None:
    """List the content files to read again; None when more than such files changed."""
    if not all(_of_theme(path) for path in old.keys() - new.keys()):
        return None
    paths = [path for path, sign in new.items() if old.get(path) != sign and not _of_theme(path)]
    alone = all(_readable(path, new[path]) and (path in old or _may_come(path)) for path in paths)
    return paths if alone else None


def _of_theme(path: str) -> bool:
    """Tell whether a path is a file of a theme, which no content relies on; that there is a theme matters."""
    return path.startswith("themes/") and path[-1] != "/"


def _readable(path: str, sign: tuple[int, ...]) -> bool:
    """Tell whether a path is a content file that can be read: not a link, not a device, not too big."""
    if not path.startswith("content/") or path not in KnownPlaces({path: None}):
        return False
    return stat.S_ISREG(sign[0]) and sign[1] <= MAX_TEXT


def _may_come(path: str) -> bool:
    found = found_at(path)
    return found is not None and found.folder in _ALONE and well_named(found)


def _offer(row: Row | None) -> Offer | None:
    """Give what a file that did not change offers to others."""
    if row is None:
        return None
    return pickle.loads(row.offer) if row.offer else _offer_of_contribution(row)  # noqa: S301 - ours


def _offer_of_contribution(row: Row) -> Offer:
    """Give what a contribution offers; it is not written down twice, for there are many."""
    return Offer(read=True, debate=row.debate, date=entry_from(row.entry, row.digest).meta.date)


def _matters(document: Document, before: Row) -> bool:
    """Tell whether other files, or the media to publish, may be concerned by what changed in a file."""
    if document.named != (set(pickle.loads(before.named)) if before.named else set()):  # noqa: S301 - ours
        return True
    return _offer(before) != offer_of(document)
