"""Texts that hold something made fresh: what stands in their gaps on either side."""

from __future__ import annotations

from collections.abc import Sequence

from wraith.conformance._shapes import literal_of
from wraith.runtime import cut_text
from wraith.wir import Clock, Expr, FreshId, Literal


def holds_something_made(parts: Sequence[Expr]) -> bool:
    """Whether a part of a text is an identifier or a time that is made anew."""
    return any(isinstance(part, FreshId | Clock) for part in parts)


def gaps(parts: Sequence[Expr], recorded: str, replayed: str) -> list[tuple[Expr, str, str]] | None:
    """Return the parts that are no literals with what stands for them in both texts; None where one of the
    texts is not so. What an identifier's format begins with is literal as well."""
    runs = [""]
    made: list[Expr] = []
    for part in parts:
        if isinstance(part, Literal):
            runs[-1] += str(part.value)
            continue
        if isinstance(part, FreshId):
            begins = literal_of(part.pattern)
            runs[-1] += begins
            part = FreshId(part.pattern.removeprefix(begins))
        made.append(part)
        runs.append("")
    one, other = cut_text(recorded, runs), cut_text(replayed, runs)
    return None if one is None or other is None else list(zip(made, one, other, strict=True))
