"""From a method and a path to a route: a tree of segments, literal before parameter, with backtracking.

``{name}`` is one segment; ``{name+}`` is one or more, as many as leave something for what stands behind it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Generic, TypeVar

from wraith.errors import InputError
from wraith.runtime._environment import split_path

R = TypeVar("R")

_PARAMETER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)(\+?)\}")
MANY_NEAR = 5
"""As many near routes as a person reads before looking at the model."""


@dataclass(slots=True)
class _Node(Generic[R]):
    literal: dict[str, _Node[R]] = field(default_factory=dict)
    parameter: _Node[R] | None = None
    tail: _Node[R] | None = None
    """What stands behind a parameter of any number of segments."""
    ends: dict[str, tuple[tuple[str, ...], R]] = field(default_factory=dict)


class Router(Generic[R]):
    """Routes by method and pattern. ``/a/b`` wins over ``/a/{id}``, and that over ``/a/{key+}``; where one
    leads nowhere, the next is tried."""

    def __init__(self) -> None:
        self._root: _Node[R] = _Node()
        self._patterns: list[tuple[str, str]] = []

    def add(self, method: str, pattern: str, route: R) -> None:
        """Add a route. Raises InputError where the same method and shape is there already."""
        node, names = self._root, []
        for segment in split_path(pattern):
            if found := _PARAMETER.fullmatch(segment):
                names.append(found[1])
                if found[2]:
                    node.tail = node.tail or _Node()
                    node = node.tail
                else:
                    node.parameter = node.parameter or _Node()
                    node = node.parameter
            else:
                node = node.literal.setdefault(segment, _Node())
        if method in node.ends:
            raise InputError(
                f"two routes answer {method} {pattern}", hint="remove one of them from the model"
            )
        node.ends[method] = (tuple(names), route)
        self._patterns.append((method, pattern))

    def match(self, method: str, path: str) -> tuple[R, dict[str, str]] | None:
        """Return the route and its parameters, decoded, or None."""
        segments = split_path(path)
        found = self._walk(self._root, segments, 0, method, [])
        if found is None and method == "HEAD":  # RFC 9110, 9.3.2: HEAD is GET without the content
            found = self._walk(self._root, segments, 0, "GET", [])
        if found is None:
            return None
        (names, route), values = found
        return route, dict(zip(names, values, strict=True))

    def methods(self, path: str) -> list[str]:
        """Return the methods that have a route for the path."""
        segments = split_path(path)
        methods = dict.fromkeys(method for method, _ in self._patterns)
        return [each for each in methods if self._walk(self._root, segments, 0, each, []) is not None]

    def knows(self, path: str) -> bool:
        """Whether some method has a route for the path."""
        return bool(self.methods(path))

    def _walk(
        self, node: _Node[R], segments: list[str], at: int, method: str, values: list[str]
    ) -> tuple[tuple[tuple[str, ...], R], list[str]] | None:
        while at < len(segments):
            segment = segments[at]
            child = node.literal.get(segment)
            if node.parameter is None and node.tail is None:  # nothing to come back for
                if child is None:
                    return None
                node, at = child, at + 1
                continue
            if child is not None and (found := self._walk(child, segments, at + 1, method, values)):
                return found
            if not segment:
                return None
            if node.tail is None:
                assert node.parameter is not None  # Invariant: one of them is there
                node, at, values = node.parameter, at + 1, [*values, segment]
                continue
            if node.parameter is not None:
                found = self._walk(node.parameter, segments, at + 1, method, [*values, segment])
                if found is not None:
                    return found
            # what stands behind is tried before a key that ends like it
            for stop in (*range(len(segments) - 1, at, -1), len(segments)):
                some = [*values, "/".join(segments[at:stop])]
                if found := self._walk(node.tail, segments, stop, method, some):
                    return found
            return None
        end = node.ends.get(method)
        return (end, values) if end is not None else None

    def near(self, method: str, path: str) -> tuple[str, ...]:
        """Return the routes most like the request, best first, for the answer that says "unknown"."""
        names = {f"{m} {p}": p for m, p in self._patterns}
        close = get_close_matches(f"{method} {path}", names, n=MANY_NEAR, cutoff=0.4)
        return tuple(close)
