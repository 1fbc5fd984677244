"""Numbers worked out from other numbers: products, totals of lists, shares of an amount, differences.

Only leaves that no place explains come here. The operands, *atoms*, are numbers that every row has: in the
request, in the state, in parts of the answer that are explained already, and what lists of objects add up to.
Forms are tried smallest first; one counts only where it gives enough different results to be no coincidence.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, permutations

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path, get
from wraith.runtime import compile_expr
from wraith.synth._evidence.places import rank
from wraith.synth._evidence.rows import Row, Values, as_json, constant, equal, fit, plain_number
from wraith.synth._guards.context import ANSWER, MADE
from wraith.synth._world.filed import Compound
from wraith.wir import Call, Cast, Each, Expr, First, Literal, Ref, Sum

MAX_ATOMS = 28
"""Numbers that are combined; pairs of them are tried with every operation."""

MAX_TERNARY = 14
"""Numbers of which three are combined: two thousand sums."""

DISTINCT = 3
"""Different results that an operation of two operands must give; each further operand asks for one more."""

MAX_LISTS = 4
"""Lists of requests and entities that are added up."""

MAX_PARTLY = 6
"""Sets of rows that have a number which the others lack."""

NEAR = 1e-9
"""What rounding leaves of numbers that come to the same in another order, as a share."""

MAX_DIGITS = 4
"""Decimals that results are rounded to."""

TEXTUAL = ("body", "query")
"""Parts of requests in which numbers may be written as text: forms and queries have nothing else."""

Column = list[float]
Part = tuple[Expr, Sequence[Found]]
"""An expression with its values by row."""


@dataclass(frozen=True, slots=True)
class _Atom:
    expr: Expr
    column: Column
    place: int = 0
    """Its place in the order of simplicity."""


class Arithmetic:
    """Searches for the rows of one template; what they have in common is worked out once."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self._known: dict[tuple[int, ...], list[_Atom]] = {}
        self._flags: list[tuple[bool, ...]] | None = None
        self._some: dict[tuple[bool, ...], Arithmetic] = {}
        self._found: dict[tuple[Found, ...], list[tuple[Sequence[Part], Expr | None]]] = defaultdict(list)

    def source(self, values: Values, parts: Sequence[Part]) -> Expr | None:
        """Return the simplest calculation that gives every number, or None. Where a value is null or missing,
        the calculation has to be missing too. ``parts`` are explained parts of the answer."""
        told = tuple(
            i for i, value in enumerate(values) if isinstance(value, int | float) and value is not True
        )
        numbers = [plain_number(values[i]) for i in told]
        if not told or any(number is None for number in numbers):
            return None
        if any(isinstance(value, bool | str | dict | list) for value in values):
            return None
        targets = [number for number in numbers if number is not None]
        if len(set(targets)) < DISTINCT:
            return None
        known = self._found[tuple(values)]  # what is open is asked for again when other parts are explained
        for earlier, found in known:
            if earlier == parts:
                return found
        found = self._calculated(values, parts, told, targets)
        known.append((parts, found))
        return found

    def _calculated(
        self, values: Values, parts: Sequence[Part], told: tuple[int, ...], targets: Sequence[float]
    ) -> Expr | None:
        """Return the simplest calculation that gives the targets on some rows, and nothing on the others."""
        atoms = _simplest(
            [
                *_of_parts([(expr, [column[i] for i in told]) for expr, column in parts]),
                *self._of_places(told),
            ]
        )
        for candidate in _candidates(atoms, targets, len(set(targets))):
            verified = _verified(candidate, self._rows, values, parts)
            if verified is not None:
                return verified
        return None

    def sometimes(self, values: Values, parts: Sequence[Part]) -> Expr | None:
        """Return the calculation that gives every number where one of its operands is there, and else the one
        number that all others are: a discount is 0 without a rate."""
        for there in self._partly():
            some = [i for i, flag in enumerate(there) if flag]
            rest = constant([value for value, flag in zip(values, there, strict=True) if not flag])
            if plain_number(rest) is None:
                continue
            inner = self._some.setdefault(there, Arithmetic([self._rows[i] for i in some]))
            columns = [(expr, [column[i] for i in some]) for expr, column in parts]
            found = inner.source([values[i] for i in some], columns)
            if found is not None:
                candidate = First((found, Literal(as_json(rest))))
                if _verified(candidate, self._rows, values, parts) == candidate:
                    return candidate
        return None

    def _partly(self) -> Iterator[tuple[bool, ...]]:
        """Yield the rows on which numbers stand that some rows lack."""
        if self._flags is None:
            found: dict[Expr, set[int]] = defaultdict(set)
            for i, row in enumerate(self._rows):
                for expr in row.index.numbers:
                    found[expr].add(i)
            flags = {
                tuple(i in some for i in range(len(self._rows)))
                for expr, some in found.items()
                if DISTINCT <= len(some) < len(self._rows) and isinstance(expr, Ref)
            }
            self._flags = sorted(flags)[:MAX_PARTLY]
        yield from self._flags

    def _of_places(self, told: tuple[int, ...]) -> list[_Atom]:
        """Return the numbers in the places of some of the rows."""
        if told not in self._known:
            self._known[told] = list(_of_places([self._rows[i] for i in told]))
        return self._known[told]


