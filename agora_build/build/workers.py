"""Turns declared outputs into bytes on every core: each worker takes whole kinds of pages, and so their templates."""

from __future__ import annotations

import multiprocessing
import signal
import threading
import traceback
from collections.abc import Mapping, Sequence
from itertools import groupby
from multiprocessing.connection import Connection
from typing import Any

from agora_build.rendering.output import Output
from agora_build.rendering.theme import Theme

Rendered = dict[str, bytes | None]


def render_all(items: Sequence[Output[Any]], theme: Theme, jobs: int) -> Mapping[str, bytes | None]:
    """Render every output with at most `jobs` processes, in the order given; None is for one too nested to render.

    Where processes cannot be forked safely (another system, threads already running) one process does it all.
    """
    safe = "fork" in multiprocessing.get_all_start_methods() and threading.active_count() == 1
    own, *others = _shares(items, max(1, jobs) if safe else 1)
    if others:
        theme.compile_shared()
    context = multiprocessing.get_context("fork" if others else None)
    waiting = []
    for share in others:
        here, there = context.Pipe(duplex=False)
        worker = context.Process(target=_work, args=(share, theme, there), daemon=True)
        worker.start()
        there.close()
        waiting.append((here, worker))
    done = _render(own, theme)
    for here, worker in waiting:
        answer = here.recv()
        worker.join()
        if isinstance(answer, BaseException):
            raise answer
        done |= answer
    return {item.path: done[item.path] for item in items}


def _shares(items: Sequence[Output[Any]], jobs: int) -> list[list[Output[Any]]]:
    """Deal the outputs out by the module that renders them, the largest kinds first."""
    kinds = [list(kind) for _, kind in groupby(sorted(items, key=_module), key=_module)]
    shares: list[list[Output[Any]]] = [[] for _ in range(jobs)]
    for kind in sorted(kinds, key=len, reverse=True):
        min(shares, key=len).extend(kind)
    return shares


def _module(item: Output[Any]) -> str:
    return item.render.__module__


def _work(share: list[Output[Any]], theme: Theme, answer: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent alone says that it was interrupted
    try:
        answer.send(_render(share, theme))
    except OSError as error:
        answer.send(error)
    except Exception:  # noqa: BLE001 - raised again in the parent; not every exception can be sent, its text can
        answer.send(RuntimeError(traceback.format_exc()))


def _render(share: list[Output[Any]], theme: Theme) -> Rendered:
    done: Rendered = {}
    for item in share:
        try:
            done[item.path] = item.bytes(theme)
        except RecursionError:
            done[item.path] = None
    return done
