"""What comparing one exchange finds: differences, and how much was compared in which way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from wraith.canonical import JsonValue
from wraith.paths import Path

Severity: TypeAlias = Literal["error", "warning", "info"]
Reason: TypeAlias = Literal["generated", "timestamp", "enum", "header_allowlist", "heuristic"]
"""Why a leaf was not compared exactly, where no rule of the user says so. ``enum`` is such a rule's class."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference at one place: the category is a word of the report.

    ``weight`` is how many leaves it is about: a missing object weighs as much as all that was in it.
    """

    path: str
    category: str
    expected: JsonValue
    actual: JsonValue
    weight: int = 1
    severity: Severity = "error"
    enum: bool = False
    """The value is none of those that an enum is known to have."""


@dataclass(slots=True)
class Comparison:
    """What comparing one exchange found, and how much of it was compared exactly.

    ``compared_leaves`` are those of status, body and headers that were compared exactly; ``body_leaves`` and
    ``header_leaves`` are the body's and the headers' part of them. ``symbols`` are identifiers.
    """

    differences: list[Difference] = field(default_factory=list)
    compared_leaves: int = 0
    body_leaves: int = 0
    header_leaves: int = 0
    symbols: int = 0
    suppressed: list[tuple[Reason, Path]] = field(default_factory=list)
    """Places that were not compared exactly, and why; headers as the path ``header``, name."""
    body_suppressed: int = 0
    fields: set[str] = field(default_factory=set)
    """The rules of ``[diff.fields]`` that were met."""

    @property
    def suppressed_leaves(self) -> int:
        return len(self.suppressed)


def leaf_count(document: JsonValue) -> int:
    """Return how many leaves a document has; an empty object or array is one."""
    if isinstance(document, dict) and document:
        return sum(map(leaf_count, document.values()))
    if isinstance(document, list) and document:
        return sum(map(leaf_count, document))
    return 1
