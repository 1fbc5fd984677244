"""What a write does to entities that it does not answer with.

When a read shows another value than the last answer about the entity did, some exchange in between wrote it.
Where only one write in between speaks of the entity, that one did, and the pairs of such writes with what
they changed are rows like any others: the same search finds the expression for the new value, from the
request, from the answer, and from what was stored before. An entity that is read without ever having been
answered was born the same way: its key stands in the answer of an earlier write.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import TypeAlias

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path, get, leaves
from wraith.runtime import compile_expr, text_of
from wraith.synth._answers.induce import induce
from wraith.synth._effects.each_changed import each_changed
from wraith.synth._evidence.places import extend, index
from wraith.synth._evidence.rows import Row, as_json, constant, distinct_texts, equal, fit
from wraith.synth._guards.context import MADE, Context
from wraith.synth._roles.roles import SINGLETON_KEY, Role
from wraith.synth._values.sets import changed_set
from wraith.synth._values.sources import from_places, sum_source
from wraith.synth._world.observe import Observation
from wraith.synth._world.offspring import Made
from wraith.synth._world.world import Key, reveals
from wraith.wir import (
    Absent,
    Append,
    Effect,
    Expr,
    Literal,
    Lookup,
    Make,
    Ref,
    SetField,
    Sum,
    When,
)

ENOUGH = 2
"""Writes that must agree before an effect is believed: one may be a coincidence."""

CERTAIN = 4
"""Changes that one write made by itself, from which those that several share need not be guessed."""

READS = ("read", "list")
"""What routes do that write nothing, whatever their method is."""

SAMPLE = 30
"""Writes that an effect is learned from."""

LONGEST_KEY = 80
"""Characters of a key of what a write makes on the side; what is longer is data."""

MAX_UNEXPLAINED = 0.34
"""The share of leaves that may stay unexplained in an entity that a write creates on the side."""


@dataclass(frozen=True, slots=True)
class _Change:
    """A write, an entity that it speaks of, and the entity before and after; ``before`` is missing at a
    birth."""

    writer: Observation
    key: Key
    before: Found
    after: JsonValue
    alone: bool = True
    """No other write may have had a part in it."""


_Told: TypeAlias = dict[str, Observation]
"""The first write of a run that told an identifier."""

SideEffects = Mapping[int, tuple[Effect, ...]]
"""Effects by the position of the route that has them."""


def learn_side_effects(
    observations: Sequence[Observation], roles: Sequence[Role], run_of: Sequence[int]
) -> tuple[SideEffects, list[Made]]:
    """Return the effects of writes on entities that they do not answer with, by route, and what they make.
    ``run_of`` numbers the run of each session: what a write makes may be met in a later session of its run.
    """
    groups: dict[tuple[int, str, bool], list[_Change]] = defaultdict(list)
    told: dict[int, _Told] = defaultdict(dict)
    for session in _sessions(observations):
        for change in _changes(session, roles, told[run_of[session[0].seen.session]]):
            groups[(change.writer.seen.route, change.key[0], change.before is MISSING)].append(change)
    found: dict[int, tuple[Effect, ...]] = {}
    made: list[Made] = []
    for (route, name, born), changes in sorted(groups.items(), key=lambda each: each[0]):
        if len(changes) < ENOUGH:
            continue
        if not born:
            found[route] = (*found.get(route, ()), *_updates(name, changes, roles[route]))
        elif (effect := _birth(name, changes)) is not None:
            writers = [each for each in observations if each.seen.route == route and each.seen.ok]
            effect = _where_nothing_is(effect, writers)
            made.append(
                Made(route, effect, {each.writer.seen.place: (each.key[1], each.after) for each in changes})
            )
    return found, made


def _sessions(observations: Sequence[Observation]) -> Iterator[list[Observation]]:
    session: list[Observation] = []
    for observation in observations:
        if session and session[-1].seen.session != observation.seen.session:
            yield session
            session = []
        session.append(observation)
    if session:
        yield session


def _changes(session: Sequence[Observation], roles: Sequence[Role], told: _Told) -> Iterator[_Change]:
    """Yield the changes that a session shows; take over the identifiers that its writes tell."""
    sighted: dict[Key, int] = {}
    for number, observation in enumerate(session):
        seen = observation.seen
        shows = seen.method == "GET" or roles[seen.route].op in READS
        for reveal in reveals(seen, roles[seen.route]):
            key = reveal.key
            if key[1] != SINGLETON_KEY and isinstance(reveal.value, dict):
                before = observation.captured.get(*key)
                between = session[sighted.get(key, number) + 1 : number]
                writers = _writers(
                    [each for each in between if roles[each.seen.route].op not in READS], key[1]
                )
                if before is MISSING and shows:
                    mother = told.get(key[1].rpartition("/")[2])
                    if mother is not None and key not in _answered(mother, roles):
                        yield _Change(mother, key, MISSING, reveal.value)
                elif shows:
                    stages = _stages(as_json(before), reveal.value, len(writers))
                    for writer, one, other in zip(writers, stages, stages[1:], strict=False):
                        yield _Change(writer, key, one, other, len(writers) == 1)
                elif len(writers) == 1:
                    yield from _told_late(observation, key, before, reveal.value, writers[0])
            sighted[key] = number
        if _is_write(observation):
            for text in _identifiers(seen.document):
                told.setdefault(text, observation)


def _told_late(
    shower: Observation, key: Key, before: Found, after: JsonValue, writer: Observation
) -> Iterator[_Change]:
    """Yield the change of the one write before another write whose answer shows it: of the members whose new
    value the one spoke of by name, and the other did not."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return
    said = _said(writer) - {(name, value) for name, value in _scalars(shower.seen.sent)}
    told = {
        name: value
        for name, value in after.items()
        if not equal(before.get(name, MISSING), value) and (name, text_of(value)) in said
    }
    if told:
        yield _Change(writer, key, before, {**before, **told})


