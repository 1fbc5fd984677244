"""Programs without the names of what they are about, so that those of several collections can be compared.

Taken out are the name of the collection, in the plural and in the singular, the parameters of the path and
the key. What is left holds placeholders, which the names of another collection are put into.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from wraith.canonical import JsonValue
from wraith.wir import Expr, expr_to_json

_ENTITY = "\0entity"
_KEY = "\0key"
_PARAMETER = "\0parameter"

_PATH = re.compile(r"(?:request|entity|response|item|page)(?:\.|$)")
"""What is a path rather than prose."""


class Names:
    """The names of one collection, as one route of it says them."""

    def __init__(self, collection: str, key: Expr, parameters: Sequence[str]) -> None:
        self._key = expr_to_json(key)
        self._exact = {
            f"request.path.{name}": f"{_PARAMETER}{at}" for at, name in enumerate(reversed(parameters))
        }
        self._exact[collection] = _ENTITY
        self._words = {f"\0word{at}\0": word for at, word in enumerate(forms(collection))}

    def taken_out(self, document: JsonValue) -> JsonValue:
        """Return a document with placeholders for the names."""

        def change(text: str) -> str:
            if text in self._exact or _PATH.match(text):
                return self._exact.get(text, text)
            for placeholder, word in self._words.items():
                text = re.sub(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9_])", placeholder, text)
            return text

        return _changed(_swapped(document, self._key, _KEY), change)

    def put_in(self, document: JsonValue) -> JsonValue | None:
        """Return a document with the names for placeholders, None where one has no counterpart here."""
        names = {placeholder: name for name, placeholder in self._exact.items()} | self._words
        left = False

        def change(text: str) -> str:
            nonlocal left
            for placeholder, name in names.items():
                text = text.replace(placeholder, name)
            left = left or "\0" in text.replace(_KEY, "")
            return text

        done = _swapped(_changed(document, change), _KEY, self._key)
        return None if left else done


def forms(name: str) -> tuple[str, ...]:
    """Return how answers name a collection: many, one, and both as a type or at the start of a sentence."""
    one = f"{name[:-3]}y" if name.endswith("ies") else name.removesuffix("s")
    return name, _as_type(name), one, _as_type(one)


def _as_type(name: str) -> str:
    """Return a name as types are written: ``line_item`` is ``LineItem``."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[_-]", name))


def _swapped(value: JsonValue, old: JsonValue, new: JsonValue) -> JsonValue:
    if value == old:
        return new
    if isinstance(value, dict):
        return {key: _swapped(item, old, new) for key, item in value.items()}
    return [_swapped(item, old, new) for item in value] if isinstance(value, list) else value


def _changed(value: JsonValue, change: Callable[[str], str]) -> JsonValue:
    if isinstance(value, dict):
        return {change(key): _changed(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [_changed(item, change) for item in value]
    return change(value) if isinstance(value, str) else value
