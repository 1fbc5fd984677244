"""The questions that a guard may ask of a route's requests, simplest kinds first.

Each comes from what was observed: names and values in requests, what they refer to, fields of the addressed
entity. A feature carries a *prior*: how far its kind is trusted to be the reason rather than a coincidence.
Presence in state and presence in the request are reasons of real services; equality with a literal often is
an accident of the sample.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path, get
from wraith.runtime import compile_atom, number_of, text_of
from wraith.synth._observe import Observation
from wraith.synth._ranges import PART
from wraith.synth._roles import Role
from wraith.wir import (
    Absent,
    AtLeast,
    Atom,
    Below,
    Equals,
    Exists,
    Expr,
    KeysBeyond,
    KeysWithin,
    Lookup,
    Matches,
    NotMatches,
    NotOneOf,
    Ref,
)

MAX_CATEGORIES = 6
"""A field with more different values than this is data, not a switch."""

HEADERS = ("authorization", "if-match", "if-none-match", "x-api-key", "accept", "content-type", "range")
"""Headers that HTTP lets an answer depend on (RFC 9110), and the common one for keys: a prior."""

NUMERIC = r"-?[0-9]+(?:\.[0-9]+)?"


@dataclass(frozen=True, slots=True)
class Feature:
    """A question with its answers: bit i says whether it is true of observation i."""

    atom: Atom
    prior: float
    answers: tuple[bool, ...]


def features(rows: Sequence[Observation], role: Role, succeeded: Sequence[bool]) -> list[Feature]:
    """Return the questions that tell some of the observations apart, each set of answers once, best prior
    first."""
    found: list[tuple[float, Atom]] = []
    found += [(1.0, Exists(Lookup(name, key))) for name, key in role.addressed]
    if role.key is not None:
        found.append((1.0, Exists(Ref(("entity",)))))
    own_key = Ref(("entity", *role.collection.key)) if role.collection is not None else None
    for expr, by_row in _values(rows).items():
        if expr != own_key:  # which entity it is decides nothing; what it holds may
            found += _about(expr, by_row, rows)
    if role.store is not None and any("range" in row.env.headers for row in rows):
        found.append((0.99, Exists(PART)))
    kinds = {row.env.body_kind for row in rows}
    found += [(0.96, Equals(Ref(("request", "body_kind")), kind)) for kind in sorted(kinds)]
    found += _unexpected_keys(rows, succeeded)
    return _distinct(found, rows)


def _values(rows: Sequence[Observation]) -> dict[Expr, list[Found]]:
    """Return each place of the requests and entities with its value in every row."""
    places: dict[Path, None] = {}
    for row in rows:
        for root, document in (("body", row.env.body), ("query", row.env.query)):
            for path in _member_paths(document, ("request", root)):
                places.setdefault(path)
        for name in HEADERS:
            if name in row.env.headers:
                places.setdefault(("request", "header", name))
        for name in row.env.path:
            places.setdefault(("request", "path", name))
        for path in _member_paths(row.env.entity, ("entity",)):
            places.setdefault(path)
    return {Ref(path): [_at(row, path) for row in rows] for path in places}


def _member_paths(document: Found, at: Path, depth: int = 0) -> Iterable[Path]:
    if isinstance(document, dict) and depth < 4:
        for key, value in document.items():
            yield (*at, key)
            yield from _member_paths(value, (*at, key), depth + 1)
    elif isinstance(document, list) and document and depth < 4:
        yield (*at, 0)
        yield from _member_paths(document[0], (*at, 0), depth + 1)


def _at(row: Observation, path: Path) -> Found:
    match path:
        case ("request", "body", *rest):
            return get(row.env.body, tuple(rest))
        case ("request", "query", *rest):
            return get(row.env.query, tuple(rest))
        case ("request", "header", str(name)):
            return row.env.headers.get(name, MISSING)
        case ("request", "path", str(name)):
            return row.env.path.get(name, MISSING)
        case ("entity", *rest):
            return get(row.env.entity, tuple(rest))
    return MISSING


def _about(expr: Expr, values: list[Found], rows: Sequence[Observation]) -> list[tuple[float, Atom]]:
    assert isinstance(expr, Ref)  # Invariant: _values files references only
    from_request = expr.path[0] == "request"
    found: list[tuple[float, Atom]] = []
    if any(value is MISSING for value in values):
        found.append((1.0 if from_request else 0.9, Exists(expr)))
    texts = Counter(text for value in values if (text := text_of(value)) is not None)
    for name in _collections_with(texts, rows) if from_request else ():
        found.append((0.97, Exists(Lookup(name, expr))))
    scalars = {
        (type(value).__name__, text_of(value)): value
        for value in values
        if not isinstance(value, dict | list)
    }
    if len(scalars) <= MAX_CATEGORIES or any(count * 4 >= len(values) for count in texts.values()):
        common = {text for text, count in texts.most_common(MAX_CATEGORIES)}
        for value in scalars.values():
            if value is not MISSING and (
                value is None or isinstance(value, bool) or text_of(value) in common
            ):
                prior = 0.9 if not from_request or isinstance(value, bool) else 0.85
                found.append((prior, Equals(expr, _scalar(value))))
    found += _about_numbers(expr, values, from_request)
    if expr.path[:2] == ("request", "header"):
        found += [(0.9, Matches(expr, pattern)) for pattern in _prefixes(texts)]
    return found


def _scalar(value: Found) -> JsonValue:
    assert value is not MISSING  # Invariant: callers pass scalars
    assert not isinstance(value, dict | list)
    return value


def _collections_with(texts: Iterable[str], rows: Sequence[Observation]) -> set[str]:
    names: set[str] = set()
    wanted = set(texts)
    for row in rows:
        for name, stored in row.captured.entities.items():
            if name not in names and not wanted.isdisjoint(stored):
                names.add(name)
    return names


def _about_numbers(expr: Expr, values: list[Found], from_request: bool) -> list[tuple[float, Atom]]:
    numbers = [number for value in values if (number := number_of(value)) is not None]
    if not numbers:
        return []
    found: list[tuple[float, Atom]] = []
    if len(numbers) < sum(value is not MISSING and value is not None for value in values) and from_request:
        found.append((0.9, Matches(expr, NUMERIC)))
    ordered = sorted(set(numbers))
    bounds = {0.0, 1.0} | {_round_between(low, high) for low, high in pairwise(ordered)}
    if len(bounds) <= 40:
        found += [(0.8 if bound not in (0.0, 1.0) else 0.88, Below(expr, bound)) for bound in sorted(bounds)]
    return found


def _round_between(low: float, high: float) -> float:
    """Return the roundest number above ``low`` and not above ``high``: limits are round more often than
    not."""
    for digits in range(12, -1, -1):
        step = 10**digits
        candidate = (int(low // step) + 1) * step
        if low < candidate <= high:
            return float(candidate)
    return high


def _prefixes(texts: Counter[str]) -> list[str]:
    """Return patterns for what the values begin with: up to the first digit or after a separator."""
    starts: set[str] = set()
    for text in texts:
        for found in re.finditer(r"[_ :\-]", text[:24]):
            starts.add(text[: found.end()])
    return [re.escape(start) + ".*" for start in sorted(starts)]


def _unexpected_keys(rows: Sequence[Observation], succeeded: Sequence[bool]) -> list[tuple[float, Atom]]:
    """Where failures hold a member that no success has, ask for members beyond those of the successes."""
    found: list[tuple[float, Atom]] = []
    for path in (("request", "body"), ("request", "query")):
        good: set[str] = set()
        bad: set[str] = set()
        for row, ok in zip(rows, succeeded, strict=True):
            document = _at(row, path)
            if isinstance(document, dict):
                (good if ok else bad).update(document)
        if bad - good:
            found.append((0.97, KeysBeyond(Ref(path), tuple(sorted(good)))))
    return found


def _distinct(found: list[tuple[float, Atom]], rows: Sequence[Observation]) -> list[Feature]:
    best: dict[tuple[bool, ...], Feature] = {}
    envs = [row.env for row in rows]
    for prior, atom in sorted(found, key=lambda each: (-each[0], _length(each[1]), repr(each[1]))):
        test = compile_atom(atom)
        answers = tuple(test(env) for env in envs)
        if any(answers) and not all(answers):
            best.setdefault(answers, Feature(atom, prior, answers))
    return list(best.values())


def _length(atom: Atom) -> int:
    return len(atom.of.path) if isinstance(atom.of, Ref) else len(repr(atom.of))


def negated(atom: Atom) -> Atom:
    """Return the atom that is true exactly where this one is false; of ``Below`` among numbers, for what is
    no number is neither. Raises KeyError for an atom without a negation."""
    match atom:
        case Exists(of):
            return Absent(of)
        case Equals(of, value):
            return NotOneOf(of, (value,))
        case Below(of, bound):
            return AtLeast(of, bound)
        case Matches(of, pattern):
            return NotMatches(of, pattern)
        case KeysBeyond(of, keys):
            return KeysWithin(of, keys)
    raise KeyError(type(atom).__name__)
