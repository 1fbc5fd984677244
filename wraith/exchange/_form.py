"""Forms and query strings as documents.

``items[0][plan]=x&expand[]=a`` is ``{"items": [{"plan": "x"}], "expand": ["a"]}``: the bracket convention of
PHP, Rack and qs. Values stay text; what type they become is learned, not guessed. A name that repeats without
brackets is a list. Where names contradict each other (``a=1&a[b]=2``), the names are taken literally,
brackets and all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias
from urllib.parse import parse_qsl

from wraith.canonical import JsonValue

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)\Z")
_BRACKET = re.compile(r"\[([^\[\]]*)\]")

MAX_DEPTH = 64
"""Deeper than names of forms go (PHP's limit); deeper ones are taken literally."""

MAX_FIELDS = 10_000
"""More fields than any form has, few enough that a hostile body costs no more than its bytes."""


Pairs: TypeAlias = "Sequence[tuple[str, JsonValue]] | Sequence[tuple[str, str]]"


class _Conflict(Exception):
    pass


def parse_form(text: str) -> dict[str, JsonValue]:
    """Return the document of a form or a query string. Raises ValueError beyond MAX_FIELDS fields."""
    if not text:
        return {}
    pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS)
    if "[" not in text and "%5B" not in text and "%5b" not in text:
        return _flat(pairs)
    return nested(pairs)


def nested(pairs: Pairs) -> dict[str, JsonValue]:
    """Return the document of names, perhaps with brackets, and values, in their order."""
    try:
        return _nested(pairs)
    except _Conflict:
        return _flat(pairs)


def _flat(pairs: Pairs) -> dict[str, JsonValue]:
    document: dict[str, JsonValue] = {}
    for name, value in pairs:
        present = document.get(name)
        if name not in document:
            document[name] = value
        elif isinstance(present, list):
            present.append(value)
        else:
            document[name] = [present, value]
    return document


def _nested(pairs: Pairs) -> dict[str, JsonValue]:
    root: dict[str, JsonValue] = {}
    for name, value in pairs:
        found = _NAME.match(name)
        steps = [found[1], *_BRACKET.findall(found[2])] if found else [name]
        _put(root, steps if len(steps) <= MAX_DEPTH else [name], value)
    return {key: _lists(value) for key, value in root.items()}


def _put(node: dict[str, JsonValue], steps: list[str], value: JsonValue) -> None:
    """Store under keys only; ``[]`` becomes the next number, and ``_lists`` makes lists of numbers."""
    for position, step in enumerate(steps):
        last = position == len(steps) - 1
        if step == "" and position > 0:
            step = _next(node, None if last else steps[position + 1])
        if last:
            if step in node:
                present = node[step]
                if isinstance(present, dict):
                    raise _Conflict
                node[step] = [*present, value] if isinstance(present, list) else [present, value]
            else:
                node[step] = value
        else:
            child = node.setdefault(step, {})
            if not isinstance(child, dict):
                raise _Conflict
            node = child


def _next(node: dict[str, JsonValue], below: str | None) -> str:
    """Return the number that ``[]`` stands for; what is counted so far must be 0, 1, 2, …

    ``a[][b]=1&a[][c]=2`` fills one element until a key repeats, as Rack does: ``below`` is the key in it.
    """
    count = len(node)
    if count == 0:
        return "0"
    latest, value = next(reversed(node.items()))
    if latest != str(count - 1) or str(count) in node:
        raise _Conflict
    return latest if below is not None and isinstance(value, dict) and below not in value else str(count)


def _lists(value: JsonValue) -> JsonValue:
    if not isinstance(value, dict):
        return value
    done = {key: _lists(item) for key, item in value.items()}
    if done and list(done) == [str(n) for n in range(len(done))]:
        return list(done.values())
    return done
