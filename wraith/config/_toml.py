"""TOML written in one way: equal settings are equal bytes, without comments, whoever wrote them."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Mapping

from wraith.canonical import JsonValue, compact


def toml_bytes(table: Mapping[str, JsonValue]) -> bytes:
    """Return a table as TOML: values before tables, both sorted."""
    return "".join(_lines(table)).encode()


def _lines(table: Mapping[str, JsonValue], path: tuple[str, ...] = ()) -> Iterator[str]:
    for key, value in sorted(table.items()):
        if not isinstance(value, dict):
            yield f"{_key(key)} = {_value(value)}\n"
    for key, value in sorted(table.items()):
        if isinstance(value, dict):
            if not value or not all(isinstance(item, dict) for item in value.values()):
                yield f"\n[{'.'.join(map(_key, (*path, key)))}]\n"
            yield from _lines(value, (*path, key))


def _key(key: str) -> str:
    bare = key.isascii() and key.replace("-", "a").replace("_", "a").isalnum()
    return key if bare else _value(key)


def _value(value: JsonValue) -> str:
    # what is JSON is TOML as well, but for numbers that JSON has none of, and for DEL, which TOML escapes
    match value:
        case float() if not math.isfinite(value):
            return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
        case list():
            return f"[{', '.join(map(_value, value))}]"
        case dict():  # in a list, where a table is written in one line
            members = ", ".join(f"{_key(key)} = {_value(item)}" for key, item in sorted(value.items()))
            return f"{{ {members} }}"
        case datetime.date() | datetime.time():
            return value.isoformat()
        case _:
            return compact(value).decode().replace("\x7f", "\\u007F")
