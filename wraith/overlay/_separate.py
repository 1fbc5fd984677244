"""Guards that tell one variant from another: what contradicts an atom of the other.

To be provably disjoint from a conjunction is to contradict one of its atoms, so the candidates are what
contradicts each of them, the simplest first. Which of them may be taken is for the caller to say: one that
was true of everything recorded, or one that the variant itself does not rule out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from wraith.wir import (
    Absent,
    AtLeast,
    Atom,
    Below,
    Conjunction,
    Equals,
    Exists,
    IsType,
    JsonType,
    KeysBeyond,
    KeysWithin,
    Lookup,
    Matches,
    NotMatches,
    NotOneOf,
    OneOfSet,
    disjoint,
)

_TYPES: tuple[JsonType, ...] = ("string", "integer", "number", "boolean", "object", "array", "null")


def contradictions(atom: Atom) -> Iterator[Atom]:
    """Yield atoms that are never true together with this one, the plainest first."""
    match atom:
        case Exists(of):
            yield Absent(of)
        case Absent(of):
            yield Exists(of)
        case Equals(of, value):
            yield NotOneOf(of, (value,))
        case OneOfSet(of, values):
            yield NotOneOf(of, values)
        case NotOneOf(of, values):
            texts = tuple(value for value in values if isinstance(value, str))
            yield Equals(of, values[0]) if len(values) == 1 else OneOfSet(of, texts)
        case AtLeast(of, bound):
            yield Below(of, bound)
        case Below(of, bound):
            yield AtLeast(of, bound)
        case Matches(of, pattern):
            yield NotMatches(of, pattern)
        case NotMatches(of, pattern):
            yield Matches(of, pattern)
        case KeysWithin(of, keys):
            yield KeysBeyond(of, keys)
        case KeysBeyond(of, keys):
            yield KeysWithin(of, keys)
        case IsType(of, name):
            yield from (IsType(of, other) for other in _TYPES if other != name)
    if not isinstance(atom, Exists | Absent | Equals):
        yield Absent(atom.of)


def separating(
    others: Sequence[Atom],
    own: Sequence[Atom],
    addressed: Lookup | None = None,
    accept: Callable[[Atom], bool] = lambda _: True,
) -> Atom | None:
    """Return the first atom that, beside a variant's own, proves it disjoint from the other's, and that is
    accepted; None where none is. It leaves something to the variant: its own atoms do not rule it out."""
    against = Conjunction.of(others, addressed)
    for atom in others:
        for candidate in contradictions(atom):
            if not accept(candidate):
                continue
            mine = Conjunction.of((*own, candidate), addressed)
            if not mine.never and disjoint(mine, against):
                return candidate
    return None
