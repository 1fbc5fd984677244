"""The questions that a guard may ask of a route's requests.

Each comes from what was observed: names and values in requests, what they refer to, the stored documents that
the path addresses. A question has a price in *bits*: how far its kind is from being the reason of a real
service. Presence in the state, a credential and a condition in a header are cheap; equality with a literal,
which often is an accident of the sample, is dear, and dearer where many such questions could be asked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import log2
from operator import and_
from typing import TypeAlias

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path, get
from wraith.runtime import number_of, text_of
from wraith.synth._evidence.columns import Columns
from wraith.synth._evidence.ranges import PART
from wraith.synth._evidence.rows import kind
from wraith.synth._guards.named import Spoken
from wraith.synth._guards.relations import TRUE, Documents, documents, relations
from wraith.synth._guards.said import stated
from wraith.synth._roles.roles import Role
from wraith.synth._shared.priors import DECIDING_HEADERS, FORMATS
from wraith.synth._world.observe import Observation
from wraith.wir import (
    Absent,
    Atom,
    Below,
    Call,
    Equals,
    Exists,
    Expr,
    KeysBeyond,
    KeysWithin,
    Literal,
    Lookup,
    Matches,
    NotMatches,
    NotOneOf,
    Ref,
    Text,
)

BITS = {
    "addressed": 1.0,
    "stated": 1.5,
    "header": 1.5,
    "body_kind": 1.5,
    "condition": 1.5,
    "member": 2.0,
    "reference": 2.0,
    "granted": 2.0,
    "named": 3.0,
    "alike": 2.0,
    "taken": 2.5,
    "unexpected": 2.5,
    "type": 2.5,
    "odd_type": 3.5,
    "open": 3.0,
    "related": 3.5,
    "format": 3.5,
    "inner": 3.5,
    "stored": 4.0,
    "truth": 4.0,
    "sign": 4.0,
    "category": 4.5,
    "perhaps_alike": 4.5,
    "order": 4.5,
    "bound": 5.0,
    "length": 5.0,
    "perhaps_named": 5.0,
    "perhaps_taken": 5.5,
    "word": 6.0,
}
"""What a question of each kind costs: a prior, in the order in which services have them for reasons."""

MULTIPLICITY = 0.5
"""How much of the choice among the questions of one kind is paid for: they are far from independent."""

MAX_CATEGORIES = 6
"""A field with more different values than this is data, not a switch."""

DEEPEST = 3
"""How deep below a member of a document the places stand that are asked about."""

MAX_PLACES = 250
"""Places of requests and stored documents that are asked about: more than any validated request has."""

_RUNS = re.compile(r"[0-9]+|[A-Za-z]+|[^0-9A-Za-z]+")
MAX_SHAPES = 3
"""Different shapes of the values of one place; where there are more, shape means nothing."""

USUAL = 0.7
"""The share of the values that have the one shape which means something, where others have many."""

LONGEST_SHAPE = 40
MAX_RUNS = 7
"""Runs of a shape: more are prose, or random."""


@dataclass(frozen=True, slots=True)
class Feature:
    """A question with its price and its answers: answer i says whether it is true of observation i."""

    atom: Atom
    bits: float
    answers: tuple[bool, ...]


Asked = list[tuple[str, Atom]]
"""Kinds and atoms."""

_Priced: TypeAlias = tuple[float, str, Atom]
"""What a question costs, its kind, and the question."""

Homes: TypeAlias = Mapping[str, set[str]]
"""The keys of the entities that some exchange speaks of, with the collections that hold them."""


def features(rows: Sequence[Observation], role: Role, succeeded: Sequence[bool]) -> list[Feature]:
    """Return the questions that tell some of the observations apart, each set of answers once, the cheapest
    first."""
    stored = documents(rows, role)
    asked: Asked = [("addressed", Exists(Lookup(name, key))) for name, key in role.addressed]
    asked += [("addressed", Exists(Lookup(name, key))) for name, key in role.around if _names_past(key, role)]
    if role.key is not None:
        asked.append(("addressed", Exists(Ref(("entity",)))))
    asked.append(("header", Exists(Ref(("caller",)))))
    homes = homes_of(rows)
    for expr, by_row in values_of(rows, stored, role):
        asked += _about(expr, by_row, homes)
    if role.store is not None and any("range" in row.env.headers for row in rows):
        asked.append(("addressed", Exists(PART)))
    decoded = sorted({row.env.body_kind for row in rows})
    asked += [("body_kind", Equals(Ref(("request", "body_kind")), each)) for each in decoded]
    asked += _unexpected_keys(rows, succeeded)
    asked += [("stated", atom) for atom in stated(rows, succeeded)]
    asked += [(price, Equals(call, TRUE)) for price, call in relations(rows, role, stored)]
    return _distinct(asked, rows, succeeded)


def _names_past(key: Expr, role: Role) -> bool:
    return isinstance(key, Text) and key.parts[-1] in role.past


# --- places -----------------------------------------------------------------------------------------------


def values_of(
    rows: Sequence[Observation], stored: Documents, role: Role
) -> Iterator[tuple[Expr, list[Found]]]:
    """Yield each place of the requests and of the stored documents with its value in every row."""
    requests: list[dict[str, JsonValue]] = [_request(row) for row in rows]
    places: dict[Path, None] = {}
    for request in requests:
        for root in request:
            _add_members(places, request[root], (root,))
    for path in list(places)[:MAX_PLACES]:
        yield Ref(("request", *path)), [get(request, path) for request in requests]
    own_key = role.collection.key if role.collection is not None else None
    for place, by_row in stored.items():
        different = {id(document): document for document in by_row}.values()
        inside: dict[Path, None] = {}
        for document in different:
            _add_members(inside, document, ())
        for path in list(inside)[:MAX_PLACES]:
            if path != own_key:  # which entity it is decides nothing; what it holds may
                yield place.at(path), [get(document, path) for document in by_row]


def _request(row: Observation) -> dict[str, JsonValue]:
    """Return the parts of a request that may be the reason of its answer."""
    env = row.env
    parts: dict[str, JsonValue] = {} if env.body is MISSING else {"body": env.body}
    headers = env.headers
    return {
        **parts,
        "query": env.query,
        "header": {name: headers[name] for name in DECIDING_HEADERS if name in headers},
        "path": dict(env.path),
    }


def _add_members(places: dict[Path, None], document: Found, at: Path, depth: int = 0) -> None:
    """Add the paths of the members of a document, and of those in them."""
    if isinstance(document, dict):
        members: Iterable[tuple[str | int, JsonValue]] = document.items()
    else:
        members = [(0, document[0])] if isinstance(document, list) and document else ()
    for key, value in members:
        path = (*at, key)
        places.setdefault(path)
        if depth < DEEPEST and isinstance(value, dict | list):
            _add_members(places, value, path, depth + 1)


# --- questions about one place ----------------------------------------------------------------------------


def _about(expr: Expr, values: list[Found], homes: Homes) -> Asked:
    sent = isinstance(expr, Ref) and expr.path[0] == "request"
    texts = Counter(text for value in values if (text := text_of(value)) is not None)
    asked: Asked = []
    if any(value is MISSING for value in values):
        asked.append((_presence(expr), Exists(expr)))
    if sent:
        asked += [("reference", Exists(Lookup(name, expr))) for name in _collections_with(texts, homes)]
        asked += _about_types(expr, values)
        asked += _about_formats(expr, texts, homes)
        asked += _about_lengths(expr, values)
    asked += _about_categories(expr, values, texts, homes)
    asked += _about_numbers(expr, values)
    return asked


def _presence(expr: Expr) -> str:
    """Return the kind of the question whether something stands at a place."""
    match expr:
        case Ref(("request", "header", *_)):
            return "header"
        case Ref(("request", _, _)) | Ref(("request", "body", _, _)):
            return "member"
        case Ref(("request", *_)):
            return "inner"
    return "stored"


def _about_categories(expr: Expr, values: list[Found], texts: Counter[str], homes: Homes) -> Asked:
    """Ask for the values of a place that has few, unless they name entities."""
    scalars = {
        (type(value), value): value
        for value in values
        if value is not MISSING and not isinstance(value, dict | list)
    }
    if len(scalars) > MAX_CATEGORIES and not any(count * 4 >= len(values) for count in texts.values()):
        return []
    common = {text for text, count in texts.most_common(MAX_CATEGORIES)}
    named = isinstance(expr, Ref) and expr.path[:2] in (("request", "path"), ("request", "header"))
    asked: Asked = []
    for value in scalars.values():
        text = text_of(value)
        if value is None or isinstance(value, bool):
            asked.append(("truth", Equals(expr, value)))
        elif text in common and str(text) not in homes:
            price = "header" if text == "*" else "word" if named else "category"
            asked.append((price, Equals(expr, value)))
    return asked


def homes_of(rows: Sequence[Observation]) -> Homes:
    homes: dict[str, set[str]] = {}
    for row in rows:
        for name, stored in row.captured.entities.items():
            for key in stored:
                homes.setdefault(key, set()).add(name)
    return homes


def _collections_with(texts: Iterable[str], homes: Homes) -> list[str]:
    return sorted({name for text in texts for name in homes.get(text, ())})


def _about_types(expr: Expr, values: list[Found]) -> Asked:
    """Ask whether a value that is given has the type that most have, and whether it has another."""
    kinds = Counter(kind(value) for value in values if value is not MISSING)
    if len(kinds) < 2:
        return []
    usual = max(sorted(kinds), key=lambda each: kinds[each])
    return [
        ("type" if name == usual else "odd_type", Equals(Call("is", (expr, Literal(name))), name != usual))
        for name in sorted(kinds)
    ]


def _about_formats(expr: Expr, texts: Counter[str], homes: Homes) -> Asked:
    asked: Asked = []
    if isinstance(expr, Ref) and expr.path[:2] == ("request", "header"):
        return [("format", Matches(expr, pattern)) for pattern in prefixes(texts)]
    plain = [text for text in texts if text not in homes]
    for pattern in (*FORMATS, *_shapes(plain)):
        fits = re.compile(pattern).fullmatch
        matching = sum([fits(text) is not None for text in texts])
        if 0 < matching < len(texts):
            fails = Equals(Call("matches", (expr, Literal(pattern))), False)
            asked += [("format", Matches(expr, pattern)), ("format", fails)]
    return asked


def _shapes(texts: Iterable[str]) -> list[str]:
    """Return the shapes that texts share, where they are few, or the one most of them have: runs of digits
    and of letters, other marks as they are."""
    shapes = Counter(shape for text in texts if (shape := shape_of(text)) is not None)
    if len(shapes) <= MAX_SHAPES:
        return sorted(shapes) if len(shapes) > 1 else []
    [(usual, count)] = shapes.most_common(1)
    return [usual] if count >= USUAL * shapes.total() else []


def shape_of(text: str) -> str | None:
    """Return the pattern of the runs in a text; None where it is too long for its shape to mean anything."""
    runs = _RUNS.findall(text)
    if len(text) > LONGEST_SHAPE or len(runs) > MAX_RUNS:
        return None
    return "".join(
        "[0-9]+" if run[0].isdigit() else "[A-Za-z]+" if run[0].isalpha() else re.escape(run) for run in runs
    )


def _about_lengths(expr: Expr, values: list[Found]) -> Asked:
    lengths = {float(len(value)) for value in values if isinstance(value, str | list)}
    if not isinstance(expr, Ref) or expr.path[1] == "header" or len(lengths) < 2:
        return []
    bounds = sorted({_round_between(low, high) for low, high in pairwise(sorted(lengths))})
    return [("length", atom) for bound in bounds[:8] for atom in _around(Call("count", (expr,)), bound)]


def _about_numbers(expr: Expr, values: list[Found]) -> Asked:
    numbers = {number for value in values if (number := number_of(value)) is not None}
    if not numbers:
        return []
    bounds = {0.0, 1.0} | {_round_between(low, high) for low, high in pairwise(sorted(numbers))}
    if len(bounds) > 40:
        return []
    return [
        ("sign" if bound in (0.0, 1.0) else "bound", atom)
        for bound in sorted(bounds)
        for atom in _around(expr, bound)
    ]


def _around(expr: Expr, bound: float) -> tuple[Atom, Atom]:
    """Return the questions whether a value is below a bound, and whether it is given and is not."""
    return Below(expr, bound), Equals(Call("less", (expr, Literal(_whole(bound)))), False)


def _round_between(low: float, high: float) -> float:
    """Return the roundest number above ``low`` and not above ``high``: limits are round more often than
    not."""
    for digits in range(12, -1, -1):
        step = 10**digits
        candidate = (int(low // step) + 1) * step
        if low < candidate <= high:
            return float(candidate)
    return high


def prefixes(texts: Iterable[str]) -> list[str]:
    """Return patterns for what values begin with, up to a separator, in the order of what stands there."""
    starts: set[str] = set()
    for text in texts:
        for found in re.finditer(r"[_ :\-]", text[:24]):
            starts.add(text[: found.end()])
    return [re.escape(start) + ".*" for start in sorted(starts)]


def _unexpected_keys(rows: Sequence[Observation], succeeded: Sequence[bool]) -> Asked:
    """Where failures hold a member that no success has, ask for members beyond those of the successes."""
    asked: Asked = []
    for root in ("body", "query"):
        good: set[str] = set()
        bad: set[str] = set()
        for row, ok in zip(rows, succeeded, strict=True):
            document = row.env.body if root == "body" else row.env.query
            if isinstance(document, dict):
                (good if ok else bad).update(document)
        if bad - good:
            asked.append(("unexpected", KeysBeyond(Ref(("request", root)), tuple(sorted(good)))))
    return asked


# --- all of them ------------------------------------------------------------------------------------------


REFUSING = frozenset(("alike", "taken", "perhaps_alike", "perhaps_taken"))
"""Kinds of question that can only be the reason of a refusal: who succeeds is not in its way."""

NAMED = 0.6
"""What a question costs, as a part of its price, that a refusal names."""

DEPTH = 0.5
"""Bits for each step below a stored document: the deeper, the more there is to choose from."""

REFERRED = 1.0
"""Bits for a question about an entity that a member of the request refers to."""


def _distinct(asked: Asked, rows: Sequence[Observation], succeeded: Sequence[bool]) -> list[Feature]:
    """Return one feature for each set of answers: of the questions that give it, the cheapest."""
    columns = Columns(row.env for row in rows)
    telling: list[tuple[str, Atom, tuple[bool, ...]]] = []
    for price, atom in dict.fromkeys(asked):
        answers = columns.answers(atom)
        if True not in answers or False not in answers:
            continue
        if price not in REFUSING or not any(map(and_, answers, succeeded)):
            telling.append((price, atom, answers))
    many = Counter((price, _is_referred(atom)) for price, atom, _ in telling)
    spoken = Spoken(rows, succeeded)
    alike: dict[tuple[bool, ...], list[_Priced]] = {}
    for price, atom, answers in telling:
        bits = _price(price, atom) * (NAMED if spoken.about(atom) else 1)
        alike.setdefault(answers, []).append((bits, price, atom))
    best: list[Feature] = []
    for answers, some in alike.items():
        least = min(bits for bits, _, _ in some)
        cheapest = [each for each in some if each[0] == least]
        bits, price, atom = min(cheapest, key=lambda each: (_length(each[2]), repr(each[2])))
        choice = MULTIPLICITY * log2(many[price, _is_referred(atom)])
        best.append(Feature(atom, bits + choice, answers))
    return _in_order(best)


def _in_order(some: list[Feature]) -> list[Feature]:
    """Return the cheapest first; what an atom is written like decides last, and is seldom asked for."""
    by_bits = groupby(sorted(some, key=lambda each: each.bits), key=lambda each: each.bits)
    return [
        each
        for _, equals in by_bits
        for each in sorted(equals, key=lambda each: (_length(each.atom), repr(each.atom)))
    ]


def _price(price: str, atom: Atom) -> float:
    far = REFERRED if _is_referred(atom) else 0.0
    match atom.of:
        case Ref(("entity", _, *below)) | Lookup(at=(_, *below)):
            return BITS[price] + far + DEPTH * len(below)
    return BITS[price] + far


def _is_referred(atom: Atom) -> bool:
    """Whether a question is about what an entity holds that the request refers to."""
    parts = atom.of.of if isinstance(atom.of, Call) else (atom.of,)
    return any(
        isinstance(part, Lookup)
        and part.at
        and isinstance(part.key, Ref)
        and part.key.path[:2] in (("request", "body"), ("request", "query"))
        for part in parts
    )


def _length(atom: Atom) -> int:
    return len(atom.of.path) if isinstance(atom.of, Ref) else len(repr(atom.of))


def negated(atom: Atom) -> Atom:
    """Return the atom that is true exactly where this one is false. Raises KeyError for an atom without a
    negation."""
    match atom:
        case Exists(of):
            return Absent(of)
        case Equals(of, value):
            return NotOneOf(of, (value,))
        case Below(of, bound):  # what is no number is not below either
            return NotOneOf(Call("less", (of, Literal(_whole(bound)))), (TRUE,))
        case Matches(of, pattern):
            return NotMatches(of, pattern)
        case KeysBeyond(of, keys):
            return KeysWithin(of, keys)
    raise KeyError(type(atom).__name__)


def _whole(number: float) -> JsonValue:
    return int(number) if isinstance(number, float) and number.is_integer() else number
