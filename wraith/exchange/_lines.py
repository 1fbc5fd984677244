"""Bodies of many JSON documents, one after another: a line each (NDJSON, JSON Lines), or a record each
(RFC 7464).

The document of such a body is the list of what its lines hold; empty lines hold nothing. How lines begin and
end is a ``LineStyle``: ``line_style_of`` reads it off a body, and ``encode_lines`` then gives back the bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from wraith.canonical import JsonValue, parse

MAX_LINES = 100_000
"""More documents than any body of a service under test has, few enough that a hostile one of short lines
costs no more memory than a large document."""

RECORD = b"\x1e"
"""What a record begins with (RFC 7464, 2.2)."""

_SPACE = b" \t\r\n"
_GAP = re.compile(rb"[ \t]*\r?\n[ \t\r\n]*")
_TYPES = ("ndjson", "jsonl", "jsonlines", "json-lines", "json-seq", "json-stream", "stream+json")


@dataclass(frozen=True, slots=True)
class LineStyle:
    """What stands around the documents of a body: before the first, between two, behind the last."""

    start: str = ""
    between: str = "\n"
    end: str = "\n"


class NotLines(ValueError):
    """A line holds no JSON, or there is none."""


@lru_cache(maxsize=1024)
def is_lines(media: str) -> bool:
    """Whether a bare media type says that documents follow one another."""
    return media.endswith(_TYPES)


def parse_lines(body: bytes) -> list[JsonValue]:
    """Return the documents of a body, one per line or record. Raises NotLines."""
    return [_parsed(line) for line in split_lines(body)]


def split_lines(body: bytes) -> list[bytes]:
    """Return the lines or records of a body that hold something. Raises NotLines where none does, or more
    than MAX_LINES."""
    separator = RECORD if body[:1] == RECORD else b"\n"
    if body.count(separator) > MAX_LINES:
        raise NotLines("more documents than any body has")
    lines = [line for each in body.split(separator) if (line := each.strip(_SPACE))]
    if not lines:
        raise NotLines("no documents")
    return lines


def _parsed(line: bytes) -> JsonValue:
    try:
        return parse(line)
    except ValueError:
        raise NotLines("a line that is no JSON") from None


def encode_lines(
    documents: Iterable[JsonValue], encode: Callable[[JsonValue], bytes], style: LineStyle | None = None
) -> bytes:
    """Return the body of documents, each written by ``encode``; nothing where there are none."""
    style = style or LineStyle()
    written = [encode(document) for document in documents]
    if not written:
        return b""
    return style.start.encode() + style.between.encode().join(written) + style.end.encode()


def line_style_of(body: bytes) -> LineStyle:
    """Return how the lines of a body begin and end."""
    content = body.rstrip(_SPACE)
    end = body[len(content) :].decode("ascii")
    if body[:1] == RECORD:
        second = content.find(RECORD, 1)
        before = len(content[:second].rstrip(_SPACE)) if second > 0 else 0
        between = content[before : second + 1] if second > 0 else end.encode() + RECORD
        return LineStyle("\x1e", between.decode("ascii"), end)
    gap = _GAP.search(content)
    return LineStyle("", gap[0].decode("ascii") if gap else end or "\n", end)
