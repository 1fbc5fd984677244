"""The store on this disk."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from wraith.cache import Store

KEY = "0" * 64


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "cache")


def content_path(store: Store, digest: str) -> Path:
    return store.folder / "cas" / digest[:2] / digest


def test_what_is_put_is_found(store: Store) -> None:
    """Contents by their digest, results by their key."""
    digest = store.put_content(b"content")
    store.put_result(KEY, b"result")
    assert (store.content(digest), store.result(KEY)) == (b"content", b"result")


def test_what_was_not_put_is_not_there(store: Store, tmp_path: Path) -> None:
    """And nothing is written beside its target."""
    assert store.content(KEY) is None
    assert store.result(KEY) is None
    assert store.copy_out(KEY, tmp_path / "out", 0o644) is None
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("damage", [b"", b"conten", b"CONTENT"], ids=["empty", "short", "other"])
def test_a_damaged_content_is_not_there_and_goes(store: Store, tmp_path: Path, damage: bytes) -> None:
    """Whether it is read or copied out."""
    for read in (store.content, lambda digest: store.copy_out(digest, tmp_path / "out", 0o644)):
        digest = store.put_content(b"content")
        content_path(store, digest).write_bytes(damage)
        assert read(digest) is None
        assert not store.has(digest)
    assert [path.name for path in tmp_path.iterdir()] == ["cache"]


def test_a_copy_has_the_mode_that_is_asked_for(store: Store, tmp_path: Path) -> None:
    """It is a file of its own: writing to it changes nothing in the store."""
    digest = store.put_content(b"content")
    copy = store.copy_out(digest, tmp_path / "out", 0o755)
    assert copy is not None
    assert copy.stat().st_mode & 0o777 == 0o755
    copy.write_bytes(b"other")
    assert store.content(digest) == b"content"


def test_what_was_not_used_for_longest_goes_first(store: Store) -> None:
    """Reading is using."""
    digests = [store.put_content(bytes([number]) * 100) for number in range(10)]
    for age, digest in enumerate(digests):
        os.utime(content_path(store, digest), (age, age))
    store.content(digests[0])
    assert store.trim(500) == 600
    assert [store.has(digest) for digest in digests] == [True, *[False] * 6, *[True] * 3]


def test_a_store_below_its_limit_keeps_everything(store: Store) -> None:
    """There is nothing to remove."""
    store.put_content(b"content")
    assert store.trim() == 0
    assert store.stats().contents == 1


def test_verify_finds_and_removes_what_is_damaged(store: Store) -> None:
    """The others stay."""
    good, bad = store.put_content(b"good"), store.put_content(b"bad")
    content_path(store, bad).write_bytes(b"BAD")
    found = store.verify()
    assert (found.checked, found.removed) == (2, (bad,))
    assert store.has(good)


def test_clear_removes_everything(store: Store) -> None:
    """And says how much that was."""
    store.put_content(b"12345")
    store.put_result(KEY, b"123")
    assert store.clear() == 8
    assert store.stats().results == store.stats().contents == 0


def test_many_writers_and_evictions_at_once_lose_nothing_that_is_read(store: Store) -> None:
    """What is found is whole, whoever removes what meanwhile."""

    def work(number: int) -> bool:
        data = bytes([number % 7]) * 1000
        digest = store.put_content(data)
        store.trim(3000)
        return store.content(digest) in (data, None)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(200)))
