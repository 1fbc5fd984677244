"""``scrub.toml``: what may not reach the disk, beyond the built-in rules."""

from __future__ import annotations

import re
from typing import Literal, Self

from pydantic import model_validator

from wraith.config._read import Document
from wraith.paths import parse_path

Action = Literal["tokenize", "mask", "redact", "pseudonymize"]


class Rule(Document):
    """One of ``[[rules]]``: exactly one matcher, and what happens to what it finds."""

    header: str | None = None
    cookie: str | None = None
    query_param: str | None = None
    jsonpath: str | None = None
    """A path into JSON and form bodies, in our path syntax; a leading ``$.`` is allowed."""
    regex: str | None = None
    action: Action = "tokenize"

    @model_validator(mode="after")
    def _one_matcher(self) -> Self:
        given = [
            name for name in ("header", "cookie", "query_param", "jsonpath", "regex") if getattr(self, name)
        ]
        if len(given) != 1:
            raise ValueError("expected exactly one of header, cookie, query_param, jsonpath, regex")
        if self.regex is not None:
            try:
                re.compile(self.regex)
            except re.error as error:
                raise ValueError(f"regex: {error}") from error
        if self.jsonpath is not None:
            parse_path(self.jsonpath.removeprefix("$").removeprefix("."))
        return self


class Allow(Document):
    """One of ``[[allow]]``: values that are public by nature and stay in clear."""

    value: str | None = None
    regex: str | None = None
    reason: str

    @model_validator(mode="after")
    def _one_matcher(self) -> Self:
        if (self.value is None) == (self.regex is None):
            raise ValueError("expected exactly one of value, regex")
        if self.regex is not None:
            try:
                re.compile(self.regex)
            except re.error as error:
                raise ValueError(f"regex: {error}") from error
        return self


class ScrubConfig(Document):
    """The whole of ``scrub.toml``."""

    format: Literal["wraith.scrub/1"] = "wraith.scrub/1"
    card_test_numbers: bool = True
    """Leave the published test numbers of card networks in clear."""
    rules: tuple[Rule, ...] = ()
    allow: tuple[Allow, ...] = ()
