"""What is recalled, and what is made anew and spread."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pytest

from wraith.synth._exchanges.memo import recalled_each
from wraith.synth._shared.spread import in_turn

T = TypeVar("T")


class Kept(dict[str, bytes]):
    """A memo in memory."""

    def put(self, key: str, value: bytes) -> None:
        self[key] = value


def read(data: bytes) -> int:
    return int(data)


def write(value: int) -> bytes:
    return str(value).encode()


@pytest.mark.parametrize("parts", [None, 1, 2, 32])
def test_what_is_missing_is_made_once_and_kept(parts: int | None) -> None:
    """In the order of the keys; what has no key is made each time, and what is damaged is made again."""
    memo, made, spreads = Kept(a=b"0", c=b"no number"), [], []

    def make(number: int) -> int:
        made.append(number)
        return number * 10

    def counted(work: Callable[[int], T], count: int) -> list[T]:
        spreads.append(count)
        return in_turn(work, count)

    keys = ["a", "b", "c", None]
    for again in ([1, 2, 3], [3]):
        found = recalled_each(memo, keys, make, write, read, spread=counted, parts=parts)
        assert found == [0, 10, 20, 30]
        assert made == again
        made.clear()
    assert spreads == ([3, 1] if parts is None else [min(parts, 3), 1])
    assert memo == {"a": b"0", "b": b"10", "c": b"20"}


def test_nothing_missing_spreads_nothing() -> None:
    """A corpus that is known whole asks nobody to work."""
    memo = Kept(a=b"1")
    assert recalled_each(memo, ["a"], lambda _: 0, write, read, spread=in_turn, parts=32) == [1]
    assert recalled_each(memo, [], lambda _: 0, write, read, spread=in_turn, parts=32) == []
