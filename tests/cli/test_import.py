"""``wraith import`` and ``wraith export``: what is said, in text and as a document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wraith.canonical import JsonValue
from wraith.recording import sealed_sessions
from wraith.workspace import Project, Workspace


def har_entry(method: str, url: str) -> JsonValue:
    return {
        "startedDateTime": "2024-07-30T16:11:10.690Z",
        "time": 5,
        "request": {"method": method, "url": url, "headers": []},
        "response": {
            "status": 200,
            "headers": [{"name": "Content-Encoding", "value": "gzip"}],
            "content": {"text": '{"id": 1}'},
        },
    }


@pytest.fixture
def har(folder: Path) -> Path:
    """A recording with two exchanges, and noise."""
    entries = [
        har_entry(method, f"https://api.example.com/{n}")
        for n, method in enumerate(["GET", "PUT", "CONNECT"])
    ]
    path = folder / "a.har"
    path.write_text(json.dumps({"log": {"entries": entries}}))
    return path


def test_an_import_says_what_it_did(run, folder: Path, har: Path) -> None:
    """The answer counts what is new, what was put right, and lists what was left out, with the next
    commands."""
    ran = run("import", "shop", "a.har")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "made the twin shop of https://api.example.com",
        "imported 2 exchanges in 1 session",
        "  a.har (har): 2 exchanges in 1 session",
        "    mended 2: the body says gzip and is plain (first: log.entries[0])",
        "    left out 1: CONNECT opens a tunnel; what passed through it stands by itself (log.entries[2])",
        "next:",
        "  wraith synth shop",
        "  wraith check shop",
    ]
    assert run("import", "shop", "a.har").out.splitlines()[:2] == [
        "imported 0 exchanges in 0 sessions",
        "  a.har (har): 2 exchanges in 1 session imported before",
    ]


def test_the_document_lists_every_entry_that_is_left_out(run, folder: Path, har: Path) -> None:
    """``--json`` says the same, entries that are left out one by one."""
    document = run("import", "shop", "a.har", "--json", "--format", "har", "--tag", "x").document
    (session,) = sealed_sessions(Project(folder).twin("shop"))
    assert session.tags == ("x",)
    assert document["schema"] == "wraith.import/1"
    assert (document["twin"], document["sessions"], document["exchanges"]) == ("shop", 1, 2)
    (file,) = document["files"]
    assert (file["file"], file["format"], file["sessions"]) == ("a.har", "har", [session.id])
    assert file["left_out"] == [
        {
            "where": "log.entries[2]",
            "reason": "CONNECT opens a tunnel; what passed through it stands by itself",
        }
    ]
    assert [each["count"] for each in file["mended"]] == [2]


def test_many_left_out_entries_are_one_line(run, folder: Path) -> None:
    """In text, entries that are left out for the same reason share a line."""
    entries = [har_entry("GET", "https://a/1"), *[har_entry("GET", "https://b/1") for _ in range(9)]]
    Path("a.har").write_text(json.dumps({"log": {"entries": entries}}))
    ran = run("import", "shop", "a.har", "--host", "a")
    places = "log.entries[1], log.entries[2], log.entries[3], …"
    assert f"    left out 9: it was sent to b ({places})" in ran.out.splitlines()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["none.har"], "cannot be read: No such file or directory", id="no-file"),
        pytest.param(["."], "is a folder, not a file", id="folder"),
        pytest.param(["a.har", "--host", "b"], "there is no exchange of b", id="host"),
        pytest.param(["a.har", "--format", "text"], "invalid choice", id="output-format"),
        pytest.param([], "the following arguments are required: FILE", id="no-files"),
    ],
)
def test_mistakes_write_nothing(run, folder: Path, har: Path, arguments: list[str], message: str) -> None:
    """A mistake ends with 1, says what to do, and leaves the folder as it was."""
    ran = run("import", "shop", *arguments)
    assert ran.code == 1
    assert message in ran.err
    assert [path.name for path in folder.iterdir()] == ["a.har"]


def test_a_new_key_is_told(run, folder: Path, har: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who shares the recordings needs the key that their tokens were made with."""
    monkeypatch.delenv("WRAITH_HMAC_KEY")
    assert "made a scrub key, kept in " in run("import", "shop", "a.har").err


def test_any_name_of_a_file_can_be_answered(run, folder: Path, har: Path) -> None:
    """Names on disks are bytes; the document is text."""
    har.rename(folder / "\udcff.har")
    assert run("import", "shop", "--json", "\udcff.har").document["files"][0]["file"] == "\\udcff.har"


def test_an_export_says_what_it_wrote(run, recorded: Workspace) -> None:
    """The file holds what was chosen, and may be imported again."""
    ran = run("export", "shop", "shop.har")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("exported 6 exchanges in 2 sessions to shop.har (")
    session = sealed_sessions(recorded)[0].id
    document = run("export", "shop", "--format", "har", "--session", session, "--json", "one.har").document
    size_bytes = Path("one.har").stat().st_size
    assert document == {
        "schema": "wraith.export/1",
        "twin": "shop",
        "file": "one.har",
        "format": "har",
        "sessions": 1,
        "exchanges": 3,
        "size_bytes": size_bytes,
    }
    assert run("import", "copy", "shop.har").out.splitlines()[1] == "imported 6 exchanges in 2 sessions"


def test_an_export_of_nothing_is_a_mistake(run, shop: Workspace) -> None:
    """Without recordings there is nothing to write."""
    ran = run("export", "shop", "shop.har")
    assert ran.code == 1
    assert not Path("shop.har").exists()
