"""In which style a service writes JSON: spaces, escapes, the order of members, numbers.

A style is right where it gives back the recorded bytes. Only then can digests over bodies be worked out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import TypeAlias

from wraith.canonical import JsonValue, parse
from wraith.exchange import LineStyle, NotLines, line_style_of, split_lines
from wraith.runtime import encode_styled
from wraith.wir import Style

SAMPLE = 12
"""Bodies that a style is learned from; it shows in each of them, and the longest show most."""

MAX_BYTES = 100_000
"""Longer bodies take long to write and show nothing that shorter ones do not."""

SORTED_OBJECTS = 6
"""So many objects of three members or more stand in the order of their names by rule; any one in six does by
chance."""

_INDENT = re.compile(rb"[\[{]\r?\n([ \t]+)")
_WHOLE_FLOAT = re.compile(rb"[0-9]\.0(?=[\s,\]}]|$)")
_FRACTION = re.compile(rb"[0-9]\.[0-9]*[1-9]")
_SEPARATORS = ((",", ":"), (",", ": "), (", ", ": "), (", ", ":"))
_ESCAPES = (b"\\/", b"\\u003c", b"\\u003e", b"\\u0026", b"\\u0027", b"\\u2028")


_Written: TypeAlias = tuple[bytes, JsonValue]
"""A body, and what it says."""


def learn_style(bodies: Iterable[bytes]) -> Style | None:
    """Return the style that gives back most of the bodies, None where that is the compact one."""
    texts = sorted({body for body in bodies if len(body) <= MAX_BYTES}, key=lambda each: (-len(each), each))
    sample = [(body, document) for body in texts[:SAMPLE] if (document := _parsed(body)) is not None]
    if not sample:
        return None
    styles = list(dict.fromkeys(_candidates([body for body, _ in sample])))
    best = _right_everywhere(styles, sample) or max(styles, key=lambda style: sum(_right(style, sample)))
    documents = [document for _, document in sample]
    numbers = _has_one_number_type(texts)
    best = best.model_copy(update={"sorted": _is_sorted(documents), "whole": numbers})
    return best if best != Style() else None


def _right_everywhere(styles: Sequence[Style], sample: Sequence[_Written]) -> Style | None:
    """Return the simplest style that gives back every body: most fail on the first, and few services mix
    them."""
    return next((style for style in styles if all(_right(style, sample))), None)


def _right(style: Style, sample: Sequence[_Written]) -> Iterator[bool]:
    """Yield for each body whether a style gives it back."""
    return (encode_styled(document, style) == body for body, document in sample)


def lines_of(bodies: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines of bodies of many documents."""
    for body in bodies:
        try:
            yield from split_lines(body)
        except NotLines:  # a body of no lines, which its type says it is
            continue


def learn_line_style(bodies: Sequence[bytes]) -> LineStyle | None:
    """Return how most bodies of many documents begin and end their lines, None where there are none. Those
    of one document do not show what stands between two."""
    told = [body for body in bodies if body]
    telling = [body for body in told if len([*lines_of([body])]) > 1] or told
    counts = Counter(map(line_style_of, telling))
    return max(counts, key=lambda style: (counts[style], repr(style)), default=None)


def _parsed(body: bytes) -> JsonValue:
    try:
        return parse(body)
    except ValueError:
        return None


def _candidates(bodies: Sequence[bytes]) -> Iterator[Style]:
    """Yield the styles that the bodies allow, the simplest first."""
    indent = next((found[1].decode() for body in bodies if (found := _INDENT.search(body))), "")
    ends = dict.fromkeys(body[len(body.rstrip()) :].decode("ascii", "replace") for body in bodies)
    escape = "".join(
        "/" if each == b"\\/" else chr(int(each[2:], 16))
        for each in _ESCAPES
        if any(each in body for body in bodies)
    )
    narrow = any(re.search(rb"\\u00[89a-f]|\\u0[1-9a-f]|\\u[1-9a-f]", body) for body in bodies)
    ascii_only = (False, True) if narrow and all(body.isascii() for body in bodies) else (False,)
    for end, (item, key), ascii_, escaped in product(
        ends, _SEPARATORS, ascii_only, dict.fromkeys(("", escape))
    ):
        yield Style(indent=indent, item=item, key=key, ascii=ascii_, escape=escaped, end=end)


def _is_sorted(documents: Sequence[JsonValue]) -> bool:
    told = 0
    for document in documents:
        for names in _names(document):
            if names != sorted(names):
                return False
            told += len(names) > 2
    return told >= SORTED_OBJECTS


def _names(value: JsonValue) -> Iterator[list[str]]:
    if isinstance(value, dict):
        yield list(value)
    for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _names(member)


def _has_one_number_type(bodies: Sequence[bytes]) -> bool:
    """Whether fractions were seen, and never a whole number with a decimal point."""
    return any(map(_FRACTION.search, bodies)) and not any(map(_WHOLE_FLOAT.search, bodies))
