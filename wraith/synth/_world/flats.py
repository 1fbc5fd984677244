"""Stored entities as rows of a table: their scalars by path, and what those say at a glance.

An entity is met in many states of the world, and aggregates look at all of them: so each document is laid
flat once, and what has the same fields shares the list of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from wraith.canonical import JsonValue
from wraith.paths import Path, leaves
from wraith.runtime import read_time
from wraith.synth._world.filed import Filed, filed, texts_in

MAX_FIELDS = 24
"""Scalar fields of an entity that are looked at."""

MAX_DEPTH = 3
"""How deep in an entity a field may stand."""

BETWEEN = "\x1f"
"""What stands between the texts of two leaves: a control character, which none of them has."""

Shape = tuple[tuple[Path, bool], ...]
"""The fields of a table row, each with whether it is a number."""


@dataclass(frozen=True, slots=True)
class Flat:
    """The scalars of an entity by path, or of one element of a list in it together with those of the
    entity."""

    values: Mapping[Path, JsonValue]
    keys: tuple[tuple[Path, str], ...]
    """The fields that may hold keys of entities, with what they are filed under."""
    filed: frozenset[str]
    texts: tuple[tuple[Path, str], ...]
    """The fields that hold text which is no time, or a truth, as text."""
    shape: Shape
    """One object for all that have the same fields."""


class Flats:
    """Documents that were laid flat, by identity: it keeps them, so that they live as long as it does."""

    __slots__ = ("_done", "_filed", "_lists", "_paths", "_shapes", "_texts")

    def __init__(self) -> None:
        self._done: dict[Path, dict[int, tuple[JsonValue, tuple[Flat, ...]]]] = {}
        self._filed: dict[int, tuple[JsonValue, Filed]] = {}
        self._lists: dict[int, tuple[JsonValue, tuple[str, ...]]] = {}
        self._texts: dict[int, tuple[JsonValue, str]] = {}
        self._paths: dict[Path, Path] = {}
        self._shapes: dict[Shape, Shape] = {}

    def __reduce__(self) -> tuple[type[Flats], tuple[()]]:
        """Another process has other identities: nothing is laid flat there."""
        return Flats, ()

    def table(self, documents: Sequence[JsonValue], unwind: Path) -> list[Flat]:
        """Return the rows of documents, or those of the elements of a list in each."""
        done = self._done.setdefault(unwind, {})
        for document in documents:
            if id(document) not in done:
                done[id(document)] = (document, tuple(self._flattened(document, unwind)))
        return [flat for document in documents for flat in done[id(document)][1]]

    def filed(self, document: JsonValue) -> Filed:
        """Return a document with its parts under what they say."""
        known = self._filed.get(id(document))
        if known is None:
            known = self._filed[id(document)] = (document, filed(document))
        return known[1]

    def lists(self, document: JsonValue) -> tuple[str, ...]:
        """Return the members of a document that are lists of objects."""
        known = self._lists.get(id(document))
        if known is None:
            known = self._lists[id(document)] = (document, tuple(_lists_of_objects(document)))
        return known[1]

    def holding(self, documents: Iterable[JsonValue], texts: Iterable[str]) -> Iterator[JsonValue]:
        """Yield the documents that may have a leaf filed under one of the texts; others are not looked
        through. A text that holds the mark between two leaves may be taken for two of them, so this is no
        proof."""
        wanted = [f"{BETWEEN}{text}{BETWEEN}" for text in texts]
        for document in documents:
            known = self._texts.get(id(document))
            if known is None:
                known = (document, f"{BETWEEN}{BETWEEN.join(texts_in(document))}{BETWEEN}")
                self._texts[id(document)] = known
            for text in wanted:
                if text in known[1]:
                    yield document
                    break

    def _flattened(self, document: JsonValue, unwind: Path) -> Iterator[Flat]:
        own: dict[Path, JsonValue] = {}
        for path, value in leaves(document):
            if len(own) < MAX_FIELDS and len(path) <= MAX_DEPTH and _plain(path):
                own[self._paths.setdefault(path, path)] = value
        if not unwind:
            yield self._flat(own)
            return
        for element in elements(document, unwind):
            inner = {
                self._paths.setdefault(path, path): value
                for path, value in leaves(element, unwind)
                if len(path) <= MAX_DEPTH + 1
            }
            yield self._flat({**own, **inner})

    def _flat(self, values: Mapping[Path, JsonValue]) -> Flat:
        keys: list[tuple[Path, str]] = []
        texts: list[tuple[Path, str]] = []
        for path, value in values.items():
            if isinstance(value, str):
                if read_time(value) is None:
                    texts.append((path, value))
                    if value:
                        keys.append((path, value))
            elif isinstance(value, bool):
                texts.append((path, "true" if value else "false"))
            elif isinstance(value, int):
                keys.append((path, str(value)))
        shape = tuple((path, _is_number(value)) for path, value in values.items())
        shared = self._shapes.setdefault(shape, shape)
        return Flat(values, tuple(keys), frozenset(key for _, key in keys), tuple(texts), shared)


def elements(document: JsonValue, unwind: Path) -> list[JsonValue]:
    """Return the elements of the list that stands at the only step of a path; none where there is no list."""
    found = document.get(str(unwind[0])) if isinstance(document, dict) else None
    return found if isinstance(found, list) else []


def _lists_of_objects(document: JsonValue) -> Iterator[str]:
    for key, member in document.items() if isinstance(document, dict) else ():
        if isinstance(member, list) and member and isinstance(member[0], dict):
            yield key


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _plain(path: Path) -> bool:
    return all(not isinstance(step, int) for step in path)
