"""Times a unit of the calendar after another: a period that ends a month or a year later, as a plan says.

The unit is a word that the exchange speaks of, in a place that every row has, and the count is one or a
number beside that word. A fixed distance is simpler and has been tried before, so two units at least must
have been met.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wraith.paths import MISSING, Path
from wraith.runtime import compile_expr, later, read_time, span_of
from wraith.synth._evidence.made import is_near
from wraith.synth._evidence.places import rank
from wraith.synth._evidence.rows import Row, Values, equal, plain_number
from wraith.wir import Call, Clock, Expr, Literal, Lookup, Ref

MAX_WORDS = 8
"""Places of a word of the calendar that are tried, simplest first."""

MAX_INSTANTS = 6
"""Places of an instant from which is counted, simplest first, besides the clock."""

ENOUGH = 2
"""Different units that must have been met."""


def calendar_source(rows: Sequence[Row], values: Values) -> Expr | None:
    """Return what gives every time as one so many units of the calendar later, or None."""
    units = {read[0] if value is not MISSING and (read := read_time(value)) else "" for value in values}
    if len(units) != 1 or "" in units:
        return None
    [unit] = units
    instants: list[Expr] = [Clock(unit), *_instants(rows[0], unit)]
    for word in _words(rows):
        for count in (Literal(1), *_beside(word)):
            for instant in instants:
                candidate = Call("later", (instant, word) if count == Literal(1) else (instant, word, count))
                if _gives(candidate, instant, rows, values):
                    return candidate
    return None


def _words(rows: Sequence[Row]) -> list[Expr]:
    """Return the places that hold a word of the calendar on every row, and not always the same."""
    first = {expr for key, exprs in rows[0].index.items() if span_of(key) is not None for expr in exprs}
    found = []
    for expr in sorted(first, key=rank)[:MAX_WORDS]:
        compute = compile_expr(expr)
        spans = {span_of(compute(row.env)) for row in rows}
        if None not in spans and len(spans) >= ENOUGH:
            found.append(expr)
    return found


def _beside(word: Expr) -> Iterator[Expr]:
    """Yield the places beside a word that are named as its count: ``interval`` and ``interval_count``."""
    match word:
        case Ref(path):
            yield from (Ref(other) for other in _named_counts(path))
        case Lookup(name, key, at):
            yield from (Lookup(name, key, other) for other in _named_counts(at))


def _named_counts(path: Path) -> Iterator[Path]:
    name = str(path[-1]) if path else ""
    for other in (f"{name}_count", f"{name}Count", "count"):
        yield (*path[:-1], other)


def _instants(row: Row, unit: str) -> list[Expr]:
    found = {
        expr
        for key, exprs in row.index.items()
        if isinstance(key, str) and (read_time(key) or (read_time(_number(key)) if key.isdigit() else None))
        for expr in exprs
        if (read := read_time(compile_expr(expr)(row.env))) is not None and read[0] == unit
    }
    return sorted(found, key=rank)[:MAX_INSTANTS]


def _number(text: str) -> int:
    return int(text) if len(text) <= 20 else 0


def _gives(candidate: Call, instant: Expr, rows: Sequence[Row], values: Values) -> bool:
    """Whether a candidate gives every value; where it counts from now, a value near that."""
    if not isinstance(instant, Clock):
        compute = compile_expr(candidate)
        return all(equal(compute(row.env), value) for row, value in zip(rows, values, strict=True))
    parts = [compile_expr(part) for part in candidate.of[1:]]
    for row, value in zip(rows, values, strict=True):
        word, *count = (part(row.env) for part in parts)
        if word is MISSING or MISSING in count or plain_number(count[0] if count else 1) is None:
            return False
        moved = later(row.env.now_ms, word, *count)  # type: ignore[arg-type]  # none is missing
        if not isinstance(moved, int) or not is_near(instant, value, moved):
            return False
    return True
