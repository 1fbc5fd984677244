"""What holds of every representation of a collection, whichever route shows it.

Where one route teaches that a member is worked out (a total from the lines, what was sold from the orders),
the other routes show the same member, often too rarely to learn it themselves, or so that a copy of what was
stored looks as good. So a *law* is tried there first: the calculation, said in terms of the representation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from wraith.canonical import JsonValue
from wraith.paths import Path
from wraith.synth._exchanges.learned import LearnedRoute
from wraith.synth._roles.roles import Role
from wraith.wir import Call, Each, Expr, First, Literal, Lookup, Object, Query, Ref, Sum, Text, Variant, When

ENOUGH = 5
"""Answers that a calculation must have been learned from to be a law."""

Laws: TypeAlias = Mapping[Path, Expr]
"""Calculations by the member of a representation that they give, with the representation at
``response.body``."""

NO_LAWS: Laws = {}

OWN: Path = ("response", "body")

_Change: TypeAlias = Callable[[Expr], Expr | None]


def laws_of(learned: Sequence[tuple[Role, LearnedRoute]]) -> dict[str, dict[Path, Expr]]:
    """Return the laws of each collection; of several routes the one that showed most teaches."""
    found: dict[str, dict[Path, tuple[int, Expr]]] = {}
    for role, route in learned:
        if role.collection is None or role.envelope is None or role.listing is not None:
            continue
        laws = found.setdefault(role.collection.name, {})
        for variant, evidence in zip(route.variants, route.evidence, strict=True):
            if variant.status >= 300 or evidence.exchanges < ENOUGH:
                continue
            for path, expr in _calculations(variant, role):
                if path not in laws or laws[path][0] < evidence.exchanges:
                    laws[path] = (evidence.exchanges, expr)
    return {name: {path: expr for path, (_, expr) in laws.items()} for name, laws in found.items() if laws}


def _calculations(variant: Variant, role: Role) -> list[tuple[Path, Expr]]:
    assert role.envelope is not None  # Invariant: laws_of has looked
    found = []
    for name, at in _places(variant.body_template, ()):
        hole = variant.holes[name]
        inner = at[len(role.envelope) :] if at[: len(role.envelope)] == role.envelope else None
        if hole.hole_class in ("derived", "state") and not isinstance(hole.source, Ref) and inner:
            law = _said_of_itself(hole.source, role)
            if law is not None and _mentions(law, inner):
                law = hole.source if _is_of_the_stored(hole.source) else None
            if law is not None:
                found.append((inner, law))
    return found


def _places(template: JsonValue, at: Path) -> list[tuple[str, Path]]:
    if isinstance(template, str) and template.startswith("$") and not template.startswith("$$"):
        return [(template[1:], at)]
    if not isinstance(template, dict):
        return []
    return [
        each for name, node in template.items() if name != "$spread" for each in _places(node, (*at, name))
    ]


def _said_of_itself(expr: Expr, role: Role) -> Expr | None:
    """Return the expression in terms of the representation, None where it needs the request or more."""
    assert role.collection is not None  # Invariant: laws_of has looked
    assert role.envelope is not None
    match expr:
        case Ref(("item", *_) | ("position",)):
            return expr
        case Ref(("entity", *rest)):
            return Ref((*OWN, *rest))
        case Ref(("response", "body", *rest)):
            path: Path = tuple(rest)
            size = len(role.envelope)
            return Ref((*OWN, *path[size:])) if path[:size] == role.envelope and path[size:] else None
        case Ref():
            return Ref((*OWN, *role.collection.key)) if expr == role.key else None
    return with_parts(expr, lambda part: _said_of_itself(part, role))


def with_parts(expr: Expr, change: _Change) -> Expr | None:
    """Return an expression with its parts changed, None where one cannot be, or where it is of a kind that no
    law has. What a query shows of what it finds is no part: it speaks of other entities."""
    if isinstance(expr, Literal):
        return expr
    if isinstance(expr, Query):
        values = [change(each.value) for each in expr.where]
        if None in values:
            return None
        where = [replace(each, value=value) for each, value in zip(expr.where, values, strict=True) if value]
        return replace(expr, where=tuple(where))
    if isinstance(expr, Lookup):
        key = change(expr.key)
        return replace(expr, key=key) if key is not None else None
    if isinstance(expr, Each):
        of, item = change(expr.of), change(expr.item)
        return Each(of, item) if of is not None and item is not None else None
    return _with_several(expr, change)


def _with_several(expr: Expr, change: _Change) -> Expr | None:
    match expr:
        case Call(function, of):
            done = _all(of, change)
            return Call(function, done) if done is not None else None
        case First(options):
            done = _all(options, change)
            return First(done) if done is not None else None
        case Text(parts):
            done = _all(parts, change)
            return Text(done) if done is not None else None
        case Sum(plus, minus):
            more, less = _all(plus, change), _all(minus, change)
            return Sum(more, less) if more is not None and less is not None else None
        case Object(members, base):
            done = _all([value for _, value in members], change)
            under = change(base) if base is not None else None
            if done is not None and (base is None or under is not None):
                named = zip(members, done, strict=True)
                return Object(tuple((name, value) for (name, _), value in named), under)
    return None


def _all(parts: Sequence[Expr], change: _Change) -> tuple[Expr, ...] | None:
    done = [made for part in parts if (made := change(part)) is not None]
    return tuple(done) if len(done) == len(parts) else None


def _is_of_the_stored(expr: Expr) -> bool:
    """Whether an expression needs nothing but the representation that was stored, and what it refers to."""

    def look(part: Expr) -> Expr | None:
        if isinstance(part, Ref):
            return part if part.path[0] in ("entity", "item", "position") else None
        return with_parts(part, look)

    return look(expr) is not None


def _mentions(expr: Expr, member: Path) -> bool:
    """Whether a law needs the member that it gives, or a part of that, or what it is part of."""
    return any(path[: len(member)] == member or path == member[: len(path)] for path in mentioned(expr))


def mentioned(expr: Expr) -> list[Path]:
    """Return the parts of the answer that a calculation needs, as paths of its body."""
    found: dict[Path, None] = {}

    def look(part: Expr) -> Expr | None:
        if isinstance(part, Ref):
            if part.path[:2] == OWN:
                found.setdefault(part.path[2:])
            return part
        return with_parts(part, look)

    look(expr)
    return list(found)


def rooted(law: Expr, root: Path) -> Expr | None:
    """Return a law about the representation that stands at a place."""

    def move(part: Expr) -> Expr | None:
        if isinstance(part, Ref):
            return Ref((*root, *part.path[2:])) if part.path[:2] == OWN else part
        if isinstance(part, When):
            return _moved(part, move)
        return with_parts(part, move)

    return move(law)


def _moved(choice: When, move: _Change) -> Expr | None:
    of, then = move(choice.test.of), move(choice.then)
    otherwise = move(choice.otherwise) if choice.otherwise is not None else None
    if of is None or then is None or (otherwise is None and choice.otherwise is not None):
        return None
    return When(replace(choice.test, of=of), then, otherwise)


def is_of_state(expr: Expr) -> bool:
    """Whether a calculation looks at other entities: then what was stored of its result may be stale."""
    return "Query(" in repr(expr) or "Lookup(" in repr(expr)


def may_obey(role: Role, route: LearnedRoute, laws: Mapping[str, Laws]) -> bool:
    """Whether a route shows representations for which there are laws, and does not explain them itself."""
    known = laws.get(role.collection.name, {}) if role.collection is not None else {}
    if not known or (role.envelope is None and role.listing is None):
        return False
    if any(is_of_state(law) for law in known.values()):
        return True
    return any(evidence.unexplained for evidence in route.evidence)
