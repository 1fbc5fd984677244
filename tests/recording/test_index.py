"""The index of recordings, and what a re-recording replaces."""

from __future__ import annotations

from pathlib import Path

import pytest

from wraith.errors import InputError, OperationError
from wraith.exchange import Exchange, Request, Response
from wraith.recording import SessionWriter, read_index, replace_sessions, sealed_sessions, write_index
from wraith.workspace import Project, Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Project(tmp_path).twin("shop")


def record(workspace: Workspace, run: str, kind: str) -> str:
    writer = SessionWriter(workspace, run=run, source={"kind": kind}, policy_digest="p", started_at_ms=1)
    writer.add(Exchange(Request("GET", "/"), Response(200)))
    writer.seal(sealed_at_ms=2)
    return writer.id


def test_the_index_lists_every_sealed_session(workspace: Workspace) -> None:
    """Each session is there with its manifest's digest, its exchanges and kind; reading gives it back."""
    record(workspace, "a", "proxy")
    (session,) = sealed_sessions(workspace)
    index = write_index(workspace, {"scrub.toml": "sha256:1"})
    (entry,) = index.sessions
    assert (entry.id, entry.digest, entry.exchanges, entry.kind) == (session.id, session.digest, 1, "proxy")
    assert index.made_from == {"scrub.toml": "sha256:1"}
    assert read_index(workspace) == index


def test_same_sessions_same_bytes(workspace: Workspace) -> None:
    """Writing the index again changes no byte, whatever the order of the inputs."""
    record(workspace, "a", "command")
    write_index(workspace, {"b": "2", "a": "1"})
    first = workspace.index_path.read_bytes()
    write_index(workspace, {"a": "1", "b": "2"})
    assert workspace.index_path.read_bytes() == first


def test_recordings_by_hand_are_made_from_nothing(workspace: Workspace) -> None:
    """Without inputs made_from is null, which differs from no inputs."""
    assert write_index(workspace, None).made_from is None
    assert b'"made_from": null' in workspace.index_path.read_bytes()


def test_no_index_is_none_and_a_broken_one_an_error(workspace: Workspace) -> None:
    """A missing index is None; one that is not ours names file and key."""
    assert read_index(workspace) is None
    write_index(workspace, None)
    workspace.index_path.write_text('{"format": "wraith.index/2", "made_from": null, "sessions": []}')
    with pytest.raises(InputError, match="format") as caught:
        read_index(workspace)
    assert caught.value.where == str(workspace.index_path)


def test_a_rerecording_replaces_its_own_and_keeps_the_rest(workspace: Workspace) -> None:
    """Sessions of earlier runs of the command go; those by hand stay, and so does the new run."""
    old = [record(workspace, "old", "command"), record(workspace, "older", "command")]
    by_hand = record(workspace, "x", "proxy")
    new = [record(workspace, "new", "command"), record(workspace, "new", "command")]
    assert sorted(replace_sessions(workspace, "new")) == sorted(old)
    assert {session.id for session in sealed_sessions(workspace)} == {by_hand, *new}
    assert {path.name for path in workspace.sessions_path.iterdir()} == {by_hand, *new}


def test_a_run_that_recorded_nothing_replaces_nothing(workspace: Workspace) -> None:
    """Where the new run has no session the earlier ones are kept, and that is an error."""
    old = record(workspace, "old", "command")
    with pytest.raises(OperationError, match="no exchange"):
        replace_sessions(workspace, "new")
    assert [session.id for session in sealed_sessions(workspace)] == [old]
