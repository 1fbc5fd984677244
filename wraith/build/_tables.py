"""``wraith.toml`` as the graph reads it: tables and their digests, without validation.

The steps validate what they read. The graph only asks whether it changed, and must not pay for pydantic.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from wraith.canonical import JsonValue
from wraith.errors import InputError, OperationError

Tables: TypeAlias = dict[str, JsonValue]


def read_tables(path: Path) -> Tables:
    """Return the tables of a TOML file. Raises InputError with the file and the line."""
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InputError(
            f"not UTF-8 text, at byte {error.start}", where=path, hint="save the file as UTF-8"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            f"not TOML: {error}", where=path, hint="mend the line named, then run the command again"
        ) from error
    except OSError as error:
        raise OperationError(f"cannot be read: {error.strerror}", where=path) from error


def table(tables: Tables, name: str) -> Tables:
    """Return one table, empty where it is absent or none: the step that reads it says so."""
    found = tables.get(name, {})
    return found if isinstance(found, dict) else {}


def texts(tables: Tables, name: str) -> list[str]:
    """Return the texts in a list, none where it is absent or no list."""
    found = tables.get(name, [])
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def parameters(tables: Tables, *names: str) -> dict[str, str]:
    """Return the digest of each table that a step reads, under the name that people know it by."""
    return {f"[{name}] in wraith.toml": digest_of(table(tables, name)) for name in names}


def digest_of(value: Mapping[str, JsonValue]) -> str:
    """Return a digest of a table. It hides the values, which may name commands, from the task database."""
    text = json.dumps(value, sort_keys=True, default=str)  # TOML has dates, which JSON has not
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
