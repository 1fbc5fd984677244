"""Where an operation of an update changes a document: paths as clients write them, and what stands there.

A path is a JSON pointer (RFC 6901), names with dots and positions in brackets, or one with conditions in
brackets, ``emails[type eq "work"].value`` (RFC 7644, 3.5.2).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeAlias

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Missing
from wraith.runtime._criteria import meets_tree
from wraith.runtime._infix import Tree, read_text
from wraith.runtime._values import integer_of

Step: TypeAlias = str | Tree
"""A name, or the position as text, or the conditions that the elements of a list meet."""

Change: TypeAlias = Callable[[Found], Found]
"""What becomes of a value, ``MISSING`` to remove it."""

WORDS: Final = {
    "eq": "equals",
    "ne": "differs",
    "co": "contains",
    "sw": "starts",
    "ew": "ends",
    "pr": "exists",
    "and": "all",
    "or": "any",
    "not": "none",
}
"""The operators of RFC 7644 in conditions on elements."""

_PART = re.compile(r"\.?([^.\[\]]+)|\[([^\[\]]*)\]")


@lru_cache(maxsize=1024)
def steps_of(text: str) -> tuple[Step, ...]:
    """Return the steps of a path as clients write it; the empty path is the whole document."""
    if text.startswith("/"):
        return tuple(part.replace("~1", "/").replace("~0", "~") for part in text[1:].split("/"))
    steps: list[Step] = []
    for found in _PART.finditer(text.removeprefix("$.")):
        inside = found[2]
        conditions = read_text(inside, WORDS) if inside is not None and " " in inside else None
        steps.append(conditions if conditions is not None else (found[1] or inside or "").strip("\"'"))
    return tuple(steps)


def changed_at(document: Found, steps: tuple[Step, ...], change: Change, *, insert: bool = False) -> Found:
    """Return the document with a change where the steps lead, unchanged where they lead nowhere; objects are
    made where they are missing. ``insert``: in a list, what the change makes is put before what is there."""
    if not steps:
        return change(document)
    step, rest = steps[0], steps[1:]
    if isinstance(document, list):
        return _changed_list(document, step, rest, change, insert)
    if not isinstance(step, str) or not isinstance(document, dict | None | Missing):
        return document
    members = document if isinstance(document, dict) else {}
    made = changed_at(members.get(step, MISSING), rest, change, insert=insert)
    if made is MISSING:
        return {key: value for key, value in members.items() if key != step}
    return {**members, step: made}


def _changed_list(
    elements: list[JsonValue], step: Step, rest: tuple[Step, ...], change: Change, insert: bool
) -> JsonValue:
    if not isinstance(step, str):
        made = [
            changed_at(each, rest, change, insert=insert) if meets_tree(step, each, WORDS, {}, ()) else each
            for each in elements
        ]
        return [each for each in made if each is not MISSING]
    place = len(elements) if step == "-" else integer_of(step)
    if place is None or not 0 <= place <= len(elements) or (place == len(elements) and rest):
        return elements
    anew = place == len(elements) or (insert and not rest)
    one = changed_at(MISSING if anew else elements[place], rest, change, insert=insert)
    return [*elements[:place], *([one] if one is not MISSING else []), *elements[place + (not anew) :]]
