"""``wraith export``: sealed sessions, scrubbed as they are, in a format that other tools read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from wraith import __version__
from wraith.config import TwinConfig, read_toml
from wraith.errors import InputError
from wraith.files import write_whole
from wraith.interchange._har_writer import har_chunks
from wraith.recording import sealed_session, sealed_sessions
from wraith.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export came to."""

    path: Path
    sessions: int
    exchanges: int
    size_bytes: int


def export_har(
    workspace: Workspace, path: Path, *, session_ids: Sequence[str] = (), tags: Sequence[str] = ()
) -> Exported:
    """Write sessions as HAR 1.2: all of them, or those with one of the ids or tags.

    Raises InputError where there is no such session, or a recording is not what was sealed; OperationError
    where the disk refuses. The file appears whole or not at all."""
    config = read_toml(workspace.config_path, TwinConfig)
    chosen = {session_id: sealed_session(workspace, session_id) for session_id in session_ids}
    if tags or not session_ids:
        chosen |= {session.id: session for session in sealed_sessions(workspace, tags)}
    if not chosen:
        raise InputError(
            "there is no recording to export",
            where=workspace.sessions_path,
            hint=f"wraith inspect {workspace.name} lists them",
        )
    sessions = sorted(chosen.values(), key=lambda session: (session.started_at_ms, session.id))
    data = b"".join(har_chunks(sessions, config.upstream.base_url, __version__))
    write_whole(path, data)
    return Exported(path, len(sessions), sum(map(len, sessions)), len(data))
