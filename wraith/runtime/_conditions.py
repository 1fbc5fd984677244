"""Conditions of queries: whether a stored value meets what a request wants; parameters that name fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path, get
from wraith.runtime._environment import Environment
from wraith.runtime._values import number_of, same, text_of
from wraith.wir import Filters, Mark, WhereOp

Stored = list[tuple[str, JsonValue]]
"""Keys and documents of some entities, in their order."""


def holds(op: str, stored: Found, wanted: Found) -> bool:
    """Whether a stored value meets a condition; wanted may be the text of it, or a list of alternatives."""
    if isinstance(wanted, list):
        every = op in ("differs", "other")
        return (all if every else any)(holds(op, stored, each) for each in wanted)
    return _TESTS[op](stored, wanted)


def _equals(stored: Found, wanted: Found) -> bool:
    if isinstance(stored, bool):  # clients write True, true and TRUE
        return text_of(stored) == (text_of(wanted) or "").lower()
    if isinstance(stored, float) and stored.is_integer():
        return number_of(wanted) == stored
    return stored == wanted or (stored is not None and text_of(stored) == text_of(wanted) is not None)


def _is(stored: Found, wanted: Found) -> bool:
    return stored is not MISSING and wanted is not MISSING and same(stored, wanted)


def _other(stored: Found, wanted: Found) -> bool:
    return stored is not MISSING and stored is not None and not _equals(stored, wanted)


def _compared(test: Callable[[float | str, float | str], bool]) -> Callable[[Found, Found], bool]:
    """Compare as numbers where both are; as text, as dates are, where neither is."""

    def compare(stored: Found, wanted: Found) -> bool:
        left, right = number_of(stored), number_of(wanted)
        if left is not None and right is not None:
            return test(left, right)
        if left is None and right is None and isinstance(stored, str) and isinstance(wanted, str):
            return test(stored, wanted)
        return False

    return compare


def _contains(stored: Found, wanted: Found) -> bool:
    if isinstance(stored, dict):
        return any(_contains(each, wanted) for each in stored.values())
    if isinstance(stored, list):
        return any(_equals(each, wanted) or _contains(each, wanted) for each in stored)
    return isinstance(stored, str) and isinstance(wanted, str) and wanted.lower() in stored.lower()


def _has(stored: Found, wanted: Found) -> bool:
    """Whether a value is what is wanted, or a list that holds it."""
    return (
        any(_equals(each, wanted) for each in stored) if isinstance(stored, list) else _equals(stored, wanted)
    )


def _starts(stored: Found, wanted: Found) -> bool:
    text, start = text_of(stored), text_of(wanted)
    return text is not None and start is not None and text.lower().startswith(start.lower())


def _ends(stored: Found, wanted: Found) -> bool:
    text, end = text_of(stored), text_of(wanted)
    return text is not None and end is not None and text.lower().endswith(end.lower())


def _matches(stored: Found, wanted: Found) -> bool:
    text, pattern = text_of(stored), text_of(wanted)
    return text is not None and pattern is not None and _pattern(pattern).search(text[:_MAX_TEXT]) is not None


def _exists(stored: Found, wanted: Found) -> bool:
    there = stored is not MISSING
    return there if (text_of(wanted) or "").lower() not in ("false", "0", "no") else not there


_MAX_TEXT = 2_000
_SLOW = re.compile(r"\)[*+?{]|\\[1-9]|(?:[*+{].*){3}", re.DOTALL)
"""Patterns that may take long on some text: repeated groups, references back, more than two repetitions."""


@lru_cache(maxsize=256)
def _pattern(pattern: str) -> re.Pattern[str]:
    """Return the pattern of a client, without regard to case; what is none, or may take long, is text."""
    if not _SLOW.search(pattern):
        try:
            return re.compile(pattern, re.IGNORECASE)
        except re.error:
            pass
    return re.compile(re.escape(pattern), re.IGNORECASE)


_TESTS: dict[str, Callable[[Found, Found], bool]] = {
    "equals": _equals,
    "is": _is,
    "differs": lambda stored, wanted: not _equals(stored, wanted),
    "other": _other,
    "at_least": _compared(lambda a, b: a >= b),  # type: ignore[operator]  # both numbers, or both texts
    "at_most": _compared(lambda a, b: a <= b),  # type: ignore[operator]  # both numbers, or both texts
    "above": _compared(lambda a, b: a > b),  # type: ignore[operator]  # both numbers, or both texts
    "below": _compared(lambda a, b: a < b),  # type: ignore[operator]  # both numbers, or both texts
    "contains": _contains,
    "starts": _starts,
    "ends": _ends,
    "has": _has,
    "matches": _matches,
    "exists": _exists,
}


# --- parameters that name fields ----------------------------------------------------------------------------


def field_path(name: str, document: JsonValue) -> Path | None:
    """Return where the field of that name stands in a document: a member, or below one, with dots."""
    if isinstance(document, dict) and name in document:
        return (name,)
    path = tuple(name.split("."))
    return path if len(path) > 1 and get(document, path) is not MISSING else None


def named_parameters(query: JsonValue, under: str = "") -> Iterator[tuple[str, JsonValue]]:
    """Yield the parameters of a query, names in brackets as one name."""
    if not isinstance(query, dict):
        return
    for key, value in query.items():
        name = f"{under}[{key}]" if under else key
        if isinstance(value, dict):
            yield from named_parameters(value, name)
        else:
            yield name, value


def alternatives(value: JsonValue, split: str) -> JsonValue:
    """Return the alternatives in the value of a parameter."""
    if not split:
        return value
    return [
        part for each in (value if isinstance(value, list) else [value]) for part in str(each).split(split)
    ]


def read_name(
    name: str, value: JsonValue, marks: Iterable[Mark], documents: Iterable[JsonValue]
) -> tuple[Mark, Path] | None:
    """Return the mark in the name of a parameter and before its value, and the field that it names, where an
    entity has it."""
    some, text = list(documents), value if isinstance(value, str) else ""
    for mark in sorted(marks, key=lambda each: -len(each.before) - len(each.after) - len(each.lead)):
        if not (name.startswith(mark.before) and name.endswith(mark.after) and text.startswith(mark.lead)):
            continue
        field = name[len(mark.before) : len(name) - len(mark.after)]
        if field:
            for document in some:
                if (path := field_path(field, document)) is not None:
                    return mark, path
    return None


def filtered(found: Stored, op: WhereOp, field: Path, wanted: Found, *, absent: bool = False) -> Stored:
    """Return what meets a condition; ``absent``: what has no such field does as well."""
    if op == "equals" and isinstance(wanted, str) and not absent:
        match field:
            case (str(name),):
                return _with_text(found, name, wanted)
    return [each for each in found if meets(op, get(each[1], field), wanted, absent)]


def _with_text(found: Stored, name: str, wanted: str) -> Stored:
    """Return what has a member that equals a text: what queries ask most."""
    shown: Stored = []
    for each in found:
        document = each[1]
        stored = document.get(name, MISSING) if isinstance(document, dict) else MISSING
        if stored == wanted if isinstance(stored, str) else _equals(stored, wanted):
            shown.append(each)
    return shown


def meets(op: str, stored: Found, wanted: Found, absent: bool) -> bool:
    """Whether a stored value, if there is one, meets a condition."""
    return absent if absent and stored is MISSING else holds(op, stored, wanted)


def filtered_by_name(
    found: Stored, filters: Filters, env: Environment, all_of: Iterable[JsonValue]
) -> Stored:
    """Return what meets the conditions that the request's parameters name."""
    documents = all_of if isinstance(all_of, list) else list(all_of)
    for name, value in named_parameters(dict(env.query)):
        if name in filters.without or value in filters.every:
            continue
        read = read_name(name, value, filters.marks, documents)
        if read is not None:
            mark, path = read
            value = value.removeprefix(mark.lead) if isinstance(value, str) else value
            found = filtered(found, mark.op, path, alternatives(value, mark.split), absent=mark.absent)
        elif filters.unknown == "nothing":
            found = []
    return found
