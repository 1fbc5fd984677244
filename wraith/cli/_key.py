"""What is said about the scrub key, once: when it is made."""

from __future__ import annotations

from pathlib import Path

from wraith.cli._output import Output


def note_made_key(path: Path | None, out: Output) -> None:
    """Say that there is a new scrub key, where it is kept, and who needs it."""
    out.note(f"made a scrub key, kept in {path}; whoever shares the recordings needs the same one", "warn")
