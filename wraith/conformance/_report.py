"""The report of a check: what was compared, what differed, and one honest score."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic import JsonValue as Json

from wraith.canonical import JsonValue

MAX_LISTED = 1000
"""Divergences listed in full; more are counted. A report is read by people and stays small."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Divergence(_Part):
    """One difference between a recorded and a replayed answer."""

    route: str
    session: str
    exchange: int
    path: str
    category: str
    expected: Json
    actual: Json


class Dependence(_Part):
    """An exchange that is about an entity which was there before the recording began.

    ``known``: the entity is one of the fixtures. Where it is not, no recording shows it as it was, and the
    twin cannot know it.
    """

    session: str
    exchange: int
    route: str
    entity: str
    key: str
    known: bool


class RouteScore(_Part):
    """How one route did."""

    route: str
    exchanges_total: int
    exchanges_passed: int
    compared_leaves: int
    suppressed_leaves: int


class Prediction(_Part):
    """How well one route was predicted by models that had not seen the exchanges."""

    route: str
    generalization_bp: int = Field(ge=0, le=10_000)
    exchanges_total: int
    exchanges_passed: int


class Generalization(_Part):
    """``reports/holdout.json``: each fold predicted by a model learned from the others."""

    format: Literal["wraith.holdout/1"] = "wraith.holdout/1"
    folds: int
    generalization_bp: int = Field(ge=0, le=10_000)
    exchanges_total: int
    exchanges_passed: int
    extrapolated_total: int
    routes: tuple[Prediction, ...]
    divergences_total: int
    divergences: tuple[Divergence, ...]
    corpus: str = ""
    """The digest of the sessions that were dealt."""

    def to_json(self) -> JsonValue:
        """Return the result as a JSON document."""
        document: JsonValue = self.model_dump(mode="json")
        return document


class Report(_Part):
    """``reports/check.json``. ``score_bp`` is 10000 times the share of exchanges that passed, rounded;
    ``exact_bp`` that of exchanges without any difference."""

    format: Literal["wraith.report/1"] = "wraith.report/1"
    score_bp: int = Field(ge=0, le=10_000)
    exact_bp: int = Field(ge=0, le=10_000)
    required_bp: int
    passed: bool
    exchanges_total: int
    exchanges_passed: int
    sessions_total: int
    sessions_passed: int
    compared_leaves: int
    suppressed_leaves: int
    divergences_total: int
    extrapolated_total: int
    preexisting_total: int = 0
    """Exchanges about entities that were there before the recording began, of which so many are unknown:"""
    preexisting_unknown: int = 0
    preexisting: tuple[Dependence, ...] = ()
    routes: tuple[RouteScore, ...]
    divergences: tuple[Divergence, ...]

    def to_json(self) -> JsonValue:
        """Return the report as a JSON document."""
        document: JsonValue = self.model_dump(mode="json")
        return document
