"""``wraith-project.toml``: what the twins of a project share."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from wraith.config._read import Document
from wraith.workspace import check_name


class ComposedTwin(Document):
    """``[composites.NAME]``: a base with overlays, in the order in which they are composed."""

    base: str
    overlays: tuple[str, ...] = Field(min_length=1)


class ProjectConfig(Document):
    """The whole of ``wraith-project.toml``. Names are those of twins of the project, or references."""

    format: Literal["wraith.project/1"] = "wraith.project/1"
    composites: dict[str, ComposedTwin] = Field(default={})

    @field_validator("composites")
    @classmethod
    def _named(cls, value: dict[str, ComposedTwin]) -> dict[str, ComposedTwin]:
        for name in value:
            check_name(name, "composite")
        return value
