"""Answers that hold the answers to other requests: what the leaves of each are, its own variant says."""

from __future__ import annotations

from collections.abc import Mapping

from wraith.canonical import JsonValue
from wraith.runtime import Answer
from wraith.wir import Ask, Each, Expr, Hole, Object, Ref

BODY = Ref(("item", "body"))
"""What an answer to a request inside said."""


def is_told_inside(source: Expr) -> bool:
    """Whether a list holds the answers to other requests."""
    match source:
        case Each(Each(_, Ask()), told):
            return _holds(told)
    return False


def _holds(told: Expr) -> bool:
    return told == BODY or (
        isinstance(told, Object) and (told.base == BODY or any(each == BODY for _, each in told.members))
    )


def told_inside(source: Expr, answer: Answer, exact: JsonValue) -> tuple[JsonValue, Mapping[str, Hole]]:
    """Return the template and the holes of one element of such a list, from what answered it; ``exact`` is
    that of what has none."""
    if not isinstance(source, Each) or answer.route is None or answer.variant is None:
        return exact, {}
    variant = answer.route.variants[answer.variant]
    told = source.item
    if isinstance(told, Object) and told.base != BODY:
        names = (name for name, each in told.members if each == BODY)
        return dict.fromkeys(names, variant.body_template), variant.holes
    return variant.body_template, variant.holes
