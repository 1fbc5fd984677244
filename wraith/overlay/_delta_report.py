"""``build/delta-report.json``: what the base answers already, what the overlay adds, what neither does."""

from __future__ import annotations

from typing import Literal

from wraith.config import Document
from wraith.overlay._overlaps import Overlap

AdviceCode = Literal["overlay-is-redundant", "many-unreplayable", "base-route-missing"]

MANY_UNREPLAYABLE_BP = 2_000
"""The share of exchanges from which on something about the recordings, or about the pin, is wrong."""

MAX_REASONS = 20
"""Reasons listed for a route; people mend the first ones first."""


class Unreplayable(Document):
    """Why an exchange is answered by neither base nor overlay."""

    session: str
    exchange: int
    reason: Literal["truncated", "conflict", "not-predicted", "graphql"]
    detail: str


class RouteDelta(Document):
    """One route: how many of its exchanges are whose."""

    route: str
    covered_by_base: int = 0
    delta: int = 0
    new_route: int = 0
    unreplayable: int = 0
    variants_added: int = 0
    guards_added: tuple[str, ...] = ()
    """Guards that tell what was added from the variants of the base, as text."""
    reasons: tuple[Unreplayable, ...] = ()


class Advice(Document):
    """Something to do."""

    code: AdviceCode
    message: str
    remedy: str


class DeltaReport(Document):
    """The whole of ``build/delta-report.json``."""

    format: Literal["wraith.delta/1"] = "wraith.delta/1"
    overlay: str
    base: tuple[str, ...]
    """What was subtracted: the base, then what the overlay requires, as ``name@digest``."""
    exchanges: int
    covered_by_base: int
    delta: int
    new_route: int
    unreplayable: int
    routes: tuple[RouteDelta, ...]
    conflicts: tuple[Overlap, ...] = ()
    """Variants that no guard tells from those of the base; they were left out."""
    advice: tuple[Advice, ...] = ()


def advice(
    overlay: str, *, exchanges: int, added: int, unreplayable: int, missing: tuple[str, ...]
) -> tuple[Advice, ...]:
    """Return what to do. ``missing`` are routes below resources of the base that the base does not have."""
    found = []
    if exchanges and not added:
        found.append(
            Advice(
                code="overlay-is-redundant",
                message=f"the base answers all that was recorded for {overlay} as the service did",
                remedy=f"use the base alone, or record what it lacks: wraith record {overlay}",
            )
        )
    if unreplayable * 10_000 > exchanges * MANY_UNREPLAYABLE_BP:
        found.append(
            Advice(
                code="many-unreplayable",
                message=f"{unreplayable} of {exchanges} exchanges are answered by neither base nor overlay",
                remedy="read the reasons; record more of the routes named, or give conflicts a guard",
            )
        )
    if missing:
        found.append(
            Advice(
                code="base-route-missing",
                message=f"the base knows the resource, and has no such route: {', '.join(missing)}",
                remedy="ask its owner to record it, or leave it here: promote suggests it to the base",
            )
        )
    return tuple(found)
