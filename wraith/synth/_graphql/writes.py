"""What a mutation gives and does: the entity afterwards field by field, what else its answer holds, effects.

An answer shows the fields that were selected, and no others. So every field is learned from the rows that
show it, in their own answer or in a later one, and a mutation sets them all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path, get
from wraith.runtime import compile_expr
from wraith.synth._answers.induce import induce
from wraith.synth._evidence.rows import equal
from wraith.synth._graphql.documents import Object, plain
from wraith.synth._graphql.finders import first_of, references, sources_of
from wraith.synth._graphql.folding import Given as Asked
from wraith.synth._graphql.made import Made
from wraith.synth._graphql.subjects import Subject
from wraith.synth._graphql.types import TYPE, Class, Types, as_counted
from wraith.synth._guards.context import Context
from wraith.synth._routes.sampling import thinned
from wraith.wir import (
    Atom,
    Call,
    Cast,
    Delete,
    Effect,
    Exists,
    Expr,
    First,
    Hole,
    Literal,
    Put,
    Query,
    Ref,
    Sum,
    Where,
)

TOLERATED = 5
"""One row in so many may contradict an argument that has the name of a field: what a later answer shows of
it may have been written on the side."""

NAMED, TAKEN, TAKEN_TOGETHER = 1.5, 2.5, 3.0
"""What it costs in bits to ask whether what an argument names is there, and whether there is such an entity
already."""

SAMPLE = 60
"""Rows of one field that hypotheses are made from: three times what tells a coincidence from a rule."""


def learn_write(
    rows: Sequence[Asked], subject: Subject, types: Types, *, removes: bool
) -> tuple[Made, tuple[Effect, ...]]:
    """Return what a mutation answers where it does something, and its effects."""
    done = [row for row in rows if row.error is None and row.value is not None]
    done = [row for row in done if not subject.refused(row.value)] or done
    made = Made()
    chosen = thinned(done, SAMPLE)
    of, at = subject.of, subject.at
    if removes:
        entity: JsonValue = made.hole("state", "object", Ref(("entity",)))
    else:
        entity = _entity(made, chosen, subject, types)
    made.template = _around(made, chosen, subject, entity, types)
    made.questions += _questions(made, entity, of)
    assert of.key is not None  # Invariant: subjects are entities
    own = Ref(("response", "body", *at, of.key)) if subject.shown else None
    key = subject.addresses() or own
    if key is None:
        return made, ()
    if removes:
        return made, (Delete(of.name, key),)
    if not subject.shown:
        return made, ()
    return made, (Put(of.name, key, Ref(("response", "body", *at))),)


def _questions(made: Made, entity: JsonValue, of: Class) -> Iterator[tuple[float, Atom]]:
    """Yield what may be asked of what arguments name: whether it is there, and whether there is such an
    entity already, by one field or by two together."""
    told: list[tuple[str, Expr]] = []
    for name, mark in entity.items() if isinstance(entity, dict) else ():
        hole = made.holes.get(mark[1:]) if isinstance(mark, str) else None
        if (
            hole is None
            or name == of.key
            or not (of.fields[name].refers or "String" in of.fields[name].scalars)
        ):
            continue
        source = hole.source.options[0] if isinstance(hole.source, First) else hole.source
        if isinstance(source, Call) or (isinstance(source, Ref) and source.path[0] == "request"):
            told.append((name, source))
        if of.fields[name].refers and isinstance(source, Call):
            yield NAMED, Exists(source)
    for name, source in told:
        yield TAKEN, Exists(first_of(of, (Where((name,), "equals", source, False),)))
    for (one, first), (other, second) in combinations(told, 2):
        where = (Where((one,), "equals", first, False), Where((other,), "equals", second, False))
        yield TAKEN_TOGETHER, Exists(first_of(of, where))


def _entity(made: Made, rows: Sequence[Asked], subject: Subject, types: Types) -> dict[str, JsonValue]:
    """Return the template of the entity after the mutation."""
    echoes = _echo_place(rows, subject)
    done: dict[str, JsonValue] = {}
    for name in subject.of.kept():
        some = [row for row in rows if _after(row, name, subject.of) is not MISSING]
        if some or name != subject.of.key:
            template, holes = _field(name, some, subject, echoes, types)
            done[name] = made.take(template, holes)
    return {**done, TYPE: subject.of.name} if subject.of.named else done


def _after(row: Asked, name: str, of: Class) -> Found:
    """Return a field of the entity after a mutation, MISSING where nothing showed it."""
    if name == of.key and name not in row.known and row.key is not None:
        known = of.fields[name]
        return as_counted(row.key) if known.counted or "Int" in known.scalars else row.key
    return row.known.get(name, MISSING)


def _field(
    name: str, rows: Sequence[Asked], subject: Subject, echoes: Path, types: Types
) -> tuple[JsonValue, dict[str, Hole]]:
    """Return how one field comes about."""
    of = subject.of
    values = [_after(row, name, of) for row in rows]
    for option in _options(name, rows, values, subject, echoes, types):
        compute = compile_expr(option)
        wrong = sum(not equal(compute(row.env), value) for row, value in zip(rows, values, strict=True))
        if wrong * TOLERATED <= len(rows):
            return "$hole_1", {"hole_1": _hole("echoed", option)}
    is_key = name == of.key and subject.makes
    context = Context(key_path=(name,) if is_key else None, sequence=of.name if is_key else None)
    if is_key and all(isinstance(value, int) for value in values):
        context.sequence = of.name
    found = induce([row.row for row in rows], [{name: value} for value in values], context)  # type: ignore[dict-item]  # rows show it
    template = found.template
    part: JsonValue = template.get(name) if isinstance(template, dict) else template
    return part, found.holes


def _options(
    name: str, rows: Sequence[Asked], values: Sequence[Found], subject: Subject, echoes: Path, types: Types
) -> Iterable[Expr]:
    """Yield how a field may come about, the most likely first: as an argument of its name says, else as it
    was, or as it is by default."""
    of = subject.of
    paths = {path for row in rows for path, _ in row.leaves if path and path[-1] == name}
    if not subject.makes:
        if name == of.key:
            yield Ref(("entity", name))
        for path in sorted(paths) or [(*echoes, name)]:
            yield First((_argument(path, of, name), Ref(("entity", name))))
            yield First((_argument(path, of, name), Ref(("entity", name)), Literal(None)))
        return
    if name == of.key:
        return
    sources = sources_of(rows, None)
    yield from references(of, name, sources, types)
    if "Int" in of.fields[name].scalars and len({repr(value) for value in values}) > 1:
        yield from _numbers(of, sources, types)
    for path in sorted(paths) or [(*echoes, name)]:
        absent = [
            value for row, value in zip(rows, values, strict=True) if get(row.env.body, path) is MISSING
        ]
        common = Counter(repr(value) for value in absent)
        default = next((each for each in absent if repr(each) == common.most_common(1)[0][0]), None)
        yield First((_argument(path, of, name), Literal(default if default is not MISSING else None)))


def _numbers(of: Class, sources: Sequence[Expr], types: Types) -> Iterator[Expr]:
    """Yield the numbers that new entities get: one more than there are, of all or of those that refer to the
    same."""
    for name in of.kept():
        if of.fields[name].refers:
            for source in (*sources, *references(of, name, sources, types)):
                beside = Query(of.name, (Where((name,), "equals", source, False),))
                yield Sum((Call("count", (beside,)), Literal(1)))
    yield Sum((Call("count", (Query(of.name),)), Literal(1)))


def _argument(path: Path, of: Class, name: str) -> Expr:
    """Return an argument as the field of its name keeps it."""
    own = Ref(("request", "body", *path))
    known = of.fields[name]
    if known.counted and known.scalars:
        return First((Cast(own, "integer"), own))
    return own


def _echo_place(rows: Sequence[Asked], subject: Subject) -> Path:
    """Return where arguments with the names of fields stand: among the others, or in an object of them."""
    places = Counter(
        path[:-1] for row in rows for path, _ in row.leaves if path and path[-1] in subject.of.fields
    )
    return min(places, key=lambda each: (-places[each], len(each), each), default=())


def _hole(kind: str, source: Expr) -> Hole:
    return Hole(hole_class=kind, type="any", source=source)


def _around(
    made: Made, rows: Sequence[Asked], subject: Subject, entity: JsonValue, types: Types
) -> JsonValue:
    """Return the template of the whole answer: the entity, within the object that holds it."""
    if not subject.shown:
        return _leaf(made, rows, [plain(row.value) for row in rows])
    if not subject.at:
        return entity
    return _members(made, rows, [row.value for row in rows], subject.at, entity)


def _members(
    made: Made, rows: Sequence[Asked], values: Sequence[object], at: Path, entity: JsonValue
) -> JsonValue:
    names = dict.fromkeys(
        sight.name for value in values if isinstance(value, Object) for sight in value.sights
    )
    done: dict[str, JsonValue] = {}
    for name in names:
        pairs = [
            (row, sight.value)
            for row, value in zip(rows, values, strict=True)
            if isinstance(value, Object)
            for sight in value.sights
            if sight.name == name
        ]
        some, parts = [row for row, _ in pairs], [part for _, part in pairs]
        if name == at[0]:
            done[name] = entity if len(at) == 1 else _members(made, some, parts, at[1:], entity)
        else:
            done[name] = _leaf(made, some, [plain(part) for part in parts])
    if at[0] not in done:
        done[str(at[0])] = entity
    return done


def _leaf(made: Made, rows: Sequence[Asked], values: Sequence[Found]) -> JsonValue:
    if not rows:
        return None
    found = induce([row.row for row in rows], values, Context())
    made.unexplained += list(found.unexplained)
    return made.take(found.template, found.holes)
