"""Manifests: what is written is read, and what is broken says where."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wraith.errors import InputError
from wraith.exchange import Exchange, Request, Response
from wraith.recording import SessionWriter, sealed_sessions
from wraith.workspace import Project, Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Project(tmp_path).twin("shop")
    writer = SessionWriter(workspace, run="r", source={"kind": "proxy"}, policy_digest="p", started_at_ms=1)
    writer.add(Exchange(Request("GET", "/"), Response(200)))
    writer.seal(sealed_at_ms=2)
    return workspace


def test_the_manifest_is_canonical_and_says_its_format(workspace: Workspace) -> None:
    """The manifest is sorted, indented JSON, and begins with what it is."""
    (session,) = sealed_sessions(workspace)
    text = (session.path / "manifest.json").read_text()
    table = json.loads(text)
    assert table["format"] == "wraith.session/1"
    assert list(table) == sorted(table)
    assert text.endswith("}\n")
    assert table["source"] == {"kind": "proxy"}
    assert [entry["file"] for entry in table["exchanges"]] == ["000001.wrec"]


def _format(table: dict[str, Any]) -> None:
    table["format"] = "wraith.session/9"


def _traversal(table: dict[str, Any]) -> None:
    table["exchanges"][0]["file"] = "../../secret"


def _other_id(table: dict[str, Any]) -> None:
    table["id"] = "another"


def _no_digest(table: dict[str, Any]) -> None:
    del table["exchanges"][0]["sha256"]


def _unknown(table: dict[str, Any]) -> None:
    table["surprise"] = 1


def _order(table: dict[str, Any]) -> None:
    table["exchanges"] = table["exchanges"] * 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_format, "format: .*wraith.session/1.*found 'wraith.session/9'"),
        (_traversal, r"exchanges\.0\.file"),
        (_other_id, "id: expected the name of its folder"),
        (_no_digest, r"exchanges\.0\.sha256: Field required"),
        (_unknown, "surprise: unknown key"),
        (_order, "expected exchange 2 to be 000002.wrec"),
    ],
    ids=["future format", "path traversal", "another id", "no digest", "unknown key", "twice the same file"],
)
def test_a_broken_manifest_names_file_and_key(
    workspace: Workspace, change: Callable[[dict[str, Any]], None], message: str
) -> None:
    """What is wrong in a manifest is an InputError with the file, the key and what was expected."""
    (path,) = workspace.sessions_path.glob("*/manifest.json")
    table = json.loads(path.read_text())
    change(table)
    path.write_text(json.dumps(table))
    with pytest.raises(InputError, match=message) as caught:
        sealed_sessions(workspace)
    assert caught.value.where == str(path)
    assert caught.value.hint


def test_a_manifest_that_is_no_json_is_refused(workspace: Workspace) -> None:
    """A manifest cut off in the middle is an InputError with line and column."""
    (path,) = workspace.sessions_path.glob("*/manifest.json")
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(InputError, match=r"Invalid JSON.*line"):
        sealed_sessions(workspace)