def _verified(candidate: Expr, rows: Sequence[Row], values: Values, parts: Sequence[Part]) -> Expr | None:
    """Return the candidate, perhaps with null where it is missing, if that is right everywhere."""
    columns = evaluate(candidate, rows, parts)
    if all(equal(one, other) for one, other in zip(columns, values, strict=True)):
        return candidate
    if all(
        equal(one, other) or (one is MISSING and other is None)
        for one, other in zip(columns, values, strict=True)
    ):
        return First((candidate, Literal(None)))
    return None


def evaluate(expr: Expr, rows: Sequence[Row], parts: Sequence[Part]) -> list[Found]:
    """Return what an expression gives on each row that sees these parts of its answer."""
    compute = compile_expr(expr)
    done: list[Found] = []
    for i, row in enumerate(rows):
        env = row.env
        answered, made = env.response, env.made
        env.made = _document(parts, i, MADE)
        if answered is MISSING:  # else the parts are those of a document beside an answer that is known
            env.response = _document(parts, i, ANSWER)
        done.append(compute(env))
        env.response, env.made = answered, made
    return done


def _document(parts: Sequence[Part], i: int, root: Path) -> Found:
    """Return a document that holds the parts of what one row makes at their places."""
    whole: dict[str, JsonValue] = {}
    for expr, column in parts:
        value = column[i]
        if not isinstance(expr, Ref) or value is MISSING or expr.path[: len(root)] != root:
            continue
        path = expr.path[len(root) :]
        if not path:
            return value
        node = whole
        for step in path[:-1]:
            inner = node.setdefault(str(step), {})
            if not isinstance(inner, dict):
                break
            node = inner
        else:
            node[str(path[-1])] = value
    return whole


# --- atoms -----------------------------------------------------------------------------------------------


def _of_parts(parts: Sequence[Part]) -> Iterator[_Atom]:
    for expr, values in parts:
        yield from _atom(expr, values)
        for made in _of_lists(expr, values):
            yield from _atom(*made)


def _of_places(rows: Sequence[Row]) -> Iterator[_Atom]:
    for expr in _numeric_places(rows):
        compute = compile_expr(expr)
        column = [compute(row.env) for row in rows]
        if isinstance(column[0], str) and isinstance(expr, Ref) and expr.path[1] in TEXTUAL:
            read = Cast(expr, "number")
            yield from _atom(read, [compile_expr(read)(row.env) for row in rows])
        else:
            yield from _atom(expr, column)
    for expr, values in _list_places(rows):
        for made in _of_lists(expr, values):
            yield from _atom(*made)


def _atom(expr: Expr, values: Sequence[Found]) -> Iterator[_Atom]:
    """Yield the numbers that an expression gives, where it gives one on every row."""
    column: Column = []
    for value in values:
        number = plain_number(value)
        if number is None:
            return
        column.append(number)
    yield _Atom(expr, column)


def _simplest(atoms: Iterable[_Atom]) -> list[_Atom]:
    """Return the simplest atoms in their order, each column once."""
    found: dict[tuple[float, ...], tuple[tuple[float, str], _Atom]] = {}
    for atom in atoms:
        key, order = tuple(atom.column), rank(atom.expr)
        if key not in found or order < found[key][0]:
            found[key] = (order, atom)
    ranked = sorted(found.values(), key=lambda each: each[0])[:MAX_ATOMS]
    return [replace(atom, place=place) for place, (_, atom) in enumerate(ranked)]


def _numeric_places(rows: Sequence[Row]) -> list[Expr]:
    """Return the places that hold a number in every row."""
    common = frozenset.intersection(*(frozenset(row.index.numbers) for row in rows))
    return sorted(common, key=rank)[: 2 * MAX_ATOMS]