def _said(writer: Observation) -> set[tuple[str, str | None]]:
    """Return the scalars of a write and of its answer, with their names."""
    return {*_scalars(writer.seen.sent), *_scalars(writer.seen.document)}


def _scalars(document: Found) -> Iterator[tuple[str, str | None]]:
    for path, value in () if document is MISSING else leaves(document):
        if path:
            yield str(path[-1]), text_of(value)


def _writers(between: Sequence[Observation], key: str) -> list[Observation]:
    """Return the writes that speak of an entity, where all of them are of one route; else none."""
    text = key.rpartition("/")[2]
    writers = [each for each in between if _is_write(each) and _speaks_of(each, text)]
    return writers if len({each.seen.route for each in writers}) == 1 else []


def _stages(before: JsonValue, after: JsonValue, count: int) -> list[JsonValue]:
    """Return what an entity was before, between and after equal writes: lists grew by one element each time,
    numbers by equal steps. A member whose change cannot be divided so is left out of them."""
    if count == 0:
        return []
    if count == 1:
        return [before, after]
    stages = [_stage(before, after, done, count) for done in range(count + 1)]
    return [as_json(stage) for stage in stages if stage is not MISSING]


def _stage(before: Found, after: Found, done: int, count: int) -> Found:
    if equal(before, after):
        return after
    if isinstance(before, dict) and isinstance(after, dict) and before.keys() == after.keys():
        members = {name: _stage(value, after[name], done, count) for name, value in before.items()}
        return {name: as_json(value) for name, value in members.items() if value is not MISSING}
    if isinstance(before, list) and isinstance(after, list) and len(after) == len(before) + count:
        if equal(after[: len(before)], before):
            return after[: len(before) + done]
        if equal(after[count:], before):
            return after[count - done :]
        return MISSING
    if isinstance(before, int) and isinstance(after, int) and not isinstance(before, bool):
        step, rest = divmod(after - before, count)
        return MISSING if rest else before + step * done
    if before is None:  # the first of the writes has set what was not set
        return after if done else None
    return MISSING


