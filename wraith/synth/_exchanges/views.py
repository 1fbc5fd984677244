"""Answers that show whole collections, each under its name: the database at a glance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wraith.paths import Path, get
from wraith.runtime import text_of
from wraith.synth._exchanges.seen import Seen

Keyed = tuple[str, Path]
"""The name of a collection, and where a representation holds its key; nowhere in a singleton."""

LEAST = 2
"""Collections that an answer shows at least: one list under a name of its own is a list like others."""


def views_of(answers: Sequence[Seen], collections: Iterable[Keyed]) -> tuple[tuple[Path, Keyed], ...]:
    """Return the members of answers that are whole collections, with the collections."""
    found: list[tuple[Path, Keyed]] = []
    for name, key in collections:
        shown = [get(seen.document, (name,)) for seen in answers]
        if (not key and all(isinstance(each, dict) for each in shown)) or (
            key
            and all(
                isinstance(each, list) and all(text_of(get(item, key)) is not None for item in each)
                for each in shown
            )
        ):
            found.append(((name,), (name, key)))
    lists = sum(bool(key) for _, (_, key) in found)
    return tuple(found) if answers and lists >= LEAST else ()
