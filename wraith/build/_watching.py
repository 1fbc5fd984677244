"""Waiting for inputs to change: what people edit, and not what a build writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from wraith.errors import InputError
from wraith.workspace import Project

DERIVED: Final = frozenset({".wraith", ".git", "dist", "build", "reports", "__pycache__"})
"""Folders, at the top or of a twin, that hold nothing that is edited."""

PATIENCE_MS: Final = 100
"""How long the watcher waits before it says that nothing changed: so long does a first build wait for it."""


def changed_inputs(project: Project, changes: Iterable[Iterable[Path]] | None = None) -> Iterator[list[str]]:
    """Yield nothing at first, so that a build begins, then the inputs that changed, each time that some did.

    Ends with an interrupt. Raises InputError where watchfiles is not installed; ``changes`` stands in for it.
    """
    found = changes if changes is not None else _watched(project)
    yield []
    for paths in found:
        if named := sorted({name for path in paths if (name := _input(project, path))}):
            yield named


def _watched(project: Project) -> Iterator[list[Path]]:
    """Return the changes from now on, those during a build included."""
    try:
        from watchfiles import watch
    except ModuleNotFoundError:
        raise InputError(
            "watching needs the package watchfiles", hint="pip install 'wraith[watch]'"
        ) from None
    watcher = watch(project.root, watch_filter=None, rust_timeout=PATIENCE_MS, yield_on_timeout=True)
    next(watcher)  # begins to watch, and finds nothing yet
    return ([Path(path) for _, path in changes] for changes in watcher)


def _input(project: Project, path: Path) -> str:
    """Return the name of an input in the project, nothing for a derived file."""
    parts = path.relative_to(project.root).parts
    derived = (
        DERIVED & set(parts)
        or path.name.endswith(".part")
        or parts[2:] == ("recordings", "index.json")
        or (parts[2:3] == ("model",) and parts[3:4] != ("patches",))
    )
    return "" if derived else "/".join(parts)
