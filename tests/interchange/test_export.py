"""``wraith export``: sessions as one HAR file, which imports as the same sessions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wraith.config import make_workspace
from wraith.errors import InputError
from wraith.exchange import Exchange, Request, Response
from wraith.interchange import export_har, import_files
from wraith.recording import SessionWriter, sealed_sessions
from wraith.workspace import Project, Workspace

KEY = {"WRAITH_HMAC_KEY": "0123456789abcdef" * 4}
HOST = ("Host", "api.example.com")
BASE = "https://api.example.com/v1"


def record(workspace: Workspace, started_at_ms: int, *targets: str, tags: tuple[str, ...] = ()) -> str:
    writer = SessionWriter(
        workspace,
        run="run-1",
        source={"kind": "proxy", "upstream": BASE},
        policy_digest="sha256:" + "0" * 64,
        started_at_ms=started_at_ms,
        tags=tags,
    )
    for number, target in enumerate(targets):
        # clocks are set back, and exchanges stand in the order in which they started all the same
        writer.add(
            Exchange(Request("GET", target, (HOST,)), Response(200, (), b"\0\xff"), started_at_ms - number)
        )
    writer.seal(started_at_ms)
    return writer.id


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    """A twin with two sessions."""
    workspace = Project(tmp_path).twin("shop")
    make_workspace(workspace, BASE)
    record(workspace, 1_700_000_000_000, "/a", "/b", tags=("smoke",))
    record(workspace, 1_700_000_001_000, "/c")
    return workspace


def exchanges(workspace: Workspace) -> list[tuple[tuple[str, ...], list[Exchange]]]:
    return [(session.tags, list(session.read())) for session in sealed_sessions(workspace)]


def test_an_exported_file_imports_as_the_same_sessions(shop: Workspace, tmp_path: Path) -> None:
    """HAR → recordings → HAR: sessions, their order, tags and exchanges are what they were."""
    exported = export_har(shop, tmp_path / "shop.har")
    assert (exported.sessions, exported.exchanges) == (2, 3)
    other = shop.project.twin("other")
    import_files(other, [exported.path], base_url=BASE, environ=KEY)
    assert exchanges(other) == exchanges(shop)
    again = export_har(other, tmp_path / "other.har")
    first, second = (json.loads(path.read_bytes())["log"] for path in (exported.path, again.path))
    for page in first["pages"] + second["pages"]:
        page.update(id="", title="", _session="")
    for entry in first["entries"] + second["entries"]:
        entry.update(pageref="")
    assert first == second


def test_the_same_sessions_give_the_same_bytes(shop: Workspace, tmp_path: Path) -> None:
    """Nothing of the moment goes into the file."""
    paths = [export_har(shop, tmp_path / name).path for name in ("a.har", "b.har")]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_sessions_are_chosen_by_id_and_tag(shop: Workspace, tmp_path: Path) -> None:
    """Without a choice all are exported; ids and tags add up."""
    first, second = sealed_sessions(shop)
    path = tmp_path / "a.har"
    assert export_har(shop, path, session_ids=[second.id]).exchanges == 1
    assert export_har(shop, path, tags=["smoke"]).exchanges == 2
    assert export_har(shop, path, session_ids=[second.id, first.id], tags=["smoke"]).exchanges == 3
    with pytest.raises(InputError, match="no sealed session 'none'"):
        export_har(shop, path, session_ids=["none"])


def test_without_recordings_nothing_is_written(tmp_path: Path) -> None:
    """A file without entries would look like success."""
    workspace = Project(tmp_path).twin("shop")
    make_workspace(workspace, BASE)
    with pytest.raises(InputError, match="no recording to export"):
        export_har(workspace, tmp_path / "a.har")
    assert not (tmp_path / "a.har").exists()
