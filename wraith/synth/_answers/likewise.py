"""What other routes say in the same place, and so what may look like a constant in one of them.

A service pages all its lists alike: one that was only ever asked for its first page says ``"per_page": 10``
each time, which is no constant where another list says there what it was asked for. And it treats a member of
one name alike in all its collections: where two of them keep the ``metadata`` that are sent, a third that was
never sent any has them empty for that reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path, get
from wraith.synth._evidence.places import rank
from wraith.synth._exchanges.learned import LearnedRoute
from wraith.synth._guards.laws import NO_LAWS, Laws
from wraith.synth._roles.roles import Role
from wraith.wir import Expr, Variant

AGREE = 2
"""Collections that must treat a member alike."""

Likewise: TypeAlias = Mapping[Path, Expr]
"""Expressions by the place in an answer."""

NOTHING_LIKEWISE: Likewise = {}


@dataclass(frozen=True, slots=True)
class Taught:
    """What is known of a route from others: laws of its collection, and what they say in the same places."""

    laws: Laws = field(default_factory=lambda: NO_LAWS)
    likewise: Likewise = field(default_factory=lambda: NOTHING_LIKEWISE)


UNTAUGHT = Taught()


@dataclass(frozen=True, slots=True)
class Habits:
    """What lists say beside their items, and what created entities have for a member, by name."""

    lists: Mapping[str, Expr]
    creations: Mapping[str, Expr]

    def of(self, role: Role) -> Likewise:
        """Return what a route may say as others do."""
        if role.listing:
            return {(*role.listing[:-1], name): expr for name, expr in self.lists.items()}
        if role.op == "create" and role.envelope is not None:
            return {(*role.envelope, name): expr for name, expr in self.creations.items()}
        return NOTHING_LIKEWISE


def habits_of(learned: Sequence[tuple[Role, LearnedRoute]]) -> Habits:
    """Return what routes say in places that others have as well. Of lists one teaches: the one that showed
    most; of creations as many as agree."""
    lists: dict[str, tuple[int, Expr]] = {}
    created: dict[str, list[tuple[str, Expr]]] = defaultdict(list)
    for role, route in learned:
        for variant, evidence in zip(route.variants, route.evidence, strict=True):
            if role.listing:
                for name, expr in _said(variant, role.listing[:-1], "request', 'query", "page"):
                    if name not in lists or lists[name][0] < evidence.exchanges:
                        lists[name] = (evidence.exchanges, expr)
            elif role.op == "create" and role.envelope is not None and role.collection is not None:
                for name, expr in _said(variant, role.envelope, "request', 'body"):
                    created[name].append((role.collection.name, expr))
    return Habits(
        {name: expr for name, (_, expr) in lists.items()},
        {name: best for name, votes in created.items() if (best := _agreed(votes)) is not None},
    )


def _agreed(votes: Sequence[tuple[str, Expr]]) -> Expr | None:
    """Return the expression that most collections have, at least some; of equals the simplest."""
    said_by = {repr(expr): expr for _, expr in votes}
    names = {said: {name for name, expr in votes if repr(expr) == said} for said in said_by}
    return min(
        (expr for said, expr in said_by.items() if len(names[said]) >= AGREE),
        key=lambda expr: (-len(names[repr(expr)]), rank(expr)),
        default=None,
    )


def _said(variant: Variant, around: Path, *roots: str) -> Iterator[tuple[str, Expr]]:
    """Yield the members of an object in an answer that depend on nothing but some roots."""
    node = get(variant.body_template, around) if variant.body_template is not None else MISSING
    if variant.status >= 300 or not isinstance(node, dict):
        return
    for name, value in node.items():
        hole = variant.holes.get(value[1:]) if isinstance(value, str) and value.startswith("$") else None
        if hole is not None and name != "$spread" and hole.hole_class in ("derived", "echoed"):
            text = repr(hole.source)
            own = sum(text.count(f"Ref(path=('{root}'") for root in roots)
            if own > 0 and own == text.count("Ref(path=("):
                yield name, hole.source


def may_say(route: LearnedRoute, likewise: Likewise) -> bool:
    """Whether a route has a constant where others say something else."""
    return any(
        variant.status < 300 and _is_constant(variant.body_template, path)
        for variant in route.variants
        for path in likewise
    )


def _is_constant(template: JsonValue, path: Path) -> bool:
    node: Found = get(template, path) if template is not None else MISSING
    return node is not MISSING and not (isinstance(node, str) and node.startswith("$"))
