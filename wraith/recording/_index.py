"""``recordings/index.json``: every sealed session with its digest, and what the recordings were made from.

It is what makes a fresh clone fresh: where the digests of ``made_from`` are those of the inputs today,
nothing is recorded. Recordings made by hand have no ``made_from``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from wraith.canonical import pretty
from wraith.config import Document, describe
from wraith.errors import InputError, OperationError
from wraith.files import read_bytes, write_whole
from wraith.recording._sessions import SealedSession, remove_session, sealed_sessions
from wraith.workspace import Workspace

BY_COMMAND = "command"
"""The ``kind`` in the source of sessions that a re-recording replaces."""


class IndexedSession(Document):
    """One sealed session."""

    id: str
    digest: str
    """SHA-256 of its manifest."""
    exchanges: int
    kind: str
    """The ``kind`` of its source."""


class Index(Document):
    """The whole of ``recordings/index.json``."""

    format: Literal["wraith.index/1"] = "wraith.index/1"
    made_from: dict[str, str] | None
    """Input name to digest; null where the recordings were made by hand."""
    sessions: tuple[IndexedSession, ...]


def write_index(
    workspace: Workspace,
    made_from: Mapping[str, str] | None,
    sessions: Sequence[SealedSession] | None = None,
) -> Index:
    """Write and return the index of the sealed sessions, which are read where they are not given. Same
    sessions and inputs, same bytes; a file that has them is left alone."""
    index = Index(
        made_from=None if made_from is None else dict(made_from),
        sessions=tuple(
            IndexedSession(
                id=session.id,
                digest=session.digest,
                exchanges=len(session),
                kind=session.manifest.source.get("kind", ""),
            )
            for session in (sealed_sessions(workspace) if sessions is None else sessions)
        ),
    )
    written = pretty(index.model_dump(mode="json"))
    if not _holds(workspace.index_path, written):
        write_whole(workspace.index_path, written)
    return index


def _holds(path: Path, data: bytes) -> bool:
    try:
        return read_bytes(path) == data
    except FileNotFoundError:
        return False


def read_index(workspace: Workspace) -> Index | None:
    """Return the index, None where there is no such file. Raises InputError where it is broken."""
    try:
        return Index.model_validate_json(read_bytes(workspace.index_path))
    except FileNotFoundError:
        return None
    except ValidationError as error:
        raise InputError(
            describe(error),
            where=workspace.index_path,
            hint="remove the file; the record step writes it again",
        ) from None


def replace_sessions(workspace: Workspace, run: str) -> list[str]:
    """Remove the sessions that earlier runs of the record command made, and return their ids.

    Sessions that came from elsewhere stay. Call it when the new run is sealed: raises OperationError, with
    nothing removed, where that run recorded nothing.
    """
    by_command = [s for s in sealed_sessions(workspace) if s.manifest.source.get("kind") == BY_COMMAND]
    if not any(session.run == run for session in by_command):
        raise OperationError(
            "the command recorded no exchange; the recordings from before are kept",
            where=workspace.sessions_path,
            hint="see that the command of [record] sends its requests to {url}",
        )
    replaced = [session for session in by_command if session.run != run]
    for session in replaced:
        remove_session(session.path)
    return [session.id for session in replaced]
