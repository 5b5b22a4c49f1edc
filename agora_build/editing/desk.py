"""Turns what the editor asks for (the calls of decap-server) into files that are shown, and edits into commits."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Mapping
from typing import Any

from agora_build.build.checking import check
from agora_build.content.config_file import read_config
from agora_build.content.day import today_in
from agora_build.content.ids import new_id
from agora_build.content.tree import IGNORED, MAX_AUDIO, MAX_MEDIA, WITH_ID, Found, is_media
from agora_build.editing import calls, places, saving
from agora_build.editing.clone import Clone, RefusedError
from agora_build.editing.shown import BASE, BODY, NAMED
from agora_build.problems import Problem, Wording

_SMALL = 2_000_000  # bytes of a picture that is shown in a list of many
_TOLD = 3  # problems that are told at once
Said = Callable[[str, str], None]


class Desk:
    """Answers the editor; one edit at a time, and nothing of it stays that the checks refuse."""

    def __init__(self, clone: Clone, words: Wording, still: threading.Lock, said: Said) -> None:
        """Work in a clone; `still` is held while files may be wrong, `said` is told each commit."""
        self._clone, self._words, self._still, self._said = clone, words, still, said
        self._bases: dict[str, tuple[str, str]] = {}  # what is open -> its path, and its state when it was last seen
        self._moved: dict[str, str] = {}  # how the editor called a new file -> the id that it was given

    def answer(self, action: str, params: object) -> Any:  # noqa: ANN401 - JSON
        """Do what is asked for; raise RefusedError when it cannot be."""
        done: Mapping[str, Callable[[], Any]] = {
            "info": lambda: {"repo": self._clone.root.name, "publish_modes": ["simple"], "type": "agora"},
            "entriesByFolder": lambda: self._folder(calls.read(calls.Folder, params)),
            "entriesByFiles": lambda: [self._listed(file.path) for file in calls.read(calls.Files, params).files],
            "getEntry": lambda: self._entry(calls.read(calls.File, params).path, secrets.token_hex(8)),
            "unpublishedEntries": list,
            "persistEntry": lambda: self._persist(calls.read(calls.Entry, params)),
            "getMedia": lambda: self._media(calls.read(calls.MediaFolder, params)),
            "getMediaFile": lambda: self._medium(self._media_at(calls.read(calls.File, params).path)),
            "persistMedia": lambda: self._persist_media(calls.read(calls.Medium, params)),
            "deleteFile": lambda: self._delete([calls.read(calls.File, params).path]),
            "deleteFiles": lambda: self._delete(calls.read(calls.Paths, params).paths),
            "getDeployPreview": lambda: None,
            "getNotes": lambda: {"notes": []},
        }
        if action not in done:
            raise RefusedError("editor-unknown", action=action[:40])
        return done[action]()

    def _folder(self, asked: calls.Folder) -> list[dict[str, Any]]:
        """List the entries of a folder; of all campaigns, each campaign.md."""
        folder = places.inside(self._clone.root, asked.folder)
        found = []
        for file in sorted((self._clone.root / folder).glob("*/campaign.md" if asked.depth > 1 else "*.md")):
            path = file.relative_to(self._clone.root).as_posix()
            if file.name.count(".") == 1 and file.is_file() and file.name not in IGNORED:
                found.append(self._listed(path))
        return [entry for entry in found if entry["data"] is not None]

    def _listed(self, path: str) -> dict[str, Any]:
        """Give an entry; without its data when it cannot be read."""
        try:
            return self._entry(path, "")
        except RefusedError:
            return {"data": None, "file": {"path": path, "id": None}}

    def _entry(self, path: str, base: str) -> dict[str, Any]:
        found = places.entry_at(self._clone.root, self._moved.get(path, path))
        raw = self._clone.read([found.path])[found.path]
        if raw is None:  # a file that a campaign may have, and nobody began; or none at all
            begun = found.folder == "campaign" and not found.path.endswith("/campaign.md")
            return {"data": "{}" if begun else None, "file": {"path": path, "id": None}}
        if base:
            self._bases[base] = (found.path, _state(raw))
        return {"data": saving.opened(found, raw, base), "file": {"path": found.path, "id": _state(raw)}}

    def _persist(self, asked: calls.Entry) -> dict[str, str]:
        entry = asked.entries[0]
        if entry.moved not in (None, entry.path):
            raise RefusedError("editor-not-here", path=str(entry.moved))
        path = self._moved.get(entry.path, entry.path)
        found, sent = places.entry_at(self._clone.root, path), _table(entry.raw)
        with self._still:
            raw = self._clone.read([found.path])[found.path]
            if raw is None:
                found = self._named(found, str(sent.get(NAMED)))
                places.new_entry(found)
            else:
                self._as_opened(found, raw, sent)
            changed: dict[str, bytes | None] = {found.path: saving.saved(found, sent, raw)}
            for asset in asked.assets:
                changed |= self._asset(asset)
            self._keep(changed, asked.options.message)
        if found.path != path:
            self._moved[path] = found.path
        self._bases[str(sent.get(BASE))] = (found.path, _state(changed[found.path] or b""))
        return {"message": "entry persisted"}

    def _named(self, found: Found, answered: str) -> Found:
        """Give a new text of somebody the id that it is known by; a reply has that of what it answers."""
        if found.folder == "answers" and found.slug != answered:
            raise RefusedError("editor-answered", path=f"{found.path.rpartition('/')[0]}/{answered}.md")
        if found.folder not in WITH_ID:
            return found
        name = new_id(today_in(read_config(self._clone.root)[0]))
        return places.entry_at(self._clone.root, f"{found.path.rpartition('/')[0]}/{name}.md")

    def _as_opened(self, found: Found, raw: bytes, sent: Mapping[str, Any]) -> None:
        """Refuse to write over what somebody else changed since the file was opened."""
        if self._bases.get(str(sent.get(BASE))) != (found.path, _state(raw)):
            raise RefusedError("editor-changed", path=found.path)
        if saving.is_letter_for_letter(found) and saving.body_of(found, raw) != str(sent.get(BODY) or "").strip():
            raise RefusedError("editor-verbatim", path=found.path)

    def _keep(self, changed: Mapping[str, bytes | None], message: str) -> None:
        """Write, check, commit; or leave all as it was and say why."""
        before = self._clone.read(list(changed))
        new = {path: raw for path, raw in changed.items() if raw != before[path]}
        if not new:
            return
        for path in new:
            if not self._clone.is_as_committed(path):
                raise RefusedError("editor-not-committed", path=path)
        try:
            self._clone.write(new)
            self._agree(new, before)
            commit = self._clone.commit(new, _line(message))
        except BaseException:
            self._clone.write({path: before[path] for path in new})
            raise
        self._said(commit, ", ".join(new))

    def _agree(self, new: Mapping[str, bytes | None], before: Mapping[str, bytes | None]) -> None:
        """Refuse files that are wrong, or that make others so which were not before."""
        problems = self._problems()
        if problems and not any(it.path in new for it in problems):
            self._clone.write({path: before[path] for path in new})
            known = {_name(it) for it in self._problems()}
            self._clone.write(new)
            problems = [it for it in problems if _name(it) not in known]
        if problems:
            own = [it for it in problems if it.path in new]
            raise RefusedError("editor-refused", problems=self._told(own or problems))

    def _problems(self) -> list[Problem]:
        return check(str(self._clone.root), None).problems

    def _told(self, problems: list[Problem]) -> str:
        told = [f"{self._words.message(it)} : {self._words.hint(it)}" for it in problems[:_TOLD]]
        return " ; ".join(told)

    def _delete(self, paths: list[str]) -> dict[str, str]:
        changed: dict[str, bytes | None] = {}
        for path in paths:
            known = self._moved.get(path, path)
            try:
                found = places.entry_at(self._clone.root, known)
            except RefusedError:
                changed[places.media_at(self._clone.root, known)] = None
                continue
            if saving.is_letter_for_letter(found) or found.path.endswith("/campaign.md"):
                raise RefusedError("editor-not-removed", path=found.path)
            changed[found.path] = None
        with self._still:
            self._keep(changed, f"Retirer {', '.join(changed)}")
        return {"message": "deleted"}

    def _media(self, asked: calls.MediaFolder) -> list[dict[str, str]]:
        folder = self._clone.root / places.inside(self._clone.root, asked.folder)
        files = sorted(file for file in folder.glob("*") if file.is_file() and not file.is_symlink())
        paths = [file.relative_to(self._clone.root).as_posix() for file in files]
        return [self._medium(path, _SMALL) for path in paths if is_media(path)]

    def _media_at(self, path: str) -> str:
        return places.media_at(self._clone.root, path)

    def _medium(self, path: str, most: int = MAX_AUDIO) -> dict[str, str]:
        """Give a file that is there, empty when it has more bytes than are shown; RefusedError when there is none."""
        file = self._clone.root / path
        if not file.is_file():
            raise RefusedError("editor-not-here", path=path)
        raw = file.read_bytes() if file.stat().st_size <= most else b""
        content = base64.b64encode(raw).decode()
        return {"id": path, "content": content, "encoding": "base64", "path": path, "name": file.name}

    def _persist_media(self, asked: calls.Medium) -> dict[str, str]:
        changed = self._asset(asked.asset)
        with self._still:
            self._keep(changed, asked.options.message)
        return self._medium(asked.asset.path)

    def _asset(self, asset: calls.Asset) -> dict[str, bytes | None]:
        path = self._media_at(asset.path)
        try:
            raw = base64.b64decode(asset.content, validate=True)
        except ValueError:
            raise RefusedError("editor-unknown", action="asset") from None
        if len(raw) > MAX_MEDIA:
            raise RefusedError("editor-too-big", path=path, limit=str(MAX_MEDIA // 1_000_000))
        return {path: raw}


def _table(raw: str) -> dict[str, Any]:
    try:
        table = json.loads(raw)
    except (ValueError, RecursionError):
        table = None
    if not isinstance(table, dict):
        raise RefusedError("editor-unknown", action="persistEntry")
    return table


def _state(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _name(problem: Problem) -> tuple[str, str, str]:
    return problem.path, problem.code, repr(sorted(problem.values.items()))


def _line(message: object) -> str:
    """Give the first line of a message for a commit, short enough."""
    return " ".join(str(message).split())[:120] or "Modifier"
