"""A folder of WireMock as one file: its stubs, which stand one to a file, make one session together."""

from __future__ import annotations

from pathlib import Path

from wraith.canonical import JsonValue, compact
from wraith.interchange._json import load_json
from wraith.interchange._parts import member
from wraith.interchange._source import Source


def source_of(path: Path) -> Source:
    """Return what was given to ``wraith import``: a file, or a folder of WireMock.

    Raises InputError for any other folder, and for what is not there.
    """
    return (from_folder(path) if path.is_dir() else None) or Source.read(path)


def from_folder(folder: Path) -> Source | None:
    """Return the mappings of a folder that holds ``mappings`` or is it, in the order of their paths; None for
    any other folder. Raises InputError for a mapping that cannot be read."""
    inner = folder / "mappings"
    mappings = inner if inner.is_dir() else folder
    if mappings.name != "mappings":
        return None
    stubs: list[JsonValue] = []
    for path in sorted(mappings.rglob("*.json")):
        document = load_json(Source.read(path))
        several = member(document, "mappings")
        stubs += several if isinstance(several, list) else [document]
    return Source(folder, compact({"mappings": stubs}))
