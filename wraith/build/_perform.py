"""A step by its name: here, or where steps run beside each other in a process of the pool.

doit's threads share one interpreter, so under ``-n`` each submits its step to processes. They are forked from
a server that has no threads, because a fork of a process with threads may inherit a lock that nobody
releases; what all of them need the server imports once. A worker that dies is an error of its step, never a
wait for ever; workers leave with the process that started them.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Final

from wraith.errors import INTERRUPTED, OperationError
from wraith.workspace import Workspace

MOST: Final = 61
"""Workers are started as they are needed, so doit's number of threads is the bound; this is the highest that
every system allows."""

ENGINES: Final = (
    "wraith.artifact",
    "wraith.build.steps",
    "wraith.conformance",
    "wraith.overlay",
    "wraith.recording",
    "wraith.synth",
)
"""What steps import."""

_lock: Final = threading.Lock()
_pool: ProcessPoolExecutor | None = None
_busy = False
"""In a worker: whether a step is under way."""


def perform(step: str, workspace: Workspace) -> str:
    """Run a step and return its summary. Raises what the step raises, and OperationError where a worker
    dies."""
    if threading.current_thread() is threading.main_thread():
        return run_here(step, workspace)
    pool = _open_pool()
    try:
        return pool.submit(_in_worker, step, workspace).result()
    except BrokenProcessPool:
        close_pool(pool)
        raise OperationError(
            "a worker process died", hint="the machine may lack memory: build with a smaller -n"
        ) from None


def run_here(step: str, workspace: Workspace) -> str:
    """Run a step in this process, and return its summary."""
    from wraith.build import steps

    match step:
        case "record":
            return steps.record(workspace, if_stale=True).summary
        case "synth":
            learned = steps.full if steps.is_overlay(workspace) else steps.synth
            return learned(workspace).summary
        case "delta":
            return steps.delta(workspace).summary
        case "compose":
            return steps.compose(workspace).summary
        case "promote":
            promoted = steps.promote(workspace)
            steps.judge_promotion(promoted.promotion, promoted.folder)
            return promoted.summary
        case "rebase_check":
            judged = steps.rebase_check(workspace)
            steps.judge_rebase(workspace, judged.report)
            return judged.summary
        case "check":
            return steps.check(workspace).summary
        case _:
            return steps.pack(workspace).summary


def close_pool(pool: ProcessPoolExecutor | None = None) -> None:
    """End the workers, of the pool given or of the one that is open; those at work when they are done."""
    global _pool
    with _lock:
        closed = pool or _pool
        if closed is _pool:
            _pool = None
    if closed is not None:
        closed.shutdown(wait=False, cancel_futures=True)


def _open_pool() -> ProcessPoolExecutor:
    global _pool
    with _lock:
        if _pool is None:
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload([*ENGINES])
            _pool = ProcessPoolExecutor(MOST, mp_context=context, initializer=_begin)
        return _pool


def _begin() -> None:
    """Prepare a worker: it ends when its parent does, however that ended, and when it is interrupted."""
    parent = multiprocessing.parent_process()
    assert parent is not None  # Invariant: this runs in workers

    def leave() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=leave, daemon=True).start()
    signal.signal(signal.SIGINT, _interrupted)


def _interrupted(*_: object) -> None:
    if not _busy:
        os._exit(INTERRUPTED)
    raise KeyboardInterrupt


def _in_worker(step: str, workspace: Workspace) -> str:
    global _busy
    _busy = True
    try:
        return run_here(step, workspace)
    finally:
        _busy = False
