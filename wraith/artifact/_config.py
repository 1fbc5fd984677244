"""``wraith.toml`` as it travels: without the commands, and written in one way.

A command in somebody else's artifact must never run here, so ``pack`` leaves them out and ``install`` refuses
them. The rest is written anew, without comments: then equal settings are equal bytes.
"""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from wraith.canonical import JsonValue, compact
from wraith.config import TwinConfig, validate
from wraith.errors import InputError, PolicyError

COMMANDS: Final = ("start", "exercise", "inputs")
"""The keys of ``[record]`` that run commands, or name what they read."""


def portable_config(data: bytes, where: Path | str) -> bytes:
    """Return the configuration without commands. Raises InputError where it is broken."""
    tables = _tables(data, where)
    record = tables.get("record")
    if isinstance(record, dict):
        tables["record"] = {key: value for key, value in record.items() if key not in COMMANDS}
    return "".join(_lines(tables)).encode()


def refuse_commands(data: bytes, where: Path | str) -> None:
    """Raise PolicyError where the configuration names a command, InputError where it is broken."""
    record = validate(_tables(data, where), TwinConfig, where).record
    named = [key for key in COMMANDS if getattr(record, key)]
    if named:
        raise PolicyError(
            f"wraith.toml: [record] {', '.join(named)}: an artifact may not bring commands",
            where=where,
            hint="have it packed again by wraith pack, which leaves them out",
        )


def _tables(data: bytes, where: Path | str) -> dict[str, JsonValue]:
    try:
        tables = tomllib.loads(data.decode("utf-8"))
    except ValueError as error:  # not UTF-8, or not TOML
        raise InputError(
            f"wraith.toml: not TOML: {error}", where=where, hint="mend the line named"
        ) from error
    validate(tables, TwinConfig, where)
    return tables


def _lines(table: Mapping[str, JsonValue], path: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield a table as TOML: values before tables, both sorted, empty tables left out."""
    for key, value in sorted(table.items()):
        if not isinstance(value, dict):
            yield f"{_key(key)} = {_value(value)}\n"
    for key, value in sorted(table.items()):
        if isinstance(value, dict) and value:
            yield f"\n[{'.'.join(map(_key, (*path, key)))}]\n"
            yield from _lines(value, (*path, key))


def _key(key: str) -> str:
    bare = key.isascii() and key.replace("-", "a").replace("_", "a").isalnum()
    return key if bare else _value(key)


def _value(value: JsonValue) -> str:
    # what is JSON is TOML as well, but for infinity, and for DEL, which needs an escape in TOML alone
    if value == float("inf"):
        return "inf"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):  # in a list, where a table is written in one line
        return f"{{ {', '.join(f'{_key(key)} = {_value(item)}' for key, item in sorted(value.items()))} }}"
    if isinstance(value, datetime.date):
        return value.isoformat()
    return compact(value).decode().replace("\x7f", "\\u007F")
