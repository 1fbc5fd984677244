"""What files hold, by BLAKE3: the one question that freshness asks of them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

from blake3 import blake3
from doit.dependency import FileChangedChecker  # type: ignore[import-untyped]  # doit has no types

from wraith.files import fast_digest

Stamp: TypeAlias = tuple[int, ...]
"""Times, size and place of a file: while it stands, so does the content."""

_MEMO: Final[dict[str, tuple[Stamp, str]]] = {}


def digest(path: str | Path) -> str:
    """Return the BLAKE3 digest of a file; one that did not change since is not read again in this process.

    Raises FileNotFoundError where there is none.
    """
    name = os.path.abspath(path)
    stamp = _stamp(name)
    known = _MEMO.get(name)
    if known is not None and known[0] == stamp:
        return known[1]
    found = fast_digest(name)
    _MEMO[name] = (stamp, found)
    return found


@cache
def code_digest(*rooms: str) -> str:
    """Return a digest of the source of some rooms of wraith, in the order of their names.

    A version that people raise by hand is forgotten; the code itself is the version of an engine.
    """
    package = Path(__file__).parent.parent
    found = blake3()
    for path in sorted(path for room in rooms for path in _modules(package, room)):
        found.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest(8)


def _modules(package: Path, room: str) -> Iterable[Path]:
    """Return the modules of a room with those of its rooms; of ``.`` its own."""
    return (package / room).glob("*.py") if room == "." else (package / room).rglob("*.py")


def stamp_or_none(path: str | Path) -> Stamp | None:
    """Return the stamp of a file, None where there is no such file."""
    try:
        return _stamp(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def _stamp(path: str | Path) -> Stamp:
    status = os.stat(path)
    return (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)


def digest_or_none(path: str | Path) -> str | None:
    """Return the digest, None where there is no such file."""
    try:
        return digest(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


class Blake3Checker(FileChangedChecker):  # type: ignore[misc]  # it has no types
    """doit's question "did this input change?", answered by content, never by time.

    doit keeps the name of this class with each task, and forgets them all when it changes.
    """

    def check_modified(self, file_path: str, file_stat: os.stat_result, state: str) -> bool:
        return digest(file_path) != state

    def get_state(self, dep: str, current_state: str | None) -> str:
        return digest(dep)
