"""What ``wraith doctor`` examines, and what it can find."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeAlias

from wraith.config import ScrubConfig, TwinConfig, read_toml
from wraith.errors import WraithError
from wraith.recording import SealedSession, sealed_session
from wraith.workspace import Workspace

Level: TypeAlias = Literal["ok", "info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. One that is a warning or an error has a place and a hint."""

    code: str
    """Of the check; ``docs/reference/doctor.md`` has a section of that name."""
    level: Level
    message: str
    where: str | None = None
    hint: str | None = None


@dataclass(frozen=True)
class Patient:
    """A workspace, and what several checks read of it, once."""

    workspace: Workspace

    @property
    def name(self) -> str:
        return self.workspace.name

    @cached_property
    def config(self) -> TwinConfig:
        return read_toml(self.workspace.config_path, TwinConfig)

    @cached_property
    def scrub(self) -> ScrubConfig:
        return read_toml(self.workspace.scrub_path, ScrubConfig)

    @cached_property
    def folders(self) -> list[Path]:
        """The folders of sessions, sealed or not, by name."""
        path = self.workspace.sessions_path
        if not path.is_dir():
            return []
        return sorted(each for each in path.iterdir() if each.is_dir() and not each.name.startswith("."))

    @property
    def installed(self) -> bool:
        """True for a twin that came packed: its recordings, and the way it was made, stayed at home."""
        return self.workspace.origin_path.is_file() and not self.folders

    @cached_property
    def sealed(self) -> dict[str, SealedSession | WraithError]:
        """The sealed sessions by id; for a broken one, what is broken."""
        found: dict[str, SealedSession | WraithError] = {}
        for folder in self.folders:
            if (folder / "manifest.json").exists():
                try:
                    found[folder.name] = sealed_session(self.workspace, folder.name)
                except WraithError as error:
                    found[folder.name] = error
        return found

    @cached_property
    def sessions(self) -> list[SealedSession]:
        """The sealed sessions that can be read."""
        return [session for session in self.sealed.values() if isinstance(session, SealedSession)]


Check: TypeAlias = Callable[[Patient], Iterable[Finding]]


def from_error(code: str, error: WraithError, patient: Patient) -> Finding:
    """Return an error as a finding."""
    where = error.where or str(patient.workspace.root)
    return Finding(code, "error", error.message, where, error.hint or "mend it as the message says")


def listed(names: list[str], most: int = 3) -> str:
    """Return the first names, and that there are more."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
