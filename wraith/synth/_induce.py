"""From many answers of one variant to one template: the least general body whose holes explain every answer.

Anti-unification (Plotkin 1970) with sources: what all answers share stays literal, and a part in which they
differ becomes a hole only with an expression for it, tried at the whole part before its members. So a stored
entity that is answered as it is becomes one hole, whatever members it has, and an object that is mostly
another object becomes that one with a few members over it (``$spread``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path, format_path, get, leaves
from wraith.runtime import compile_expr, text_of
from wraith.synth._bases import base_of
from wraith.synth._context import Context, Induced
from wraith.synth._fresh import Fresh
from wraith.synth._laws import NO_LAWS, Laws, is_of_state
from wraith.synth._links import address_source
from wraith.synth._made import clock_source
from wraith.synth._maps import Learn, as_expression, map_source
from wraith.synth._presence import by_page
from wraith.synth._rows import Row, Values, as_json, constant, equal, in_order, kind, parts
from wraith.synth._settle import Open, Settling
from wraith.synth._sources import (
    best_guess,
    case_source,
    from_places,
    hole_class,
    part_fresh_source,
    sum_source,
    switches,
    text_source,
)
from wraith.synth._texts import function_source
from wraith.wir import Expr, First, Hole, HoleClass, Literal, Lookup, Ref

SPREAD = "$spread"

LIKELY = 0.7
"""The share of answers that an expression known from elsewhere has to give: what an exchange changed out of
sight is seen late."""


def induce(rows: Sequence[Row], values: Values, context: Context) -> Induced:
    """Return the template of the answers."""
    return _Inducer(rows, context, values).run()


def element_learner(context: Context, laws: Laws = NO_LAWS) -> Learn:
    """Return what finds the expression for the elements of lists in such answers, or None where a part of
    them stays open."""

    def learn(rows: Sequence[Row], values: Values) -> Expr | None:
        shared = constant(values)
        if shared is not MISSING:
            return Literal(as_json(shared))
        inner = Context(element=True, form=context.form, envelope=(), laws=laws)
        induced = induce(rows, values, inner)
        return None if induced.unexplained else as_expression(induced.template, induced.holes)

    return learn


class _Inducer:
    def __init__(self, rows: Sequence[Row], context: Context, values: Values) -> None:
        self.rows = rows
        self.values = values
        self.context = context
        self.holes: dict[str, Hole] = {}
        self.unexplained: list[str] = []
        self.conflicts: list[Path] = []
        self.fresh = Fresh(rows, context)
        self.open: list[Open] = []

    def run(self) -> Induced:
        self.fresh.find(self.values)
        template = self._node(self.values, ())
        self._settle()
        return Induced(template, self.holes, tuple(self.unexplained), tuple(self.conflicts))

    @cached_property
    def _switches(self) -> Sequence[Expr]:
        """What could decide which of a few values is answered."""
        return switches(self.rows)

    # --- the walk ---

    def _node(self, values: Values, at: Path) -> JsonValue:
        if at in self.context.lists:
            return self._hole("derived", "array", self.context.lists[at])
        if at in self.fresh.sources:
            made = self.fresh.sources[at]
            return self._hole(hole_class(made), _type_of(values), made)
        if (law := self._law(values, at)) is not None and is_of_state(law):
            return self._hole("derived", _type_of(values), law)
        shared = constant(values)
        if shared is not MISSING:
            return self._constant(as_json(shared))
        if any(self._law(parts(values, key), (*at, key)) is not None for key in self.context.of_state(at)):
            return self._object(values, at)
        name = str(at[-1]) if at else ""
        source = from_places(self.rows, values, name)
        if source is None and at in self.context.likely and self._is_likely(self.context.likely[at], values):
            source = self.context.likely[at]
        if source is not None and isinstance(source, Lookup) and MISSING not in values:
            # two things made in the same second are no evidence that one copies the other's time
            source = clock_source(self.rows, values) or source
        if source is not None:
            return self._hole(hole_class(source), _type_of(values), source)
        present = {kind(value) for value in values if value is not MISSING}
        if present == {"object"}:
            return self._object(values, at)
        if present == {"array"}:
            return self._array(values, at)
        return self._scalar(values, at)

    def _constant(self, value: JsonValue) -> JsonValue:
        """Return the template of what every answer says; the identity of who asked is no constant, even where
        only one ever did."""
        callers = {text_of(row.env.caller) for row in self.rows}
        name = callers.pop() if len(callers) == 1 else None
        return _literal(value) if name is None else self._with_caller(value, name)

    def _with_caller(self, value: JsonValue, name: str) -> JsonValue:
        if value == name:
            return self._hole("derived", "string", Ref(("caller",)))
        if isinstance(value, list):
            return [self._with_caller(item, name) for item in value]
        if isinstance(value, dict):
            return {key: self._with_caller(item, name) for key, item in value.items()}
        return _literal(value)

    def _law(self, values: Values, at: Path) -> Expr | None:
        return self.context.law(self.rows, self.values, values, at)

    def _scalar(self, values: Values, at: Path) -> JsonValue:
        rows = self.rows
        for expr, column in self.fresh.columns:
            if all(equal(value, other) for value, other in zip(values, column, strict=True)):
                return self._hole("derived", _type_of(values), expr)
        if MISSING not in values:
            clock = clock_source(rows, values)
            if clock is not None:
                return self._hole("timestamp", _type_of(values), clock)
            searches: tuple[Callable[[], Expr | None], ...] = (
                lambda: function_source(rows, values),
                lambda: text_source(rows, values, self.fresh.columns),
                lambda: part_fresh_source(values, self.fresh.columns),
                lambda: sum_source(rows, values),
            )
            for search in searches:
                found = search()
                if found is not None:
                    return self._hole(
                        "generated" if hole_class(found) == "generated" else "derived",
                        _type_of(values),
                        found,
                    )
        address = self._address(values)
        if address is not None:
            return self._hole("derived", "any", address)
        case = case_source(rows, values, lambda: self._switches)
        if case is not None:
            return self._hole("enum", _type_of(values), case)
        return self._give_up(values, at)

    def _is_likely(self, expr: Expr, values: Values) -> bool:
        compute = compile_expr(expr)
        right = sum(equal(compute(row.env), value) for row, value in zip(self.rows, values, strict=True))
        return right >= len(values) * LIKELY

    def _address(self, values: Values) -> Expr | None:
        """Return the address of another page, null or missing where there is none."""
        there = [value is not MISSING and value is not None for value in values]
        if not self.context.page or not any(there):
            return None
        some = [i for i, flag in enumerate(there) if flag]
        page = [(expr, [column[i] for i in some]) for expr, column in self.context.page]
        address = address_source([self.rows[i] for i in some], [values[i] for i in some], page)
        gate = by_page(self.rows, there)
        if address is None or gate is None:
            return None
        absent = {kind(value) for value, flag in zip(values, there, strict=True) if not flag}
        return First((gate(address), Literal(None))) if absent == {"null"} else gate(address)

    def _give_up(self, values: Values, at: Path) -> JsonValue:
        """Leave a part open until the others are explained: it may be worked out from them."""
        hole = self._hole("unexplained", _type_of(values), First(()))
        self.open.append(Open(str(hole)[1:], at, values))
        return hole

    # --- what is worked out from the rest ---

    def _settle(self) -> None:
        still = list(self.open)
        for each, source in Settling(self.rows, self.values, self.context).settle(self.open):
            still.remove(each)
            self.holes[each.hole] = Hole(hole_class="derived", type=_type_of(each.values), source=source)
        for each in still:
            self._leave_unexplained(each)

    def _leave_unexplained(self, each: Open) -> None:
        if len({kind(value) for value in each.values}) > 1:
            self.conflicts.append(each.at)
        self.unexplained.append(format_path(each.at))
        missing = sum(value is MISSING for value in each.values)
        if missing * 2 > len(each.values):
            self.holes[each.hole] = Hole(hole_class="unexplained", type="string", source=First(()))
        else:
            guess = best_guess(self.rows, each.values, self.fresh.columns)
            self.holes[each.hole] = Hole(hole_class="unexplained", type=_type_of(each.values), source=guess)

    def _object(self, values: Values, at: Path) -> JsonValue:
        if any(value is MISSING for value in values):
            self.conflicts.append(at)
        present = [value for value in values if isinstance(value, dict)]
        keys = in_order([list(value) for value in present])
        base = base_of(self.rows, values, keys, at, self.context)
        node: dict[str, JsonValue] = {}
        if base is not None:
            expr, changed = base
            node[SPREAD] = self._hole(hole_class(expr), "object", expr)
            keys = changed
        for key in keys:
            node[key] = self._member(values, key, at)
        return node

    def _member(self, values: Values, key: str, at: Path) -> JsonValue:
        column = [get(value, (key,)) if isinstance(value, dict) else MISSING for value in values]
        if all(value is MISSING for value in column):
            return self._hole("constant", "null", First(()))  # the base has it, the answer never does
        return self._node(column, (*at, key))

    def _array(self, values: Values, at: Path) -> JsonValue:
        mapped = map_source(self.rows, values, element_learner(self.context))
        lengths = {len(value) if isinstance(value, list) else -1 for value in values}
        # identifiers that elements are given are told apart where they have a place of their own
        if mapped is not None and (len(lengths) > 1 or "FreshId(" not in repr(mapped)):
            return self._hole("derived", "array", mapped)
        if len(lengths) == 1 and -1 not in lengths and max(lengths) <= 20:
            return [self._node(parts(values, position), (*at, position)) for position in range(max(lengths))]
        return self._give_up(values, at)

    def _hole(self, hole: HoleClass, type_name: str, source: Expr) -> JsonValue:
        if isinstance(source, Literal) and hole == "constant":
            return _literal(source.value)
        name = f"hole_{len(self.holes) + 1}"
        self.holes[name] = Hole(hole_class=hole, type=type_name, source=source)
        return f"${name}"


def _type_of(values: Values) -> str:
    kinds = sorted({kind(value) for value in values} - {"missing"})
    return kinds[0] if len(kinds) == 1 else "any"


def _literal(value: JsonValue) -> JsonValue:
    """Return the template of a literal: text that begins with ``$`` is escaped."""
    if isinstance(value, str):
        return "$" + value if value.startswith("$") else value
    if isinstance(value, list):
        return [_literal(item) for item in value]
    if isinstance(value, dict):
        return {key: _literal(item) for key, item in value.items()}
    return value


def response_parts(rows: Sequence[Row], induced: Induced) -> list[tuple[Expr, list[Found]]]:
    """Return the scalar parts of the answers that headers may be built from, with their values on the
    rows."""
    columns: list[tuple[Expr, list[Found]]] = []
    first = rows[0].observation.document
    if not isinstance(first, dict) or isinstance(induced.template, str):
        return columns
    for path, value in leaves(first):
        if len(path) <= 3 and isinstance(value, str | int) and not isinstance(value, bool):
            column = [get(row.observation.document, path) for row in rows]
            if all(isinstance(each, str | int) for each in column):
                columns.append((Ref(("response", "body", *path)), column))
    return columns
