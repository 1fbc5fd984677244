"""``drift.toml``: drift that was looked at, and accepted or given another name."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, model_validator

from wraith.config._diff import Glob, Reason
from wraith.config._read import Document

DRIFT_ID = re.compile(r"drift-[0-9a-f]{16}")
_TYPE = re.compile(r"[a-z][a-z0-9_]*")


def _drift_id(text: str) -> str:
    if not DRIFT_ID.fullmatch(text):
        raise ValueError("expected drift- and 16 hex digits, as wraith check shows them")
    return text


def _drift_type(text: str) -> str:
    if not _TYPE.fullmatch(text):
        raise ValueError("expected a lower-case name such as enum_extension")
    return text


DriftId = Annotated[str, AfterValidator(_drift_id)]
DriftType = Annotated[str, AfterValidator(_drift_type)]


class DriftMatch(Document):
    """Which drift a rule is about: all that is given must be so."""

    drift_id: DriftId | None = None
    route: Glob | None = None
    path: Glob | None = None
    drift_type: DriftType | None = None

    @model_validator(mode="after")
    def _something_to_match(self) -> Self:
        if self.drift_id is self.route is self.path is self.drift_type is None:
            raise ValueError("expected at least one of drift_id, route, path, drift_type")
        return self


class DriftSuppress(DriftMatch):
    """One of ``[[suppress]]``: drift that is accepted. It stays in the report, and out of the score."""

    reason: Reason
    service: bool = False
    """The drift is one of the live service (``wraith check --upstream``), and none of the twin."""


def _as_match(value: object) -> object:
    if not isinstance(value, str):
        return value
    return {"drift_id": value} if DRIFT_ID.fullmatch(value) else {"drift_type": value}


class Reclassify(Document):
    """One of ``[[reclassify]]``: drift that goes by another type."""

    match: Annotated[DriftMatch, BeforeValidator(_as_match)]
    """A table, or the id or type of the drift alone."""
    new_drift_type: DriftType
    reason: str = ""


class DriftConfig(Document):
    """The whole of ``drift.toml``."""

    format: Literal["wraith.drift/1"] = "wraith.drift/1"
    suppress: tuple[DriftSuppress, ...] = ()
    reclassify: tuple[Reclassify, ...] = ()
