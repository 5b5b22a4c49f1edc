"""Turns the records of all scopes into the links of the site that lead nowhere."""

from __future__ import annotations

from functools import lru_cache

from agora_build.build import inspection
from agora_build.build.scopes import paths_of, rows_of, wants_of
from agora_build.build.store import Store
from agora_build.problems import Problem


def broken(store: Store) -> list[Problem]:
    """Follow, between scopes, every link of the site; those inside a scope were followed when it was rendered."""
    owner = {path: name for name, sums in store.scopes("sums") for path in paths_of(sums)}

    @lru_cache(maxsize=64)
    def ids_in(scope: str) -> dict[str, frozenset[str]]:
        row = store.scope(scope)
        return {item.path: frozenset(item.ids) for item in rows_of(row)} if row else {}

    def ids(path: str) -> frozenset[str]:
        return ids_in(owner[path])[path]

    problems: list[Problem] = []
    for name, wants in list(store.scopes("wants")):
        absent = list(inspection.missing(wants_of(wants), owner.__contains__, ids))
        row = store.scope(name) if absent else None
        wanted_by = {item.path: item.wants for item in rows_of(row)} if row else {}
        problems += inspection.broken(wanted_by, absent, owner.__contains__)
    return problems