def _identifiers(document: Found) -> Iterator[str]:
    """Yield the texts in a document that may be keys of what was made with it."""
    for _, value in () if document is MISSING else leaves(document):
        if isinstance(value, str) and 0 < len(value) <= LONGEST_KEY:
            yield value


def _answered(writer: Observation, roles: Sequence[Role]) -> set[Key]:
    """Return the entities that a write answers with itself: it creates none of them on the side."""
    return {reveal.key for reveal in reveals(writer.seen, roles[writer.seen.route])}


def _is_write(observation: Observation) -> bool:
    seen = observation.seen  # what an exchange that holds others does, these do
    return seen.ok and seen.many is None and seen.method not in ("GET", "HEAD", "OPTIONS")


def _speaks_of(observation: Observation, text: str) -> bool:
    seen = observation.seen
    return text in seen.segments or text.encode() in seen.request.body or b'"%s"' % text.encode() in seen.raw


# --- rows ------------------------------------------------------------------------------------------------


def _rows(changes: Sequence[_Change]) -> list[Row]:
    """Return the writes as rows that also see their own answers."""
    rows = []
    for change in changes:
        writer = change.writer.copy()
        writer.env.response = writer.seen.document
        if change.before is not MISSING:
            writer.captured.put(*change.key, as_json(change.before))
        filed = index(writer)
        extend(filed, writer.seen.document, ("response", "body"))
        rows.append(Row(writer, filed))
    return rows


def _addressed_by(role: Role, rows: Sequence[Row], changes: Sequence[_Change]) -> Expr | None:
    """Return the key of what the write's own address names, where that is what it changes."""
    for name, key in role.addressed:
        compute = compile_expr(key)
        if all(
            change.key == (name, text_of(compute(row.env))) for row, change in zip(rows, changes, strict=True)
        ):
            return key
    return None


def _key_source(rows: Sequence[Row], changes: Sequence[_Change]) -> Expr | None:
    keys: list[Found] = [change.key[1] for change in changes]
    source = from_places(rows, keys, "id")
    return None if source is None or isinstance(source, Literal) else source


