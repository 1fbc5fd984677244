"""Routes from paths: which segments are parameters.

A segment is a parameter because its value *flowed* into it from an earlier message of the session, because of
its *shape* (a number, a UUID, a long random token), or because of *variety* (many siblings, each in one
session only, that answer alike). What is left is literal. Evidence is gathered in a tree of segments, and the
children of a node that are parameters become one child.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import quote

from wraith.runtime import MARK
from wraith.synth._exchanges.seen import Seen
from wraith.synth._exchanges.survey import REFUSED, Sketch
from wraith.synth._routes.segments import Ends, Node
from wraith.synth._routes.tails import with_tail
from wraith.synth._shared.priors import COLLECTION_WORDS, RESERVED, VERSION

_SHAPES = re.compile(
    r"\d+"
    r"|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
    r"|(?=[^\d]*\d)[0-9a-fA-F]{12,}"
    r"|[a-z]{1,12}_(?=[A-Za-z]*\d)[A-Za-z0-9]{8,}"
    r"|(?=[^\d]*\d)(?=[^A-Z]*[A-Z])(?=[^a-z]*[a-z])[A-Za-z0-9_-]{10,}"
)
_VERSION = re.compile(VERSION)

Shape: TypeAlias = tuple[str | None, ...]
"""The segments of a path: a text is literal, None a parameter."""

ITEM_WRITES = frozenset(("PUT", "PATCH", "DELETE"))

VARIETY = 3
"""As many siblings, each in one session only and all answered alike, as make chance unlikely."""


class Paths:
    """The tree of segments of a corpus. Sessions come in any order: sets and counts are kept."""

    def __init__(self) -> None:
        self._root = Node()

    def add(self, number: int, session: Sketch) -> None:
        """Take in the sketch of the session of that number."""
        for each in session:
            node = self._root
            for segment, flowed in zip(each.segments, each.flowed, strict=True):
                node = node.children.setdefault(segment, Node())
                node.sessions.add(number)
                if flowed:
                    node.flowed.add(number)
            node.ends.setdefault(each.method, Ends()).add(Ends(1, each.status < REFUSED, each.echoed))

    def routes(self) -> RouteTable:
        """Return the routes that the tree shows."""
        _generalize(self._root, "")
        return RouteTable(self._root)


def _is_parameter(segment: str, node: Node, visitors: int) -> bool:
    if _SHAPES.fullmatch(segment) and not _VERSION.fullmatch(segment):
        return True
    # What stands in every session is a word of the service, even if some answer holds the same word.
    return (
        bool(node.flowed)
        and len(node.flowed) * 2 >= len(node.sessions)
        and (len(node.sessions) == 1 or len(node.sessions) * 2 <= visitors)
    )


def _generalize(node: Node, name: str, depth: int = 0) -> None:
    if depth and not _VERSION.fullmatch(name) and with_tail(node):  # at the root stand names of collections
        return
    visitors = len({session for child in node.children.values() for session in child.sessions})
    chosen = {
        segment
        for segment, child in node.children.items()
        if segment and _is_parameter(segment, child, visitors)
    }
    mixed = not all(segment.startswith(MARK) for segment in node.children)
    rest = [
        segment
        for segment in node.children
        if segment and segment not in chosen and not (mixed and segment[0] == MARK)
    ]
    if chosen:
        methods = {method for segment in chosen for method in node.children[segment].ends}
        chosen |= {segment for segment in rest if _is_sibling(node.children[segment], methods)}
    else:
        lonely = [s for s in rest if len(node.children[s].sessions) == 1 and not node.children[s].children]
        if len(lonely) >= VARIETY and (
            len(lonely) == len(rest) or not any(node.children[s].succeeded() for s in lonely)
        ):
            chosen = set(lonely)
    if is_plural(name):
        chosen |= {segment for segment in rest if _names_an_item(segment, node.children[segment])}
    if chosen:
        node.parameter = Node()
        for segment in sorted(chosen):
            node.parameter.absorb(node.children.pop(segment))
        _generalize(node.parameter, "", depth + 1)
    for segment, child in node.children.items():
        _generalize(child, segment, depth + 1)


def _names_an_item(segment: str, child: Node) -> bool:
    """Whether a word below the name of a collection is a key there: it has parts of its own, or it is
    written."""
    if segment[0] == RESERVED or segment.lower() in COLLECTION_WORDS:
        return False
    parts = any(not name.startswith(MARK) for name in child.children)
    return parts or not ITEM_WRITES.isdisjoint(child.ends)


def _is_sibling(child: Node, methods: set[str]) -> bool:
    """Whether a word beside parameters is one of them: nothing was found under it, or it is named by what
    was."""
    if not child.succeeded():
        return child.ends.keys() <= methods
    successes = sum(ends.ok for ends in child.ends.values())
    return successes > 0 and sum(ends.echoed for ends in child.ends.values()) * 2 > successes


@dataclass(frozen=True, slots=True)
class RoutePattern:
    """A method and the segments of a path: a text is literal, None a parameter; of the names of parameters,
    that of one which takes any number of segments is ``tail``."""

    method: str
    shape: Shape
    names: tuple[str, ...]
    tail: str | None = None

    @property
    def pattern(self) -> str:
        names = iter(self.names)
        return "/" + "/".join(
            self._parameter(next(names)) if segment is None else _escaped(segment) for segment in self.shape
        )

    def _parameter(self, name: str) -> str:
        return f"{{{name}+}}" if name == self.tail else f"{{{name}}}"


def _escaped(segment: str) -> str:
    return quote(segment, safe="-._~!$&'()*+,;=:@#")


class RouteTable:
    """The routes in canonical order, and the one that a path belongs to."""

    def __init__(self, root: Node) -> None:
        self._root = root
        found: list[RoutePattern] = []
        _collect(root, (), found)
        self.patterns = tuple(sorted(found, key=lambda each: (each.pattern, each.method)))
        self._positions = {(each.method, each.shape): position for position, each in enumerate(self.patterns)}

    def find(self, method: str, segments: tuple[str, ...]) -> int:
        """Return the position of the route of a request, -1 where there is none."""
        found = self._walk(self._root, segments, 0, ())
        return self._positions.get((method, found[0]), -1) if found is not None else -1

    def assign(self, seen: Seen) -> None:
        """Fill in the route and the parameters of an exchange."""
        found = self._walk(self._root, seen.segments, 0, ())
        seen.route = self._positions.get((seen.method, found[0]), -1) if found is not None else -1
        if found is not None and seen.route >= 0:
            seen.parameters = dict(zip(self.patterns[seen.route].names, found[1], strict=True))

    def _walk(
        self, node: Node, segments: tuple[str, ...], at: int, values: tuple[str, ...]
    ) -> tuple[Shape, tuple[str, ...]] | None:
        """Return the shape of a path, and the values of its parameters."""
        if at == len(segments):
            return (), values
        segment = segments[at]
        found: tuple[Shape, tuple[str, ...]] | None
        if segment in node.children:
            found = self._walk(node.children[segment], segments, at + 1, values)
            if found is not None:
                return (segment, *found[0]), found[1]
        if node.parameter is not None:
            found = self._walk(node.parameter, segments, at + 1, (*values, segment))
            if found is not None:
                return (None, *found[0]), found[1]
        if node.tail is not None and segment:
            for stop in (*range(len(segments) - 1, at, -1), len(segments)):
                found = self._walk(node.tail, segments, stop, (*values, "/".join(segments[at:stop])))
                if found is not None and (stop < len(segments) or node.tail.ends):
                    return (None, *found[0]), found[1]
        return None


def _collect(node: Node, shape: Shape, found: list[RoutePattern], tail: int = -1) -> None:
    """Add the routes at and below a node; ``tail`` is the place of the parameter of many segments."""
    names = parameter_names(shape)
    for method in node.ends:
        found.append(RoutePattern(method, shape, names, names[tail] if tail >= 0 else None))
    for segment, child in node.children.items():
        _collect(child, (*shape, segment), found, tail)
    if node.parameter is not None:
        _collect(node.parameter, (*shape, None), found, tail)
    if node.tail is not None:
        _collect(node.tail, (*shape, None), found, len(names))


def parameter_names(shape: Shape) -> tuple[str, ...]:
    """Name each parameter for the literal before it: ``/customers/{customer_id}``."""
    names: list[str] = []
    before = ""
    for segment in shape:
        if segment is None:
            name = f"{singular(before)}_id" if before else "id"
            names.append(name if name not in names else f"{name}_{len(names) + 1}")
        before = re.sub(r"\W+", "_", segment) if segment and not segment[:1].isdigit() else ""
    return tuple(names)


def is_plural(word: str) -> bool:
    """Whether a word looks like an English plural: a prior for the name of a collection."""
    return len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))


def singular(word: str) -> str:
    """Return the singular of an English plural, as far as three rules go; names decide nothing."""
    word = word.strip("_").lower()
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word or "item"
