"""What an import came to, file by file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from wraith.interchange._entry import LeftOut


@dataclass(frozen=True, slots=True)
class Mended:
    """One thing that was put right in a file."""

    what: str
    """As a sentence: ``the body says gzip and is plain``."""
    count: int
    first: str
    """Where it was met first."""


class Tally:
    """Counts what was put right, in the order in which it was first met."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[int, str]] = {}

    def add(self, where: str, whats: Iterable[str]) -> None:
        """Count what was put right in one entry: once, however often it was in that one."""
        for what in dict.fromkeys(whats):
            count, first = self._seen.get(what, (0, where))
            self._seen[what] = (count + 1, first)

    def result(self) -> tuple[Mended, ...]:
        """Return what was counted."""
        return tuple(Mended(what, count, first) for what, (count, first) in self._seen.items())


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """What became of one file. Its entries are stored, already there, or left out: no others exist."""

    path: Path
    format: str
    sha256: str
    sessions: tuple[str, ...]
    """The ids of those that are new."""
    exchanges: int
    """In the new sessions."""
    present_sessions: int
    """Sessions that an earlier import of the same file has stored."""
    present_exchanges: int
    mended: tuple[Mended, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import came to."""

    run: str
    base_url: str
    """That of the twin."""
    created: tuple[Path, ...]
    """The files of the workspace and the project, where there was none."""
    made_key: Path | None
    """The scrub key, where this import made one."""
    files: tuple[ImportedFile, ...]

    @property
    def sessions(self) -> int:
        """How many are new."""
        return sum(len(file.sessions) for file in self.files)

    @property
    def exchanges(self) -> int:
        """How many are new."""
        return sum(file.exchanges for file in self.files)
