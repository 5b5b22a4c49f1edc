"""Turns the commit that is checked out into the history of each campaign's rules, asking git only when it changed."""

from __future__ import annotations

import pickle

from agora_build.build.commit import shallow_of
from agora_build.build.plan import Plan
from agora_build.build.store import Store
from agora_build.content.history import Histories, read
from agora_build.content.site import Site
from agora_build.record import replace

_FACT = "history"
_SURE = ("complete", "outside-git")  # what the same commit will say again; git may be installed, or mended


def remembered(root: str, commit: str, site: Site, store: Store, todo: Plan) -> tuple[Site, Histories]:
    """Tell each microsite the history of its rules, and note in the plan those of which it changed."""
    slugs = tuple(item.slug for item in site.microsites)
    shallow = shallow_of(root)
    key = (commit, slugs, shallow)
    fact = store.fact(_FACT)
    known, before = pickle.loads(fact) if fact else (None, Histories("outside-git"))  # noqa: S301 - our own file
    now = before if key == known and before.state in _SURE else read(root, commit, slugs, shallow, before.readings)
    if now is not before:
        store.note(_FACT, pickle.dumps((key, now), pickle.HIGHEST_PROTOCOL))
        todo.rules |= {slug for slug in slugs if now.of(slug) != before.of(slug)}
    return replace(site, microsites=tuple(replace(item, history=now.of(item.slug)) for item in site.microsites)), now


def is_sure(histories: Histories) -> bool:
    """Tell whether asking again would give the same answer, as long as the commit is the same."""
    return histories.state in _SURE


def traced(histories: Histories) -> str:
    """Say what git did not tell, for who builds the commit again: `none` of it, or what is before some commits."""
    if histories.state in _SURE:
        return " ".join(histories.shallow)
    return "none"
