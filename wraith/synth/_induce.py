"""From many answers of one variant to one template: the least general body whose holes explain every answer.

Anti-unification (Plotkin 1970) with sources: what all answers share stays literal, and a part in which they
differ becomes a hole only with an expression for it, tried at the whole part before its members. So a stored
entity that is answered as it is becomes one hole, whatever members it has, and an object that is mostly
another object becomes that one with a few members over it (``$spread``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path, format_path, get, leaves
from wraith.runtime import compile_expr, text_of
from wraith.synth._encoded import encoded_source
from wraith.synth._made import clock_source, fresh_pattern
from wraith.synth._places import norm, rank
from wraith.synth._ranges import part_source, range_parts
from wraith.synth._rows import Row, Values, as_json, constant, equal, kind, parts
from wraith.synth._runs import runs_source
from wraith.synth._sources import (
    best_guess,
    case_source,
    from_places,
    hole_class,
    most_common,
    part_fresh_source,
    sum_source,
    text_source,
)
from wraith.wir import Cast, Expr, First, FreshId, Hole, HoleClass, Literal, Lookup, Merge, NextKey, Ref

SPREAD = "$spread"
SPREAD_SHARE = 0.6
"""An object is written as another one with changes where at most this share of its members changes."""


MIN_GROWING = 3
"""Keys that were each greater than all before, so that they are taken for numbers which the service gives."""


@dataclass(slots=True)
class Context:
    """What the answers of one variant are explained with, besides the places of each row."""

    envelope: Path | None = None
    """Where the representation of the addressed entity stands in an answer."""
    key_path: Path | None = None
    """Where an answer holds the key of what it created."""
    sequence: str | None = None
    """The collection whose keys may count up."""
    form: bool = False
    """Requests are forms, whose values are text and take a type when they are stored."""
    lists: dict[Path, Expr] = field(default_factory=dict)
    """Lists that a query explains, and what the query binds for their neighbours."""
    list_values: list[tuple[Expr, list[Found]]] = field(default_factory=list)
    """What queries bind (``page.total``), with the values that they have on the rows."""


@dataclass(slots=True)
class Induced:
    """A template with its holes, and the paths that nothing explains."""

    template: JsonValue
    holes: dict[str, Hole]
    unexplained: tuple[str, ...]
    conflicts: tuple[Path, ...]
    """Paths whose kind differs from answer to answer without a reason that an expression can say."""


def induce(rows: Sequence[Row], values: Values, context: Context) -> Induced:
    """Return the template of the answers."""
    return _Inducer(rows, context, values).run()


def induce_bytes(rows: Sequence[Row], values: Values) -> Induced:
    """Return the template of answers that are bytes, which are looked for as a whole: parts of base64 that
    stand elsewhere mean nothing."""
    shared = constant(values)
    if shared is not MISSING:
        return Induced(_literal(as_json(shared)), {}, (), ())
    source = part_source(rows, values) or from_places(rows, values, "")
    hole_kind = hole_class(source) if source is not None else "unexplained"
    hole = Hole(hole_class=hole_kind, type="string", source=source or Literal(most_common(values)))
    return Induced("$hole_1", {"hole_1": hole}, () if source is not None else ("",), ())


class _Inducer:
    def __init__(self, rows: Sequence[Row], context: Context, values: Values) -> None:
        self.rows = rows
        self.values = values
        self.context = context
        self.holes: dict[str, Hole] = {}
        self.unexplained: list[str] = []
        self.conflicts: list[Path] = []
        self.fresh: dict[Path, Expr] = {}
        self.made: list[tuple[Expr, list[Found]]] = list(context.list_values)

    def run(self) -> Induced:
        self._find_fresh()
        template = self._node(self.values, ())
        return Induced(template, self.holes, tuple(self.unexplained), tuple(self.conflicts))

    # --- what the answers make ---

    def _find_fresh(self) -> None:
        """Find the identifiers that answers make, so that other parts may refer to them; the key first."""
        columns: dict[Path, list[Found]] = {}
        first = self.values[0]
        if first is MISSING:
            return
        for path, _ in leaves(as_json(first)):
            column = [get(value, path) for value in self.values]
            if all(isinstance(value, str | int) and not isinstance(value, bool) for value in column):
                columns[path] = column
        key = self.context.key_path
        known: dict[tuple[object, ...], Path] = {}
        for path in sorted(
            columns, key=lambda each: (each != key, _length(columns[each]), len(each), str(each))
        ):
            column = columns[path]
            same = tuple(norm(value) for value in column)
            if same in known or self._tells_made(column):
                continue
            source = self._fresh_source(path, column)
            if source is not None:
                known[same] = path
                self.fresh[path] = source
                self.made.append((Ref(("response", "body", *path)), column))

    def _tells_made(self, column: list[Found]) -> bool:
        """Whether every value holds an identifier that the answer made elsewhere: then it is built from that
        one."""
        return any(
            all(
                isinstance(value, str) and isinstance(part, str) and part in value
                for value, part in zip(column, made, strict=True)
            )
            for _, made in self.made
        )

    def _fresh_source(self, path: Path, column: list[Found]) -> Expr | None:
        """Return what makes the values of a column, perhaps only where the request does not bring one."""
        is_key = path == self.context.key_path
        if is_key and self.context.sequence and all(isinstance(value, int) for value in column):
            return self._sequence_source(self.context.sequence, column)
        made = [norm(value) not in row.index for row, value in zip(self.rows, column, strict=True)]
        if all(made):
            return self._made_source(self.rows, column, is_key)
        if not any(made):
            return None
        given = [i for i, fresh in enumerate(made) if not fresh]
        rest = [i for i, fresh in enumerate(made) if fresh]
        source = self._made_source([self.rows[i] for i in rest], [column[i] for i in rest], is_key)
        if source is None:
            return None
        brought = from_places([self.rows[i] for i in given], [column[i] for i in given], str(path[-1]))
        if brought is None or isinstance(brought, Literal):
            return None
        for candidate in (brought, Cast(brought, "string")):
            compute = compile_expr(candidate)
            if all(compute(self.rows[i].env) is MISSING for i in rest):
                return First((candidate, source))
        return None

    def _sequence_source(self, collection: str, column: list[Found]) -> Expr | None:
        """Return the counter of keys. Most rows must agree, not all: what a cascade removed is seen late."""
        for ever in (False, True):
            hits = sum(
                (row.observation.captured.next_ever if ever else row.observation.captured.next_present)
                == value
                for row, value in zip(self.rows, column, strict=True)
            )
            if hits * 3 >= len(column) * 2:
                return NextKey(collection, ever)
        greatest = [row.observation.captured.next_ever for row in self.rows]
        if len(column) >= MIN_GROWING and all(
            isinstance(value, int) and value >= before for value, before in zip(column, greatest, strict=True)
        ):
            return NextKey(collection, ever=True, gaps=True)
        return None

    def _made_source(self, rows: Sequence[Row], column: Values, is_key: bool) -> Expr | None:
        if not all(isinstance(value, str) for value in column) or (len(column) < 2 and not is_key):
            return None
        if clock_source(rows, column) is not None:
            return None
        pattern = fresh_pattern([str(value) for value in column])
        return FreshId(pattern) if pattern is not None else None

    # --- the walk ---

    def _node(self, values: Values, at: Path) -> JsonValue:
        if at in self.context.lists:
            return self._hole("derived", "array", self.context.lists[at])
        if at in self.fresh:
            made = self.fresh[at]
            return self._hole(hole_class(made), _type_of(values), made)
        shared = constant(values)
        if shared is not MISSING:
            return _literal(as_json(shared))
        name = str(at[-1]) if at else ""
        source = from_places(self.rows, values, name)
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

    def _scalar(self, values: Values, at: Path) -> JsonValue:
        rows = self.rows
        for expr, column in self.made:
            if all(equal(value, other) for value, other in zip(values, column, strict=True)):
                return self._hole("derived", _type_of(values), expr)
            if _are_texts_of(values, column):
                return self._hole("derived", "string", Cast(expr, "string"))
        if MISSING not in values:
            clock = clock_source(rows, values)
            if clock is not None:
                return self._hole("timestamp", _type_of(values), clock)
            searches: tuple[Callable[[], Expr | None], ...] = (
                lambda: text_source(rows, values, self.made),
                lambda: part_fresh_source(values, self.made),
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
        case = case_source(rows, values)
        if case is not None:
            return self._hole("enum", _type_of(values), case)
        encoded = encoded_source(rows, values, str(at[-1]) if at else "", from_places)
        if encoded is not None:
            return self._hole("derived", "string", encoded)
        runs = runs_source(values, (self._gap, self._made_gap), lambda column: Literal(most_common(column)))
        if runs is not None and runs.whole:
            made: HoleClass = "generated" if hole_class(runs.source) == "generated" else "derived"
            return self._hole(made, "string", runs.source)
        if runs is not None and not at:  # a whole body that is mostly right is better than one by heart
            self.unexplained.append(format_path(at))
            return self._hole("unexplained", "string", runs.source)
        return self._give_up(values, at)

    def _gap(self, column: list[str]) -> Expr | None:
        """Return what gives a part of texts."""
        values: list[Found] = list(column)
        if "" in column or constant(values) is not MISSING:
            return None
        rows = self.rows
        for expr, made in self.made:
            if all(text_of(one) == other for one, other in zip(made, column, strict=True)):
                return expr
        return from_places(rows, values, "") or clock_source(rows, values) or case_source(rows, values)

    def _made_gap(self, column: list[str]) -> Expr | None:
        """Return what makes a part of texts fresh."""
        if any(value in row.index for row, value in zip(self.rows, column, strict=True)):
            return None
        pattern = fresh_pattern(column)
        return FreshId(pattern) if pattern is not None else None

    def _give_up(self, values: Values, at: Path) -> JsonValue:
        if len({kind(value) for value in values}) > 1:
            self.conflicts.append(at)
        self.unexplained.append(format_path(at))
        missing = sum(value is MISSING for value in values)
        if missing * 2 > len(values):
            return self._hole("unexplained", "string", First(()))
        return self._hole("unexplained", _type_of(values), best_guess(self.rows, values, self.made))

    def _object(self, values: Values, at: Path) -> JsonValue:
        if any(value is MISSING for value in values):
            self.conflicts.append(at)
        present = [value for value in values if isinstance(value, dict)]
        keys = list(dict.fromkeys(key for value in present for key in value))
        base = self._base(values, keys, at)
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

    def _base(self, values: Values, keys: list[str], at: Path) -> tuple[Expr, list[str]] | None:
        """Return the object that explains most members, with the members that it does not, or None."""
        best: tuple[tuple[int, tuple[float, str]], Expr, list[str]] | None = None
        dull = sum(constant(parts(values, key)) is not MISSING for key in keys)
        for expr in self._base_candidates(at):
            compute = compile_expr(expr)
            made = [compute(row.env) for row in self.rows]
            if not all(isinstance(value, dict) or value is MISSING for value in made) or all(
                v is MISSING for v in made
            ):
                continue  # where there is no base object, its members are missing
            every = list(
                dict.fromkeys([*keys, *(key for value in made if isinstance(value, dict) for key in value)])
            )
            changed = [
                key
                for key in every
                if not all(equal(get(a, (key,)), get(b, (key,))) for a, b in zip(values, made, strict=True))
            ]
            if len(changed) > SPREAD_SHARE * len(every) or len(every) - len(changed) < 1:
                continue
            order = (len(changed), rank(expr))
            if best is None or order < best[0]:
                best = (order, expr, changed)
        if best is None or (best[0][0] >= len(keys) - dull and dull == len(keys)):
            return None
        return best[1], best[2]

    def _base_candidates(self, at: Path) -> list[Expr]:
        envelope = self.context.envelope
        inner = at[len(envelope) :] if envelope is not None and at[: len(envelope)] == envelope else None
        stored = [Ref(("entity", *inner))] if inner is not None else []
        sent = [Ref(("request", "body", *at))]
        if inner is not None and inner != at:
            sent.append(Ref(("request", "body", *inner)))
        if at and self.context.envelope == at:
            sent.append(Ref(("request", "body")))
        merges = [
            Merge(old, new, deep=deep, typed=self.context.form)
            for old in stored
            for new in sent
            for deep in (False, True)
        ]
        return [*stored, *sent, *merges]

    def _array(self, values: Values, at: Path) -> JsonValue:
        lengths = {len(value) if isinstance(value, list) else -1 for value in values}
        if len(lengths) == 1 and -1 not in lengths and max(lengths) <= 20:
            return [self._node(parts(values, position), (*at, position)) for position in range(max(lengths))]
        return self._give_up(values, at)

    def _hole(self, hole: HoleClass, type_name: str, source: Expr) -> JsonValue:
        if isinstance(source, Literal) and hole == "constant":
            return _literal(source.value)
        name = f"hole_{len(self.holes) + 1}"
        self.holes[name] = Hole(hole_class=hole, type=type_name, source=source)
        return f"${name}"


def _are_texts_of(values: Values, column: list[Found]) -> bool:
    """Whether all values are the texts of numbers or truths: what XML makes of them."""
    return all(
        isinstance(value, str) and not isinstance(other, str) and text_of(other) == value
        for value, other in zip(values, column, strict=True)
    )


def _length(column: list[Found]) -> int:
    return max(len(str(value)) for value in column)


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
    columns = range_parts(rows)
    first = rows[0].observation.document
    if not isinstance(first, dict) or isinstance(induced.template, str):
        return columns
    for path, value in leaves(first):
        if len(path) <= 3 and isinstance(value, str | int) and not isinstance(value, bool):
            column = [get(row.observation.document, path) for row in rows]
            if all(isinstance(each, str | int) for each in column):
                columns.append((Ref(("response", "body", *path)), column))
    return columns
