"""Processes that share the work of one step, here or on a cluster.

Those here are forked, so that they see what the step has read without a copy; only results travel. A worker
that dies is an error, never a wait for ever: that is what ``concurrent.futures`` has over
``multiprocessing.Pool``.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TypeVar

from wraith.errors import OperationError
from wraith.synth import Spread, in_turn
from wraith.workspace import Project

T = TypeVar("T")

_work: Callable[[int], object] | None = None
"""What the workers do: set before they are forked, because functions do not travel."""


def spread_of(project: Project, jobs: int | None, cluster: str | None) -> Spread:
    """Return what spreads work over so many processes, where a number is given, else over a cluster: the one
    given, or that of ``[build] cluster``. All give the same.

    Raises InputError where the address is none, and OperationError where nobody answers there.
    """
    from wraith.build._settings import project_config

    address = None if jobs is not None else cluster or project_config(project).build.cluster
    if address is None:
        return spread(jobs or 1)
    from wraith.build._cluster import cluster as connect

    return connect(address)


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
