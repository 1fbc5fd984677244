"""The tree of the segments of paths, with what became of the requests that ended at each node."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

Segments: TypeAlias = tuple[str, ...]


@dataclass(slots=True)
class Ends:
    """How often requests ended at a node, were answered without an error, and were answered with its name."""

    total: int = 0
    ok: int = 0
    echoed: int = 0

    def add(self, other: Ends) -> None:
        self.total += other.total
        self.ok += other.ok
        self.echoed += other.echoed


@dataclass(slots=True)
class Node:
    """A place in the tree. ``parameter`` stands for any segment, ``tail`` for any number of them."""

    children: dict[str, Node] = field(default_factory=dict)
    sessions: set[int] = field(default_factory=set)
    flowed: set[int] = field(default_factory=set)
    ends: dict[str, Ends] = field(default_factory=dict)
    parameter: Node | None = None
    tail: Node | None = None

    def succeeded(self) -> bool:
        """Whether any request at or below this node was answered without an error."""
        below = [*self.children.values(), *(each for each in (self.parameter, self.tail) if each is not None)]
        return any(ends.ok for ends in self.ends.values()) or any(node.succeeded() for node in below)

    def below(self, at: Segments = ()) -> Iterator[tuple[Segments, Node]]:
        """Yield the nodes below this one at which requests ended, with the segments that lead there."""
        for segment, child in self.children.items():
            if child.ends:
                yield (*at, segment), child
            yield from child.below((*at, segment))

    def end_as(self, other: Node) -> None:
        """Take over what became of the requests that ended at another node."""
        self.sessions |= other.sessions
        self.flowed |= other.flowed
        for method, ends in other.ends.items():
            self.ends.setdefault(method, Ends()).add(ends)

    def absorb(self, other: Node) -> None:
        """Take over everything at and below another node."""
        self.end_as(other)
        for segment, child in other.children.items():
            self.children.setdefault(segment, Node()).absorb(child)
