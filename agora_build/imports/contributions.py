"""Turns what a person or a group said in another system into a contribution here, without what is not to be public."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping

from agora_build.content.cleaning import cleaned
from agora_build.imports.filing import Filing, Item
from agora_build.imports.privacy import Kind, masked
from agora_build.imports.register import source_of
from agora_build.imports.report import Place
from agora_build.imports.values import Words, number
from agora_build.record import Record, field, replace

_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_LINES = ("title", "name", "group", "spokesperson", "meeting")


class Said(Record, frozen=True):
    """What a row says; `private` are ids and addresses of the row that may stand in no text."""

    place: Place
    debate: str
    day: datetime.date
    text: str
    channel: str = "web"
    title: str = ""
    name: str = ""
    group: str = ""
    spokesperson: str = ""
    people: str = ""
    meeting: str = ""
    quarter: str = ""
    location: Mapping[str, object] | None = None
    workshop: str = ""
    theme: str = ""
    position: str = ""
    reply_to: str = ""
    private: tuple[str, ...] = ()


class Contributions(Record, frozen=True):
    """Files contributions; `masks` are the words that take the place of what is masked."""

    filing: Filing
    quarters: Words
    masks: Mapping[Kind, str] = field(default_factory=dict)

    def by_id(self, said: Said, *identity: str) -> str:
        """File what has an id in the system it comes from; give its name here, or '' when it was refused."""
        return self._file(self._clean(said), source_of(*identity))

    def by_text(self, said: Said, *identity: str) -> str:
        """File what has no id: its text makes it, and its rank among those that say the same."""
        clean = self._clean(said)
        if clean is None:
            return self._file(None, b"")
        alike = (*identity, clean.debate, clean.group, clean.text)
        before, line = self.filing.target.register.alike(source_of(*alike), said.place.line)
        if before:
            self.filing.report.note(said.place, "import-same-text", line=str(line))
        return self._file(clean, source_of(*alike, str(before)))

    def public(self, place: Place, key: str, text: str, private: tuple[str, ...] = ()) -> str:
        """Take out of a text what no file may hold and what is not to be public; what is taken is told."""
        if _CONTROLS.search(text):
            self.filing.report.note(place, "import-controls", key=key)
        found, kinds = masked(cleaned(text), self.masks, private)
        for kind in kinds:
            self.filing.report.note(place, f"import-masked-{kind}", key=key, mask=self.masks[kind])
        return found

    def _clean(self, said: Said) -> Said | None:
        """Take out of the texts what no file may hold and what is not to be public; None when one is unreadable."""
        changed = {}
        for key in ("text", *_LINES):
            before = getattr(said, key)
            if not before:
                continue
            if "\ufffd" in before:
                self.filing.report.refuse(said.place, "import-undecodable", key=key)
                return None
            after = self.public(said.place, key, before, said.private)
            changed[key] = after if key == "text" else " ".join(after.split())
        if changed.get("name", "") != " ".join(said.name.split()):  # what is masked is no name that somebody chose
            changed["name"] = ""
        return replace(said, **changed)

    def _file(self, said: Said | None, source: bytes) -> str:
        if said is None or not self._sound(said):
            self.filing.report.end_line(taken=False)
            return ""
        collective = bool(said.group)
        meta = {
            "debate": said.debate,
            "date": said.day,
            "voice": "collective" if collective else "individual",
            "channel": said.channel,
            "title": said.title or None,
            "name": None if collective else said.name or None,
            "group": said.group or None,
            "spokesperson": said.spokesperson or None,
            "people": number(said.people) if collective else None,
            "meeting": said.meeting or None,
            "quarter": self._quarter(said),
            "location": said.location or None,
            "workshop": said.workshop or None,
            "theme": said.theme or None,
            "position": said.position or None,
            "reply_to": said.reply_to or None,
        }
        item = Item(said.place, "contributions", source, f"{said.day:%Y%m%d}")
        taken = self.filing.report.taken
        before = taken["contributions"]
        name = self.filing.file(item, meta, said.text)
        self.filing.report.end_line(taken=taken["contributions"] > before)
        return name

    def _sound(self, said: Said) -> bool:
        """Tell whether a row says how many people a group is, and which group several people are."""
        report, people = self.filing.report, number(said.people)
        if not said.text.strip():
            report.refuse(said.place, "import-no-text")
        elif said.people and people is None:
            report.refuse(said.place, "import-bad-number", value=said.people[:60])
        elif said.group and not people:
            report.refuse(said.place, "import-group-without-people", value=said.group)
        elif not said.group and (people or 0) > 1:
            report.refuse(said.place, "import-people-without-group", value=said.people)
        else:
            return True
        return False

    def _quarter(self, said: Said) -> str | None:
        found = self.quarters.find(said.quarter) if said.quarter else ""
        if said.quarter and not found:
            near = self.quarters.near(said.quarter)
            self.filing.report.note(said.place, "import-unknown-quarter", value=said.quarter[:60], near=near)
        return found or None
