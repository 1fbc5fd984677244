"""Learning without a search for garbage every few thousand objects.

What is learned from is kept to the end, and almost nothing of it is in a cycle: the collector would look
through all of it again and again, for a fifth of the time, and find nothing.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

YOUNG: Final = 2_000_000
"""Objects that are there at one look more than at the last. One in twenty is in a cycle, a closure that
knows itself: ten megabytes. What is not is let go when nobody needs it."""


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let the collector look seldom while the block runs."""
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], YOUNG) if before[0] else 0, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
