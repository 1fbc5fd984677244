"""The task database: what is finished stays finished."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from doit.dependency import JSONCodec

from wraith.build.database import UNDONE, WraithDatabase
from wraith.errors import OperationError


def opened(path: Path) -> WraithDatabase:
    return WraithDatabase(str(path), JSONCodec())


def test_a_finished_task_is_remembered_although_the_run_is_killed(tmp_path: Path) -> None:
    """A task is written when doit sets ``deps:``, without the closing dump."""
    path = tmp_path / ".wraith" / "tasks.db"
    first = opened(path)
    first.set("synth:a", "_values_:", {"x": 1})
    first.set("synth:a", "deps:", ["in"])
    first.set("check:a", "_values_:", {"x": 2})  # killed before this one ended
    second = opened(path)
    assert second.get("synth:a", "_values_:") == {"x": 1}
    assert second.get("synth:a", "deps:") == ["in"]
    assert not second.in_("check:a")
    second.dump()
    first.dump()


def test_two_runs_do_not_lose_each_others_tasks(tmp_path: Path) -> None:
    """Each finished task is one statement, whoever ran it."""
    path = tmp_path / "tasks.db"
    one, two = opened(path), opened(path)
    one.set("a", "deps:", [])
    two.set("b", "deps:", [])
    two.dump()
    one.dump()
    third = opened(path)
    assert third.in_("a")
    assert third.in_("b")
    third.dump()


def test_forgetting_is_at_once(tmp_path: Path) -> None:
    """A removed task is gone for the next run, and so is everything after ``remove_all``."""
    path = tmp_path / "tasks.db"
    first = opened(path)
    for task in ("a", "b", "c"):
        first.set(task, "deps:", [])
    first.remove("a")
    first.remove("never there")
    second = opened(path)
    assert [second.in_(task) for task in ("a", "b", "c")] == [False, True, True]
    first.remove_all()
    third = opened(path)
    assert not third.in_("b")
    for database in (first, second, third):
        database.dump()


def test_a_task_that_fails_is_remembered_as_it_was_and_marked(tmp_path: Path) -> None:
    """doit removes a task that it asked for where it fails; what its last success left stays, and no more."""
    path = tmp_path / "tasks.db"
    first = opened(path)
    first.set("a", "_values_:", {"x": 1})
    first.set("a", "deps:", ["in"])
    first.get("a", "ignore:")
    first.remove("a")
    second = opened(path)
    assert second.get("a", "_values_:") == {"x": 1, UNDONE: True}
    assert second.get("a", "deps:") is None
    for database in (first, second):
        database.dump()


def test_what_is_set_without_an_end_is_written_when_the_run_closes(tmp_path: Path) -> None:
    """``doit ignore`` sets one value and closes."""
    first = opened(tmp_path / "tasks.db")
    first.set("a", "ignore:", "1")
    first.dump()
    second = opened(tmp_path / "tasks.db")
    assert second.get("a", "ignore:") == "1"
    second.dump()


def test_a_broken_file_is_set_aside(tmp_path: Path) -> None:
    """What can be made again is no obstacle; the broken file stays for who wants to look."""
    path = tmp_path / "tasks.db"
    path.write_bytes(b"this is no database, but long enough to be taken for one" * 100)
    database = opened(path)
    database.set("a", "deps:", [])
    database.dump()
    assert opened(path).in_("a")
    assert path.with_name("tasks.db.broken").read_bytes().startswith(b"this is no database")


def test_a_place_that_cannot_be_written_is_a_failure_of_the_disk(tmp_path: Path) -> None:
    """Exit status 4, with the file and what to do."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OperationError) as raised:
        opened(tmp_path / "file" / "tasks.db")
    assert raised.value.where == os.fspath(tmp_path / "file" / "tasks.db")
    assert raised.value.hint
