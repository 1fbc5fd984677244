"""What lists say beside their items, as the lists of other routes do.

A service pages all its lists alike. One that was only ever asked for its first page says ``"per_page": 10``
each time, which is no constant where another list says there what it was asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from wraith.paths import MISSING, Found, Path, get
from wraith.synth._roles import Role
from wraith.wir import Expr, Variant

if TYPE_CHECKING:
    from wraith.synth._variants import LearnedRoute

Beside = Mapping[Path, Expr]
"""Expressions by the path at which they stand, from the object that holds the list."""

NOTHING_BESIDE: Beside = {}


def beside_lists(learned: Sequence[tuple[Role, LearnedRoute]]) -> Beside:
    """Return what stands beside the items of lists and depends on the request or the page: of several routes
    the one that showed most teaches."""
    found: dict[Path, tuple[int, Expr]] = {}
    for role, route in learned:
        for variant, evidence in zip(route.variants, route.evidence, strict=True):
            for path, expr in _said(variant, role):
                if path not in found or found[path][0] < evidence.exchanges:
                    found[path] = (evidence.exchanges, expr)
    return {path: expr for path, (_, expr) in found.items()}


def _said(variant: Variant, role: Role) -> list[tuple[Path, Expr]]:
    if not role.listing or variant.status >= 300 or variant.body_template is None:
        return []
    around = get(variant.body_template, role.listing[:-1])
    named = around.items() if isinstance(around, dict) else ()
    holes = [
        ((name,), variant.holes[node[1:]])
        for name, node in named
        if name != role.listing[-1] and isinstance(node, str) and node[1:] in variant.holes
    ]
    return [
        (path, hole.source)
        for path, hole in holes
        if hole.hole_class in ("derived", "echoed") and _is_of_the_page(hole.source)
    ]


def _is_of_the_page(expr: Expr) -> bool:
    """Whether an expression looks at nothing but the query and what it finds."""
    text = repr(expr)
    roots = text.count("Ref(path=(")
    return (
        roots == text.count("Ref(path=('page',") + text.count("Ref(path=('request', 'query',") and roots > 0
    )


def may_say(role: Role, route: LearnedRoute, beside: Beside) -> bool:
    """Whether a list has a constant where others say something of the request or the page."""
    listing = role.listing
    if not listing:
        return False
    return any(
        variant.status < 300
        and variant.body_template is not None
        and _is_constant(get(variant.body_template, (*listing[:-1], *path)))
        for variant in route.variants
        for path in beside
    )


def _is_constant(node: Found) -> bool:
    return node is not MISSING and not (isinstance(node, str) and node.startswith("$"))
