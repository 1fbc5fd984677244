"""``[diff]`` of ``wraith.toml``: how answers are compared, scored, and which differences do not count."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal, Self, TypeAlias, get_args

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, JsonValue, model_validator

from wraith.config._read import Document
from wraith.errors import InputError
from wraith.globs import glob
from wraith.paths import parse_path

FieldClass: TypeAlias = Literal["generated", "timestamp", "constant", "enum", "echoed", "exact"]
Category: TypeAlias = Literal[
    "missing_field",
    "extra_field",
    "value_mismatch",
    "type_mismatch",
    "status_mismatch",
    "array_length_mismatch",
    "header_mismatch",
    "id_inconsistent",
    "no_answer",
]
CATEGORIES: tuple[str, ...] = get_args(Category)
SYNONYMS = {"status_code_mismatch": "status_mismatch"}
"""Words that rules may use for a category."""

Share = Annotated[float, Field(ge=0.0, le=1.0)]


def bare_path(text: str) -> str:
    """Return a path as the report writes it: without ``body.`` or ``response.body.`` before it."""
    for prefix in ("response.body.", "body."):
        if text.startswith(prefix):
            return text.removeprefix(prefix)
    return text


def _route(text: str) -> str:
    method, blank, path = text.partition(" ")
    if not blank or not path.startswith(("/", "*")) or not method or method != method.upper():
        raise ValueError('expected a route such as "GET /v1/customers/{id}"')
    return text


def _stated(text: str) -> str:
    if not text.strip():
        raise ValueError("expected why, in a few words")
    return text


def _glob(text: str) -> str:
    if not text:
        raise ValueError("expected a pattern; * stands for anything")
    return bare_path(text)


def _date(value: object) -> object:
    if isinstance(value, datetime.datetime):
        raise ValueError("expected a date without a time, such as 2027-01-31")
    return value


def _as_field(value: object) -> object:
    return {"class": value} if isinstance(value, str) else value


Route = Annotated[str, AfterValidator(_route)]
Reason = Annotated[str, AfterValidator(_stated)]
Glob = Annotated[str, AfterValidator(_glob)]
Expiry = Annotated[datetime.date, BeforeValidator(_date)]


class FieldRule(Document):
    """What one field is: a class, and for ``enum`` the values that it may have."""

    field_class: FieldClass = Field(alias="class")
    values: tuple[JsonValue, ...] = ()
    """Of an ``enum``; empty: the values that the recordings hold there."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    @model_validator(mode="after")
    def _values_of_an_enum(self) -> Self:
        if self.values and self.field_class != "enum":
            raise ValueError("values belong to the class enum alone")
        return self


class Thresholds(Document):
    """``[diff.thresholds]``: the least that each component of an exchange must reach, from 0 to 1."""

    status_exact_match: bool = True
    body_structure: Share = 0.90
    body_values: Share = 0.85
    symbol_consistency: Share = 1.0
    header_conformance: Share = 0.80


class Override(Document):
    """``[diff.overrides."METHOD /path"]``: other thresholds for one route."""

    status_exact_match: bool | None = None
    body_structure: Share | None = None
    body_values: Share | None = None
    symbol_consistency: Share | None = None
    header_conformance: Share | None = None


class Suppress(Document):
    """One of ``[[diff.suppress]]``: differences that are left out, and why."""

    route: Glob | None = None
    path: Glob | None = None
    category: Glob | None = None
    reason: Reason
    expires: Expiry | None = None

    @model_validator(mode="after")
    def _something_to_match(self) -> Self:
        if self.route is None and self.path is None and self.category is None:
            raise ValueError("expected at least one of route, path, category")
        if self.category is not None:
            matches = glob(self.category)
            if not any(matches(word) for word in (*CATEGORIES, *SYNONYMS)):
                raise ValueError(f"no category is called {self.category!r}: {', '.join(CATEGORIES)}")
        return self


class Diff(Document):
    """``[diff]``: how answers are compared."""

    required_score: Share = 0.90
    """The share of sessions that must pass; below it ``check`` ends with exit status 2."""
    session_pass_rate: Share = 0.95
    """The share of its exchanges that must pass for a session to pass."""
    compare_headers: tuple[str, ...] = ()
    """Headers compared besides content-type and those the model predicts; lower case."""
    fields: dict[str, Annotated[FieldRule, BeforeValidator(_as_field)]] = Field(default={})
    """What fields are, by path: wins over what the model says."""
    thresholds: Thresholds = Thresholds()
    overrides: dict[Route, Override] = Field(default={})
    suppress: tuple[Suppress, ...] = ()

    @model_validator(mode="after")
    def _paths_of_fields(self) -> Self:
        for text in self.fields:
            try:
                parse_path(bare_path(text))
            except InputError as error:
                raise ValueError(f"fields: {error.message}") from error
        return self
