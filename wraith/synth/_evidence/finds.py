"""Entities that a request names by another field than their key: who has this mail address?

A part of an answer that stands in a stored entity, while another field of that entity is what was sent, is
found by that field. Where a request succeeds because such an entity is there, that is a reason for it too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path, get, leaves
from wraith.runtime import compile_expr, text_of
from wraith.synth._evidence.places import rank
from wraith.synth._evidence.rows import Row, Values, equal
from wraith.synth._world.observe import Observation
from wraith.wir import Call, Expr, Literal, Query, Ref, Where

MAX_PEERS = 200
"""Entities of a collection that are compared with what is sent."""

MAX_SENT = 12
"""Scalars of a request that may name an entity; a body with more describes one."""

MAX_CANDIDATES = 12
"""Ways to find a value that are tried on the other observations."""

MAX_ROWS = 12
"""Accepted requests that are looked at for what they name."""

SHORTEST = 4
"""Characters of a text that names an entity by chance too rarely to matter."""


@dataclass(frozen=True, slots=True)
class Named:
    """An entity that holds what a request says, under the same name."""

    collection: str
    parts: Sequence[tuple[Path, JsonValue]]
    """Its scalars."""
    by: Sequence[tuple[Path, Expr]]
    """Its fields that the request names it by, with where the request does."""


def found_source(rows: Sequence[Row], values: Values, named: Callable[[Row], Sequence[Named]]) -> Expr | None:
    """Return what gives the values as a field of the entity that another field finds, or None. ``named`` are
    the entities that a row may name."""
    pivot = next((i for i, value in enumerate(values) if _may_be_stored(value)), None)
    if pivot is None or any(value is MISSING for value in values):
        return None
    names = sorted(
        dict.fromkeys(islice(_candidates(named(rows[pivot]), values[pivot]), MAX_CANDIDATES)),
        key=rank,
    )
    return next((expr for expr in names if _gives(expr, rows, values)), None)


def is_stored(observation: Observation, value: Found) -> bool:
    """Whether a text is the key of something that was there before, so that no answer has made it."""
    return isinstance(value, str) and any(value in stored for stored in observation.captured.whole.values())


def named_entities(rows: Sequence[Observation]) -> Iterator[tuple[str, Call]]:
    """Yield the questions whether an entity has what was sent, as accepted requests show it, each with its
    kind: all that was sent of it together, or one field alone. The fields must tell one entity from the
    others."""
    accepted = [row for row in rows if row.seen.ok]
    if not 0 < len(accepted) < len(rows):
        return
    shown: dict[tuple[str, tuple[Path, ...]], None] = {}
    for row in accepted[:MAX_ROWS]:
        sent = [(path, path[-1:], text) for path, _, text in _sent(row) if path[1] == "body"]
        for name, stored in row.captured.whole.items():
            for document in islice(reversed(stored.values()), MAX_PEERS):
                alike = tuple([path for path, at, text in sent if text_of(get(document, at)) == text])
                if alike and any(len(text) >= SHORTEST for path, _, text in sent if path in alike):
                    shown.setdefault((name, alike))
    for name, paths in islice(shown, MAX_CANDIDATES):
        for some in (paths, *((path,) for path in paths if len(paths) > 1)):
            query = Query(
                name, tuple(Where(path[-1:], "equals", Ref(path), when_given=False) for path in some)
            )
            if _tells_one(query, accepted[:MAX_ROWS]):
                kind_of = "named" if some == paths else "perhaps_named"
                yield kind_of, Call("less", (Literal(0), Call("count", (query,))))


def _tells_one(query: Query, rows: Sequence[Observation]) -> bool:
    """Whether a query never finds more than one entity; by one field alone it must somewhere find it among
    others."""
    count = compile_expr(Call("count", (query,)))
    found = [(count(row.env), len(row.captured.all(query.entity))) for row in rows]
    among = len(query.where) > 1 or any(many == 1 < size for many, size in found)
    return among and all(many in (0, 1) for many, _ in found)


def _may_be_stored(value: Found) -> bool:
    return isinstance(value, int | str) and not isinstance(value, bool) and value != ""


def named_by(row: Row) -> list[Named]:
    """Return the entities that a request may name by a field."""
    observation = row.observation
    sent = list(_sent(observation))
    texts, flats = {text for *_, text in sent}, observation.captured.flats
    found: list[Named] = []
    for name, stored in observation.captured.whole.items() if sent else ():
        for document in flats.holding(islice(stored.values(), MAX_PEERS), texts):
            if not isinstance(document, dict):
                continue
            parts = [(path, part) for path, part in leaves(document) if len(path) <= 2]
            by = [
                (path, expr)
                for path, part in parts
                for source, expr, text in sent
                if text == text_of(part) and source[-1] == path[-1]
            ]
            if by:
                found.append(Named(name, parts, by))
    return found


def _candidates(named: Sequence[Named], value: Found) -> Iterator[Expr]:
    for each in named:
        for at in [path for path, part in each.parts if equal(part, value)]:
            for path, expr in each.by:
                if path != at:
                    where = (Where(path, "equals", expr, when_given=False),)
                    item = Ref(("entity", *at))
                    yield Call("element", (Query(each.collection, where, item=item), Literal(0)))


def _sent(observation: Observation) -> Iterator[tuple[Path, Expr, str]]:
    """Yield the scalars that a request may name an entity by: path, expression, text."""
    env = observation.env
    for part, document in (("body", env.body), ("query", env.query)):
        if isinstance(document, dict):
            for path, value in islice(leaves(document), MAX_SENT):
                text = text_of(value)
                if text and len(path) <= 2 and not isinstance(value, bool):
                    at = ("request", part, *path)
                    yield at, Ref(at), text


def _gives(expr: Expr, rows: Sequence[Row], values: Values) -> bool:
    compute = compile_expr(expr)
    return all(equal(compute(row.env), value) for row, value in zip(rows, values, strict=True))
