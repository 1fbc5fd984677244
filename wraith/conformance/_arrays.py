"""Lists of entities: which element stands for which, and whether their order counts.

Elements are matched by key, so that one that is missing does not make all that follow differ. Order counts
where the recording shows that the service has one: the elements rise or fall in some member, or stand as
they were created, or the model learned an order. Where it shows none, another order is no difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from wraith.canonical import JsonValue
from wraith.conformance._identity import Identities

DEFAULT_KEY = "id"


@dataclass(frozen=True, slots=True)
class Matching:
    """Positions of recorded and replayed elements that stand for each other, and those that are left."""

    key: str
    pairs: tuple[tuple[int, int], ...]
    only_recorded: tuple[int, ...]
    only_replayed: tuple[int, ...]

    @property
    def in_order(self) -> bool:
        """Whether the elements that stand for each other follow each other in both lists alike."""
        places = [other for _, other in self.pairs]
        return all(one < other for one, other in pairwise(places))


def match(
    recorded: Sequence[JsonValue],
    replayed: Sequence[JsonValue],
    identities: Identities,
    keys: Sequence[str],
) -> Matching | None:
    """Return which element stands for which; None where they have no key, or stand as they should already."""
    for key in keys:
        mine, theirs = _values(recorded, key), _values(replayed, key)
        if mine is None or theirs is None:
            continue
        images = [identities.image(value) for value in mine]
        if images == theirs:
            return None
        places = {value: at for at, value in enumerate(theirs)}
        if len(places) < len(theirs) or len(set(images)) < len(images):
            continue
        pairs = tuple((at, places[image]) for at, image in enumerate(images) if image in places)
        taken = {other for _, other in pairs}
        matched = {one for one, _ in pairs}
        return Matching(
            key,
            pairs,
            tuple(at for at in range(len(recorded)) if at not in matched),
            tuple(at for at in range(len(replayed)) if at not in taken),
        )
    return None


def _values(elements: Sequence[JsonValue], key: str) -> list[str | int] | None:
    """Return the keys of the elements; None where one has none."""
    found: list[str | int] = []
    for element in elements:
        value = element.get(key) if isinstance(element, dict) else None
        if isinstance(value, bool) or not isinstance(value, str | int):
            return None
        found.append(value)
    return found


def shows_an_order(recorded: Sequence[JsonValue], key: str, identities: Identities) -> bool:
    """Whether recorded elements, of which there are two or more, stand in an order that can be seen."""
    elements = [element for element in recorded if isinstance(element, dict)]
    columns = [[element.get(name) for element in elements] for name in (elements[0] if elements else ())]
    columns.append([identities.created(element.get(key)) for element in elements])
    return any(_runs(column) for column in columns)


def _runs(column: Sequence[JsonValue]) -> bool:
    """Whether values of one type rise or fall, and are not all the same."""
    for kind in (str, int | float):
        if all(isinstance(value, kind) and not isinstance(value, bool) for value in column):
            values: list[str] = column  # type: ignore[assignment]  # all of one type, which orders itself
            rising = all(one <= other for one, other in pairwise(values))
            falling = all(one >= other for one, other in pairwise(values))
            return (rising or falling) and values[0] != values[-1]
    return False
