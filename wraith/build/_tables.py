"""``wraith.toml`` as the graph reads it: tables and their digests, without validation.

The steps validate what they read. The graph only asks whether it changed, and must not pay for pydantic.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TypeAlias

from wraith.canonical import JsonValue

Tables: TypeAlias = dict[str, JsonValue]


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