def _updates(name: str, changes: Sequence[_Change], role: Role) -> list[Effect]:
    """Return the fields that a write sets in entities of a name."""
    paths: dict[Path, None] = {}
    for change in changes:
        for path in _differing(change.before, change.after):
            paths.setdefault(path)
    if not paths:
        return []
    alone = [change for change in changes if change.alone]
    if len(alone) >= CERTAIN:
        changes = alone
    chosen = list(changes[:: max(1, len(changes) // SAMPLE)])
    rows = _rows(chosen)
    key = _addressed_by(role, rows, chosen) or _key_source(rows, chosen)
    if key is None and (listed := each_changed(name, [row.env for row in rows], chosen)) is not None:
        return [listed]
    if key is None:
        return []
    effects: list[Effect] = []
    for path in paths:
        told = [i for i, change in enumerate(chosen) if get(change.after, path) is not MISSING]
        before = [get(chosen[i].before, path) for i in told]
        after = [get(chosen[i].after, path) for i in told]
        some = [rows[i] for i in told]
        stored = Lookup(name, key, path)
        value = _new_value(some, before, after, stored) or _sometimes(some, before, after, stored)
        if value is not None and len(told) >= ENOUGH:
            effects.append(SetField(name, key, path, value))
    return effects


def _sometimes(
    rows: Sequence[Row], before: Sequence[Found], after: Sequence[Found], stored: Expr
) -> Expr | None:
    """Return what the field becomes where a write changes it, and nothing where it leaves it as it is."""
    moved = [i for i, old in enumerate(before) if not equal(old, after[i])]
    if not CERTAIN <= len(moved) < len(rows):
        return None
    value = _new_value(
        [rows[i] for i in moved], [before[i] for i in moved], [after[i] for i in moved], stored
    )
    if value is None or isinstance(value, Literal):
        return None
    compute = compile_expr(value)
    still = (i for i in range(len(rows)) if i not in moved)
    idle = all((made := compute(rows[i].env)) is MISSING or equal(made, before[i]) for i in still)
    return value if idle else None


def _differing(before: Found, after: Found, at: Path = ()) -> Iterator[Path]:
    if isinstance(before, dict) and isinstance(after, dict) and before and after:
        for name, value in after.items():
            yield from _differing(before.get(name, MISSING), value, (*at, name))
    elif not equal(before, after):
        yield at


def _new_value(
    rows: Sequence[Row], before: Sequence[Found], after: Sequence[Found], stored: Expr
) -> Expr | None:
    """Return what the field becomes, or None where nothing says it for every write."""
    step = _step(before, after)
    if step in (1, -1):  # a count, rather than the one number that it came to so far
        return Sum((stored, Literal(step)))
    shared = constant(after)
    if shared is not MISSING:
        changed = sum(not equal(a, b) for a, b in zip(before, after, strict=True))
        return Literal(as_json(shared)) if changed >= ENOUGH else None
    if step is not None:
        return Sum((stored, Literal(step)))
    name = str(stored.at[-1]) if isinstance(stored, Lookup) and stored.at else ""
    searches: tuple[Callable[[], Expr | None], ...] = (
        lambda: _appended(rows, before, after, stored),
        lambda: changed_set(rows, before, after, stored),
        lambda: from_places(rows, after, name),
        lambda: sum_source(rows, after),
    )
    for search in searches:
        found = search()
        if found is not None and found != stored and distinct_texts(after) >= ENOUGH:
            return found
    return None


def _step(before: Sequence[Found], after: Sequence[Found]) -> int | None:
    """Return the one whole number by which every write moves the field, or None."""
    steps = set()
    for old, new in zip(before, after, strict=True):
        if (
            isinstance(old, bool)
            or not isinstance(old, int)
            or isinstance(new, bool)
            or not isinstance(new, int)
        ):
            return None
        steps.add(new - old)
    return steps.pop() if len(steps) == 1 and 0 not in steps else None


def _appended(
    rows: Sequence[Row], before: Sequence[Found], after: Sequence[Found], stored: Expr
) -> Expr | None:
    for front in (False, True):
        items: list[Found] = []
        for old, new in zip(before, after, strict=True):
            known = old if isinstance(old, list) else []
            if not isinstance(new, list) or len(new) != len(known) + 1:
                return None
            rest, item = (new[1:], new[0]) if front else (new[:-1], new[-1])
            if not equal(rest, known):
                break
            items.append(item)
        if len(items) == len(after):
            source = from_places(rows, items, "")
            if source is not None:
                return Append(stored, source, front)
    return None


def _birth(name: str, changes: Sequence[_Change]) -> Make | None:
    """Return what makes the entity that a write creates beside its answer, or None."""
    chosen = list(changes[:: max(1, len(changes) // SAMPLE)])
    rows = _rows(chosen)
    key = _key_source(rows, chosen)
    if key is None or not _in_answer(key) or fit(key, rows, [change.key[1] for change in chosen]) is None:
        return None
    values: list[Found] = [change.after for change in chosen]
    induced = induce(rows, values, Context(own=MADE))
    size = sum(1 for _ in leaves(as_json(values[0])))
    if len(induced.unexplained) > MAX_UNEXPLAINED * size:
        return None
    holes = tuple((hole, made.source) for hole, made in induced.holes.items())
    return Make(name, key, induced.template, holes)


def _where_nothing_is(effect: Make, writers: Sequence[Observation]) -> Make:
    """Return the effect, which makes nothing under the key of what is there already, where some write told
    such a key: then it referred to that."""
    compute = compile_expr(effect.key)
    for writer in writers:
        env = copy(writer.env)
        env.response = writer.seen.document
        key = text_of(compute(env))
        if key is not None and writer.captured.get(effect.entity, key) is not MISSING:
            return replace(effect, key=When(Absent(Lookup(effect.entity, effect.key)), effect.key))
    return effect


def _in_answer(expr: Expr) -> bool:
    return isinstance(expr, Ref) and expr.path[0] == "response"