def _list_places(rows: Sequence[Row]) -> Iterator[Part]:
    """Yield the lists in requests and entities, with their values by row."""
    places: dict[Expr, None] = {}
    for row in rows[:8]:
        for key in row.index:
            if isinstance(key, Compound) and key.mark == "[":
                for expr in row.index.get(key):
                    places.setdefault(expr)
    for expr in sorted(places, key=rank)[:MAX_LISTS]:
        values = [compile_expr(expr)(row.env) for row in rows]
        yield expr, [[] if value is MISSING else value for value in values]


def _of_lists(expr: Expr, values: Sequence[Found]) -> Iterator[Part]:
    """Yield what lists of objects, or of numbers, come to: their length, the total, least and greatest of a
    field, the total of a product of two fields."""
    lists = [value for value in values if isinstance(value, list)]
    if len(lists) != len(values) or not any(lists):
        return
    yield Call("count", (expr,)), [len(each) for each in lists]
    elements = [element for each in lists for element in each]
    if all(isinstance(element, dict) for element in elements):
        fields = [
            name
            for name in dict.fromkeys(
                key for element in elements if isinstance(element, dict) for key in element
            )
            if all(plain_number(get(element, (name,))) is not None for element in elements)
        ][:6]
        for name in fields:
            each = Each(expr, Ref(("item", name)))
            for function in ("total", "maximum", "minimum"):
                yield _called(function, each, [[get(e, (name,)) for e in some] for some in lists])
        for one, other in combinations(fields, 2):
            product = Call("multiply", (Ref(("item", one)), Ref(("item", other))))
            made = [
                [(plain_number(get(e, (one,))) or 0) * (plain_number(get(e, (other,))) or 0) for e in some]
                for some in lists
            ]
            yield _called("total", Each(expr, product), made)
    elif all(plain_number(element) is not None for element in elements):
        for function in ("total", "maximum", "minimum"):
            yield _called(function, expr, lists)


def _called(function: str, of: Expr, lists: Sequence[Sequence[Found]]) -> Part:
    add: dict[str, Callable[[Sequence[float]], float]] = {"total": sum, "maximum": max, "minimum": min}
    column: list[Found] = []
    for some in lists:
        numbers = [number for value in some if (number := plain_number(value)) is not None]
        column.append(add[function](numbers) if numbers else 0)
    called = Call(function, (of,))
    return (First((called, Literal(0))) if not all(lists) and function != "total" else called), column


# --- forms -----------------------------------------------------------------------------------------------


def _candidates(atoms: Sequence[_Atom], targets: Sequence[float], variety: int) -> Iterator[Expr]:
    """Yield the calculations that give the targets, smallest first."""
    for atom in atoms:
        if atom.column == list(targets):
            yield atom.expr
    for atom in atoms:
        yield from _with_constant(atom, targets)
    for one, other in permutations(atoms, 2):
        yield from _of_two(one, other, targets)
    for atom in (*atoms, *_differences(atoms)):
        yield from _share(atom, targets)
    if variety > DISTINCT:
        yield from _of_three(atoms[:MAX_TERNARY], targets)


def _matches(made: Iterator[float | None], targets: Sequence[float]) -> bool:
    return all(one is not None and one == other for one, other in zip(made, targets, strict=True))


