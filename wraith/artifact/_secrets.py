"""Packing scrubs again: a secret that came in by hand since recording is found before anything is written.

Every file is searched with the rules of its own ``scrub.toml``: recorded exchanges as when they were
recorded, JSON and TOML by names and by looks, everything else by looks alone. Scrubbing twice changes
nothing, so what would change is a secret in clear.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from wraith.artifact._layout import SCRUB
from wraith.artifact._toml import read_toml_bytes
from wraith.canonical import JsonValue, pretty
from wraith.config import ScrubConfig, validate
from wraith.errors import PolicyError
from wraith.recording import decode_exchange
from wraith.scrub import Key, Scrubber

_NO_KEY: Final = Key(b"nothing that this key makes is written", "made")
_LISTED: Final = 5

JSON: Final = "application/json"
TEXT: Final = "text/plain; charset=utf-8"


class _Holes:
    """The gaps of templates: ``$hole_1`` below the name of a secret is none."""

    def __contains__(self, value: object) -> bool:
        return isinstance(value, str) and value.startswith("$")


def refuse_secrets(files: Mapping[str, bytes], where: Path | str) -> None:
    """Raise PolicyError that names the places where a file holds what the rules take for a secret."""
    config = validate(read_toml_bytes(files[SCRUB], where), ScrubConfig, where)
    scrubber = Scrubber(config, _NO_KEY)
    found = [place for path, data in files.items() if (place := _place(scrubber, path, data)) is not None]
    if found:
        more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
        raise PolicyError(
            f"what looks like a secret would be packed: {', '.join(found[:_LISTED])}{more}",
            where=where,
            hint="remove it there and synth again, or name the value in [[allow]] of scrub.toml",
        )


def _place(scrubber: Scrubber, path: str, data: bytes) -> str | None:
    """Return where the first secret of a file is, None where there is none."""
    if path.endswith(".wrec"):
        exchange = decode_exchange(data, path)
        return None if scrubber.exchange(exchange) == exchange else path
    if path.endswith(".toml"):
        tables = pretty(_plain(read_toml_bytes(data, path)))
        if _line(scrubber, tables, JSON) is not None:
            return path
    line = _line(scrubber, data, JSON if path.endswith(".json") else TEXT)
    return None if line is None else f"{path}:{line}"


def _line(scrubber: Scrubber, data: bytes, content_type: str) -> int | None:
    """Return the line of the first difference that scrubbing would make."""
    clean = scrubber.document(data, content_type, issued=_Holes())
    if clean == data:
        return None
    pairs = enumerate(zip(data, clean, strict=False))
    start = next((at for at, (old, new) in pairs if old != new), min(len(data), len(clean)))
    return data.count(b"\n", 0, start) + 1


def _plain(value: JsonValue) -> JsonValue:
    """Return a value of TOML as JSON: dates and infinities are no secrets."""
    match value:
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case list():
            return [_plain(item) for item in value]
        case str() | int():
            return value
        case _:
            return None
