"""A file to import: its bytes, read once, with the limits that hold for every format."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from wraith.errors import InputError
from wraith.files import read_bytes

MAX_FILE_BYTES: Final = 1 << 30
"""A recording above this is split by its owner before it is imported; nothing reads a file of any size."""

MAX_DEPTH: Final = 200
"""How deep documents may nest: parsers and writers of JSON below us give up at 254 levels."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file that was given to ``wraith import``."""

    path: Path
    data: bytes = field(repr=False)

    @classmethod
    def read(cls, path: Path) -> Source:
        """Read the file. Raises InputError where there is none, or where it is too large."""
        try:
            if path.is_dir():
                raise InputError("is a folder, not a file", where=path, hint="name the files in it")
            if path.exists() and not path.is_file():
                raise InputError(
                    "is no file that can be read twice", where=path, hint="write it to a file first"
                )
            if path.stat().st_size > MAX_FILE_BYTES:
                raise InputError(f"is larger than {MAX_FILE_BYTES >> 20} MiB", where=path, hint="split it")
            return cls(path, read_bytes(path))
        except FileNotFoundError as error:
            raise InputError(f"cannot be read: {error.strerror}", where=path) from None

    @property
    def sha256(self) -> str:
        """The digest of the file, in hex."""
        return hashlib.sha256(self.data).hexdigest()
