"""Functions for requests that hold many: where an element is asked about, and actions with documents."""

from __future__ import annotations

from urllib.parse import quote

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found
from wraith.runtime._values import text_of


def below(target: JsonValue, segment: JsonValue) -> Found:
    """Return the address one segment below another, with its query."""
    address, name = text_of(target), text_of(segment)
    if address is None or name is None:
        return MISSING
    path, mark, query = address.partition("?")
    return f"{path.rstrip('/')}/{quote(name, safe='')}{mark}{query}"


def pairs(documents: JsonValue, bare: JsonValue) -> Found:
    """Return the actions of a list in which each is an object of one member, followed by its document; those
    that are named in ``bare`` have none. Missing where something else stands there."""
    if not isinstance(documents, list) or not isinstance(bare, list):
        return MISSING
    made: list[JsonValue] = []
    rest = iter(documents)
    for head in rest:
        if not isinstance(head, dict) or len(head) != 1:
            return MISSING
        ((name, about),) = head.items()
        action: dict[str, JsonValue] = {"action": name, "about": about}
        if name not in bare:
            document = next(rest, MISSING)
            if document is MISSING:
                return MISSING
            action["document"] = document
        made.append(action)
    return made
