"""Which variant answers: the simplest tree of questions that tells the variants apart.

A tree is paid for in bits: each question costs what its kind is worth (``features``), each observation that
a leaf gets wrong costs ``EXCEPTION``. So a split has to earn its question, and where two trees separate the
observations equally well, the one with fewer and more trusted questions wins. The search is greedy with
foresight: the few best questions at a node are each followed to the end before one is chosen. A leaf is a
conjunction of atoms, so the tree becomes guards that are disjoint and cover everything. Sources: Quinlan 1986
(ID3), Rissanen 1978 (minimum description length).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import log2
from typing import TypeAlias

from wraith.synth._guards.features import Feature, negated
from wraith.wir import Atom

MAX_DEPTH = 10
"""Longer than any chain of validations that recordings show; a deeper tree has stopped learning reasons."""

EXCEPTION = 9.0
"""Bits for an observation that a leaf gets wrong: as much as naming one of the few hundred that there are."""

FORESIGHT = 5
"""Questions that are followed to the end at each node."""

SHORT_LIST = 40
"""Questions that remain in play while one is followed to the end: the best, and as many of the cheapest."""

_Rows: TypeAlias = int
"""A set of observations, as the bits of an integer."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A conjunction of atoms, the label of what it selects, and how many of the observations there have
    it."""

    guards: tuple[Atom, ...]
    label: int
    hits: int
    total: int


@dataclass(frozen=True, slots=True, eq=False)
class _Question:
    """A feature with its answers as bits; each is one of a kind, so none is compared by what it holds."""

    feature: Feature
    yes: _Rows


@dataclass(frozen=True, slots=True)
class _Split:
    """A question with what follows either answer; a leaf where ``question`` is None."""

    rows: _Rows
    bits: float
    question: _Question | None = None
    branches: tuple[_Split, ...] = ()


def grow(labels: Sequence[int], features: Sequence[Feature]) -> list[Leaf]:
    """Return the leaves of the tree, in the order true-branch first."""
    everything = (1 << len(labels)) - 1
    by_label = {label: _bits([each == label for each in labels]) for label in sorted(set(labels))}
    questions = [_Question(each, _bits(each.answers)) for each in features]
    tree = _foreseen(everything, by_label, questions, MAX_DEPTH)
    return list(_leaves(tree, by_label, ()))


_DIGITS = bytes.maketrans(b"\0\1", b"01")


def _bits(answers: Sequence[bool]) -> _Rows:
    return int(bytes(answers[::-1]).translate(_DIGITS), 2) if answers else 0


def _leaves(tree: _Split, by_label: dict[int, _Rows], guards: tuple[Atom, ...]) -> list[Leaf]:
    if tree.question is None:
        counts = {label: (rows & tree.rows).bit_count() for label, rows in by_label.items()}
        label = min(counts, key=lambda each: (-counts[each], each))
        return [Leaf(guards, label, counts[label], tree.rows.bit_count())]
    atom = tree.question.feature.atom
    yes, no = tree.branches
    return [
        *_leaves(yes, by_label, (*guards, atom)),
        *_leaves(no, by_label, (*guards, negated(atom))),
    ]


def _foreseen(rows: _Rows, by_label: dict[int, _Rows], questions: Sequence[_Question], left: int) -> _Split:
    """Return the tree for the rows: of the best questions the one whose greedy continuation is the
    simplest."""
    live = {label: found for label, of in by_label.items() if (found := of & rows)}
    leaf = _leaf(rows, live)
    if len(live) < 2 or left == 0:
        return leaf
    ranked = _ranked(rows, live, questions)
    if not ranked:
        return leaf
    cheap = sorted(ranked, key=lambda each: each.feature.bits)[:SHORT_LIST]  # stable: best of equals first
    short = list(dict.fromkeys([*ranked[:SHORT_LIST], *cheap]))
    best = min(
        (_split(rows, live, question, short, left) for question in ranked[:FORESIGHT]),
        key=lambda tree: tree.bits,
    )
    assert best.question is not None  # Invariant: _split asks
    yes = _foreseen(rows & best.question.yes, live, questions, left - 1)
    no = _foreseen(rows & ~best.question.yes, live, questions, left - 1)
    bits = best.question.feature.bits + yes.bits + no.bits
    return _Split(rows, bits, best.question, (yes, no)) if bits < leaf.bits else leaf


def _split(
    rows: _Rows, by_label: dict[int, _Rows], question: _Question, questions: Sequence[_Question], left: int
) -> _Split:
    yes = _greedy(rows & question.yes, by_label, questions, left - 1)
    no = _greedy(rows & ~question.yes, by_label, questions, left - 1)
    return _Split(rows, question.feature.bits + yes.bits + no.bits, question, (yes, no))


def _greedy(rows: _Rows, by_label: dict[int, _Rows], questions: Sequence[_Question], left: int) -> _Split:
    live = {label: found for label, of in by_label.items() if (found := of & rows)}
    leaf = _leaf(rows, live)
    if len(live) < 2 or left == 0:
        return leaf
    ranked = _ranked(rows, live, questions)
    if not ranked:
        return leaf
    tree = _split(rows, live, ranked[0], questions, left)
    return tree if tree.bits < leaf.bits else leaf


def _leaf(rows: _Rows, live: dict[int, _Rows]) -> _Split:
    most = max((of.bit_count() for of in live.values()), default=0)
    return _Split(rows, (rows.bit_count() - most) * EXCEPTION)


def _ranked(rows: _Rows, live: dict[int, _Rows], questions: Sequence[_Question]) -> list[_Question]:
    """Return the questions that tell some of the rows apart, by what they tell for their price."""
    size = rows.bit_count()
    weights = _weights(1 << size.bit_length())
    counts = [(of, of.bit_count()) for of in live.values()]
    whole = weights[size] - sum([weights[count] for _, count in counts])
    scored: list[tuple[float, int]] = []
    for position, question in enumerate(questions):
        yes = rows & question.yes
        if not yes or yes == rows:
            continue
        chosen = yes.bit_count()
        rest = weights[chosen] + weights[size - chosen]
        for of, count in counts:
            among = (of & yes).bit_count()
            rest -= weights[among] + weights[count - among]
        told = whole - rest
        if told > 1e-6:
            scored.append((-round(told / question.feature.bits, 6), position))
    return [questions[position] for _, position in sorted(scored)]


@cache
def _weights(below: int) -> Sequence[float]:
    """Return n * log2(n) for each n: the entropy of counts, times their total, is that of the total less
    those of the counts."""
    return [0.0, *(n * log2(n) for n in range(1, below))]
