"""One finding of lint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SURE: Final = frozenset({"broken-file", "duplicate-id", "hole-without-source", "unknown-entity"})
"""Codes of what answers wrongly; the others are of what serves nothing, or may surprise."""


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One thing that is wrong: what kind (``code``), where, what, and what to do about it."""

    code: str
    where: str
    message: str
    remedy: str

    @property
    def is_error(self) -> bool:
        return self.code in SURE
