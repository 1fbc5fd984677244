"""``wraith-project.toml``: what the twins of a project share."""

from __future__ import annotations

import re
from typing import Final, Literal

from pydantic import Field, field_validator

from wraith.config._read import Document, read_toml
from wraith.errors import InputError
from wraith.workspace import PROJECT_FILE, Project, check_name

UNITS: Final = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}

_SIZE = re.compile(rf"(\d{{1,9}}) ?({'|'.join(UNITS)})")


class ComposedTwin(Document):
    """``[composites.NAME]``: a base with overlays, in the order in which they are composed."""

    base: str
    overlays: tuple[str, ...] = Field(min_length=1)


class Cache(Document):
    """``[cache]``: where the outputs of steps are kept, so that nobody makes them twice."""

    remote: str | None = Field(default=None, pattern=r"^https?://[^\s/]")
    read_only: bool = False
    limit: str = "2 GiB"

    @field_validator("limit")
    @classmethod
    def _is_size(cls, value: str) -> str:
        if not _SIZE.fullmatch(value):
            raise ValueError(f"a size is a number and one of {', '.join(UNITS)}")
        return value

    @property
    def limit_bytes(self) -> int:
        found = _SIZE.fullmatch(self.limit)
        assert found is not None  # Invariant: validated
        return int(found[1]) * UNITS[found[2]]


class Build(Document):
    """``[build]``: where the work of steps is done."""

    cluster: str | None = None


class ProjectConfig(Document):
    """The whole of ``wraith-project.toml``. Names are those of twins of the project, or references."""

    format: Literal["wraith.project/1"] = "wraith.project/1"
    build: Build = Build()
    cache: Cache = Cache()
    composites: dict[str, ComposedTwin] = Field(default={})

    @field_validator("composites")
    @classmethod
    def _named(cls, value: dict[str, ComposedTwin]) -> dict[str, ComposedTwin]:
        for name in value:
            check_name(name, "composite")
        return value


def declared(project: Project) -> dict[str, ComposedTwin]:
    """Return the composites of a project.

    Raises InputError where ``wraith-project.toml`` is broken, and where one bears the name of a twin."""
    path = project.root / PROJECT_FILE
    composites = read_toml(path, ProjectConfig).composites if path.is_file() else {}
    for name in composites:
        if project.twin(name).exists():
            raise InputError(
                f"composites.{name}: there is a twin of that name", where=path, hint="rename the composite"
            )
    return composites
