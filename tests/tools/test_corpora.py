"""``tools/corpora.py``: recordings of other tools, imported, learned and checked in one go."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

SAMPLES = Path(__file__).resolve().parent.parent / "interchange" / "samples"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A corpus of a sound file, one of two hosts, and one that is none."""
    folder = tmp_path / "corpus"
    (folder / "har").mkdir(parents=True)
    shutil.copy(SAMPLES / "polly.har", folder / "har")
    hosts = ("api.library.example", "files.library.example", "api.library.example")
    lines = [{"method": "GET", "url": f"https://{host}/{n}", "status": 200} for n, host in enumerate(hosts)]
    (folder / "two-hosts.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    (folder / "wrong.yaml").write_text("a: 1\n", encoding="utf-8")
    (folder / "README.md").write_text("about it\n", encoding="utf-8")
    return folder


def test_a_corpus_is_taken_through_file_by_file(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each file is a row, one per host; what fails is told in its row, and by the exit status."""
    import corpora

    output = tmp_path / "out" / "corpora.json"
    monkeypatch.setattr(sys, "argv", ["corpora.py", str(corpus), "--output", str(output)])
    assert corpora.main() == 1
    document = json.loads(output.read_text(encoding="utf-8"))
    told = [(twin["file"], twin["host"], twin["sessions"], twin["exchanges"]) for twin in document["twins"]]
    assert told == [
        ("har/polly.har", "api.library.example", 1, 2),
        ("two-hosts.jsonl", "api.library.example", 1, 2),
        ("two-hosts.jsonl", "files.library.example", 1, 1),
        ("wrong.yaml", "", 0, 0),
    ]
    assert [set(twin["scores_bp"]) for twin in document["twins"]] == [{"in-sample"}] * 3 + [set()]
    assert document["twins"][3]["failure"].startswith("import: ")
    shown = capsys.readouterr().out
    assert "| `har/polly.har` | `api.library.example` | 1 | 2 | 0 | 100.00 % |" in shown


def test_a_corpus_of_several_sessions_is_also_held_out(tmp_path: Path) -> None:
    """With as many sessions as folds, each is predicted from the others; the reasons are those of that."""
    from benchmarks.foreign import HELD_OUT, take_through

    lines = [
        {"method": "GET", "url": "https://api.library.example/books", "status": 200, "session": f"s{n}"}
        for n in range(5)
    ]
    file = tmp_path / "books.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    [twin] = take_through(file, tmp_path, tmp_path / "project")
    assert twin.failure == ""
    assert twin.sessions == 5
    assert twin.scores_bp == {"in-sample": 10_000, HELD_OUT: 10_000}


def test_a_folder_without_recordings_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An empty corpus is no answer."""
    import corpora

    monkeypatch.setattr(sys, "argv", ["corpora.py", str(tmp_path)])
    assert corpora.main() == 1
    assert "there are no recordings" in capsys.readouterr().err


def test_the_reasons_for_divergence_are_counted_over_lists() -> None:
    """A divergence at any place of a list has one reason; the most frequent come first."""
    from benchmarks.foreign import Twin, table

    twin = Twin("a.har", "h", 1, 2, 0, {"in-sample": 4_550}, (("value_mismatch at items[].id", 12),))
    assert table([twin]).splitlines()[2] == (
        "| `a.har` | `h` | 1 | 2 | 0 | 45.50 % |  | value_mismatch at items[].id (12) |"
    )
