"""What synthesis keeps between its runs: files below ``.wraith/memo``, by the version of the engine.

Each file holds a digest of its content and the content. What is damaged, or of another version, is not there;
the folder can be removed at any time.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Final

from wraith.build._digests import code_digest
from wraith.errors import OperationError
from wraith.files import write_whole

LIMIT: Final = 128 * 2**20
"""Bytes that are kept: many times what one twin needs, little beside its recordings."""

_ROOMS: Final = (".", "exchange", "runtime", "wir", "synth")
"""The code that decides what is learned."""


class FileMemo:
    """A ``wraith.synth.Memo`` in files."""

    def __init__(self, folder: Path) -> None:
        self._all = folder
        self._own = folder / code_digest(*_ROOMS)

    def get(self, key: str) -> bytes | None:
        path = self._own / key
        try:
            found = path.read_bytes()
            os.utime(path)  # what is used stays longest
        except OSError:
            return None
        digest, _, content = found.partition(b"\n")
        return content if digest == sha256(content).hexdigest().encode() else None

    def put(self, key: str, value: bytes) -> None:
        try:
            self._own.mkdir(parents=True, exist_ok=True)
            write_whole(self._own / key, sha256(value).hexdigest().encode() + b"\n" + value, sync=False)
        except (OSError, OperationError):
            return  # a full disk makes the next run slower, and nothing else

    def trim(self, limit: int = LIMIT) -> None:
        """Remove what other versions kept, and what was not used for longest beyond the limit."""
        for folder in self._all.iterdir() if self._all.is_dir() else ():
            if folder != self._own:
                shutil.rmtree(folder, ignore_errors=True)
        entries = []
        for path in self._own.iterdir() if self._own.is_dir() else ():
            with contextlib.suppress(FileNotFoundError):  # another step removed it, or is writing it
                entries.append((path.stat(), path))
        size = 0
        for status, entry in sorted(entries, key=lambda each: (-each[0].st_mtime_ns, each[1])):
            size += status.st_size
            if size > limit:
                entry.unlink(missing_ok=True)
