"""Detection: what finds secrets in a text without structure, or inside one value of a text that has some.

A detector says of raw bytes whether it *may* find something there (fast, and never wrongly no), and of a text
where its secrets stand. The order of detectors is their priority: of two that overlap, the first counts.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeAlias

from wraith.scrub._replacer import Replacer

Rewrite: TypeAlias = Callable[[str], str]
Span: TypeAlias = tuple[int, int, Rewrite]
"""Where a secret stands, and what to do to it."""


class Detector(Protocol):
    """One way to find secrets."""

    def maybe(self, raw: bytes) -> bool: ...

    def spans(self, text: str, replacer: Replacer) -> Iterator[Span]: ...


def active(detectors: Sequence[Detector], raw: bytes) -> list[Detector]:
    """Return the detectors that may find something in the bytes."""
    return [detector for detector in detectors if detector.maybe(raw)]


def rewrite_text(text: str, detectors: Sequence[Detector], replacer: Replacer) -> str:
    """Return the text with what the detectors find replaced."""
    if not detectors:
        return text
    return splice(text, [span for detector in detectors for span in detector.spans(text, replacer)])


def splice(text: str, spans: Sequence[Span]) -> str:
    """Return the text with the spans rewritten; one that overlaps an earlier one is left out."""
    if not spans:
        return text
    taken: list[tuple[int, int, str]] = []  # sorted, without overlaps
    for start, end, rewrite in spans:
        place = bisect_left(taken, (start, end))
        after_last = place == 0 or taken[place - 1][1] <= start
        before_next = place == len(taken) or end <= taken[place][0]
        if after_last and before_next:
            taken.insert(place, (start, end, rewrite(text[start:end])))
    pieces: list[str] = []
    at = 0
    for start, end, piece in taken:
        pieces += (text[at:start], piece)
        at = end
    return "".join(pieces) + text[at:]
