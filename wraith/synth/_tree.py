"""Which variant answers: a small decision tree over the features of requests and state.

Grown greedily by information gain, weighed with each feature's prior, until the leaves are pure. A leaf is a
conjunction of atoms, so the tree becomes guards that are disjoint and cover everything. Source: Quinlan 1986
(ID3).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log2

from wraith.synth._features import Feature, negated
from wraith.wir import Atom, Below

MAX_DEPTH = 10
"""Longer than any chain of validations that recordings show; a deeper tree has stopped learning reasons."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A conjunction of atoms, the label of what it selects, and how many of the observations there have
    it."""

    guards: tuple[Atom, ...]
    label: int
    hits: int
    total: int


def grow(labels: Sequence[int], features: Sequence[Feature]) -> list[Leaf]:
    """Return the leaves of the tree, in the order true-branch first."""
    return _grow(tuple(range(len(labels))), labels, features, ())


def _grow(
    rows: tuple[int, ...], labels: Sequence[int], features: Sequence[Feature], guards: tuple[Atom, ...]
) -> list[Leaf]:
    counts = Counter(labels[row] for row in rows)
    label, hits = min(counts.items(), key=lambda each: (-each[1], each[0]))
    best = _best(rows, labels, features, counts) if len(counts) > 1 and len(guards) < MAX_DEPTH else None
    if best is None:
        return [Leaf(guards, label, hits, len(rows))]
    yes = tuple(row for row in rows if best.answers[row])
    no = tuple(row for row in rows if not best.answers[row])
    return [
        *_grow(yes, labels, features, (*guards, best.atom)),
        *_grow(no, labels, features, (*guards, *_otherwise(best.atom))),
    ]


def _otherwise(atom: Atom) -> tuple[Atom, ...]:
    """The negation as a guard; none for numbers, where what is no number belongs to the other side too."""
    return () if isinstance(atom, Below) else (negated(atom),)


def _best(
    rows: tuple[int, ...], labels: Sequence[int], features: Sequence[Feature], counts: Counter[int]
) -> Feature | None:
    whole = _entropy(counts, len(rows))
    best: tuple[float, Feature] | None = None
    for feature in features:
        yes = Counter(labels[row] for row in rows if feature.answers[row])
        size = sum(yes.values())
        if not 0 < size < len(rows):
            continue
        no = counts - yes
        rest = (size * _entropy(yes, size) + (len(rows) - size) * _entropy(no, len(rows) - size)) / len(rows)
        score = (whole - rest) * feature.prior**4
        if score > 1e-9 and (best is None or score > best[0] + 1e-9):
            best = (score, feature)
    return best[1] if best else None


def _entropy(counts: Counter[int], total: int) -> float:
    return -sum(count / total * log2(count / total) for count in counts.values() if count)
