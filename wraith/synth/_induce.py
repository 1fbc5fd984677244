"""From many answers of one variant to one template: the least general body whose holes explain every answer.

Anti-unification (Plotkin 1970) with sources: what all answers share stays literal, and a part in which they
differ becomes a hole only with an expression for it, tried at the whole part before its members. So a stored
entity that is answered as it is becomes one hole, whatever members it has, and an object that is mostly
another object becomes that one with a few members over it (``$spread``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path, format_path, get, leaves
from wraith.runtime import compile_expr, text_of
from wraith.synth._aggregates import Aggregates
from wraith.synth._arithmetic import Part, arithmetic_source
from wraith.synth._conditions import conditional_source, counted_text
from wraith.synth._features import Feature
from wraith.synth._laws import NO_LAWS, Laws, is_of_state, rooted
from wraith.synth._links import address_source
from wraith.synth._made import clock_source, fresh_number, fresh_pattern
from wraith.synth._maps import Learn, as_expression, map_source
from wraith.synth._places import norm, rank
from wraith.synth._presence import by_page
from wraith.synth._rows import (
    Row,
    Values,
    as_json,
    constant,
    distinct_texts,
    equal,
    in_order,
    kind,
    parts,
    plain_number,
)
from wraith.synth._sources import (
    best_guess,
    case_source,
    from_places,
    hole_class,
    named_place,
    part_fresh_source,
    sum_source,
    text_source,
)
from wraith.synth._texts import function_source
from wraith.wir import Call, Cast, Expr, First, FreshId, Hole, HoleClass, Literal, Lookup, Merge, NextKey, Ref

SPREAD = "$spread"
SPREAD_SHARE = 0.6
"""An object is written as another one with changes where at most this share of its members changes."""


MAX_PART_DEPTH = 3
"""How deep in an answer the numbers stand that others are worked out from."""

ENOUGH = 3
"""Equal values that are taken for a constant, where a place of the same name has them as well."""

MIN_GROWING = 3
"""Keys that were each greater than all before, so that they are taken for numbers which the service gives."""


LIKELY = 0.7
"""The share of answers that an expression known from elsewhere has to give: what an exchange changed out of
sight is seen late."""


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
    questions: Callable[[], Sequence[Feature]] | None = None
    """What may be asked about the rows, to tell when a part of an answer is as it is; answered for the rows
    and then for ``others``."""
    others: int = 0
    """Observations of the route whose answers are of another kind: they have none of these parts."""
    laws: Laws = field(default_factory=dict)
    """What is worked out in every representation of the collection, by its member."""
    element: bool = False
    """What is explained is an element of a list: it cannot refer to other parts of its answer."""
    likely: dict[Path, Expr] = field(default_factory=dict)
    """Expressions that are known to give a part of most answers, and are taken where they do."""
    list_values: list[tuple[Expr, list[Found]]] = field(default_factory=list)
    """What queries bind (``page.total``), with the values that they have on the rows."""
    page: list[tuple[Expr, list[Found]]] = field(default_factory=list)
    """What addresses of other pages are built from."""


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


@dataclass(frozen=True, slots=True)
class _Open:
    """A part of the answers that no place explains: its hole, where it stands, its values."""

    hole: str
    at: Path
    values: Values


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
        self.open: list[_Open] = []

    def run(self) -> Induced:
        self._find_fresh()
        template = self._node(self.values, ())
        self._settle()
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
                if not self.context.element:
                    self.made.append((Ref(("response", "body", *path)), column))

    def _tells_made(self, column: list[Found]) -> bool:
        """Whether every value holds an identifier that the answer made elsewhere: then it is built from that
        one."""
        return any(
            all(
                isinstance(value, str) and (text := text_of(part)) is not None and text in value
                for value, part in zip(column, made, strict=True)
            )
            for _, made in self.made
            if distinct_texts(made) > 1
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
        counted = [row.observation.captured for row in self.rows]
        starts = {value for each, value in zip(counted, column, strict=True) if each.next_ever == 1}
        start = starts.pop() if len(starts) == 1 else 1
        assert isinstance(start, int)  # Invariant: callers pass integers
        hits = {
            ever: sum(
                each.next_key(collection, ever=ever, start=start) == value
                for each, value in zip(counted, column, strict=True)
            )
            for ever in (False, True)
        }
        ever = hits[True] > hits[False]
        if hits[ever] * 3 >= len(column) * 2:
            return NextKey(collection, ever, start=start)
        grown = all(
            isinstance(value, int) and value >= each.next_ever
            for value, each in zip(column, counted, strict=True)
        )
        told = sum(each.next_ever > 1 for each in counted)  # the first of a world is greater than nothing
        drawn = fresh_number(column) if not grown or told < MIN_GROWING else None
        if drawn is None and grown and len(column) >= MIN_GROWING:
            return NextKey(collection, ever=True, gaps=True, start=start)
        return drawn if drawn is None or clock_source(self.rows, column) is None else None

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
        if (law := self._law(values, at)) is not None and is_of_state(law):
            return self._hole("derived", _type_of(values), law)
        shared = constant(values)
        if shared is not MISSING:
            return self._constant(as_json(shared))
        if any(self._law(parts(values, key), (*at, key)) is not None for key in self._of_state(at)):
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
        """Return what the other routes of the collection teach of a part, where it is right here as well."""
        envelope = self.context.envelope
        if envelope is None or at[: len(envelope)] != envelope:
            return None
        law = self.context.laws.get(at[len(envelope) :])
        root = ("entity",) if self.context.element else ("response", "body", *envelope)
        expr = rooted(law, root) if law is not None else None
        if expr is None:
            return None
        compute = compile_expr(expr)
        for row, whole, value in zip(self.rows, self.values, values, strict=True):
            row.env.response = whole
            made = compute(row.env)
            row.env.response = MISSING
            if not equal(made, value):
                return None
        return expr

    def _scalar(self, values: Values, at: Path) -> JsonValue:
        rows = self.rows
        for expr, column in self.made:
            if all(equal(value, other) for value, other in zip(values, column, strict=True)):
                return self._hole("derived", _type_of(values), expr)
        if MISSING not in values:
            clock = clock_source(rows, values)
            if clock is not None:
                return self._hole("timestamp", _type_of(values), clock)
            searches: tuple[Callable[[], Expr | None], ...] = (
                lambda: function_source(rows, values),
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
        address = self._address(values)
        if address is not None:
            return self._hole("derived", "any", address)
        case = case_source(rows, values)
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
        self.open.append(_Open(str(hole)[1:], at, values))
        return hole

    # --- what is worked out from the rest ---

    def _settle(self) -> None:
        aggregates = Aggregates(self.rows)
        found = True
        while found and self.open:
            found = False
            parts = list(self._parts())
            for each in list(self.open):
                source = (
                    self._law(each.values, each.at)
                    or arithmetic_source(self.rows, each.values, parts)
                    or aggregates.source(each.values, each.at)
                    or counted_text(each.values, list(self._counts()))
                    or self._conditional(each)
                )
                if source is not None:
                    found = True
                    self.open.remove(each)
                    self.holes[each.hole] = Hole(
                        hole_class="derived", type=_type_of(each.values), source=source
                    )
        for each in self.open:
            self._leave_unexplained(each)

    def _parts(self) -> Iterator[Part]:
        """Yield the numbers and lists of the answers that are explained, with their values on the rows."""
        yield from self.context.list_values
        if self.context.element:
            return
        closed = [each.at for each in self.open]
        for path in _numbers_and_lists(self.values):
            if not any(path == at[: len(path)] or at == path[: len(at)] for at in closed):
                yield Ref(("response", "body", *path)), [get(value, path) for value in self.values]

    def _counts(self) -> Iterator[Part]:
        """Yield how many members the explained objects of the answers have, where that differs."""
        if self.context.element:
            return
        for path in _objects(self.values):
            if not any(each.at[: len(path)] == path for each in self.open):
                column = [get(value, path) for value in self.values]
                counts: list[Found] = [len(value) if isinstance(value, dict) else 0 for value in column]
                if constant(counts) is MISSING:
                    yield Call("count", (Ref(("response", "body", *path)),)), counts

    def _conditional(self, each: _Open) -> Expr | None:
        if self.context.questions is None:
            return None
        name = str(each.at[-1]) if each.at else ""

        def search(rows: Sequence[Row], values: Values) -> Expr | None:
            if not rows:
                return None
            found = from_places(rows, values, name)
            if isinstance(found, Literal) and len(rows) < ENOUGH:
                found = named_place(rows, values, name) or found
            if found is None and len(rows) > 1:
                found = clock_source(rows, values) or text_source(rows, values, ())
            return found

        return conditional_source(
            self.rows, each.values, self.context.questions(), self.context.others, search
        )

    def _leave_unexplained(self, each: _Open) -> None:
        drawn = fresh_number(each.values) if self.context.key_path is not None else None
        if drawn is not None:  # no calculation gives it, and it is made where an entity is
            self.holes[each.hole] = Hole(hole_class="generated", type="integer", source=drawn)
            return
        if len({kind(value) for value in each.values}) > 1:
            self.conflicts.append(each.at)
        self.unexplained.append(format_path(each.at))
        missing = sum(value is MISSING for value in each.values)
        if missing * 2 > len(each.values):
            self.holes[each.hole] = Hole(hole_class="unexplained", type="string", source=First(()))
        else:
            guess = best_guess(self.rows, each.values, self.made)
            self.holes[each.hole] = Hole(hole_class="unexplained", type=_type_of(each.values), source=guess)

    def _object(self, values: Values, at: Path) -> JsonValue:
        if any(value is MISSING for value in values):
            self.conflicts.append(at)
        present = [value for value in values if isinstance(value, dict)]
        keys = in_order([list(value) for value in present])
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
            changed += [key for key in self._of_state(at) if key in every and key not in changed]
            brought = {key for value in made if isinstance(value, dict) for key in value}
            few = len(changed) > SPREAD_SHARE * len(every) and not self._takes_all(brought, changed, made)
            if few or len(every) - len(changed) < 1:
                continue
            order = (len(changed), rank(expr))
            if best is None or order < best[0]:
                best = (order, expr, changed)
        if best is None or (best[0][0] >= len(keys) - dull and dull == len(keys)):
            return None
        return best[1], best[2]

    @staticmethod
    def _takes_all(brought: set[str], changed: list[str], made: list[Found]) -> bool:
        """Whether an object is taken over as it is, whatever it held: now one set of members, now another."""
        shapes = {tuple(value) for value in made if isinstance(value, dict)}
        return len(shapes) > 1 and brought.isdisjoint(changed)

    def _of_state(self, at: Path) -> list[str]:
        """Return the members of an object that are worked out from other entities, as other routes teach."""
        envelope = self.context.envelope
        if envelope is None or at[: len(envelope)] != envelope:
            return []
        inner = at[len(envelope) :]
        return [
            str(path[-1])
            for path, law in self.context.laws.items()
            if path[:-1] == inner and is_of_state(law)
        ]

    def _base_candidates(self, at: Path) -> list[Expr]:
        envelope = self.context.envelope
        inner = at[len(envelope) :] if envelope is not None and at[: len(envelope)] == envelope else None
        stored = [Ref(("entity", *inner))] if inner is not None else []
        if self.context.element:
            stored.append(Ref(("item", *at)))
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


def _numbers_and_lists(values: Values, at: Path = ()) -> Iterator[Path]:
    """Yield the paths at which some answer holds a number, or a list."""
    names: dict[str, None] = {}
    for value in values:
        for name in value if isinstance(value, dict) else ():
            names.setdefault(name)
    for name in names:
        column = [get(value, (name,)) for value in values]
        if any(isinstance(value, list) or plain_number(value) is not None for value in column):
            yield (*at, name)
        elif len(at) < MAX_PART_DEPTH:
            yield from _numbers_and_lists(column, (*at, name))


def _objects(values: Values, at: Path = ()) -> Iterator[Path]:
    """Yield the paths at which answers hold objects."""
    names: dict[str, None] = {}
    for value in values:
        for name, member in value.items() if isinstance(value, dict) else ():
            if isinstance(member, dict):
                names.setdefault(name)
    for name in names:
        yield (*at, name)
        if len(at) < MAX_PART_DEPTH:
            yield from _objects([get(value, (name,)) for value in values], (*at, name))


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
