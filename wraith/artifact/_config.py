"""``wraith.toml`` as it travels: without the commands.

A command in somebody else's artifact must never run here, so packing leaves them out, and an artifact that
brings one is refused wherever it is opened.
"""

from __future__ import annotations

from pathlib import Path

from wraith.artifact._contents import COMMANDS
from wraith.artifact._toml import read_toml_bytes, toml_bytes
from wraith.config import TwinConfig, validate
from wraith.errors import PolicyError


def portable_config(data: bytes, where: Path | str) -> bytes:
    """Return the configuration without commands. Raises InputError where it is broken."""
    tables = read_toml_bytes(data, where)
    validate(tables, TwinConfig, where)
    match tables.pop("record", None):
        case dict(record) if kept := {key: value for key, value in record.items() if key not in COMMANDS}:
            tables["record"] = kept
    return toml_bytes(tables)


def refuse_commands(data: bytes, where: Path | str) -> None:
    """Raise PolicyError where the configuration names a command, InputError where it is broken."""
    record = validate(read_toml_bytes(data, where), TwinConfig, where).record
    named = [key for key in COMMANDS if getattr(record, key)]
    if named:
        raise PolicyError(
            f"wraith.toml: [record] {', '.join(named)}: an artifact may not bring commands",
            where=where,
            hint="have it packed again by wraith pack, which leaves them out",
        )
