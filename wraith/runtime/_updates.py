"""Documents changed by what a request says: operations in a list (RFC 6902, RFC 7644), or in an object by the
words that name them (``{"$inc": {"size": 1}}``), by the members that they change (``{"size": {"add": 1}}``),
or with the word beside the member's name (``{"add_tags": ["a"]}``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found
from wraith.runtime._targets import changed_at, steps_of
from wraith.runtime._values import merged, number_of, same

LARGEST = 1e150
"""Numbers beyond this are left as they are, so that no product is infinite."""

MAX_OPERATIONS = 1_000
"""Operations of one request; nobody sends more by hand."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One change: the word that names it, where, with what, and where that comes from if not from there."""

    word: str
    at: str
    operand: Found
    origin: str | None = None


def operations(by: Found, words: Mapping[str, str], members: Sequence[str]) -> list[Operation]:
    """Return the operations that a part of a request says, in their order."""
    if not members:
        return list(_of_object(by, words))[:MAX_OPERATIONS] if isinstance(by, dict) else []
    listed = by if isinstance(by, list) else [by]
    word, at, operand = members[:3]
    return [
        Operation(str(each[word]), _text(each.get(at)), each.get(operand, MISSING), _origin(each))
        for each in listed[:MAX_OPERATIONS]
        if isinstance(each, dict) and isinstance(each.get(word), str)
    ]


def _origin(operation: Mapping[str, JsonValue]) -> str | None:
    origin = operation.get("from")  # RFC 6902, 4.4
    return origin if isinstance(origin, str) else None


def _text(value: Found) -> str:
    return value if isinstance(value, str) else ""


def _of_object(by: Mapping[str, JsonValue], words: Mapping[str, str]) -> Iterator[Operation]:
    for key, part in by.items():
        if key in words and isinstance(part, dict):
            yield from (Operation(key, name, operand) for name, operand in part.items())
        elif key in words and isinstance(part, list | str):  # names alone, of what is removed
            named = part if isinstance(part, list) else [part]
            yield from (Operation(key, _text(name), MISSING) for name in named)
        elif isinstance(part, dict) and part and all(name in words for name in part):
            yield from (Operation(word, key, operand) for word, operand in part.items())
        elif (mark := mark_of(key, words)) is not None:
            yield Operation(mark, named_with(mark, key), part)
        elif "" in words:
            yield Operation("", key, part)


def mark_of(name: str, words: Mapping[str, str]) -> str | None:
    """Return the word that stands before or behind the name of a member, the longest; None where none
    does."""
    found = (each for each in words if each and name != each and name.startswith(each) | name.endswith(each))
    return max(found, key=lambda each: (len(each), each), default=None)


def named_with(mark: str, name: str) -> str:
    """Return what a member's name names beside a word: ``tags`` of ``add_tags`` and ``addTags``."""
    if not name.startswith(mark):
        return name.removesuffix(mark)
    rest = name.removeprefix(mark)
    return rest[:1].lower() + rest[1:] if mark[-1].isalpha() else rest


def changed(document: JsonValue, by: Sequence[Operation], words: Mapping[str, str]) -> JsonValue:
    """Return the document after operations; one whose word is not known changes nothing, and so does one
    that would leave no object of an object."""
    for each in by:
        doing = words.get(each.word, words.get(each.word.lower(), ""))
        made: Found = document
        if doing in ("copy", "move"):
            made = _moved(document, each, remove=doing == "move")
        elif doing in DOINGS and not each.at and isinstance(each.operand, dict):
            for name, operand in each.operand.items():  # without a path, of each member
                made = _done(made, name, doing, operand)
        elif doing in DOINGS:
            made = _done(document, each.at, doing, each.operand)
        if made is not MISSING and (isinstance(made, dict) or not isinstance(document, dict)):
            document = made
    return document


