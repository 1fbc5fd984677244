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
from wraith.canonical import JsonValue, parse, pretty
from wraith.config import ScrubConfig, validate
from wraith.errors import PolicyError
from wraith.paths import format_path, leaves
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
    """Return where the first secret of a file is, None where there is none: the file, and in it the path of
    the value where it has one, else the line."""
    if path.endswith(".wrec"):
        exchange = decode_exchange(data, path)
        return None if scrubber.exchange(exchange) == exchange else path
    if path.endswith(".json"):
        return _value(scrubber, path, data)
    if path.endswith(".toml") and (
        tables := _value(scrubber, path, pretty(_plain(read_toml_bytes(data, path))))
    ):
        return tables
    clean = scrubber.document(data, TEXT, issued=_Holes())
    return None if clean == data else f"{path}:{_line(data, clean)}"


def _value(scrubber: Scrubber, path: str, data: bytes) -> str | None:
    """Return the place of the first value of a JSON document that scrubbing would change."""
    clean = scrubber.document(data, JSON, issued=_Holes())
    if clean == data:
        return None
    try:
        there, then = parse(data), parse(clean)
    except ValueError:  # what is no JSON was scrubbed as the text that it is
        return f"{path}:{_line(data, clean)}"
    before, after = dict(leaves(there)), dict(leaves(then))
    places = [place for place, value in before.items() if after.get(place, value) != value]
    return f"{path}, at {format_path(places[0])}" if places else path  # a key that is one is not told


def _line(data: bytes, clean: bytes) -> int:
    """Return the line of the first difference."""
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
