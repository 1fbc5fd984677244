"""The one path syntax: where a value stands in a document.

``data.items[0].price`` names keys and list positions, ``[*]`` every element. A key that is not made of
letters, digits, ``_`` and ``-`` is quoted as JSON inside brackets: ``metadata["a.b"]``. The root is the empty
path.

Parsed, a path is a tuple of ``str`` (key), ``int`` (position) and ``EACH``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from functools import lru_cache
from typing import Final, TypeAlias

import orjson

from wraith.canonical import JsonValue
from wraith.errors import InputError


class Missing(Enum):
    """The type of ``MISSING``: absent, which is neither null nor "not given"."""

    MISSING = "missing"

    def __bool__(self) -> bool:
        return False


class Each(Enum):
    """The type of ``EACH``: every element of a list."""

    EACH = "*"


MISSING: Final = Missing.MISSING
EACH: Final = Each.EACH

Step: TypeAlias = str | int | Each
Path: TypeAlias = tuple[Step, ...]
Found: TypeAlias = "JsonValue | Missing"

_PLAIN = re.compile(r"[A-Za-z0-9_$-]+")
_TOKEN = re.compile(r'\.?([A-Za-z0-9_$-]+)|\[([0-9]{1,9})\]|\[(\*)\]|\[("(?:[^"\\]|\\.)*")\]')


@lru_cache(maxsize=65536)
def parse_path(text: str) -> Path:
    """Return the steps of a path. Raises InputError with the offset of what is not one."""
    steps: list[Step] = []
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or (found[1] is not None and (text[at] == ".") == (at == 0)):
            raise _not_a_path(text, at)
        if found[1] is not None:
            steps.append(found[1])
        elif found[2] is not None:
            steps.append(int(found[2]))
        elif found[3] is not None:
            steps.append(EACH)
        else:
            try:
                steps.append(orjson.loads(found[4]))
            except ValueError:
                raise _not_a_path(text, at) from None
        at = found.end()
    return tuple(steps)


def _not_a_path(text: str, at: int) -> InputError:
    return InputError(f"not a path: {text!r}, at offset {at}", hint='write it like data.items[0]["a.b"]')


def format_path(path: Path) -> str:
    """Return the text of a path: the inverse of ``parse_path``."""
    parts: list[str] = []
    for step in path:
        if isinstance(step, str):
            if _PLAIN.fullmatch(step):
                parts.append(f".{step}" if parts else step)
            else:
                parts.append(f"[{orjson.dumps(step).decode()}]")
        elif isinstance(step, int):
            parts.append(f"[{step}]")
        else:
            parts.append("[*]")
    return "".join(parts)


def get(document: Found, path: Path) -> Found:
    """Return the value at a path without ``EACH``, or ``MISSING``."""
    for step in path:  # by exact type: this is what everything that learns and answers does most
        if type(document) is dict:
            document = document.get(step, MISSING)  # type: ignore[arg-type]  # no key is a number
        elif type(document) is list and type(step) is int and step < len(document):
            document = document[step]
        else:
            return MISSING
    return document


def leaves(document: JsonValue, at: Path = ()) -> Iterator[tuple[Path, JsonValue]]:
    """Yield each leaf with its path, in document order; an empty object or array is a leaf."""
    waiting: list[tuple[Path, JsonValue]] = [(at, document)]  # what comes next stands last
    while waiting:
        path, value = waiting.pop()
        if type(value) is dict and value:
            waiting += [((*path, key), part) for key, part in reversed(value.items())]
        elif type(value) is list and value:
            waiting += [((*path, index), value[index]) for index in range(len(value) - 1, -1, -1)]
        else:
            yield path, value
