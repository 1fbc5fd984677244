"""Whole files or none: how everything of ours reaches the disk."""

from __future__ import annotations

import contextlib
import os
import tempfile
import tomllib
from pathlib import Path

from wraith.canonical import JsonValue, pretty
from wraith.errors import InputError, OperationError


def write_whole(path: Path, data: bytes, *, sync: bool = True, mode: int = 0o644) -> None:
    """Write a file by a temporary name in the same folder and a rename; folders are made where missing.

    Readers see the old file or the new one. Raises OperationError where the disk is full or read-only, with
    nothing left behind.
    """
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        with os.fdopen(handle, "wb") as out:
            os.fchmod(out.fileno(), mode)
            out.write(data)
            if sync:
                out.flush()
                os.fsync(out.fileno())
        os.replace(temporary, path)
        temporary = None
    except OSError as error:
        raise OperationError(
            f"cannot be written: {error.strerror or error}",
            where=path,
            hint="make room or mend the permissions; nothing was changed",
        ) from error
    finally:
        if temporary is not None:
            _discard(temporary)


def write_json(path: Path, value: JsonValue) -> None:
    """Write canonical JSON, pretty, as ``write_whole`` does."""
    write_whole(path, pretty(value))


def read_bytes(path: str | Path) -> bytes:
    """Return the bytes of a file. Raises OperationError where it cannot be read; FileNotFoundError passes."""
    try:
        with open(path, "rb", buffering=0) as file:
            return file.readall()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise OperationError(f"cannot be read: {error.strerror or error}", where=path) from error


def read_tables(path: Path) -> dict[str, JsonValue]:
    """Return the tables of a TOML file. Raises InputError with the file and the line; OperationError where it
    cannot be read."""
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        is_twin = path.name == "wraith.toml"
        hint = "wraith init NAME --base-url URL writes one" if is_twin else "name a file that exists"
        raise InputError("no such file", where=path, hint=hint) from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"not UTF-8 text, at byte {error.start}", where=path, hint="save the file as UTF-8"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            f"not TOML: {error}", where=path, hint="mend the file there, then run the command again"
        ) from error
    except OSError as error:
        raise OperationError(f"cannot be read: {error.strerror or error}", where=path) from error


def fast_digest(path: str | Path) -> str:
    """Return the BLAKE3 hex digest of a file. For freshness only; what people pin is SHA-256."""
    from blake3 import blake3

    return blake3(read_bytes(path)).hexdigest()


def _discard(name: str) -> None:
    with contextlib.suppress(
        OSError
    ):  # already gone, or the disk that refused the write refuses this as well
        os.unlink(name)
