"""Disjointness: the proof that two conjunctions of atoms are never both true.

What may live here: facts that follow from the atoms alone, whatever the request and the state. Atoms about
one operand are put together (``_facts``) and searched for a contradiction, those of the second conjunction
with those of the first: a value must be of some kind, lie between its bounds, be one of the literals named,
match a pattern, hold only the keys allowed. Two facts cross operands: what stands *below* a path makes the
value *at* the path an object (or an array), with that member in it; and what is stored under a key makes the
key a scalar.

Which side errs: ``disjoint`` may say False of conjunctions that never meet, never True of two that do. False
costs a person a guard that tells two variants apart; a wrong True would let an overlay change answers for
which its base has evidence. So what is not understood (an operand that differs from one evaluation to the
next, a pattern that looks around) constrains nothing.

What can be worked out of one conjunction alone is worked out once (``Conjunction``), so that a comparison
costs a few look-ups: composing overlays compares every variant of a route with every other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from wraith.canonical import compact
from wraith.paths import Path
from wraith.wir._codec import expr_to_json
from wraith.wir._expr import Expr, Lookup, Ref
from wraith.wir._facts import ARRAY, MISSING_, OBJECT, SCALAR, Facts, clash, implied
from wraith.wir._guards import Atom

_Place: TypeAlias = tuple[str, Path]
"""An operand: where its document comes from, and the path into it."""

_UNSTEADY = ('"fresh_id"', '"path":"page', '"ask"', '"next_key"')
"""Operands that two evaluations may answer differently: made anew each time, bound by whichever query ran
last, or asked of the twin, which may change its state."""

ABOVE_ALL = 128
"""Deeper than any path of a request; what stands deeper is not followed upwards."""


@dataclass(frozen=True, slots=True)
class Conjunction:
    """Atoms, and what they say of each operand."""

    atoms: tuple[Atom, ...]
    places: dict[_Place, Facts]
    never: bool
    """Nothing makes all of them true."""

    @classmethod
    def of(cls, atoms: Sequence[Atom], addressed: Lookup | None = None) -> Conjunction:
        """Return the conjunction of the atoms. ``addressed`` is what ``entity`` stands for on the route that
        they belong to, where that is known."""
        places: dict[_Place, Facts] = {}
        keys: dict[str, _Place] = {}
        for atom in atoms:
            _note(places, keys, atom, addressed)
        _note_keys(places, keys)
        _note_above(places)
        for facts in places.values():
            facts.settle()
        return cls(tuple(atoms), places, any(facts.contradict() for facts in places.values()))

    def facts(self, of: Expr, addressed: Lookup | None = None) -> Facts | None:
        """Return what is known of an operand, None where nothing is."""
        place = _place(of, addressed)
        return self.places.get(place) if place is not None else None


def disjoint(first: Sequence[Atom] | Conjunction, second: Sequence[Atom] | Conjunction) -> bool:
    """Whether the two conjunctions are provably never both true of one request and state.

    False says "not proved", not "both can be true". Sound:
    ``test_disjoint_conjunctions_are_never_both_true``."""
    one = first if isinstance(first, Conjunction) else Conjunction.of(first)
    other = second if isinstance(second, Conjunction) else Conjunction.of(second)
    if one.never or other.never:
        return True
    mine, theirs = one.places, other.places
    if len(mine) > len(theirs):
        mine, theirs = theirs, mine
    for place, facts in mine.items():
        against = theirs.get(place)
        if against is not None and clash(facts, against):
            return True
    return False


def _note(places: dict[_Place, Facts], keys: dict[str, _Place], atom: Atom, addressed: Lookup | None) -> None:
    if (place := _place(atom.of, addressed)) is not None:
        places.setdefault(place, Facts()).note(atom)
        stored = atom.of if isinstance(atom.of, Lookup) else addressed if _is_entity(atom.of) else None
        if stored is not None and (key := _place(stored.key)) is not None:
            keys[place[0]] = key
    if (more := implied(atom)) is not None:
        of, atoms, kinds, not_below = more
        if (place := _place(of, addressed)) is not None:
            facts = places.setdefault(place, Facts())
            facts.kinds &= kinds
            for each in atoms:
                facts.note(each)
            if not_below is not None:
                facts.note_less(not_below)


def _note_keys(places: dict[_Place, Facts], keys: dict[str, _Place]) -> None:
    """Note that what something is stored under is a scalar: nothing else is a key."""
    for (base, _), facts in list(places.items()):
        if base in keys and not facts.kinds & MISSING_:
            places.setdefault(keys[base], Facts()).kinds &= SCALAR


def _note_above(places: dict[_Place, Facts]) -> None:
    """Note at each place above a value that is there what it stands in; and of what is stored, its key."""
    for (base, path), facts in list(places.items()):
        if facts.kinds & MISSING_ or len(path) > ABOVE_ALL:
            continue
        for depth, step in enumerate(path):
            above = places.setdefault((base, path[:depth]), Facts())
            if isinstance(step, str):
                above.members |= {step}
                above.kinds &= OBJECT
            elif isinstance(step, int):
                above.kinds &= ARRAY


def _place(of: Expr, addressed: Lookup | None = None) -> _Place | None:
    """Return where an operand's value stands; None for one that two evaluations may answer differently.

    Identity is that of the canonical JSON: as dataclasses, literals 1 and true would be equal.
    """
    match of:
        case Ref(("request", ("body" | "query") as part, *rest)):
            return part, tuple(rest)
        case Ref(("request", "header", str(name))):
            return f"header {name.lower()}", ()
        case Ref(("entity", *rest)):
            return _stored(addressed, tuple(rest)) if addressed is not None else ("entity", tuple(rest))
        case Lookup(at=at):
            return _stored(of, at)
        case Ref(("page" | "item" | "position", *_)):
            return None
    text = compact(expr_to_json(of)).decode()
    return None if any(word in text for word in _UNSTEADY) else (text, ())


def _is_entity(of: Expr) -> bool:
    return isinstance(of, Ref) and of.path[:1] == ("entity",)


def _stored(of: Lookup, at: Path) -> _Place | None:
    text = compact(expr_to_json(Lookup(of.entity, of.key))).decode()
    return None if any(word in text for word in _UNSTEADY) else (text, at)
