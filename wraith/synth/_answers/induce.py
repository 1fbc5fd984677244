"""From many answers of one variant to one template: the least general body whose holes explain every answer.

Anti-unification (Plotkin 1970) with sources: what all answers share stays literal, and a part in which they
differ becomes a hole only with an expression for it, tried at the whole part before its members. So a stored
entity that is answered as it is becomes one hole, whatever members it has, and an object that is mostly
another object becomes that one with a few members over it (``$spread``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path, format_path, get
from wraith.runtime import compile_expr, integer_of, text_of
from wraith.synth._answers.alike import Alike
from wraith.synth._answers.links import address_source, cursor_source
from wraith.synth._answers.obeyed import Obeyed
from wraith.synth._answers.presence import by_page
from wraith.synth._answers.rest import Rest
from wraith.synth._answers.tallied import tallied_source
from wraith.synth._evidence.finds import Named, found_source, named_by
from wraith.synth._evidence.made import clock_source, fresh_number
from wraith.synth._evidence.places import rank
from wraith.synth._evidence.rows import (
    Row,
    Values,
    as_json,
    constant,
    equal,
    in_order,
    kind,
    parts,
    type_of,
)
from wraith.synth._guards.context import Context, Open
from wraith.synth._guards.laws import NO_LAWS, Laws, is_of_state
from wraith.synth._values.built import built_bytes, built_text
from wraith.synth._values.calendar import calendar_source
from wraith.synth._values.cases import case_source, switches
from wraith.synth._values.digests import digest_of_place, size_of_place
from wraith.synth._values.fresh import Fresh
from wraith.synth._values.maps import Learn, as_expression, as_template, map_source
from wraith.synth._values.sets import set_source
from wraith.synth._values.sources import (
    best_guess,
    from_places,
    hole_class,
    part_fresh_source,
    sum_source,
    text_source,
)
from wraith.synth._values.steps import one_step, step_source
from wraith.synth._values.texts import function_source, length_source
from wraith.synth._values.updates import update_sources
from wraith.wir import (
    Case,
    Cast,
    Each,
    Expr,
    First,
    Hole,
    HoleClass,
    Literal,
    Lookup,
    Merge,
    Ref,
)

SPREAD = "$spread"
SPREAD_SHARE = 0.6
"""An object is written as another one with changes where at most this share of its members changes."""


FEW = 4
"""Answers that may all show one number by chance."""

LIKELY = 0.7
"""The share of answers that an expression known from elsewhere has to give: what an exchange changed out of
sight is seen late."""


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
    """Return the template of answers that are bytes."""
    hole = built_bytes(rows, values)
    if hole is None:
        return Induced(as_template(as_json(values[0])), {}, (), ())
    return Induced("$hole_1", {"hole_1": hole}, ("",) if hole.hole_class == "unexplained" else (), ())


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
        self.cases: dict[str, Expr] = {}
        made = Fresh(rows, values, context)
        self.fresh = made.sources
        self.made = made.columns
        self.beside = repr([expr for expr, _ in made.columns])
        self.known = context.known(rows)
        self.obeyed = Obeyed(rows, values, context)
        self.alike = Alike(rows, context, self.made)
        self.rest = Rest(rows, values, context, self.obeyed)

    def run(self) -> Induced:
        template = self._node(self.values, ())
        self.rest.settle(self.holes)
        for each in self.rest.open:
            self._leave_unexplained(each)
        return Induced(template, self.holes, tuple(self.unexplained), tuple(self.conflicts))

    # --- the walk ---

    def _node(self, values: Values, at: Path) -> JsonValue:
        if at in self.context.lists:
            return self._hole("derived", "array", self.context.lists[at])
        if at in self.fresh:
            made = self.fresh[at]
            return self._hole(hole_class(made), type_of(values), made)
        known = self.obeyed.known(at)
        if known is not None and is_of_state(known) and (law := self.obeyed.law(values, at)) is not None:
            return self._hole("derived", type_of(values), law)
        shared = constant(values)
        if shared is not MISSING:
            return self._of_one(shared, at) if self.alike.is_of_one else self._constant(as_json(shared), at)
        if self.obeyed.has_lawful_part(values, at):
            return self._object(values, at)
        name = str(at[-1]) if at else ""
        source = self.known.once("place", lambda: from_places(self.rows, values, name), at)
        if source is None and at in self.context.likely and self._is_likely(self.context.likely[at], values):
            source = self.context.likely[at]
        if source is not None and isinstance(source, Lookup) and MISSING not in values:
            # two things made in the same second are no evidence that one copies the other's time
            source = clock_source(self.rows, values) or source
        if source is not None:
            return self._hole(hole_class(source), type_of(values), source)
        present = {kind(value) for value in values if value is not MISSING}
        if present == {"object"} and (tallied := self.rest.tallied(values, at)) is not None:
            return self._hole("derived", "object", tallied)
        if present == {"object"}:
            return self._object(values, at)
        if present == {"array"}:
            return self._array(values, at)
        return self._scalar(values, at)

    def _of_one(self, shared: Found, at: Path) -> JsonValue:
        """Return the template of what every answer says of the one entity that they all are about: it is as
        it was stored, but for what differs from that."""
        value, old = as_json(shared), self.alike.stored(at)
        if old is None:
            return self._constant(value, at)
        if self.alike.is_blind:
            over = self._set_anew(value, at)
            return over if over is not None else self._hole("state", type_of([value]), old)
        was = compile_expr(old)(self.rows[0].env)
        if equal(was, value):
            told = None if isinstance(value, dict | list) else self.alike.source(value, at)
            return self._hole("state", type_of([value]), old) if told is None else self._constant(value, at)
        if (moved := one_step(old, was, value)) is not None and self.alike.source(value, at) is None:
            return self._hole("derived", "integer", moved)
        if not isinstance(was, dict) or not isinstance(value, dict):
            return self._constant(value, at)
        every = dict.fromkeys([*value, *was])
        changed = [key for key in every if not equal(get(was, (key,)), get(value, (key,)))]
        if len(changed) > SPREAD_SHARE * len(every) or len(changed) == len(every):
            return self._constant(value, at)
        node: dict[str, JsonValue] = {SPREAD: self._hole("state", "object", old)}
        for key in changed:
            node[key] = self._member([shared] * len(self.rows), key, at)
        return node

    def _set_anew(self, value: JsonValue, at: Path) -> JsonValue:
        """Return the template of a part of an entity that a write told of first, which was sent or tells the
        time in it, None where the write says nothing of it."""
        old = self.alike.stored(at)
        if not isinstance(value, dict) or old is None:
            found = self.alike.source(value, at)
            return None if found is None else self._hole(hole_class(found), type_of([value]), found)
        over = {key: self._set_anew(item, (*at, key)) for key, item in value.items()}
        over = {key: node for key, node in over.items() if node is not None}
        return {SPREAD: self._hole("state", "object", old), **over} if over else None

    def _constant(self, value: JsonValue, at: Path) -> JsonValue:
        """Return the template of what every answer says: no constant is what it says of its request, of who
        asks, and of the time."""
        if at in self.fresh:
            return self._hole(hole_class(self.fresh[at]), type_of([value]), self.fresh[at])
        if (found := self.alike.source(value, at)) is not None:
            return self._hole(hole_class(found), type_of([value]), found)
        if (moved := self._moved(value, at)) is not None:
            return self._hole("derived", "integer", moved)
        if isinstance(value, list):
            return [self._constant(item, (*at, place)) for place, item in enumerate(value)]
        if isinstance(value, dict):
            return {key: self._constant(item, (*at, key)) for key, item in value.items()}
        return as_template(value)

    def _moved(self, value: JsonValue, at: Path) -> Expr | None:
        """Return what is stored in the place of a number, moved by one, where few answers show nothing else:
        a number that is set would seldom be the next one each time."""
        old = self.alike.stored(at) if self.context.addressed and len(self.rows) <= FEW else None
        if old is None or not isinstance(value, int):
            return None
        compute = compile_expr(old)
        moved = [one_step(old, compute(row.env), value) for row in self.rows]
        return moved[0] if None not in moved else None

    def _scalar(self, values: Values, at: Path) -> JsonValue:
        if (law := self.obeyed.law(values, at)) is not None:
            return self._hole("derived", type_of(values), law)
        if (counted := self._counted(values)) is not None:
            return self._hole("derived", type_of(values), counted)
        for expr, column in self.made:
            if all(equal(value, other) for value, other in zip(values, column, strict=True)):
                return self._hole("derived", type_of(values), expr)
            if _are_texts_of(values, column):
                return self._hole("derived", "string", Cast(expr, "string"))
        if MISSING not in values:
            found = self.known.once(f"scalar beside {self.beside}", lambda: self._made_of(values, at), at)
            if found is not None:
                made = hole_class(found)
                kind_of: HoleClass = made if made in ("generated", "timestamp") else "derived"
                return self._hole(kind_of, type_of(values), found)
        address = self._address(values)
        if address is not None:
            return self._hole("derived", "any", address)
        case = self.known.once("case", lambda: self._case(values), at)
        if case is None or _may_be_condition(case):
            return self._give_up(values, at, case)
        return self._hole("enum", type_of(values), case)

    def _counted(self, values: Values) -> Expr | None:
        """Return what counts the results that stand beside a part of an answer to a bulk write, or None."""
        at = self.context.results
        if at is None:
            return None
        results = [get(value, at) for value in self.values]
        return tallied_source(values, Ref((*self.context.own, *at)), results)

    def _made_of(self, values: Values, at: Path) -> Expr | None:
        """Return what makes scalars, simplest first."""
        rows = self.rows
        return (
            clock_source(rows, values)
            or digest_of_place(rows, values)
            or found_source(rows, values, self._named)
            or function_source(rows, values)
            or text_source(rows, values, self.made)
            or part_fresh_source(values, self.made)
            or calendar_source(rows, values)
            or step_source(rows, values, self.context.envelope, at)
            or sum_source(rows, values)
            or length_source(rows, values)
            or size_of_place(rows, values)
        )

    def _named(self, row: Row) -> Sequence[Named]:
        return row.once("named", lambda: named_by(row))

    def _case(self, values: Values) -> Expr | None:
        few = self.known.once("switches", lambda: switches(self.rows))
        return case_source(self.rows, values, few)

    def _is_likely(self, expr: Expr, values: Values) -> bool:
        compute = compile_expr(expr)
        right = sum(equal(compute(row.env), value) for row, value in zip(self.rows, values, strict=True))
        return right >= len(values) * LIKELY

    def _address(self, values: Values) -> Expr | None:
        """Return the address of another page, or the cursor for it, null or missing where there is none."""
        there = [value is not MISSING and value is not None for value in values]
        if not self.context.page or not any(there):
            return None
        some = [i for i, flag in enumerate(there) if flag]
        page = [(expr, [column[i] for i in some]) for expr, column in self.context.page]
        wanted = [values[i] for i in some]
        address = cursor_source(wanted, page) or address_source([self.rows[i] for i in some], wanted, page)
        gate = by_page(self.rows, there)
        if address is None or gate is None:
            return None
        absent = {kind(value) for value, flag in zip(values, there, strict=True) if not flag}
        return First((gate(address), Literal(None))) if absent == {"null"} else gate(address)

    def _give_up(self, values: Values, at: Path, case: Expr | None = None) -> JsonValue:
        """Leave a part open until the others are explained: it may be worked out from them. ``case`` is a map
        that gives it, if nothing better is found."""
        hole = self._hole("unexplained", type_of(values), First(()))
        if case is not None:
            self.cases[str(hole)[1:]] = case
        self.rest.open.append(Open(str(hole)[1:], at, values))
        return hole

    def _leave_unexplained(self, each: Open) -> None:
        if each.hole in self.cases:
            case = Hole(hole_class="enum", type=type_of(each.values), source=self.cases[each.hole])
            self.holes[each.hole] = case
            return
        built = built_text(self.rows, each.values, each.at, self.made, self._case)
        if built is not None:
            self.holes[each.hole] = built
            if built.hole_class == "unexplained":
                self.unexplained.append(format_path(each.at))
            return
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
            self.holes[each.hole] = Hole(hole_class="unexplained", type=type_of(each.values), source=guess)

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
            pairs = list(zip(map(_members, values), map(_members, made), strict=True))
            changed = [
                key
                for key in every
                if not all(equal(a.get(key, MISSING), b.get(key, MISSING)) for a, b in pairs)
            ]
            changed += [key for key in self.obeyed.of_state(at) if key in every and key not in changed]
            brought = {key for value in made if isinstance(value, dict) for key in value}
            few = len(changed) > SPREAD_SHARE * len(every) and not _takes_all(brought, changed, made)
            if few or len(every) - len(changed) < 1:
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
        updates = (update for old in stored for update in self._updates(old, at))
        return [*stored, *sent, *merges, *updates]

    def _updates(self, base: Expr, at: Path) -> Iterator[Expr]:
        """Yield what makes the representation of what it was, by the operations of the request."""
        if at == self.context.envelope:
            yield from update_sources(self.rows, [get(value, at) for value in self.values], base)

    def _array(self, values: Values, at: Path) -> JsonValue:
        law = self.obeyed.known(at)
        known = law.item if isinstance(law, Each) and is_of_state(law) else None
        mapped = self.known.once(
            f"mapped {known!r}",
            lambda: map_source(self.rows, values, element_learner(self.context), known),
            at,
        )
        lengths = {len(value) if isinstance(value, list) else -1 for value in values}
        # identifiers that elements are given are told apart where they have a place of their own
        if mapped is not None and (len(lengths) > 1 or _sees_elements(mapped)):
            return self._hole("derived", "array", mapped)
        kept = set_source(self.rows, values, str(at[-1]) if at else "")
        if kept is not None:
            return self._hole("derived", "array", kept)
        grouped = self.rest.grouped(values, at, element_learner(self.context))
        if grouped is not None:
            return self._hole("derived", "array", grouped)
        if len(lengths) == 1 and -1 not in lengths and max(lengths) <= 20:
            return [self._node(parts(values, position), (*at, position)) for position in range(max(lengths))]
        case = self._case(values)
        return self._hole("enum", "array", case) if case is not None else self._give_up(values, at)

    def _hole(self, hole: HoleClass, type_name: str, source: Expr) -> JsonValue:
        if isinstance(source, Literal) and hole == "constant":
            return as_template(source.value)
        name = f"hole_{len(self.holes) + 1}"
        self.holes[name] = Hole(hole_class=hole, type=type_name, source=source)
        return f"${name}"


def _members(value: Found) -> dict[str, JsonValue]:
    return value if isinstance(value, dict) else {}


def _may_be_condition(case: Expr) -> bool:
    """Whether a map gives one value for several numbers: a question about the number is simpler."""
    if not isinstance(case, Case) or not all(integer_of(text) is not None for text, _ in case.cases):
        return False
    return len({repr(value) for _, value in case.cases}) < len(case.cases)


def _sees_elements(mapped: Expr) -> bool:
    """Whether a list that always has one length is made of another's elements: no identifier is made for
    them, and something of them is shown."""
    item = repr(mapped.item) if isinstance(mapped, Each) else ""
    return "FreshId(" not in repr(mapped) and (not item or "('item'" in item or "('position'" in item)


def _are_texts_of(values: Values, column: list[Found]) -> bool:
    """Whether all values are the texts of numbers or truths: what XML makes of them."""
    return all(
        isinstance(value, str) and not isinstance(other, str) and text_of(other) == value
        for value, other in zip(values, column, strict=True)
    )


def _takes_all(brought: set[str], changed: list[str], made: list[Found]) -> bool:
    """Whether an object is taken over as it is, whatever it held: now one set of members, now another."""
    shapes = {tuple(value) for value in made if isinstance(value, dict)}
    return len(shapes) > 1 and brought.isdisjoint(changed)
