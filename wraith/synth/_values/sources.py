"""Hypotheses for one value: the simplest expression that explains every observation of it.

The order is the definition of "simpler": constant, then one place, then a chain of places (what the request
says, else what is stored, else a constant), then what is made fresh, then what is built from parts.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path
from wraith.runtime import compile_expr, number_of, text_of
from wraith.synth._evidence.made import fresh_pattern
from wraith.synth._evidence.places import norm, rank
from wraith.synth._evidence.rows import Fit, Row, Values, as_json, constant, equal, fit, kind, typed
from wraith.synth._routes.sampling import thinned
from wraith.synth._world.filed import length_of
from wraith.wir import (
    Call,
    Case,
    Cast,
    Clock,
    Expr,
    First,
    FreshId,
    Given,
    HoleClass,
    Literal,
    Lookup,
    Merge,
    NextKey,
    Ref,
    Sum,
    Text,
    When,
)

MAX_CHAIN = 4
"""Options of a chain: request, stored, default, and one more."""

PIVOTS = 5
"""Rows whose values propose candidates; the others only rule out."""

MAX_CANDIDATES = 60
"""Candidates tried for a value, simplest first."""

MIN_TEXT_PART = 2
"""The shortest value that is looked for inside a longer text."""

MIN_WORD_PART = 4
"""The shortest value of letters that may stand inside a word; shorter ones are its syllables by chance."""

NAMING = (("request", "path"), ("request", "query"))
"""Where a request has the short numbers that a text repeats; prose repeats those of the body as well."""

MAX_GUESSES = 12
"""Candidates tried for a guess: it stays a guess, so the search stays short."""


def from_places(rows: Sequence[Row], values: Values, name: str) -> Expr | None:
    """Return the simplest expression over places that gives every value: one place, or a chain of them."""
    return _chain(tuple(range(len(rows))), rows, values, name, MAX_CHAIN)


def _chain(live: tuple[int, ...], rows: Sequence[Row], values: Values, name: str, left: int) -> Expr | None:
    some_rows, some_values = [rows[i] for i in live], [values[i] for i in live]
    shared = constant(some_values)
    if shared is not MISSING:
        return Literal(as_json(shared))
    if all(value is MISSING for value in some_values):
        return First(())
    fits = _fits(some_rows, some_values, name)
    for found in fits:
        if found.whole:
            return found.expr
    if left <= 1:
        return None
    best: Expr | None = None
    for found in fits[:4]:
        rest = tuple(i for i, given in zip(live, found.given, strict=True) if not given)
        given = [v for v, g in zip(some_values, found.given, strict=True) if g and v is not MISSING]
        named = len(given) > 1 and _is_named(found.expr, name)
        if len({norm(value) for value in given}) < 2 and not _is_telling(given) and not named:
            continue  # one coincidence proves nothing
        tail = _chain(rest, rows, values, name, left - 1)
        if tail is not None:
            options = (found.expr, *(tail.options if isinstance(tail, First) else (tail,)))
            candidate = First(options)
            if fit(candidate, some_rows, some_values) and (
                best is None or rank(candidate, name) < rank(best, name)
            ):
                best = candidate
    return best


def _is_named(expr: Expr, name: str) -> bool:
    """Whether an expression is a part of the request with the name of what it fills."""
    place = expr.value if isinstance(expr, Cast) else expr
    return isinstance(place, Ref) and place.path[0] == "request" and place.path[-1] == name


def named_place(rows: Sequence[Row], values: Values, name: str) -> Expr | None:
    """Return the part of the request with the name of what it fills that gives every value, or None."""
    for expr in sorted(rows[0].index.get(norm(values[0])), key=lambda each: rank(each, name)):
        candidate = typed(expr, rows[0], values[0])
        if candidate is not None and _is_named(candidate, name):
            found = fit(candidate, rows, values)
            if found is not None and found.whole:
                return candidate
    return None


def _is_telling(values: Sequence[Found]) -> bool:
    """Whether a single value is too particular to be met by chance."""
    return any(isinstance(value, str) and len(value) >= 5 for value in values) or any(
        isinstance(value, dict) and value for value in values
    )


def _fits(rows: Sequence[Row], values: Values, name: str) -> list[Fit]:
    """Return the candidates that are never wrong: those that explain most first, then the simplest."""
    proposed: dict[Expr, None] = {}
    for i in _pivots(rows, values):
        for expr in rows[i].index.get(rows[i].key(values[i])):
            if (candidate := typed(expr, rows[i], values[i])) is not None:
                proposed.setdefault(candidate)
        number = number_of(values[i]) if isinstance(values[i], int | float) else None
        if number:
            for expr in rows[i].index.get(norm(-number)):
                proposed.setdefault(Sum((), (expr,)))
    for expr in _merges(rows, values):
        proposed.setdefault(expr)
    found = []
    for expr in sorted(proposed, key=lambda each: rank(each, name))[:MAX_CANDIDATES]:
        result = fit(expr, rows, values)
        if result is None and isinstance(expr, Ref | Lookup):
            result = fit(Given(expr), rows, values)
        if result is not None:
            found.append(result)
    return sorted(found, key=lambda each: (-sum(each.given), rank(each.expr, name)))


def _pivots(rows: Sequence[Row], values: Values) -> Iterator[int]:
    """Yield the rows that propose candidates: one for each of some values, the longest first, several where
    values are few; and rows whose value stands nowhere where one stood before, because the same leaf may come
    from the request in one row and from what is stored in most others."""
    by_value: dict[object, list[int]] = defaultdict(list)
    keys = [row.key(value) for row, value in zip(rows, values, strict=True)]
    for i in sorted(range(len(values)), key=lambda i: -_length(keys[i])):
        if keys[i] is not None:
            by_value[keys[i]].append(i)
    groups = list(by_value.values())
    step = max(1, len(groups) // PIVOTS)
    each = PIVOTS if len(groups) < PIVOTS else 1
    first = [i for group in groups[::step][:PIVOTS] for i in thinned(group, each)]
    yield from first
    known = {expr for i in first for expr in rows[i].index.get(keys[i])}
    further = 0
    for key, group in by_value.items():
        for i in group:
            places = rows[i].index.get(key)
            if places and further < PIVOTS and known.isdisjoint(places):
                known.update(places)
                further += 1
                yield i


def _length(key: object | None) -> int:
    return len(key) if isinstance(key, str) else length_of(key) if key is not None else 0


def _merges(rows: Sequence[Row], values: Values) -> Iterable[Expr]:
    """Propose merges of two objects where the values are objects that hold members of both."""
    if not any(isinstance(value, dict) and len(value) > 1 for value in values):
        return ()
    stored: Counter[Expr] = Counter()
    sent: Counter[Expr] = Counter()
    for row, value in zip(rows[:PIVOTS], values[:PIVOTS], strict=False):
        if isinstance(value, dict):
            for key, member in value.items():
                if (filed := norm(member)) is not None:
                    for expr in row.index.get(filed):
                        if isinstance(expr, Ref) and expr.path[-1] == key and _is_part(expr.path):
                            (stored if expr.path[0] == "entity" else sent)[Ref(expr.path[:-1])] += 1
    return [
        Merge(old, new, deep=deep)
        for old, _ in stored.most_common(2)
        for new, _ in sent.most_common(2)
        for deep in (False, True)
    ]


def _is_part(path: Path) -> bool:
    """Whether a path leads into an object that can be merged as a whole."""
    root = 1 if path[0] == "entity" else 2 if path[1:2] in (("body",), ("query",)) else len(path)
    return len(path) > root


# --- built from parts ------------------------------------------------------------------------------------


def text_source(
    rows: Sequence[Row], values: Values, extra: Sequence[tuple[Expr, Sequence[Found]]]
) -> Expr | None:
    """Return the text that holds values of the environment at fixed places, or None.

    ``extra`` are further expressions with their values by row: other parts of the answer.
    """
    if not all(isinstance(value, str) for value in values):
        return None
    pivot = max(range(len(rows)), key=lambda i: (len(str(values[i])), -i))
    target = str(values[pivot])
    known: dict[str, list[Expr]] = {}
    index = rows[pivot].index
    for key in index:
        if isinstance(key, str) and len(key) >= MIN_TEXT_PART and key in target:
            known.setdefault(key, []).extend(index.get(key))
        elif isinstance(key, str) and key.isdigit() and re.search(rf"(?<!\w){key}(?!\w)", target):
            prose = re.search(rf"\s{key}(?!\w)", target) is not None
            own = [
                each
                for each in index.get(key)
                if isinstance(each, Ref)
                and (each.path[:2] in NAMING or (prose and each.path[:2] == ("request", "body")))
            ]
            if own:
                known.setdefault(key, []).extend(own)
    for expr, column in extra:
        text = text_of(column[pivot])
        if text and text in target and (len(text) >= MIN_TEXT_PART or _stands_alone(text, target)):
            known.setdefault(text, []).insert(0, expr)
    host = rows[pivot].env.headers.get("host")
    if host and host in target:
        known.setdefault(host, []).insert(0, Ref(("request", "host")))
    tail = _tail(target, [(expr, column[pivot]) for expr, column in extra])
    if tail is None:
        parts = _cut(target, known)
    else:
        parts = [*_cut(target.removesuffix(tail[0]), known), (tail[0],)]
        known.setdefault(tail[0], []).insert(0, tail[1])
    if all(isinstance(part, str) for part in parts):
        return None
    chosen: list[Expr] = []
    for part in parts:
        if isinstance(part, str):
            chosen.append(Literal(part))
            continue
        chosen.append(min(known[part[0]], key=rank))
    return _verified_text(chosen, parts, known, rows, values, extra)


def _stands_alone(text: str, target: str) -> bool:
    """Whether a digit is no part of a word or a longer number in a text."""
    return text.isdigit() and re.search(rf"(?<![\w.]){text}(?![\w.])", target) is not None


def _tail(target: str, made: Sequence[tuple[Expr, Found]]) -> tuple[str, Expr] | None:
    """Return the part of the answer that is the last segment of a path, where it is too short to be looked
    for inside: numbers that count from one."""
    for expr, value in made:
        text = text_of(value)
        if text and len(text) < MIN_TEXT_PART and target.endswith(f"/{text}"):
            return text, expr
    return None


def _cut(target: str, known: dict[str, list[Expr]]) -> list[str | tuple[str]]:
    """Cut a text at the longest known values in it; a one-element tuple stands for a value."""
    found = (key for key in known if key in target and _at(key, target) is not None)
    best = max(found, key=lambda key: (len(key), key), default="")
    at = _at(best, target)
    if not best or at is None:
        return [target] if target else []
    return [*_cut(target[:at], known), (best,), *_cut(target[at + len(best) :], known)]


def _at(key: str, target: str) -> int | None:
    """Return where a value stands in a text, or None where it is a syllable of a word."""
    if len(key) >= MIN_WORD_PART or not key.isalpha():
        return target.find(key)
    found = re.search(rf"(?<![A-Za-z]){re.escape(key)}(?![A-Za-z])", target)
    return None if found is None else found.start()


def _verified_text(
    chosen: list[Expr],
    parts: list[str | tuple[str]],
    known: dict[str, list[Expr]],
    rows: Sequence[Row],
    values: Values,
    extra: Sequence[tuple[Expr, Sequence[Found]]],
) -> Expr | None:
    columns = {repr(expr): column for expr, column in extra}

    def by_row(expr: Expr) -> Callable[[int], Found]:
        column = columns.get(repr(expr))
        if column is not None:
            return column.__getitem__
        compute = compile_expr(expr)
        return lambda i: compute(rows[i].env)

    def holds(candidate: list[Expr]) -> bool:
        computes = [by_row(expr) for expr in candidate]
        for i, value in enumerate(values):
            texts = [text_of(compute(i)) for compute in computes]
            if None in texts or "".join(str(text) for text in texts) != value:
                return False
        return True

    if holds(chosen):
        return Text(tuple(chosen))
    for position, part in enumerate(parts):  # one value may stand at several places: try the others
        if isinstance(part, tuple):
            for other in sorted(known[part[0]], key=rank)[1:6]:
                trial = [*chosen[:position], other, *chosen[position + 1 :]]
                if holds(trial):
                    return Text(tuple(trial))
            trial = [*chosen[:position], Literal(part[0]), *chosen[position + 1 :]]
            if any(not isinstance(each, Literal) for each in trial) and holds(trial):
                return Text(tuple(trial))
    return None


def part_fresh_source(values: Values, made: Sequence[tuple[Expr, Sequence[Found]]]) -> Expr | None:
    """Return the text that holds an identifier of the same answer, and beside it one made for this text
    alone."""
    for expr, column in made:
        if not all(
            isinstance(v, str) and isinstance(part, str) and part and part in v
            for v, part in zip(values, column, strict=True)
        ):
            continue
        cut = [str(value).partition(str(part)) for value, part in zip(values, column, strict=True)]
        around: list[Expr] = []
        for side in (0, 2):
            texts = [parts[side] for parts in cut]
            if len(set(texts)) == 1:
                around.append(Literal(texts[0]))
            elif (pattern := fresh_pattern(texts)) is not None:
                around.append(FreshId(pattern))
        if len(around) == 2:
            return Text(tuple(p for p in (around[0], expr, around[1]) if p != Literal("")))
    return None


def sum_source(rows: Sequence[Row], values: Values) -> Expr | None:
    """Return the sum or difference of two places that gives every number, or None. Three different results at
    least: with fewer, some pair of numbers always fits."""
    if (
        not all(kind(value) in ("integer", "number") for value in values)
        or len({norm(v) for v in values}) < 3
    ):
        return None
    pivot = max(range(len(rows)), key=lambda i: (abs(number_of(values[i]) or 0), -i))
    target = number_of(values[pivot])
    numbers: dict[float, list[Expr]] = {}
    index = rows[pivot].index
    for key in index:
        number = number_of(key) if isinstance(key, str) else None
        if number is not None:
            numbers.setdefault(number, []).extend(sorted(index.get(key), key=rank)[:3])
    assert target is not None  # Invariant: every value is a number
    candidates: list[Expr] = []
    for number, exprs in numbers.items():
        for one in exprs:
            for other in numbers.get(target - number, ()):
                candidates.append(Sum((one, other)))
            for other in numbers.get(number - target, ()):
                candidates.append(Sum((one,), (other,)))
            if number == -target and number != 0:
                candidates.append(Sum((), (one,)))
    for candidate in sorted(candidates, key=rank)[:MAX_CANDIDATES]:
        found = fit(candidate, rows, values)
        if found is not None and found.whole:
            return candidate
    return None


def best_guess(rows: Sequence[Row], values: Values, extra: Sequence[tuple[Expr, Sequence[Found]]]) -> Expr:
    """Return what gives most of the values where nothing gives all: a place, another part of the answer, or
    the value seen most often."""
    usual = most_common(values)
    best = sum(equal(usual, value) for value in values) - 1  # a place that does as well is the better reason
    guess: Expr = Literal(usual)
    for expr, column in extra:
        hits = sum(equal(one, other) for one, other in zip(column, values, strict=True))
        if hits > best:
            best, guess = hits, expr
    telling = {key: i for i, value in enumerate(values) if (key := norm(value)) is not None}
    for pivot in list(telling.values())[:PIVOTS]:
        for expr in sorted(rows[pivot].index.get(norm(values[pivot])), key=rank)[:MAX_GUESSES]:
            candidate = typed(expr, rows[pivot], values[pivot])
            if candidate is not None:
                compute = compile_expr(candidate)
                hits = sum(equal(compute(row.env), value) for row, value in zip(rows, values, strict=True))
                if hits > best:
                    best, guess = hits, candidate
    return guess


def most_common(values: Values) -> JsonValue:
    """Return the value seen most often, the first of equals; null where none was seen."""
    counts: Counter[object] = Counter(norm(value) for value in values if value is not MISSING)
    if not counts:
        return None
    best = max(counts.values())
    return next((as_json(v) for v in values if v is not MISSING and counts[norm(v)] == best), None)


def hole_class(expr: Expr) -> HoleClass:
    """Return the class of a hole that the expression fills."""
    match expr:
        case Literal():
            return "constant"
        case FreshId():
            return "generated"
        case NextKey(gaps=True):
            return "generated"
        case Clock() | Call("later", (Clock(), *_)):
            return "timestamp"
        case Ref(path) if path[0] == "request":
            return "echoed"
        case Ref(path) if path[0] == "entity":
            return "state"
        case Text(parts) if any(isinstance(part, FreshId) for part in parts):
            return "generated"
        case Given(value):
            return hole_class(value)
        case Lookup():
            return "state"
        case Case():
            return "enum"
        case First(options) if options:
            return _shared_class(options)
        case When(_, then, otherwise):
            return _shared_class((then, otherwise) if otherwise is not None else (then,))
    return hole_class(expr.value) if isinstance(expr, Cast) else "derived"


def _shared_class(options: Sequence[Expr]) -> HoleClass:
    classes = {hole_class(option) for option in options} - {"constant"}
    if "generated" in classes:
        return "generated"
    if classes == {"timestamp", "state"}:  # set now, or as it was set before
        return "timestamp"
    return classes.pop() if len(classes) == 1 else "echoed" if "echoed" in classes else "derived"
