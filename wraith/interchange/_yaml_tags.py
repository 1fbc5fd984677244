"""What tags mean when nothing is constructed: the plain data below them, or a refusal.

Recorders of Ruby and Python write tags that would make objects in their own language. Those whose objects are
plain data are read as it: strings and hashes of a class of their own, tuples, ``io.BytesIO``, iterators over
bytes. All others are refused, since what stands below them means something only to their class.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final, TypeAlias

YamlValue: TypeAlias = "str | int | float | bool | bytes | list[YamlValue] | dict[str, YamlValue] | None"

_CORE: Final = "tag:yaml.org,2002:"

_BINARY: Final = re.compile(r"!binary|tag:yaml\.org,2002:(?:binary|python/bytes)")
_PLAIN: Final = re.compile(
    r"!(?:int|float|bool|null)|tag:yaml\.org,2002:(?:python/)?(?:int|long|float|bool|null|none)"
)
_TEXT: Final = re.compile(
    r"!|!str(?::.*)?|!ruby/string(?::.*)?|!ruby/sym(?:bol)?"
    r"|tag:yaml\.org,2002:(?:str|timestamp|value|merge|python/(?:str|unicode))"
)
_SEQUENCE: Final = re.compile(
    r"!|!seq(?::.*)?|!ruby/array(?::.*)?|tag:yaml\.org,2002:(?:seq|omap|pairs|python/(?:tuple|list))"
)
_MAPPING: Final = re.compile(
    r"!|!map(?::.*)?|!ruby/hash(?::.*)?|!ruby/struct:VCR::\w+|tag:yaml\.org,2002:(?:map|set|python/dict)"
)
_BYTES_IO: Final = _CORE + "python/object/new:_io.BytesIO"
_ITERATOR: Final = re.compile(re.escape(_CORE) + r"python/object/apply:(?:builtins|__builtin__)\.iter")

_CONSTANTS: Final[dict[str, bool | None]] = {
    "": None,
    "~": None,
    "null": None,
    "true": True,
    "false": False,
}
_NUMERIC: Final = frozenset("-0123456789")
_INTEGER: Final = re.compile(r"0|-?[1-9]\d{0,38}", re.ASCII)
_FLOAT: Final = re.compile(r"-?\d{1,40}\.\d{1,40}(?:e[-+]\d{1,3})?", re.ASCII)


class Unreadable(Exception):
    """A tag makes an object of what stands below it."""

    def __init__(self, tag: str) -> None:
        super().__init__(f"holds an object of the tag {_short(tag)}")
        self.hint = "only plain data is read: write it without the tag, or leave it out"


def read_scalar(tag: str | None, text: str, *, plain: bool) -> YamlValue:
    """Return the value of a scalar; ``plain`` where it was not quoted.

    Raises Unreadable for a tag of objects, and ValueError for text that is not what its tag says.
    """
    if tag is None:
        return _unquoted(text) if plain else text
    if _TEXT.fullmatch(tag):
        return text
    if _BINARY.fullmatch(tag):
        return _unpacked(text)
    if _PLAIN.fullmatch(tag):
        return _unquoted(text)
    raise Unreadable(tag)


def read_sequence(tag: str, items: list[YamlValue]) -> YamlValue:
    """Return the value of a sequence. Raises Unreadable for a tag of objects."""
    if _SEQUENCE.fullmatch(tag):
        return items
    raise Unreadable(tag)


def read_mapping(tag: str, members: dict[str, YamlValue]) -> YamlValue:
    """Return the value of a mapping: a string or bytes, where its tag says so. Raises Unreadable."""
    if tag == "!ruby/hash-with-ivars" or tag.startswith("!ruby/hash-with-ivars:"):
        return members.get("elements", {})
    if _MAPPING.fullmatch(tag):
        return members
    if _TEXT.fullmatch(tag):
        return members.get("str", "")
    if tag == _BYTES_IO:
        return _joined(_first(members.get("state")))
    if _ITERATOR.fullmatch(tag):
        return _joined(_first(members.get("args")))
    raise Unreadable(tag)


def _unquoted(text: str) -> YamlValue:
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in _NUMERIC:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        spelled = repr(number)
        # whole numbers with an exponent are written 1.0e-05 in YAML
        if text in (spelled, spelled.replace("e", ".0e", 1)):
            return number
    return text


def _unpacked(text: str) -> bytes:
    packed = "".join(text.split())
    try:
        return base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):  # the latter for text beyond ASCII
        raise ValueError("says binary and is not base64; it is taken as text") from None


def _first(value: YamlValue) -> YamlValue:
    return value[0] if isinstance(value, list) and value else b""


def _joined(value: YamlValue) -> YamlValue:
    """Return the bytes that a stream goes over: bytes, chunks, or the numbers that Python makes of bytes."""
    chunks = value if isinstance(value, list) else [value]
    joined = bytearray()
    for chunk in chunks:
        match chunk:
            case bool() | float() | list() | dict():
                return value
            case int():
                if not 0 <= chunk <= 255:
                    return value
                joined.append(chunk)
            case str():
                joined += chunk.encode()
            case bytes():
                joined += chunk
            case None:
                pass
    return bytes(joined)


def _short(tag: str) -> str:
    shown = tag.replace(_CORE, "!!", 1)
    return shown if len(shown) <= 80 else f"{shown[:77]}…"
