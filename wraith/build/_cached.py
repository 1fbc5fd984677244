"""The action cache of a project, as a build uses it: opened when the first step runs, closed with the run.

What may not be cached is not decided here: ``_action`` asks for every step but ``record``.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wraith import ENGINE_VERSION
from wraith.build._digests import code_digest
from wraith.build._settings import project_config
from wraith.errors import InputError
from wraith.workspace import Project

if TYPE_CHECKING:
    from wraith.build._freshness import Freshness
    from wraith.cache import ActionCache, Hit, Remote, Store
    from wraith.config import Cache

REMOTE: Final = "WRAITH_CACHE_REMOTE"
"""The environment variable that wins over ``[cache] remote``; empty, it says that there is none."""

_open: Final[dict[Path, BuildCache]] = {}
_lock: Final = threading.Lock()


class BuildCache:
    """The cache of one project, for one run."""

    def __init__(self, project: Project, settings: Cache, environ: Mapping[str, str]) -> None:
        from wraith.cache import ActionCache

        self._root = project.root
        self._notes: list[str] = []
        self._saved = False
        self._remote = _remote(settings, environ, self._notes.append)
        self._store = _store(project, settings)
        self._actions: ActionCache = ActionCache(self._store, self._remote, self._notes.append)

    def restore(self, key: str, outputs: Sequence[str], folders: Sequence[str]) -> Hit | None:
        """Put the outputs of an action where they belong; None where they are not to be had."""
        return self._actions.restore(key, self._root, outputs, folders)

    def save(self, key: str, outputs: Sequence[str], summary: str) -> None:
        self._saved = True
        self._actions.save(key, self._root, outputs, summary)

    def notes(self) -> list[str]:
        """Return what was found wrong with the cache since this was last asked."""
        found = list(self._notes)
        del self._notes[: len(found)]
        return found

    def close(self) -> None:
        """Bring the store below its limit where it grew, and hang up."""
        if self._saved:
            self._store.trim()
        if self._remote is not None:
            self._remote.close()


def open_cache(project: Project) -> BuildCache:
    """Return the cache of a project, the same one until the run ends.

    Raises InputError where ``[cache]`` is broken, or credentials contradict each other.
    """
    with _lock:
        if project.root not in _open:
            _open[project.root] = BuildCache(project, project_config(project).cache, os.environ)
        return _open[project.root]


def cache_notes() -> list[str]:
    """Return what was found wrong with open caches since this was last asked."""
    return [note for each in list(_open.values()) for note in each.notes()]


def close_caches() -> None:
    with _lock:
        while _open:
            _open.popitem()[1].close()


def open_store(project: Project) -> Store:
    """Return the local store of a project. Raises InputError where ``[cache]`` is broken."""
    return _store(project, project_config(project).cache)


def step_key(step: str, freshness: Freshness, targets: Sequence[str]) -> str:
    """Return the action key of a step that is about to run and to write the targets.

    A cache outlives versions and is shared between machines, so the engine's version is that of all the code:
    what freshness compares, the rooms that a step is known to use, is too little for it.
    """
    from wraith.cache import action_key

    known = freshness.read
    parameters = {name: value or "" for name, value in known["parameters"].items()}
    parameters["targets"] = "\n".join(targets)  # a twin that becomes an overlay has other steps of the name
    return action_key(step, f"{ENGINE_VERSION}+{code_digest('')}", parameters, known["inputs"])


def _store(project: Project, settings: Cache) -> Store:
    from wraith.cache import Store

    return Store(project.cache_path, settings.limit_bytes)


def _remote(settings: Cache, environ: Mapping[str, str], say: Callable[[str], None]) -> Remote | None:
    from wraith.cache import Remote, credentials

    url = environ.get(REMOTE, settings.remote or "")
    if not url:
        return None
    if not url.startswith(("http://", "https://")):
        raise InputError(f"not the address of a cache: {url!r}", where=REMOTE, hint="write http://host/path")
    return Remote(url, read_only=settings.read_only, headers=credentials(environ), say=say)
