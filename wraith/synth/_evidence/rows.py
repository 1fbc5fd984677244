"""Observations with the value that one leaf, or one part, of their answers has; and how hypotheses are
judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path, get
from wraith.runtime import Environment, compile_expr
from wraith.synth._evidence.places import index
from wraith.synth._world.filed import norm, of_list, of_object
from wraith.synth._world.index import Index
from wraith.synth._world.observe import Observation
from wraith.wir import Cast, Expr

Compute: TypeAlias = Callable[[Environment], Found]
Made = TypeVar("Made")


@dataclass(slots=True)
class Row:
    """One observation, the index of what its answer could have used, and the answer's document."""

    observation: Observation
    _index: Index | None = None
    _keys: dict[int, tuple[Found, object | None]] = field(default_factory=dict)
    _worked_out: dict[str, Any] = field(default_factory=dict)

    def __reduce__(self) -> tuple[type[Row], tuple[Observation]]:
        """Another process has other identities: what was worked out stays here."""
        return Row, (self.observation,)

    def key(self, value: Found) -> object | None:
        """Return what a part of the answer is filed under; of a container it is worked out once."""
        if not isinstance(value, dict | list):
            return norm(value)
        known = self._keys.get(id(value))
        if known is None:
            found: object | None = None
            if isinstance(value, dict) and value:  # not by norm, which would look at its parts again
                found = of_object({name: self.key(member) for name, member in value.items()})
            elif value:
                found = of_list(list(map(self.key, value)))
            known = self._keys[id(value)] = (value, found)  # kept, so that no other has its identity
        return known[1]

    def once(self, what: str, make: Callable[[], Made]) -> Made:
        """Return what is made of the row, whatever part of its answer asks for it; it is made the first
        time."""
        if what not in self._worked_out:
            self._worked_out[what] = make()
        found: Made = self._worked_out[what]
        return found

    @property
    def index(self) -> Index:
        if self._index is None:
            self._index = index(self.observation)
        return self._index

    @property
    def env(self) -> Environment:
        return self.observation.env


Values: TypeAlias = Sequence[Found]
"""A part of each row's answer, in the order of the rows."""


def equal(a: Found, b: Found) -> bool:
    """JSON equality: 50 equals 50.0, true is not 1, members in any order."""
    if a is b:
        return True
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(equal(value, b[key]) for key, value in a.items())
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(equal, a, b))
    if isinstance(a, bool) or isinstance(b, bool):
        return False
    return a == b


def kind(value: Found) -> str:
    """Return the JSON type of a value, ``missing`` where there is none."""
    if value is MISSING:
        return "missing"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    names = {int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return names[type(value)]


@dataclass(frozen=True, slots=True)
class Fit:
    """How an expression does on the rows: where it gives a value, and whether that is ever a wrong one."""

    expr: Expr
    given: tuple[bool, ...]

    @property
    def whole(self) -> bool:
        return all(self.given)


def fit(expr: Expr, rows: Sequence[Row], values: Values) -> Fit | None:
    """Return how the expression fits, or None where it gives a wrong value somewhere. A row whose value is
    missing is given where the expression is missing too."""
    compute = compile_expr(expr)
    given: list[bool] = []
    for row, value in zip(rows, values, strict=True):
        result = compute(row.env)
        if result is MISSING:
            given.append(value is MISSING)
        elif equal(result, value):
            given.append(True)
        else:
            return None
    return Fit(expr, tuple(given)) if any(given) else None


def typed(expr: Expr, row: Row, value: Found) -> Expr | None:
    """Return the expression with the cast that makes it give the value in a row, or None."""
    result = compile_expr(expr)(row.env)
    if equal(result, value):
        return expr
    casts: tuple[str, ...] = {
        "integer": ("integer",),
        "number": ("number",),
        "boolean": ("boolean",),
        "string": ("string",),
    }.get(kind(value), ("integer", "number", "boolean", "scalar", "string"))
    for to in casts:
        candidate = Cast(expr, to)  # type: ignore[arg-type]  # the names are the cast types
        if equal(compile_expr(candidate)(row.env), value):
            return candidate
    return None


def parts(values: Values, step: str | int) -> list[Found]:
    """Return the part of each value under one step."""
    path: Path = (step,)
    return [get(value, path) for value in values]


def constant(values: Values) -> Found:
    """Return the value that all share, ``MISSING`` where they differ or one is missing."""
    first = values[0]
    return first if first is not MISSING and all(equal(first, value) for value in values[1:]) else MISSING


def distinct_texts(values: Iterable[Found]) -> int:
    return len({norm(value) for value in values})


def as_json(value: Found) -> JsonValue:
    """Return a value that is known to be there as JSON."""
    assert value is not MISSING  # Invariant: callers have checked presence
    return value


def in_order(sequences: Sequence[Sequence[str]]) -> list[str]:
    """Return the names in an order that all sequences follow, where there is one."""
    names = dict.fromkeys(name for each in sorted(sequences, key=len, reverse=True) for name in each)
    if all(len(each) == len(names) for each in sequences):
        return list(sequences[0]) if sequences else []
    before: dict[str, set[str]] = {name: set() for name in names}
    for each in {tuple(sequence): None for sequence in sequences}:
        for at, name in enumerate(each):
            before[name].update(each[:at])
    done: dict[str, None] = {}
    while len(done) < len(names):
        left = [name for name in names if name not in done]
        done[min(left, key=lambda name: len(before[name] - done.keys()))] = None
    return list(done)


def plain_number(value: Found) -> float | None:
    """Return the number that a value is, None for what is none; text is none."""
    return None if isinstance(value, bool) or not isinstance(value, int | float) else value


def type_of(values: Values) -> str:
    """Return the JSON type that the values have where they are there, ``any`` where they differ."""
    kinds = sorted({kind(value) for value in values} - {"missing"})
    return kinds[0] if len(kinds) == 1 else "any"
