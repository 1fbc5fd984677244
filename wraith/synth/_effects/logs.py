"""Logs: lists of what happened, whose entries nothing names.

An address answers with entries that have no key, and with more of them after each write of some kind. Each
entry is about one write and says something of it, in their order or against it. The writes of one route with
their entries are rows like any others: the same search finds what an entry is made of. The twin counts the
entries; here what one says is its key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from wraith.canonical import JsonValue, compact
from wraith.paths import MISSING, Found, Path, get, leaves
from wraith.runtime import read_time, text_of
from wraith.synth._answers.induce import induce
from wraith.synth._effects.journals import row_of
from wraith.synth._exchanges.seen import Seen
from wraith.synth._guards.context import MADE, Context
from wraith.synth._guards.questions import Asked
from wraith.synth._roles.roles import Collection, Role
from wraith.synth._routes.sampling import thinned
from wraith.synth._world.observe import Observation
from wraith.synth._world.offspring import Made
from wraith.wir import Cast, Make, NextKey

ENOUGH = 2
"""Sessions that must show entries of their own writes, and writes of a route that are written down."""

SHORTEST = 3
"""Characters of a text that an entry and a write have in common for a reason."""

NEAR_MS = 3_000
"""How far the time in an entry may stand from that of its write: clocks are not the same."""

MAX_PAIRS = 40_000
"""Entries times writes that are compared in one answer: two hundred of each."""

SAMPLE = 40
"""Entries of one route that their making is learned from."""

READING = ("GET", "HEAD", "OPTIONS")

Entries = Sequence[JsonValue]


def with_logs(roles: Sequence[Role], sessions: Iterable[Sequence[Seen]]) -> tuple[Role, ...]:
    """Return the roles, those of addresses that answer with a log as lists of it."""
    told: dict[int, set[int]] = defaultdict(set)
    places: dict[int, set[Path | None]] = defaultdict(set)
    for session in sessions:
        writes: list[Seen] = []
        for seen in session:
            if seen.route < 0 or not seen.ok:
                continue
            if seen.method not in READING:
                writes.append(seen)
            elif _may_be_log(roles[seen.route], seen) and None not in places[seen.route]:
                at = _listed(seen.document)
                entries = _entries(seen, at) if at is not None else []
                aligned = align(entries, writes)
                places[seen.route].add(at if aligned is not None else None)
                if entries:
                    told[seen.route].add(seen.session)
    return tuple(
        _as_log(role, places[number]) if len(told[number]) >= ENOUGH else role
        for number, role in enumerate(roles)
    )


def _may_be_log(role: Role, seen: Seen) -> bool:
    alone = role.listing is None and not role.views and not seen.parameters
    return alone and seen.method == "GET" and role.op in ("read", "none")


def _as_log(role: Role, places: set[Path | None]) -> Role:
    """Return the role of a list, where every answer holds its entries in one place."""
    at = next(iter(places)) if len(places) == 1 else None
    if at is None:
        return role
    name = role.collection.name if role.collection is not None else "log"
    collection = Collection(name, (), by_content=True)
    return replace(role, op="list", collection=collection, listing=at, key=None, envelope=None)


def _listed(document: Found) -> Path | None:
    """Return where an answer holds its one list of objects, None where it holds none, or several."""
    if isinstance(document, list):
        return ()
    found = (
        [(name,) for name, value in document.items() if isinstance(value, list)]
        if isinstance(document, dict)
        else []
    )
    return found[0] if len(found) == 1 else None


def _entries(seen: Seen, at: Path) -> Entries:
    found = get(seen.document, at)
    return found if isinstance(found, list) else []


# --- which write an entry is about ------------------------------------------------------------------------


def align(entries: Entries, writes: Sequence[Seen]) -> list[int] | None:
    """Return for each entry the place of the write that it is about, the first or the last write first; None
    where some entry is about none."""
    if len(entries) * len(writes) > MAX_PAIRS or not all(isinstance(entry, dict) for entry in entries):
        return None
    newest = _in_turn(entries, [*reversed(list(enumerate(writes)))])
    return newest if newest is not None else _in_turn(entries, list(enumerate(writes)))


def _in_turn(entries: Entries, writes: Sequence[tuple[int, Seen]]) -> list[int] | None:
    """Return the places of the writes, each behind the one before it: of several the one that the entry says
    most of, then the nearest in time, if it tells one, then the first."""
    said = [{*_scalars(write.sent), *_scalars(write.document), *write.segments} for _, write in writes]
    found: list[int] = []
    begin = 0
    for entry in entries:
        scalars, times = {*_scalars(entry)}, _times(entry)
        near: list[tuple[int, int, int]] = []
        for at in range(begin, len(writes)):
            shared = scalars & said[at]
            far = min((abs(at_ms - writes[at][1].at_ms) for at_ms in times), default=0)
            if far <= NEAR_MS and any(len(each) >= SHORTEST for each in shared):
                near.append((-len(shared), far, at))
        if not near:
            return None
        best = min(near)[-1]
        found.append(writes[best][0])
        begin = best + 1
    return found


def _times(entry: JsonValue) -> list[int]:
    """Return the instants that an entry tells, in milliseconds since 1970."""
    return [read[1] for _, value in leaves(entry) if (read := read_time(value)) is not None]


def _scalars(document: Found) -> Iterator[str]:
    """Yield the texts and numbers of a document that are no times."""
    for _, value in leaves(document) if document is not MISSING else ():
        text = text_of(value)
        if text and not isinstance(value, bool) and read_time(value) is None:
            yield text


# --- what it is made of -----------------------------------------------------------------------------------


def learn_logs(observations: Sequence[Observation], roles: Sequence[Role]) -> list[Made]:
    """Return what writes write down in logs, in the order of their routes."""
    made: list[Made] = []
    for number, role in enumerate(roles):
        if role.collection is not None and role.collection.by_content and role.listing is not None:
            made += _of_log(number, role.listing, role.collection.name, observations, roles)
    return made


def _of_log(
    number: int, at: Path, name: str, observations: Sequence[Observation], roles: Sequence[Role]
) -> Iterator[Made]:
    written: dict[int, dict[int, JsonValue]] = defaultdict(dict)
    passed: set[int] = set()
    writes = [each for each in observations if each.seen.ok and each.seen.method not in READING]
    for session in dict.fromkeys(each.seen.session for each in writes):
        own = [(place, each) for place, each in enumerate(writes) if each.seen.session == session]
        for seen in (each.seen for each in observations if each.seen.session == session):
            if seen.route == number and seen.ok:
                before = [(place, each) for place, each in own if each.seen.index < seen.index]
                entries = _entries(seen, at)
                found = align(entries, [each.seen for _, each in before]) or []
                for entry, about in zip(entries, found, strict=True) if found else ():
                    place, write = before[about]
                    written[write.seen.route][place] = entry
                span = range(min(found), max(found) + 1) if found else range(0)
                passed.update(before[i][1].seen.route for i in span if i not in found)
    for route, told in sorted(written.items()):
        if route not in passed and len(told) >= ENOUGH:
            pairs = [(writes[place], entry) for place, entry in sorted(told.items())]
            effect = _making(name, pairs, roles[route])
            if effect is not None:
                known = {write.seen.place: (compact(entry).decode(), entry) for write, entry in pairs}
                yield Made(route, effect, known)


def _place(write: Observation) -> tuple[int, int, int]:
    return write.seen.place


def _key(entry: JsonValue) -> str:
    return compact(entry).decode()


def _making(name: str, pairs: Sequence[tuple[Observation, JsonValue]], role: Role) -> Make | None:
    """Return what makes the entries of the writes of one route, None where something in them stays open."""
    chosen = thinned(pairs, SAMPLE)
    rows = [row_of(write) for write, _ in chosen]
    values: list[Found] = [entry for _, entry in chosen]
    induced = induce(rows, values, Context(own=MADE, questions=lambda: Asked(rows, role).features))
    if induced.unexplained:
        return None
    holes = tuple((hole, made.source) for hole, made in induced.holes.items())
    return Make(name, Cast(NextKey(name), "string"), induced.template, holes)
