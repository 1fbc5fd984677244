"""Bulk writes whose status says what became of their elements: 207 where one of them was refused, else 200.

Nothing in the request tells such answers apart, and nothing that was stored before it: only the results do.
So they are one answer for the tree, and its leaves are parted by a question about the results, which comes
last, so that no element is done to find out that the whole is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from wraith.paths import get
from wraith.synth._answers.tallied import tallied_source
from wraith.synth._evidence.rows import Row
from wraith.synth._exchanges.elements import Elements, alike
from wraith.synth._guards.tree import Leaf
from wraith.wir import Atom, Equals, Expr, NotOneOf


@dataclass(frozen=True, slots=True)
class Outcome:
    """Two groups of answers, by their positions, and what is true where it is the first."""

    first: int
    second: int
    test: Expr

    def parted(self, leaves: Sequence[Leaf], sizes: Sequence[int]) -> Iterator[tuple[Leaf, tuple[Atom, ...]]]:
        """Yield the leaves, those of the first group as one of each, with what is asked of the results."""
        for leaf in leaves:
            if leaf.label != self.first:
                yield leaf, ()
                continue
            yield self._of(leaf, self.first, sizes), (Equals(self.test, True),)
            yield self._of(leaf, self.second, sizes), (NotOneOf(self.test, (True,)),)

    def _of(self, leaf: Leaf, group: int, sizes: Sequence[int]) -> Leaf:
        count = min(leaf.hits, sizes[group])
        return replace(leaf, label=group, hits=count, total=count)


def outcome_of(groups: Sequence[Sequence[int]], rows: Sequence[Row]) -> Outcome | None:
    """Return what parts the two groups of accepted bulk writes, None where there are not two, or nothing in
    their results parts them. Groups are the positions of their rows."""
    built = [[rows[number].observation.seen.many for number in group] for group in groups]
    bulk = [number for number, some in enumerate(built) if all(isinstance(each, Elements) for each in some)]
    if len(bulk) != 2:
        return None
    first, second = bulk
    told = [*groups[first], *groups[second]]
    many = alike([each for number in bulk for each in built[number] if isinstance(each, Elements)])
    if many is None:
        return None
    lists = [get(rows[number].observation.document, many.answers) for number in told]
    flags = [number in groups[first] for number in told]
    test = tallied_source(flags, many.source(), lists)
    return None if test is None else Outcome(first, second, test)
