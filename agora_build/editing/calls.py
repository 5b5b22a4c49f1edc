"""States what the editor may ask for: the calls of decap-server, as far as one person who commits needs them."""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from agora_build.content.tree import MAX_TEXT
from agora_build.editing.clone import RefusedError

C = TypeVar("C", bound=BaseModel)


class _Call(BaseModel):
    """What a call is about; what else Decap sends (branch, workflow) changes nothing here."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class File(_Call):
    """One file."""

    path: str


class Files(_Call):
    """Some files, each by its path."""

    files: list[File]


class Folder(_Call):
    """The entries of a folder, or of those in it."""

    folder: str
    depth: int


class Paths(_Call):
    """Files to remove."""

    paths: Annotated[list[str], Field(min_length=1, max_length=100)]


class MediaFolder(_Call):
    """The pictures and documents of a folder."""

    folder: str = Field(alias="mediaFolder")


class DataFile(_Call):
    """An entry as it must be kept."""

    path: str
    raw: Annotated[str, StringConstraints(max_length=MAX_TEXT)]
    moved: str | None = Field(None, alias="newPath")


class Asset(_Call):
    """A file that is sent, in base64."""

    path: str
    content: str


class Options(_Call):
    """What a commit says."""

    message: str = Field("", alias="commitMessage")


class Entry(_Call):
    """An entry to keep, with the files that it names."""

    entries: Annotated[list[DataFile], Field(min_length=1, max_length=1, alias="dataFiles")]
    assets: list[Asset] = []
    options: Options = Options()


class Medium(_Call):
    """A picture or a document to keep."""

    asset: Asset
    options: Options = Options()


def read(kind: type[C], params: object) -> C:
    """Read what a call is about; raise RefusedError when it makes no sense."""
    try:
        return kind.model_validate(params)
    except ValidationError:
        raise RefusedError("editor-unknown", action=kind.__name__) from None
