"""JSON of unknown origin: bounded before it costs more than its bytes, and told where it breaks.

The parser below gives up by itself at some hundred levels, so depth costs nothing before it is judged here.
What a small file can cost is memory: ``[{},{},…`` takes up two dozen times its bytes. Hence MAX_VALUES.
"""

from __future__ import annotations

import codecs
import json
from pathlib import Path
from typing import Final

from wraith.canonical import JsonValue, is_nested_beyond, parse
from wraith.errors import InputError
from wraith.interchange._source import MAX_DEPTH, Source

MAX_VALUES: Final = 20_000_000
"""About 1.5 GB of memory in the worst case. Recordings are mostly text: theirs are a tenth of their bytes."""

_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "UTF-32"),  # begins like that of UTF-16
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


def load_json(source: Source) -> JsonValue:
    """Return the document of a file, integers of any size kept. Raises InputError with line and column."""
    return parse_json(source.data, source.path)


def parse_json(data: bytes, where: Path | str) -> JsonValue:
    """Return the document in the bytes. Raises InputError at ``where``, with line and column where known."""
    text = _without_mark(data, where)
    if len(text) > MAX_VALUES and sum(map(text.count, (b",", b"[", b"{"))) > MAX_VALUES:
        raise InputError(f"holds more than {MAX_VALUES:,} values", where=where, hint="split it")
    try:
        document = parse(text)
    except json.JSONDecodeError as error:
        raise _broken(error, text, where) from None
    except ValueError as error:
        raise InputError(f"is not JSON: {error}", where=where) from None
    if is_nested_beyond(document, MAX_DEPTH):
        raise InputError(f"nests deeper than {MAX_DEPTH} levels", where=where)
    return document


def is_json(data: bytes) -> bool:
    """Whether the bytes begin as an object or an array of JSON does. Never raises."""
    return data[:256].removeprefix(codecs.BOM_UTF8).lstrip()[:1] in (b"{", b"[")


def _without_mark(data: bytes, where: Path | str) -> bytes:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            raise InputError(f"is {encoding} text", where=where, hint="save it as UTF-8")
    return data.removeprefix(codecs.BOM_UTF8)


def _broken(error: json.JSONDecodeError, text: bytes, where: Path | str) -> InputError:
    """Return the error with its place; bytes that are no text the parser places nowhere."""
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as bad:
        line = text.count(b"\n", 0, bad.start) + 1
        column = bad.start - text.rfind(b"\n", 0, bad.start)
        return InputError("is not UTF-8 text", where=f"{where}:{line}:{column}", hint="save it as UTF-8")
    return InputError(f"is not JSON: {error.msg}", where=f"{where}:{error.lineno}:{error.colno}")
