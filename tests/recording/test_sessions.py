"""Sealed sessions: order, reading, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from wraith.errors import InputError
from wraith.exchange import Exchange, Request, Response, Session
from wraith.recording import SealedSession, SessionWriter, sealed_session, sealed_sessions
from wraith.workspace import Project, Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Project(tmp_path).twin("shop")


def exchange(number: int) -> Exchange:
    return Exchange(Request("GET", f"/things/{number}"), Response(200, (), b"{}"), started_at_ms=number)


def record(workspace: Workspace, count: int = 3, *, at_ms: int = 1000, tags: tuple[str, ...] = ()) -> str:
    writer = SessionWriter(
        workspace, run="r", source={"kind": "proxy"}, policy_digest="p", started_at_ms=at_ms, tags=tags
    )
    for number in range(1, count + 1):
        writer.add(exchange(number))
    assert writer.seal(sealed_at_ms=at_ms + 5) is not None
    return writer.id


def only(workspace: Workspace) -> SealedSession:
    (session,) = sealed_sessions(workspace)
    return session


def test_a_session_reads_what_was_added(workspace: Workspace) -> None:
    """Exchanges come back in order, as often as asked, and by their index from 1."""
    record(workspace)
    session: Session = only(workspace)
    assert list(session.read()) == list(session.read()) == [exchange(1), exchange(2), exchange(3)]
    assert only(workspace).exchange(2) == exchange(2)
    assert len(only(workspace)) == 3
    only(workspace).verify()


def test_sessions_come_in_the_order_of_time(workspace: Workspace) -> None:
    """The order is by start, then by id, whatever order they were sealed in."""
    ids = [record(workspace, at_ms=at) for at in (3_000_000, 1_000_000, 2_000_000, 2_000_000)]
    assert [s.id for s in sealed_sessions(workspace)] == [ids[1], ids[2], ids[3], ids[0]]


def test_tags_choose_sessions(workspace: Workspace) -> None:
    """With tags only sessions with one of them are returned, without tags all."""
    plain, smoke, both = (
        record(workspace, tags=()),
        record(workspace, tags=("smoke",)),
        record(workspace, tags=("smoke", "slow")),
    )
    assert [s.id for s in sealed_sessions(workspace)] == [plain, smoke, both]
    assert [s.id for s in sealed_sessions(workspace, ["smoke"])] == [smoke, both]
    assert [s.id for s in sealed_sessions(workspace, ["slow", "none"])] == [both]


def test_no_recordings_are_no_sessions(workspace: Workspace) -> None:
    """A workspace without recordings has no sessions, and no error."""
    assert sealed_sessions(workspace) == ()


def test_an_unsealed_session_is_not_listed(workspace: Workspace) -> None:
    """A session that is being recorded is not among the sealed ones."""
    writer = SessionWriter(workspace, run="r", source={}, policy_digest="p", started_at_ms=1)
    writer.add(exchange(1))
    assert sealed_sessions(workspace) == ()
    writer.seal()
    assert len(sealed_sessions(workspace)) == 1


def test_a_missing_exchange_is_named(workspace: Workspace) -> None:
    """An exchange file that is gone is an InputError that names it, already when sessions are listed."""
    record(workspace)
    path = only(workspace).path / "000002.wrec"
    path.unlink()
    with pytest.raises(InputError, match="missing") as caught:
        sealed_sessions(workspace)
    assert caught.value.where == str(path)


def test_an_exchange_of_another_size_is_named(workspace: Workspace) -> None:
    """An exchange file that grew is noticed by its size, when sessions are listed."""
    record(workspace)
    path = only(workspace).path / "000003.wrec"
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(InputError, match="bytes") as caught:
        sealed_sessions(workspace)
    assert caught.value.where == str(path)


def test_an_edited_exchange_is_named_when_it_is_read(workspace: Workspace) -> None:
    """An edit that keeps the size is found by the digest, and verify lists every one."""
    record(workspace)
    for name in ("000001.wrec", "000003.wrec"):
        path = only(workspace).path / name
        path.write_bytes(path.read_bytes().replace(b"/things/", b"/THINGS/"))
    session = only(workspace)
    with pytest.raises(InputError) as caught:
        list(session.read())
    assert caught.value.where == str(session.path / "000001.wrec")
    assert session.exchange(2) == exchange(2)
    with pytest.raises(InputError, match=r"000003\.wrec"):
        session.verify()


def test_an_unlisted_exchange_is_named(workspace: Workspace) -> None:
    """An exchange file that the manifest does not list is an error, never ignored."""
    record(workspace)
    (only(workspace).path / "000009.wrec").write_bytes(b"")
    with pytest.raises(InputError, match="does not list"):
        sealed_sessions(workspace)


def test_an_index_out_of_range_says_what_there_is(workspace: Workspace) -> None:
    """Asking for an exchange that is not there is an InputError with the range."""
    record(workspace)
    with pytest.raises(InputError, match="1 to 3"):
        only(workspace).exchange(4)
    with pytest.raises(InputError, match="1 to 3"):
        only(workspace).exchange(0)


def test_a_session_is_found_by_its_id(workspace: Workspace) -> None:
    """One session is opened by its id; another id, or a path, is an InputError."""
    name = record(workspace)
    assert sealed_session(workspace, name).id == name
    for wrong in ("nothing", "../" + name):
        with pytest.raises(InputError):
            sealed_session(workspace, wrong)
