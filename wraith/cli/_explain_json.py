"""Explanations as JSON: ``wraith.explain/1``. What is missing, which is not null, is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wraith.paths import MISSING, Found, format_path
from wraith.wir import (
    atom_to_json,
    effect_to_json,
    expr_to_json,
    show_atom,
    show_effect,
    show_expr,
)

if TYPE_CHECKING:
    from wraith.canonical import JsonValue
    from wraith.synth import (
        AtomTruth,
        ExchangeExplanation,
        Explanation,
        PartExplanation,
        PartTruth,
        VariantExplanation,
    )
    from wraith.wir import Atom, Expr, Route, Variant


def explanation_document(found: Explanation) -> dict[str, JsonValue]:
    """Return the explanation of a route."""
    statuses = [variant.status for variant in found.route.variants]
    return {
        "route": _route(found.route),
        "exchanges": found.exchanges,
        "sessions": found.sessions,
        "right": found.right,
        "wrong": [
            {
                "session": each.session,
                "exchange": each.exchange,
                "recorded_status": each.recorded,
                "variant": each.variant,
                "status": None if each.variant is None else statuses[each.variant],
            }
            for each in found.wrong
        ],
        "variants": [_variant(each) for each in found.variants],
    }


def exchange_document(found: ExchangeExplanation) -> dict[str, JsonValue]:
    """Return the explanation of one exchange."""
    chosen = None if found.chosen is None else found.route.variants[found.chosen]
    return {
        "session": found.session,
        "exchange": found.exchange,
        "request": {"method": found.method, "target": found.target},
        "recorded_status": found.recorded_status,
        "route": _route(found.route),
        "key": found.key,
        "variant": found.chosen,
        "status": None if chosen is None else chosen.status,
        "extrapolated": found.extrapolated,
        "variants": [
            {
                "variant": each.number,
                "status": each.status,
                "guards": [_truth(guard) for guard in each.guards],
                "support": [_truth(atom) for atom in each.support],
            }
            for each in found.variants
        ],
        "parts": [_part_truth(each) for each in found.parts],
        "effects": _effects(chosen),
        **_present("stored", found.stored),
    }


def _route(route: Route) -> JsonValue:
    return {
        "name": route.name,
        "method": route.method,
        "path_pattern": route.path_pattern,
        "state_op": route.state_op,
        "entity": route.entity,
        "key": None if route.key is None else _expr(route.key),
    }


def _variant(found: VariantExplanation) -> JsonValue:
    variant = found.variant
    return {
        "variant": found.number,
        "status": variant.status,
        "body_kind": variant.body_kind,
        "guards": [_atom(atom) for atom in variant.guards],
        "support": [_atom(atom) for atom in variant.support],
        "chosen": found.chosen,
        "sessions": found.sessions,
        "extrapolated": found.extrapolated,
        "right": found.right,
        "parts": [_part(part) for part in found.parts],
        "effects": _effects(variant),
        "lua_hook": variant.lua_hook,
    }


def _part(part: PartExplanation) -> JsonValue:
    return {
        **_place(part),
        "explained": part.explained,
        "total": part.total,
        "distinct": part.distinct,
        "rivals": [
            {**_expr(rival.source), "explained": rival.explained, "total": rival.total}
            for rival in part.rivals
        ],
        "disagreements": [
            {
                "session": each.session,
                "exchange": each.exchange,
                **_present("recorded", each.recorded),
                **_present("computed", each.computed),
            }
            for each in part.disagreements
        ],
    }


def _part_truth(part: PartTruth) -> JsonValue:
    return {
        **_place(part),
        "agrees": part.agrees,
        **_present("recorded", part.recorded),
        **_present("computed", part.computed),
    }


def _place(part: PartExplanation | PartTruth) -> dict[str, JsonValue]:
    return {
        "path": None if part.name is not None else format_path(part.path),
        "name": part.name,
        "hole": part.hole,
        "is_base": part.is_base,
        "class": part.hole_class,
        **_expr(part.source),
    }


def _effects(variant: Variant | None) -> list[JsonValue]:
    effects = () if variant is None else variant.effects
    return [{"effect": effect_to_json(effect), "text": show_effect(effect)} for effect in effects]


def _expr(expr: Expr) -> dict[str, JsonValue]:
    return {"source": expr_to_json(expr), "text": show_expr(expr)}


def _atom(atom: Atom) -> dict[str, JsonValue]:
    return {"atom": atom_to_json(atom), "text": show_atom(atom)}


def _truth(each: AtomTruth) -> dict[str, JsonValue]:
    return {**_atom(each.atom), "holds": each.holds}


def _present(name: str, value: Found) -> dict[str, JsonValue]:
    return {} if value is MISSING else {name: value}
