"""Parts of an answer that say how many elements of a list in the same answer are so, or whether any is.

``{"succeeded": 2, "failed": 1, "results": […]}`` counts the results with a status below 400 and those with an
``error``; ``{"errors": true}`` says that there is one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path, get
from wraith.synth._evidence.rows import Values, distinct_texts, equal
from wraith.synth._exchanges.survey import REFUSED
from wraith.wir import Call, Each, Equals, Exists, Expr, First, Literal, Ref, When

TELLING = 2
"""Different values that the part must have had."""

ENOUGH = 4
"""Answers that must be right: true and false are soon met by chance."""

MAX_ELEMENTS = 400
"""Elements that are looked at for what could be counted."""

FEW = 6
"""Values of a member that may each be counted; with more it is data."""

_Elements = list[JsonValue]


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked of each element: whether a member is there, has a value, or is a status of success."""

    paths: tuple[Path, ...]
    value: Found = MISSING
    below: bool = False

    def holds(self, element: JsonValue) -> bool:
        found = next((each for path in self.paths if (each := get(element, path)) is not MISSING), MISSING)
        if self.below:
            return isinstance(found, int) and found < REFUSED
        return found is not MISSING and (self.value is MISSING or equal(found, self.value))

    def counting(self, of: Expr) -> Expr:
        """Return the expression for how many elements of a list are so."""
        refs: list[Expr] = [Ref(("item", *path)) for path in self.paths]
        member = refs[0] if len(refs) == 1 else First(tuple(refs))
        if self.below:
            small = Call("less", (member, Literal(REFUSED)))
            return Call("count", (Each(of, When(Equals(small, True), Literal(True))),))
        test = Exists(member) if self.value is MISSING else Equals(member, self.value)
        return Call("count", (Each(of, When(test, Literal(True))),))


def tallied_source(values: Values, of: Expr, lists: Sequence[Found]) -> Expr | None:
    """Return what counts the elements of a list, or says whether there are any such, where that gives every
    value, or None. ``lists`` are the values of the list on the same rows."""
    flags = all(isinstance(value, bool) for value in values)
    if not flags and not all(type(value) is int for value in values):
        return None
    known = [some for some in lists if isinstance(some, list)]
    if len(values) < ENOUGH or distinct_texts(values) < TELLING or len(known) < len(lists):
        return None
    if not flags and [len(some) for some in known] == list(values):
        return Call("count", (of,))
    for question in _questions([element for some in known for element in some][:MAX_ELEMENTS]):
        counts = [sum(map(question.holds, some)) for some in known]
        if not flags and counts == list(values):
            return question.counting(of)
        if flags and [count > 0 for count in counts] == list(values):
            return Call("less", (Literal(0), question.counting(of)))
        if flags and [count == 0 for count in counts] == list(values):
            return Call("same", (question.counting(of), Literal(0)))
    return None


def _questions(elements: _Elements) -> Iterator[_Question]:
    """Yield what may be asked of the elements: of members by their name, wherever they stand."""
    if not all(isinstance(element, dict) for element in elements):
        return
    places: dict[str, dict[Path, None]] = defaultdict(dict)
    told: dict[str, list[JsonValue]] = defaultdict(list)
    for element in elements:
        for path, value in _members(element):
            places[str(path[-1])].setdefault(path)
            told[str(path[-1])].append(value)
    for name in sorted(places):
        if len(told[name]) < len(elements):
            yield _Question(tuple(sorted(places[name], key=repr)))
    for name in sorted(places):
        paths = tuple(sorted(places[name], key=repr))
        scalars = [value for value in told[name] if isinstance(value, str | int | bool)]
        distinct = {repr(value): value for value in scalars}
        if len(distinct) <= FEW:
            yield from (_Question(paths, distinct[text]) for text in sorted(distinct))
        if scalars and all(isinstance(value, int) and 100 <= value <= 599 for value in scalars):
            yield _Question(paths, below=True)


def _members(element: JsonValue) -> Iterator[tuple[Path, JsonValue]]:
    """Yield the members of an element and of what stands in them."""
    for name, value in element.items() if isinstance(element, dict) else ():
        yield (name,), value
        for inner, part in value.items() if isinstance(value, dict) else ():
            yield (name, inner), part