def _done(document: Found, at: str, doing: str, operand: Found) -> Found:
    make = DOINGS[doing]
    return changed_at(document, steps_of(at), lambda value: make(value, operand), insert=doing == "insert")


def _moved(document: JsonValue, operation: Operation, *, remove: bool) -> Found:
    taken: list[Found] = []

    def take(value: Found) -> Found:
        taken.append(value)
        return MISSING if remove else value

    left = changed_at(document, steps_of(operation.origin or ""), take)
    return _done(left, operation.at, "insert", taken[0]) if taken and taken[0] is not MISSING else document


# --- what is done -------------------------------------------------------------------------------------------


def _set(value: Found, operand: Found) -> Found:
    return value if operand is MISSING else operand


def _elements(value: Found) -> list[JsonValue] | None:
    return value if isinstance(value, list) else [] if value is MISSING or value is None else None


def _several(operand: Found) -> list[JsonValue]:
    if isinstance(operand, dict) and len(operand) == 1:  # {"$each": […]}, {"values": […]}
        [inside] = operand.values()
        return inside if isinstance(inside, list) else [operand]
    return operand if isinstance(operand, list) else [] if operand is MISSING else [operand]


def _listed(
    make: Callable[[list[JsonValue], list[JsonValue]], list[JsonValue]],
) -> Callable[[Found, Found], Found]:
    """A change of a list; what is none is set."""

    def change(value: Found, operand: Found) -> Found:
        elements = _elements(value)
        return make(elements, _several(operand)) if elements is not None else _set(value, operand)

    return change


def _counted(make: Callable[[float, float], float]) -> Callable[[Found, Found], Found]:
    """A change of a number, which is 0 where there is none."""

    def change(value: Found, operand: Found) -> Found:
        number, by = number_of(0 if value is MISSING or value is None else value), number_of(operand)
        if number is None or by is None or max(abs(number), abs(by)) > LARGEST:
            return value
        return make(number, by)

    return change


def _pushed(value: Found, operand: Found) -> Found:
    """Add the operand as one element, whatever it is."""
    elements = _elements(value)
    return value if elements is None or operand is MISSING else [*elements, operand]


def _included(elements: list[JsonValue], several: list[JsonValue]) -> list[JsonValue]:
    done = list(elements)
    for each in several:
        done += [each] if not any(_equal(each, other) for other in done) else []
    return done


def _excluded(value: Found, operand: Found) -> Found:
    """Remove elements that equal the operand, or have its members; without an operand the whole value."""
    if operand is MISSING:
        return MISSING
    if not isinstance(value, list):
        return value
    gone = _several(operand)
    return [each for each in value if not any(_equal(each, other) for other in gone)]


def _equal(element: JsonValue, wanted: JsonValue) -> bool:
    if isinstance(element, dict) and isinstance(wanted, dict):
        members = (key in element and same(element[key], part) for key, part in wanted.items())
        return bool(wanted) and all(members)
    return same(element, wanted)


def _merged(value: Found, operand: Found) -> Found:
    return merged(value, operand, deep=True, typed=False) if isinstance(value, dict) else _set(value, operand)


DOINGS: dict[str, Callable[[Found, Found], Found]] = {
    "set": _set,
    "insert": _set,
    "unset": lambda value, operand: MISSING,
    "clear": lambda value, operand: None,
    "append": _listed(lambda elements, several: [*elements, *several]),
    "prepend": _listed(lambda elements, several: [*several, *elements]),
    "push": _pushed,
    "include": _listed(_included),
    "exclude": _excluded,
    "merge": _merged,
    "increase": _counted(lambda number, by: number + by),
    "decrease": _counted(lambda number, by: number - by),
    "multiply": _counted(lambda number, by: number * by),
    "least": _counted(min),
    "most": _counted(max),
    "toggle": lambda value, operand: not value if isinstance(value, bool) else value,
    "keep": lambda value, operand: value,
}
"""What a word may do at its place: a value and the operand, to the value after."""
