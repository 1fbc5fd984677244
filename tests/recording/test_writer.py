"""Writing sessions: numbers by start, files whole, the manifest last."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import pytest

from wraith.errors import OperationError
from wraith.exchange import Exchange, Request, Response
from wraith.recording import SessionWriter, decode_exchange, make_run_id, sealed_sessions
from wraith.workspace import Project, Workspace, check_name


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Project(tmp_path).twin("shop")


def open_writer(workspace: Workspace, at_ms: int = 1_795_240_512_000) -> SessionWriter:
    return SessionWriter(
        workspace, run="r", source={"kind": "proxy"}, policy_digest="p", started_at_ms=at_ms, tags=("t",)
    )


def exchange(path: str) -> Exchange:
    return Exchange(Request("GET", path), Response(200, (), b"{}"))


def test_an_exchange_is_a_whole_file_at_once(workspace: Workspace) -> None:
    """When add returns the exchange is on the disk under its name, and no temporary file is left."""
    writer = open_writer(workspace)
    path = writer.add(exchange("/a"))
    assert path.name == "000001.wrec"
    assert decode_exchange(path.read_bytes(), path) == exchange("/a")
    assert sorted(os.listdir(writer.path)) == ["000001.wrec", "open.json"]
    writer.seal()


def test_exchanges_are_numbered_by_their_start(workspace: Workspace) -> None:
    """An exchange that starts first comes first, although it completes last."""
    writer = open_writer(workspace)
    slow, fast = writer.reserve(), writer.reserve()
    writer.add(exchange("/fast"), fast)
    writer.add(exchange("/slow"), slow)
    writer.seal()
    (session,) = sealed_sessions(workspace)
    assert [found.request.target for found in session.read()] == ["/slow", "/fast"]


def test_sealing_closes_the_gaps_of_exchanges_that_never_completed(workspace: Workspace) -> None:
    """In a sealed session the number of a file is its position."""
    writer = open_writer(workspace)
    indices = [writer.reserve() for _ in range(5)]
    for index in (indices[1], indices[3], indices[4]):
        writer.add(exchange(f"/{index}"), index)
    manifest = writer.seal()
    assert manifest is not None
    assert [entry.file for entry in manifest.exchanges] == ["000001.wrec", "000002.wrec", "000003.wrec"]
    (session,) = sealed_sessions(workspace)
    assert [found.request.target for found in session.read()] == ["/2", "/4", "/5"]


def test_an_empty_session_leaves_nothing(workspace: Workspace) -> None:
    """Sealing a session without exchanges removes it and returns None."""
    writer = open_writer(workspace)
    writer.reserve()
    assert writer.seal() is None
    assert os.listdir(workspace.sessions_path) == []


def test_the_manifest_tells_what_the_writer_was_told(workspace: Workspace) -> None:
    """Tags, source, run, policy and times are those given; sealing leaves no open.json."""
    writer = open_writer(workspace)
    writer.add(exchange("/"))
    manifest = writer.seal(sealed_at_ms=1_795_240_513_000)
    assert manifest is not None
    assert (manifest.id, manifest.run, manifest.tags) == (writer.id, "r", ("t",))
    assert (manifest.source, manifest.scrub_policy) == ({"kind": "proxy"}, "p")
    assert (manifest.started_at_ms, manifest.sealed_at_ms) == (1_795_240_512_000, 1_795_240_513_000)
    assert sorted(os.listdir(writer.path)) == ["000001.wrec", "manifest.json"]


def test_ids_sort_by_time_and_never_repeat(workspace: Workspace) -> None:
    """Ids are names, begin with the UTC time, and sort in the order of start."""
    writers = [open_writer(workspace) for _ in range(20)]
    ids = [writer.id for writer in writers]
    assert ids == sorted(set(ids))
    assert re.fullmatch(r"20261121T\d{6}-\d{4}-[0-9a-f]{4}", check_name(ids[0]))
    assert check_name(make_run_id(1_795_240_512_000)).startswith("20261121T")
    for writer in writers:
        writer.seal()


def test_a_sealed_writer_takes_nothing_more(workspace: Workspace) -> None:
    """After seal, add and seal are errors, and what was sealed stays as it is."""
    writer = open_writer(workspace)
    writer.add(exchange("/"))
    writer.seal()
    with pytest.raises(OperationError, match="sealed"):
        writer.add(exchange("/late"))
    with pytest.raises(OperationError, match="sealed"):
        writer.seal()
    assert len(sealed_sessions(workspace)[0]) == 1


@pytest.mark.parametrize("index", [0, 2, 7], ids=["zero", "written already", "never reserved"])
def test_an_index_is_reserved_first_and_used_once(workspace: Workspace, index: int) -> None:
    """An exchange cannot overwrite another, nor take a number nobody reserved."""
    writer = open_writer(workspace)
    writer.reserve()
    writer.add(exchange("/"))
    with pytest.raises(OperationError, match="not reserved"):
        writer.add(exchange("/again"), index)
    writer.seal()


def test_a_full_disk_costs_one_exchange_and_no_half_file(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the disk is full add is an OperationError, nothing half-written stays, the session goes on."""
    writer = open_writer(workspace)
    writer.add(exchange("/kept"))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", full)
        with pytest.raises(OperationError, match="No space left"):
            writer.add(exchange("/lost"))
    assert sorted(os.listdir(writer.path)) == ["000001.wrec", "open.json"]
    manifest = writer.seal()
    assert manifest is not None
    assert len(manifest.exchanges) == 1


def test_an_id_may_be_given(workspace: Workspace) -> None:
    """Who knows what a session is made from names it; a name that is taken is refused."""
    options = {"run": "r", "source": {"kind": "import"}, "policy_digest": "p", "started_at_ms": 0}
    writer = SessionWriter(workspace, **options, session_id="import-1")
    writer.add(exchange("/a"))
    writer.seal(1)
    assert [session.id for session in sealed_sessions(workspace)] == ["import-1"]
    with pytest.raises(OperationError, match="File exists"):
        SessionWriter(workspace, **options, session_id="import-1")
