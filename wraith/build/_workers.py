"""Processes that share the work of one step.

Forked, so that they see what the step has read without a copy; only results travel. A worker that dies is an
error, never a wait for ever: that is what ``concurrent.futures`` has over ``multiprocessing.Pool``.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TypeVar

from wraith.errors import OperationError
from wraith.synth import Spread, in_turn

T = TypeVar("T")

_work: Callable[[int], object] | None = None
"""What the workers do: set before they are forked, because functions do not travel."""


def spread(jobs: int) -> Spread:
    """Return what spreads work over so many processes; over none where it is one.

    Raises OperationError where a worker dies.
    """

    def over(work: Callable[[int], T], count: int) -> list[T]:
        global _work
        if count < 2 or _work is not None:  # a worker has no workers of its own
            return in_turn(work, count)
        _work = work
        try:
            with ProcessPoolExecutor(min(jobs, count), mp_context=get_context("fork")) as pool:
                return list(pool.map(_part, range(count)))  # type: ignore[arg-type]  # what work returns
        except BrokenProcessPool:
            raise OperationError(
                "a worker process died", hint="the machine may lack memory: use fewer with --jobs"
            ) from None
        finally:
            _work = None

    return over if jobs > 1 else in_turn


def _part(number: int) -> object:
    assert _work is not None  # Invariant: set before the fork
    return _work(number)
