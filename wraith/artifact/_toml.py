"""TOML as artifacts hold it."""

from __future__ import annotations

import tomllib
from pathlib import Path

from wraith.canonical import JsonValue
from wraith.config import toml_bytes
from wraith.errors import InputError

__all__ = ["read_toml_bytes", "toml_bytes"]


def read_toml_bytes(data: bytes, where: Path | str) -> dict[str, JsonValue]:
    """Return the tables in the bytes. Raises InputError for what is no TOML."""
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # not UTF-8, or not TOML
        raise InputError(f"not TOML: {error}", where=where, hint="mend the line named") from error
