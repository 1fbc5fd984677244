"""Refusals without what they quote: what is left is what a service says for one reason."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from wraith.canonical import JsonValue, compact
from wraith.paths import MISSING, Path, get
from wraith.runtime import integer_of, replaced, text_of
from wraith.synth._evidence.places import norm
from wraith.synth._evidence.rows import Row
from wraith.synth._values.quoted import quotations

_WORD = re.compile(r"[^\s'\"`:,;()\[\]{}<>]{3,}|(?<![\w.-])-?\d{1,2}(?![\w.-])")

_MADE = re.compile(r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{10,}(?![\w-])")
"""What reads like an identifier that was made for the answer: letters and digits in one long piece."""


def masked(row: Row, foreign: set[str], told: Collection[Path]) -> bytes:
    """Return an answer without the values of the request that it quotes, nor the names of its members that do
    not belong there, nor the numbers that it tells of what is stored. What a parser says of a body that it
    cannot read is one answer, wherever in the body it stops."""
    if row.env.body_kind == "malformed":
        return b"malformed"
    document = row.observation.document
    if document is MISSING:
        return b""
    known = {
        key for key in row.index if not isinstance(key, str) or len(key) >= 3 or integer_of(key) is not None
    }
    known |= foreign
    for path in told:
        around = (norm(get(document, path[:size])) for size in range(len(path)))
        if get(document, path) is not MISSING and known.isdisjoint(around):
            document = replaced(document, path, "*")
    notations = sorted(quotations(row), key=lambda text: (-len(text), text))
    return compact(_mask(document, known, notations))


def _mask(value: JsonValue, known: set[object], notations: Sequence[str]) -> JsonValue:
    if isinstance(value, dict | list) and norm(value) in known:
        return "*"
    if isinstance(value, dict):
        return {key: _mask(item, known, notations) for key, item in value.items()}
    if isinstance(value, list):
        return [_mask(item, known, notations) for item in value]
    if isinstance(value, str):
        for notation in notations:
            value = value.replace(notation, "*")
        value = _MADE.sub("*", value)
        return _WORD.sub(lambda found: "*" if found[0].strip(".") in known else found[0], value)
    text = text_of(value)
    return "*" if text is not None and len(text) >= 3 and text in known else value
