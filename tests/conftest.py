"""The options of pytest that are ours, and what several files of tests share and takes long to make."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from jinja2.bccache import Bucket
from wheels import built_wheel

from agora_build.rendering.templates import Compiled, Known

# What lands is judged on the same examples each time, however slow the machine; `make soak` tries new ones.
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("new", deadline=None, print_blob=True)
settings.load_profile("same")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `--update` write the expected files of golden sites and problem reports anew, `--races` run more races."""
    parser.addoption("--update", action="store_true", help="write expected files anew")
    parser.addoption("--races", type=int, default=300, help="how many times eight people post one code at once")


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, as `make` users would publish it."""
    return built_wheel(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="session", autouse=True)
def _templates_compiled_once() -> Iterator[None]:
    """Compile a template once a session, not once a build: it is most of what building a small city takes."""
    made: dict[bytes, bytes] = {}
    prepare, dump = Compiled.__init__, Compiled.dump_bytecode

    def prepared(self: Compiled, known: Known, salt: str) -> None:
        def found(key: bytes) -> bytes | None:
            return known(key) or (self.new.setdefault(key, made[key]) if key in made else None)

        prepare(self, found, salt)

    def kept(self: Compiled, bucket: Bucket) -> None:
        dump(self, bucket)
        made.update(self.new)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Compiled, "__init__", prepared)
        patch.setattr(Compiled, "dump_bytecode", kept)
        yield
