"""The parts of a template, each at its place: what fills it, and what a recorded answer has there.

A part is a hole, a constant leaf, or the object that ``$spread`` lays under the members beside it. What an
answer has beyond the parts is *extra*: no place of the template gives it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wraith.canonical import JsonValue
from wraith.paths import Found, Path, get
from wraith.wir import Expr, First, HoleClass, Literal, Variant

SPREAD = "$spread"


@dataclass(frozen=True, slots=True)
class Part:
    """One place of an answer, and what fills it.

    ``own`` is None but under a spread: there it holds the members that the template gives itself.
    """

    path: Path
    hole: str | None
    hole_class: HoleClass
    source: Expr
    own: frozenset[str] | None = None

    def of(self, document: Found) -> Found:
        """Return what an answer has at the place, without the members that are other parts."""
        return self._without_own(get(document, self.path))

    def filled(self, value: Found) -> Found:
        """Return what an answer would have at the place where the source gives the value."""
        if self.own is not None and not isinstance(value, dict):
            return {}  # nothing to lay under the other members
        return self._without_own(value)

    def _without_own(self, value: Found) -> Found:
        if not self.own or not isinstance(value, dict):
            return value
        return {key: member for key, member in value.items() if key not in self.own}


def parts(variant: Variant) -> list[Part]:
    """Return the parts of a variant's body, in the order of its template."""
    return [] if variant.body_kind == "empty" else list(_parts(variant, variant.body_template, ()))


def _parts(variant: Variant, node: JsonValue, at: Path) -> Iterator[Part]:
    if isinstance(node, dict) and node:
        own = frozenset(key for key in node if key != SPREAD)
        for key, member in node.items():
            if key == SPREAD:
                yield _leaf(variant, member, at, own)
            else:
                yield from _parts(variant, member, (*at, key))
    elif isinstance(node, list) and node:
        for position, item in enumerate(node):
            yield from _parts(variant, item, (*at, position))
    else:
        yield _leaf(variant, node, at)


def _leaf(variant: Variant, node: JsonValue, at: Path, own: frozenset[str] | None = None) -> Part:
    if isinstance(node, str) and node.startswith("$") and not node.startswith("$$"):
        name = node[1:]
        return Part(at, name, variant.holes[name].hole_class, variant.holes[name].source, own)
    literal = node[1:] if isinstance(node, str) and node.startswith("$") else node
    return Part(at, None, "constant", Literal(literal), own)


NOTHING = First(())
"""The source of what no part gives."""


def extras(node: JsonValue, document: Found, at: Path = ()) -> Iterator[tuple[Path, JsonValue]]:
    """Yield what an answer has where its template has nothing."""
    if isinstance(node, dict) and node and isinstance(document, dict):
        for key, value in document.items():
            if key in node:
                yield from extras(node[key], value, (*at, key))
            elif SPREAD not in node:
                yield (*at, key), value
    elif isinstance(node, list) and node and isinstance(document, list):
        for position, value in enumerate(document):
            if position < len(node):
                yield from extras(node[position], value, (*at, position))
            else:
                yield (*at, position), value