def _with_constant(atom: _Atom, targets: Sequence[float]) -> Iterator[Expr]:
    """An atom and a whole number: added, subtracted from it, multiplied, or divided by it."""
    first, target = atom.column[0], targets[0]
    step = target - first
    if step == int(step) and step and _matches((a + step for a in atom.column), targets):
        yield Sum((atom.expr, Literal(int(step))))
    whole = target + first
    if whole == int(whole) and _matches((whole - a for a in atom.column), targets):
        yield Sum((Literal(int(whole)),), (atom.expr,)) if whole else Sum((), (atom.expr,))
    biggest = max(range(len(targets)), key=lambda i: (abs(targets[i]), -i))
    amount, target = atom.column[biggest], targets[biggest]
    if amount and target:
        if target % amount == 0 and _matches((a * (target // amount) for a in atom.column), targets):
            yield Call("multiply", (atom.expr, Literal(int(target // amount))))
        for factor in {int(amount // target), -int(-amount // target)}:
            if factor > 1:
                yield from _rounded(
                    Call("divide", (atom.expr, Literal(factor))), (a / factor for a in atom.column), targets
                )


def _may_give(a: float, b: float, target: float) -> bool:
    """Whether two numbers come near a target in one of the forms: most pairs fail on the first row."""
    return (
        a + b == target
        or a - b == target
        or abs(a * b - target) <= 1
        or (b != 0 and abs(a / b - target) <= 1)
        or abs(a * b / 100 - target) <= 1
    )


def _of_two(one: _Atom, other: _Atom, targets: Sequence[float]) -> Iterator[Expr]:
    if not _may_give(one.column[0], other.column[0], targets[0]):
        return
    pairs = list(zip(one.column, other.column, strict=True))
    if one.place < other.place:
        if _matches((a + b for a, b in pairs), targets):
            yield Sum((one.expr, other.expr))
        yield from _rounded(Call("multiply", (one.expr, other.expr)), (a * b for a, b in pairs), targets)
    if _matches((a - b for a, b in pairs), targets):
        yield Sum((one.expr,), (other.expr,))
    if all(b for _, b in pairs):
        quotient = Call("divide", (one.expr, other.expr))
        yield from _rounded(quotient, (a / b for a, b in pairs), targets)
        up = Call("ceil", (quotient,))
        if _matches((math.ceil(a / b) for a, b in pairs), targets):
            yield up
    share = Call("divide", (Call("multiply", (one.expr, other.expr)), Literal(100)))
    if one.place < other.place:
        yield from _rounded(share, (a * b / 100 for a, b in pairs), targets)


def _differences(atoms: Sequence[_Atom]) -> Iterator[_Atom]:
    """Yield what numbers leave when others are taken off: what is taxed, for one."""
    for one, other in permutations([atom for atom in atoms if isinstance(atom.expr, Ref)], 2):
        yield _Atom(
            Sum((one.expr,), (other.expr,)), [a - b for a, b in zip(one.column, other.column, strict=True)]
        )


def _share(atom: _Atom, targets: Sequence[float]) -> Iterator[Expr]:
    """A fixed percentage of an amount, whole or with one decimal."""
    biggest = max(range(len(targets)), key=lambda i: (abs(atom.column[i]), -i))
    amount = atom.column[biggest]
    if not amount:
        return
    percent = targets[biggest] * 100 / amount
    for digits in (0, 1):
        near = round(percent, digits)
        if 0 < near < 1000 and near != 100:
            rate: int | float = int(near) if near == int(near) else near
            share = Call("divide", (Call("multiply", (atom.expr, Literal(rate))), Literal(100)))
            yield from _rounded(share, (a * rate / 100 for a in atom.column), targets)


def _rounded(expr: Expr, made: Iterator[float], targets: Sequence[float]) -> Iterator[Expr]:
    """Yield the expression as it is, or with the rounding that gives the targets: half up before others."""
    exact: Column = []
    for one, target in zip(made, targets, strict=True):
        if abs(one - target) > 1:  # no rounding goes as far: most calculations fail on the first row
            return
        exact.append(one)
    if exact == list(targets):
        yield expr
        return
    digits = max(map(_decimals, targets))
    if digits > MAX_DIGITS or any(abs(a - b) > 10.0**-digits for a, b in zip(exact, targets, strict=True)):
        return
    places = (Literal(digits),) if digits else ()
    yield Call("round", (expr, *places))
    if not digits:
        yield Call("floor", (expr,))
    yield Call("round_even", (expr, *places))
    if not digits:
        yield Call("ceil", (expr,))


def _decimals(number: float) -> int:
    text = repr(number)
    return 0 if number == int(number) else len(text.partition(".")[2])


def _of_three(atoms: Sequence[_Atom], targets: Sequence[float]) -> Iterator[Expr]:
    """A sum of two less a third, or of three."""
    first = targets[0]
    for one, other in combinations(atoms, 2):
        both = one.column[0] + other.column[0]
        for third in atoms:
            left = abs(abs(both - first) - abs(third.column[0]))
            if third is one or third is other or left > NEAR * (1 + abs(first)):
                continue
            triples = list(zip(one.column, other.column, third.column, strict=True))
            if _matches((a + b - c for a, b, c in triples), targets):
                yield Sum((one.expr, other.expr), (third.expr,))
            if other.place < third.place and _matches((a + b + c for a, b, c in triples), targets):
                yield Sum((one.expr, other.expr, third.expr))


def is_exact(expr: Expr, rows: Sequence[Row], values: Values) -> bool:
    """Whether an expression explains every row."""
    found = fit(expr, rows, values)
    return found is not None and found.whole
