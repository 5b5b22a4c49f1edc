"""Turns the files of a vote that may be known into public files of the same bytes, beside the page of its result."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agora_build.content.site import Microsite, Site, Thread
from agora_build.rendering.output import File, Output, copied
from agora_build.urls import Urls


def thread_outputs(site: Site, microsite: Microsite, thread: Thread, today: datetime.date) -> Iterator[Output[Any]]:  # noqa: ARG001
    """Declare the public copy of each file of a vote that may be known."""
    urls = Urls(site.config.city.language)
    for file in thread.vote.files if thread.vote else ():
        path = urls.vote(microsite.slug, thread.debate, file.name)
        yield Output(path, File(Path(site.root, file.path), file.digest), copied)
