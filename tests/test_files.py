"""Whole files or none."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from wraith.errors import OperationError
from wraith.files import fast_digest, read_bytes, write_json, write_whole


def test_a_file_is_written_with_its_folders(tmp_path: Path) -> None:
    """Folders are made where missing; nothing else is left in them."""
    path = tmp_path / "a" / "b" / "file.bin"
    write_whole(path, b"one")
    assert path.read_bytes() == b"one"
    assert os.listdir(path.parent) == ["file.bin"]


@pytest.mark.parametrize("sync", [True, False])
def test_a_file_is_replaced(tmp_path: Path, sync: bool) -> None:
    """The new bytes take the place of the old ones."""
    path = tmp_path / "file"
    path.write_bytes(b"much longer than the new one")
    write_whole(path, b"new", sync=sync)
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("mode", [0o644, 0o600])
def test_a_file_has_its_mode_whatever_the_mask(tmp_path: Path, mode: int) -> None:
    """A secret's file is its owner's alone from the first byte; other files are readable."""
    before = os.umask(0o077)
    try:
        write_whole(tmp_path / "file", b"x", mode=mode)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == mode


@pytest.mark.parametrize("step", ["fsync", "replace", "fchmod"])
def test_a_disk_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """At whichever step the disk fails, the file is as it was and no part of the new one stays."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "file"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, step, full)
    with pytest.raises(OperationError, match="No space left on device") as caught:
        write_whole(path, b"new")
    assert caught.value.where == str(path)
    assert caught.value.hint is not None
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


def test_a_file_where_a_folder_should_be_is_an_operation_error(tmp_path: Path) -> None:
    """The outside world is not as it should be; nothing was changed."""
    (tmp_path / "file").write_bytes(b"old")
    with pytest.raises(OperationError, match="cannot be written"):
        write_whole(tmp_path / "file" / "below", b"new")
    assert (tmp_path / "file").read_bytes() == b"old"


def test_a_folder_where_a_file_should_be_is_an_operation_error(tmp_path: Path) -> None:
    """Nothing replaces a folder."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(OperationError, match="cannot be written"):
        write_whole(tmp_path / "folder", b"new")
    assert os.listdir(tmp_path) == ["folder"]


def test_json_files_are_canonical(tmp_path: Path) -> None:
    """Sorted, indented, with a final newline."""
    write_json(tmp_path / "a.json", {"b": 1, "a": [2**70]})
    assert (tmp_path / "a.json").read_text() == f'{{\n  "a": [\n    {2**70}\n  ],\n  "b": 1\n}}\n'


def test_the_fast_digest_is_blake3(tmp_path: Path) -> None:
    """The digest of nothing, as its authors publish it."""
    write_whole(tmp_path / "empty", b"")
    assert (
        fast_digest(tmp_path / "empty") == "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"
    )


def test_a_missing_file_is_the_callers_business(tmp_path: Path) -> None:
    """Absent is an answer; unreadable is an operation error."""
    with pytest.raises(FileNotFoundError):
        read_bytes(tmp_path / "absent")
    with pytest.raises(OperationError, match="cannot be read"):
        read_bytes(tmp_path)
