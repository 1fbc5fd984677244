"""Recovery: what a crash leaves is sealed, whatever the moment it struck."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from wraith.errors import InputError
from wraith.exchange import Exchange, Request, Response
from wraith.recording import SessionWriter, recover, sealed_sessions
from wraith.workspace import Project, Workspace

CRASHING = """
import os, signal, sys
from pathlib import Path
from wraith.exchange import Exchange, Request, Response
from wraith.recording import SessionWriter
from wraith.workspace import Project
writer = SessionWriter(Project(Path(sys.argv[1])).twin("shop"), run="crashed", source={"kind": "proxy"},
                       policy_digest="p", started_at_ms=1000, tags=("smoke",))
first, lost, third = writer.reserve(), writer.reserve(), writer.reserve()
writer.add(Exchange(Request("GET", "/3"), Response(200), started_at_ms=3000, duration_ms=70), third)
writer.add(Exchange(Request("GET", "/1"), Response(200), started_at_ms=1000), first)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Project(tmp_path).twin("shop")


def crash(workspace: Workspace) -> Path:
    """Leave a session as a recorder leaves it that is killed in the middle."""
    before = set(workspace.sessions_path.glob("*"))
    run = subprocess.run([sys.executable, "-c", CRASHING, str(workspace.project.root)], check=False)
    assert run.returncode == -signal.SIGKILL
    return max(path for path in workspace.sessions_path.iterdir() if path not in before)


def test_a_killed_recorder_loses_no_complete_exchange(workspace: Workspace) -> None:
    """After SIGKILL every complete exchange is sealed, in order, with the session's own tags and run."""
    folder = crash(workspace)
    (folder / ".000002.wrec.abc.part").write_bytes(b"WREC/1 half")
    assert recover(workspace) == [folder.name]
    (session,) = sealed_sessions(workspace)
    assert [exchange.request.target for exchange in session.read()] == ["/1", "/3"]
    assert (session.tags, session.run, session.manifest.sealed_at_ms) == (("smoke",), "crashed", 3070)
    assert sorted(os.listdir(folder)) == ["000001.wrec", "000002.wrec", "manifest.json"]
    session.verify()


def test_recovering_twice_changes_nothing(workspace: Workspace) -> None:
    """The second recovery finds nothing to do and touches nothing."""
    folder = crash(workspace)
    recover(workspace)
    before = {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.iterdir()}
    assert recover(workspace) == []
    assert before == {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.iterdir()}


def test_a_session_that_is_being_recorded_is_left_alone(workspace: Workspace) -> None:
    """Another recorder's open session is neither sealed nor cleaned."""
    writer = SessionWriter(workspace, run="r", source={}, policy_digest="p", started_at_ms=1)
    writer.add(Exchange(Request("GET", "/"), Response(200)))
    (writer.path / ".000002.wrec.xyz.part").write_bytes(b"being written")
    assert recover(workspace) == []
    assert (writer.path / ".000002.wrec.xyz.part").exists()
    manifest = writer.seal()
    assert manifest is not None


def test_a_crash_between_manifest_and_the_end_is_finished(workspace: Workspace) -> None:
    """A session with a manifest is sealed; recovery only removes the note that it was open."""
    writer = SessionWriter(workspace, run="r", source={}, policy_digest="p", started_at_ms=1)
    writer.add(Exchange(Request("GET", "/"), Response(200)))
    note = (writer.path / "open.json").read_bytes()
    writer.seal()
    (writer.path / "open.json").write_bytes(note)
    assert recover(workspace) == []
    assert not (writer.path / "open.json").exists()
    assert len(sealed_sessions(workspace)) == 1


def test_a_broken_exchange_is_named_and_the_others_are_sealed(workspace: Workspace) -> None:
    """What a power cut left broken is an InputError that names it; all others are sealed, nothing is lost."""
    broken = crash(workspace)
    (broken / "000001.wrec").write_bytes(b"")
    sound = crash(workspace)
    with pytest.raises(InputError) as caught:
        recover(workspace)
    assert caught.value.where == str(broken / "000001.wrec")
    assert [session.id for session in sealed_sessions(workspace)] == [sound.name]
    assert (broken / "000003.wrec").exists()


def test_exchanges_that_belong_to_nothing_are_named(workspace: Workspace) -> None:
    """A folder with exchanges and neither manifest nor note is an InputError: nobody knows what it is."""
    folder = crash(workspace)
    (folder / "open.json").unlink()
    with pytest.raises(InputError, match=r"neither manifest\.json nor open\.json"):
        recover(workspace)


def test_a_session_that_recorded_nothing_is_removed(workspace: Workspace) -> None:
    """A crash before the first exchange leaves a session that recovery removes."""
    folder = crash(workspace)
    for path in folder.glob("*.wrec"):
        path.unlink()
    assert recover(workspace) == []
    assert not folder.exists()


def test_a_broken_note_is_named(workspace: Workspace) -> None:
    """An open.json of another format is an InputError with file and key."""
    folder = crash(workspace)
    note = json.loads((folder / "open.json").read_text())
    (folder / "open.json").write_text(json.dumps({**note, "format": "wraith.open-session/2"}))
    with pytest.raises(InputError, match="format") as caught:
        recover(workspace)
    assert caught.value.where == str(folder / "open.json")


def test_a_workspace_without_recordings_needs_no_recovery(workspace: Workspace) -> None:
    """Where nothing was ever recorded, recovery does nothing and makes nothing."""
    assert recover(workspace) == []
    assert not workspace.sessions_path.exists()
