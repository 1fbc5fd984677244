"""The detectors: values with a telling name, vendor keys, card numbers, the patterns of ``scrub.toml``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import orjson

from wraith.scrub._cards import CARD, card_digits, is_card, maybe_card
from wraith.scrub._detect import Span
from wraith.scrub._fields import SECRET_FIELDS, SECRET_PARAMETERS, STEMS, is_reference, names_pattern
from wraith.scrub._prefixes import MAYBE_VENDOR_KEY, VENDOR_KEY
from wraith.scrub._replacer import Replacer
from wraith.scrub._standins import standin_at

if TYPE_CHECKING:
    from wraith.config import Action


_LONGEST_NAME = max(map(len, SECRET_FIELDS)) + 1
"""Of a name in quotes, with the backslash before a quote that is escaped."""


class NamedValues:
    """Secrets by the name before them: JSON members, parameters of addresses, multipart fields."""

    _FIELD = names_pattern(SECRET_FIELDS)
    _PARAMETER = names_pattern(SECRET_FIELDS + SECRET_PARAMETERS)
    _JSON = re.compile(rf'"({_FIELD})"\s*:\s*("(?:[^"\\]|\\.)+"|\d{{4,}}(?![\d.]))', re.IGNORECASE)
    _ADDRESS = re.compile(rf"[?&#;](_?{_PARAMETER})=([^&#;\s\"'<>\\]+)", re.IGNORECASE)
    # the counts are generous, and keep a hostile body from costing the square of its length
    _MULTIPART = re.compile(
        rf'form-data;[^\r\n]{{0,200}}?\bname="?(?:[^"\r\n]{{0,200}}[\[.])?({_FIELD})\]?"?[^\r\n]{{0,200}}\r?\n'
        r"(?:[^\r\n]{1,1000}\r?\n){0,16}\r?\n([^\r\n]*+(?:\r?\n(?!--)[^\r\n]*+){0,64})",
        re.IGNORECASE,
    )
    _USER = re.compile(r"://[^/\s:@\"'<>\\]*:([^/\s@\"'<>\\]+)@")
    _MAYBE = re.compile(
        rf'"{_FIELD}\\?"\s*:\s*+(?!null|true|false|""|\{{)|[?&#;]_?{_PARAMETER}=|\bname=[^\r\n]{{0,200}}{_FIELD}'.encode()
    )

    def maybe(self, raw: bytes) -> bool:
        if b"@" in raw and b"://" in raw:
            return True
        if b"=" in raw:
            names = raw.lower()
        elif b'"' in raw:
            names = _quoted(raw)
        else:
            return False
        for stem in STEMS:  # not any(): this is done for every request
            if stem in names:
                return self._MAYBE.search(raw.lower()) is not None
        return False

    def spans(self, text: str, replacer: Replacer) -> Iterator[Span]:
        if '"' in text:
            for found in self._JSON.finditer(text):
                yield *found.span(2), partial(_json_member, replacer, found[1])
        if "=" in text:
            for found in self._ADDRESS.finditer(text):
                yield *found.span(2), partial(_percent_encoded, replacer, found[1])
            for found in self._MULTIPART.finditer(text):
                yield *found.span(2), partial(named, replacer, found[1])
        if "@" in text:
            for found in self._USER.finditer(text):
                yield *found.span(1), partial(_percent_encoded, replacer, "password")


def _quoted(raw: bytes) -> bytes:
    """Return what stands between quotes and is short enough for a name, in lower case: of bytes without
    parameters that is where names are, and little of a long body."""
    return b'"'.join([part for part in raw.split(b'"') if len(part) <= _LONGEST_NAME]).lower()


class VendorKeys:
    """Keys of well-known shapes, JWTs and private keys."""

    def maybe(self, raw: bytes) -> bool:
        return MAYBE_VENDOR_KEY.search(raw) is not None

    def spans(self, text: str, replacer: Replacer) -> Iterator[Span]:
        for found in VENDOR_KEY.finditer(text):
            if not replacer.keeps(found[0]) and standin_at(text, *found.span(), "from here") is None:
                yield *found.span(), replacer.replace


class Cards:
    """Card numbers."""

    def maybe(self, raw: bytes) -> bool:
        return maybe_card(raw)

    def spans(self, text: str, replacer: Replacer) -> Iterator[Span]:
        for found in CARD.finditer(text):
            if replacer.keeps(found[0]) or not is_card(card_digits(found[0])):
                continue
            if standin_at(text, *found.span(), "between marks") is None:
                yield *found.span(), replacer.replace


class Pattern:
    """The ``regex`` of a rule: its first group, or all of it where there is none."""

    def __init__(self, pattern: re.Pattern[str], action: Action) -> None:
        self._pattern = pattern
        self._action = action

    def maybe(self, raw: bytes) -> bool:
        return True

    def spans(self, text: str, replacer: Replacer) -> Iterator[Span]:
        group = 1 if self._pattern.groups else 0
        standin_end = 0
        for found in self._pattern.finditer(text):
            start, end = found.span(group)
            if start == end or start < standin_end or replacer.keeps(text[start:end]):
                continue
            standin = standin_at(text, start, end, "anywhere")
            if standin is None:
                yield start, end, partial(replacer.replace, action=self._action)
            else:
                standin_end = standin[1]


def named(replacer: Replacer, name: str, value: str) -> str:
    """Replace the value of a field whose name alone makes it a secret."""
    return value if is_reference(name, value) else replacer.credential(value)


def _percent_encoded(replacer: Replacer, name: str, value: str) -> str:
    plain = unquote(value)
    standin = named(replacer, name, plain)
    return value if standin == plain else quote(standin, safe="*")


def _json_member(replacer: Replacer, name: str, literal: str) -> str:
    if not literal.startswith('"'):
        return named(replacer, name, literal)
    try:
        plain = orjson.loads(literal)
    except ValueError:
        return f'"{named(replacer, name, literal[1:-1])}"'
    standin = named(replacer, name, plain)
    return literal if standin == plain else orjson.dumps(standin).decode()
