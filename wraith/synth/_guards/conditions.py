"""Values that differ from case to case: a few expressions that explain all rows together, and what tells
which of them applies.

A member that is sometimes left out is the plainest case: its alternative is ``MISSING``. The questions that
tell are those that guards ask, grown into a tree as guards are (``tree``); a tree that gets a row wrong,
or asks more than the cases warrant, explains nothing.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from operator import itemgetter

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found
from wraith.runtime import compile_expr
from wraith.synth._evidence.places import norm, rank
from wraith.synth._evidence.rows import Row, Values, as_json, equal, typed
from wraith.synth._guards.features import Feature, negated
from wraith.synth._guards.tree import Leaf, grow
from wraith.wir import Case, Expr, First, Literal, Text, When

MAX_OPTIONS = 5
"""Expressions that together explain a value."""

SPARE_LEAVES = 2
"""Leaves that a tree may have beyond one for each option: a condition of two or three parts."""

PIVOTS = 4
"""Rows whose values propose the places that give some of the values."""

MAX_GUESSES = 12
"""Places that a row proposes, simplest first."""

MAX_PARTINGS = 3
"""Places for which the rest is looked at, those that give most first."""

LONGEST = 200
"""Characters of a text that can be one of a few alternatives; longer ones are data."""

_NUMBER = re.compile(r"\d+")

Asking = Callable[[], Sequence[Feature]]
"""What gives the questions."""

Search = Callable[[Sequence[Row], Values], Expr | None]
"""What finds one expression for some of the rows."""

Option = tuple[Expr, tuple[int, ...]]
"""An expression, and the rows that it explains."""


def conditional_source(
    rows: Sequence[Row], values: Values, questions: Asking, others: int, search: Search
) -> Expr | None:
    """Return expressions with the conditions under which each applies, or None.

    ``questions`` are asked for where there are such expressions; they are answered for the rows and then for
    ``others`` further observations, in whose answers the value is missing.
    """
    for options in _options(rows, values, search):
        found = _told_apart(options, len(rows), questions, others)
        if found is not None:
            return found
    return None


def _told_apart(options: Sequence[Option], count: int, questions: Asking, others: int) -> Expr | None:
    """Return the options with the conditions under which each applies, or None where nothing small tells."""
    if len(options) + bool(others) < 2:
        return None
    labels = [0] * count
    absent = next((label for label, (expr, _) in enumerate(options) if expr == First(())), len(options))
    for label, (_, chosen) in enumerate(options):
        for row in chosen:
            labels[row] = label
    leaves = grow([*labels, *[absent] * others], questions())
    expected = len(options) + (absent == len(options) and others > 0)
    if any(leaf.hits < leaf.total for leaf in leaves) or len(leaves) > expected + SPARE_LEAVES:
        return None
    return _decided(leaves, [*(expr for expr, _ in options), First(())], 0)


def _options(rows: Sequence[Row], values: Values, search: Search) -> Iterator[list[Option]]:
    """Yield expressions that explain every row, each row by one: what is missing, texts and numbers that
    repeat, and one expression for the rest; or, where what repeats is data, two places for all of them."""
    missing = tuple(i for i, value in enumerate(values) if value is MISSING)
    unsaid: list[Option] = [(First(()), missing)] if missing else []
    found = list(unsaid)
    present = [i for i, value in enumerate(values) if value is not MISSING]
    whole = search([rows[i] for i in present], [values[i] for i in present])
    if whole is not None:
        yield [*unsaid, (whole, tuple(present))]
        return
    by_value: dict[object, list[int]] = defaultdict(list)
    for i in present:
        by_value[norm(values[i]) or repr(values[i])].append(i)
    rest: list[int] = []
    for some in by_value.values():
        if len(some) > 1 and _is_word(values[some[0]]) and _is_met_again(some, rows):
            found.append((Literal(as_json(values[some[0]])), tuple(some)))
        else:
            rest += some
    words = list(found)
    if rest:
        expr = search([rows[i] for i in rest], [values[i] for i in rest])
        more = [(expr, tuple(rest))] if expr is not None else _parted(rest, rows, values, search)
        words = [*words, *more] if more is not None else []
    if words and len(words) <= MAX_OPTIONS:
        yield words
    places = _parted(present, rows, values, search) if len(rest) < len(present) else None
    if places is not None:
        yield [*unsaid, *places]


def _parted(
    chosen: Sequence[int], rows: Sequence[Row], values: Values, search: Search
) -> list[Option] | None:
    """Return a place that gives some of the values, and what gives the others: kept, or made anew."""
    hits: dict[Expr, tuple[int, ...]] = {}
    for pivot in chosen[:PIVOTS]:
        for expr in sorted(rows[pivot].index.get(norm(values[pivot])), key=rank)[:MAX_GUESSES]:
            if (candidate := typed(expr, rows[pivot], values[pivot])) is not None and candidate not in hits:
                compute = compile_expr(candidate)
                hits[candidate] = tuple(i for i in chosen if equal(compute(rows[i].env), values[i]))
    telling = [(expr, some) for expr, some in hits.items() if len(some) > 1 and _is_met_again(some, rows)]
    for expr, some in sorted(telling, key=lambda each: (-len(each[1]), rank(each[0])))[:MAX_PARTINGS]:
        rest = tuple(i for i in chosen if i not in some)
        other = search([rows[i] for i in rest], [values[i] for i in rest]) if len(rest) > 1 else None
        if other is not None and _is_met_again(rest, rows):
            return [(expr, some), (other, rest)]
    return None


def _is_met_again(some: Sequence[int], rows: Sequence[Row]) -> bool:
    """Whether rows of different sessions have it, where there are such: data repeats within a session, words
    of the service in others as well."""
    sessions = {row.observation.seen.session for row in rows}
    return len({rows[i].observation.seen.session for i in some}) > 1 or len(sessions) == 1


def _is_word(value: Found) -> bool:
    return not isinstance(value, dict | list) and len(str(value)) <= LONGEST


def _decided(leaves: Sequence[Leaf], options: Sequence[Expr], depth: int) -> Expr:
    """Return the tree as conditions in conditions."""
    first = leaves[0]
    if len(leaves) == 1 or len(first.guards) <= depth:
        return options[first.label]
    atom = first.guards[depth]
    yes = [leaf for leaf in leaves if leaf.guards[depth : depth + 1] == (atom,)]
    no = [_past(leaf, atom, depth) for leaf in leaves if leaf.guards[depth : depth + 1] != (atom,)]
    otherwise = _decided(no, options, depth + 1) if no else None
    return When(atom, _decided(yes, options, depth + 1), otherwise if otherwise != First(()) else None)


def _past(leaf: Leaf, atom: object, depth: int) -> Leaf:
    """Return a leaf of the other branch with the negation of the atom at its depth, where a tree leaves that
    out."""
    there = leaf.guards[depth : depth + 1]
    if there and there == (negated(atom),):  # type: ignore[arg-type]  # an atom of a tree
        return leaf
    return replace(leaf, guards=(*leaf.guards[:depth], atom, *leaf.guards[depth:]))  # type: ignore[arg-type]


def restricted(questions: Sequence[Feature], rows: Sequence[int]) -> list[Feature]:
    """Return the questions with their answers for some of the observations only."""
    if len(rows) < 2:
        return [Feature(each.atom, each.bits, tuple(each.answers[row] for row in rows)) for each in questions]
    among = itemgetter(*rows)
    return [Feature(each.atom, each.bits, among(each.answers)) for each in questions]


def counted_text(values: Values, counts: Sequence[tuple[Expr, Sequence[Found]]]) -> Expr | None:
    """Return the text that holds a count, with words of its own for a single one, or None."""
    if not all(isinstance(value, str) for value in values):
        return None
    cut = [_NUMBER.split(str(value), maxsplit=1) for value in values]
    for expr, column in counts:
        told = [
            i
            for i, value in enumerate(values)
            if (found := _NUMBER.search(str(value))) is not None and equal(int(found[0]), column[i])
        ]
        if len(told) < len(values):
            continue
        usual = Counter(tuple(cut[i]) for i in told if not equal(column[i], 1)).most_common(1)
        if not usual:
            continue
        before, behind = usual[0][0]
        made = Text(tuple(part for part in (Literal(before), expr, Literal(behind)) if part != Literal("")))
        special: dict[str, JsonValue] = {
            str(column[i]): as_json(values[i]) for i in told if tuple(cut[i]) != (before, behind)
        }
        if len(special) <= 1:
            return Case(expr, tuple(special.items()), made) if special else made
    return None
