"""The record step: recordings made by command where their inputs changed, and an index of what is there.

Sealed sessions are immutable. Before anything is recorded or indexed, every file is compared with its
manifest, and every manifest with the index; what was edited or lost is an error that names it, never a new
recording.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from wraith.errors import InputError
from wraith.workspace import Workspace

if TYPE_CHECKING:
    from wraith.config import TwinConfig
    from wraith.recording import Index, SealedSession

Say: TypeAlias = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class RecordResult:
    """What the recordings of a twin are now, and whether this call made them."""

    index: Index
    recorded: bool
    made_key: Path | None = None
    """The scrub key, where this call had to make one."""

    @property
    def summary(self) -> str:
        exchanges = sum(session.exchanges for session in self.index.sessions)
        text = f"{len(self.index.sessions)} sessions, {exchanges} exchanges"
        text = f"recorded {text}" if self.recorded else f"{text}, nothing to record"
        return f"{text}; made the scrub key {self.made_key}" if self.made_key else text


def record(workspace: Workspace, *, if_stale: bool = False, say: Say = lambda _: None) -> RecordResult:
    """Make the recordings of a twin by its ``[record]`` commands, and index what is there.

    A twin without such commands is recorded by hand: its sessions are indexed. So are, with ``if_stale``,
    those of a twin whose index was made from what the inputs are today. Raises InputError, before anything is
    recorded, where a sealed session is not what it was when it was sealed.
    """
    from wraith.config import TwinConfig, read_toml

    config = read_toml(workspace.require().config_path, TwinConfig)
    if config.record.exercise and not (if_stale and _made_from_inputs(workspace, config)):
        return _record_by_command(workspace, config, say)
    return RecordResult(_index(workspace), recorded=False)


def _made_from_inputs(workspace: Workspace, config: TwinConfig) -> bool:
    """True where the index was made from what the inputs are today, and all its sessions are there."""
    from wraith.config import ScrubConfig, read_toml
    from wraith.recording import read_index, recording_inputs
    from wraith.scrub import policy_digest

    index = read_index(workspace)
    if index is None:
        return False
    inputs = recording_inputs(workspace, config, policy_digest(read_toml(workspace.scrub_path, ScrubConfig)))
    there = {session.id for session in _verified_sessions(workspace)}
    return index.made_from == inputs and all(session.id in there for session in index.sessions)


def _record_by_command(workspace: Workspace, config: TwinConfig, say: Say) -> RecordResult:
    from wraith.config import ScrubConfig, read_toml
    from wraith.recording import read_index, record_by_command
    from wraith.scrub import Scrubber, find_key, policy_digest

    _verified_sessions(workspace)
    rules = read_toml(workspace.scrub_path, ScrubConfig)
    key = find_key(workspace.project, create=True)
    record_by_command(
        workspace, config, Scrubber(rules, key), policy_digest=policy_digest(rules), on_event=say
    )
    index = read_index(workspace)
    assert index is not None, "Invariant: recording by command ends with an index"
    return RecordResult(index, recorded=True, made_key=key.path if key is not None and key.made else None)


def _index(workspace: Workspace) -> Index:
    """Bring the index in line with the sealed sessions; where nothing changed, it keeps its bytes."""
    from wraith.recording import read_index, write_index

    sessions = _verified_sessions(workspace)
    index = read_index(workspace)
    return write_index(workspace, index.made_from if index is not None else None, sessions)


def _verified_sessions(workspace: Workspace) -> tuple[SealedSession, ...]:
    """Return the sealed sessions, their files compared with the manifests, and those with the index."""
    from wraith.recording import read_index, sealed_sessions

    index = read_index(workspace)
    known = {} if index is None else {session.id: session.digest for session in index.sessions}
    sessions = sealed_sessions(workspace)
    for session in sessions:
        if known.get(session.id, session.digest) != session.digest:
            raise InputError(
                "is not what recordings/index.json says: sealed sessions are immutable",
                where=session.path / "manifest.json",
                hint="restore the file from version control, or remove the whole session",
            )
        session.verify()
    return sessions
