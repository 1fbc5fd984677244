"""What synthesis keeps between its runs changes how long it takes, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

from wraith.build._memo import FileMemo
from wraith.build._workers import spread
from wraith.recording import sealed_sessions
from wraith.synth import Learned, learn
from wraith.wir import dump_evidence, dump_model
from wraith.workspace import Project

ROOT = Path(__file__).resolve().parents[2]
EVERY = sorted(sealed_sessions(Project(ROOT).twin("posts-api")), key=lambda each: each.started_at_ms)
CORPUS = EVERY[:14]


class Counting(FileMemo):
    """Counts what is found in it, and what is not."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.found: list[str] = []
        self.missed: list[str] = []

    def get(self, key: str) -> bytes | None:
        value = super().get(key)
        (self.missed if value is None else self.found).append(key.partition("-")[0])
        return value


def written(learned: Learned) -> tuple[bytes, bytes]:
    return dump_model(learned.model), dump_evidence(learned.evidence)


def test_a_session_more_is_learned_to_the_same_bytes(tmp_path: Path) -> None:
    """What is remembered of the other sessions gives the model that is learned without a memory."""
    learn(EVERY[:-1], memo=FileMemo(tmp_path))
    memo = Counting(tmp_path)
    assert written(learn(EVERY, memo=memo)) == written(learn(EVERY))
    assert memo.found.count("sketch") == len(EVERY) - 1
    assert memo.found.count("route") > memo.missed.count("route") > 0


def test_what_did_not_change_is_not_learned_again(tmp_path: Path) -> None:
    """The second time everything is found, in whatever order the sessions are given."""
    once = learn(CORPUS, memo=FileMemo(tmp_path))
    memo = Counting(tmp_path)
    assert written(learn(CORPUS[::-1], memo=memo)) == written(once)
    assert memo.missed == []


def test_a_session_less_is_learned_to_the_same_bytes(tmp_path: Path) -> None:
    """Nothing stays of a session that was taken out, wherever it stood."""
    learn(CORPUS, memo=FileMemo(tmp_path))
    for left in (CORPUS[1:], CORPUS[:5] + CORPUS[6:]):
        assert written(learn(left, memo=FileMemo(tmp_path))) == written(learn(left))


def test_processes_share_a_memory(tmp_path: Path) -> None:
    """Workers keep what they learn where others find it."""
    once = learn(CORPUS, spread=spread(2), memo=FileMemo(tmp_path))
    memo = Counting(tmp_path)
    assert written(learn(CORPUS, memo=memo)) == written(once)
    assert memo.missed == []


def test_damaged_entries_are_ignored(tmp_path: Path) -> None:
    """An entry that was cut, changed or emptied is made again."""
    once = written(learn(CORPUS, memo=FileMemo(tmp_path)))
    for number, path in enumerate(sorted(tmp_path.rglob("*-*"))):
        data = path.read_bytes()
        path.write_bytes([data[:-1], data.replace(b"200", b"201"), b"", b"\xff" + data][number % 4])
    assert written(learn(CORPUS, memo=FileMemo(tmp_path))) == once
    memo = Counting(tmp_path)
    assert written(learn(CORPUS, memo=memo)) == once
    assert memo.missed == []


def test_a_sound_entry_of_another_form_is_ignored(tmp_path: Path) -> None:
    """What reads as no sketch and no route is made again."""
    once = written(learn(CORPUS, memo=FileMemo(tmp_path)))
    memo = FileMemo(tmp_path)
    for number, path in enumerate(sorted(tmp_path.rglob("*-*"))):
        memo.put(path.name, [b"[]", b"{", b"[[[1]], 2]", b"null"][number % 4])
    assert written(learn(CORPUS, memo=memo)) == once


def test_the_longest_unused_entries_go_first(tmp_path: Path) -> None:
    """Beyond the limit, what was used last stays; what other versions kept goes."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "entry").write_bytes(b"old")
    memo = FileMemo(tmp_path)
    for number in range(5):
        memo.put(f"entry-{number}", bytes(100))
        [path] = tmp_path.rglob(f"entry-{number}")
        os.utime(path, ns=(number, number))
    assert memo.get("entry-0") == bytes(100)
    memo.trim(400)
    assert {path.name for path in tmp_path.rglob("*-*")} == {"entry-0", "entry-4"}
    assert [folder.name for folder in tmp_path.iterdir() if folder.name == "other"] == []


def test_a_memory_that_cannot_be_written_is_none(tmp_path: Path) -> None:
    """A file where the folder should be keeps nothing, and breaks nothing."""
    (tmp_path / "memo").write_bytes(b"")
    memo = FileMemo(tmp_path / "memo")
    memo.put("entry", b"value")
    assert memo.get("entry") is None
    memo.trim()
