"""Which part of two texts is not the same, so that it can be marked."""

from __future__ import annotations

from typing import NamedTuple


class Parts(NamedTuple):
    """A text in three: what stands before the part that differs, that part, and what stands behind it."""

    before: str
    differs: str
    behind: str


def parts(one: str, other: str) -> tuple[Parts, Parts]:
    """Return two texts taken apart around what differs between them; where little is the same, all of it."""
    limit = min(len(one), len(other))
    start = next((at for at in range(limit) if one[at] != other[at]), limit)
    end = next((at for at in range(limit - start) if one[-1 - at] != other[-1 - at]), limit - start)
    if start:  # a mark begins where a word does
        start = max((at for at in range(start + 1) if at == 0 or not _in_word(one, at)), default=0)
    while end and _in_word(one, len(one) - end):
        end -= 1
    return _cut(one, start, end), _cut(other, start, end)


def _in_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()


def _cut(text: str, start: int, end: int) -> Parts:
    stop = len(text) - end
    return Parts(text[:start], text[start:stop], text[stop:])
