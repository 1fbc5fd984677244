"""Waiting for inputs to change: what people edit, and not what a build writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from wraith.errors import InputError
from wraith.workspace import Project

DERIVED: Final = frozenset({".wraith", ".git", "dist", "build", "reports", "__pycache__"})
"""Folders, at the top or of a twin, that hold nothing that is edited."""


def changed_inputs(project: Project, changes: Iterable[Iterable[Path]] | None = None) -> Iterator[list[str]]:
    """Yield nothing at first, so that a build begins, then the inputs that changed, each time that some did.

    Ends with an interrupt. Raises InputError where watchfiles is not installed; ``changes`` stands in for it.
    """
    yield []
    for paths in changes if changes is not None else _changes(project):
        if named := sorted({name for path in paths if (name := _input(project, path))}):
            yield named


def _changes(project: Project) -> Iterator[list[Path]]:
    try:
        from watchfiles import watch
    except ModuleNotFoundError:
        raise InputError(
            "watching needs the package watchfiles", hint="pip install 'wraith[watch]'"
        ) from None
    for found in watch(project.root, watch_filter=None):
        yield [Path(path) for _, path in found]


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
