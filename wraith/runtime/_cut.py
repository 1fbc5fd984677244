"""Texts cut at the literal runs that stand in them."""

from __future__ import annotations

from collections.abc import Sequence


def cut_text(text: str, runs: Sequence[str]) -> list[str] | None:
    """Return what stands between the runs, each at its first place behind the one before, the first at the
    start and the last at the end; None where the text is not built so.

    Linear in the text, where a regular expression that backtracks is not.
    """
    first, *inner, last = runs
    if not text.startswith(first) or not text.endswith(last) or len(text) < len(first) + len(last):
        return None
    gaps: list[str] = []
    at, end = len(first), len(text) - len(last)
    for run in inner:
        found = text.find(run, at, end)
        if found < 0:
            return None
        gaps.append(text[at:found])
        at = found + len(run)
    return [*gaps, text[at:end]]
