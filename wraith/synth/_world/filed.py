"""Documents filed by value: every part of one under what it says, with the path to it.

What a part is filed under is the same for a number and its text, so that what a form sends is found in what
is stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path
from wraith.runtime import number_of, text_of

MAX_DEPTH: Final = 6
MAX_ELEMENTS: Final = 8
"""Elements of a list that are places of their own; what stands further behind is data."""

MAX_NUMBER: Final = 16
"""Characters of a number."""

Part = tuple[Path, Found, object | None]
"""Where a part stands, the part, and what it is filed under."""


class Compound(NamedTuple):
    """What an object or a list is filed under: a digest of what its parts are. Two that differ share one by a
    chance that does not matter: whatever the key proposes is looked at."""

    mark: Literal["{", "["]
    size: int
    """Its members, or elements."""
    digest: int
    length: int
    """Characters of it, written out."""


def norm(value: Found) -> object | None:
    """Return what values are filed under: the text of a scalar, a digest for a container; None for what says
    nothing (null, empty)."""
    if isinstance(value, str):
        return value or None
    if value is None or value is MISSING:
        return None
    if isinstance(value, dict):
        return of_object({name: norm(member) for name, member in value.items()}) if value else None
    if isinstance(value, list):
        return of_list(list(map(norm, value))) if value else None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return text_of(value)


def of_object(keys: Mapping[str, object | None]) -> Compound:
    """Return what an object is filed under whose members are filed under those keys."""
    members = keys.items()
    length = sum([len(repr(name)) + length_of(key) + 6 for name, key in members])
    return Compound("{", len(members), hash(frozenset(members)), 5 + length)


def of_list(keys: Sequence[object | None]) -> Compound:
    """Return what a list is filed under whose elements are filed under those keys."""
    return Compound("[", len(keys), hash(tuple(keys)), 5 + sum([length_of(key) + 2 for key in keys]))


def length_of(key: object | None) -> int:
    """Return how long what is filed under a key is, written out."""
    return key.length if type(key) is Compound else len(repr(key))


@dataclass(frozen=True, slots=True)
class Filed:
    """A document, filed."""

    by_key: Mapping[object, Sequence[Path]]
    scalars: Sequence[tuple[Path, str]]
    """The texts and whole numbers in it, which may be keys, with what they are filed under."""
    numbers: Sequence[Path]
    """Where something stands that reads as a number."""


def filed(document: Found) -> Filed:
    """Return a document with its parts under what they say."""
    by_key: dict[object, list[Path]] = {}
    scalars: list[tuple[Path, str]] = []
    for path, value, key in parts_of(document):
        if key is not None:
            by_key.setdefault(key, []).append(path)
            if is_reference(value) and isinstance(key, str):
                scalars.append((path, key))
    numbers = [path for key, paths in by_key.items() if is_numeric(key) for path in paths]
    return Filed(by_key, scalars, numbers)


def is_numeric(key: object) -> bool:
    """Whether what something is filed under reads as a number; a longer one is an identifier."""
    return isinstance(key, str) and len(key) < MAX_NUMBER and number_of(key) is not None


def is_reference(value: Found) -> bool:
    """Whether a value may be the key of an entity."""
    return isinstance(value, str | int) and not isinstance(value, bool)


def parts_of(document: Found, at: Path = ()) -> list[Part]:
    """Return the parts of a document; the whole comes last."""
    found: list[Part] = []
    if document is not MISSING:
        _gather(document, at, 0, found)
    return found


def _gather(value: Found, at: Path, depth: int, found: list[Part]) -> object | None:
    """Add the parts of a value; return what it is filed under, made of what its members are filed under."""
    key: object | None
    if depth < MAX_DEPTH and isinstance(value, dict) and value:
        keys = {name: _gather(member, (*at, name), depth + 1, found) for name, member in value.items()}
        key = of_object(keys)
    elif depth < MAX_DEPTH and isinstance(value, list) and value:
        first = [_gather(item, (*at, i), depth + 1, found) for i, item in enumerate(value[:MAX_ELEMENTS])]
        key = of_list([*first, *map(norm, value[MAX_ELEMENTS:])])
    else:
        key = norm(value)
    found.append((at, value, key))
    return key


def texts_in(value: JsonValue) -> Iterator[str]:
    """Yield what the scalars of a document are filed under."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict):
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
        elif isinstance(text := norm(each), str):
            yield text
