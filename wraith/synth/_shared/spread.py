"""Work that falls into independent parts, and who does them.

The engine says what the parts are; whether one process or several do them is a seam. Results come back in the
order of the parts, so that the number of processes changes no byte of a model.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Spread(Protocol):
    """Does ``work(0)`` to ``work(count - 1)`` somewhere, and returns the results in that order."""

    def __call__(self, work: Callable[[int], T], count: int) -> list[T]: ...


def in_turn(work: Callable[[int], T], count: int) -> list[T]:
    """Do the parts one after the other, here."""
    return [work(part) for part in range(count)]
