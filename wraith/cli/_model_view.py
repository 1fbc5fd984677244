"""A model as people read it: its routes, its symbols, what it does to state.

A *symbol* is a leaf of a variant's body template: a hole with its class, or a constant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wraith.canonical import compact
from wraith.cli._output import Block, Line, Table, count
from wraith.paths import format_path, leaves
from wraith.wir import atom_to_json, expr_to_json, show_atom, show_expr

if TYPE_CHECKING:
    from wraith.canonical import JsonValue
    from wraith.wir import Evidence, Model, Route, RouteEvidence, Variant

_ROOT = "(whole body)"


@dataclass(frozen=True, slots=True)
class Symbol:
    """One leaf of a template: where it stands, its class, and what fills it."""

    path: str
    symbol_class: str
    source: JsonValue
    text: str


def symbols(variant: Variant) -> Iterator[Symbol]:
    """Yield the symbols of a variant's body, in the order of the template."""
    if variant.body_kind == "empty":
        return
    for path, leaf in leaves(variant.body_template):
        hole = variant.holes.get(leaf[1:]) if isinstance(leaf, str) and leaf.startswith("$") else None
        at = format_path(path) or _ROOT
        if hole is None:
            value = leaf[1:] if isinstance(leaf, str) and leaf.startswith("$$") else leaf
            yield Symbol(at, "constant", {"literal": value}, compact(value).decode())
        else:
            yield Symbol(at, hole.hole_class, expr_to_json(hole.source), show_expr(hole.source))


def count_symbols(model: Model) -> dict[str, int]:
    """Return how many symbols of each class a model has, the most frequent class first."""
    counts = Counter(
        symbol.symbol_class
        for route in model.routes
        for variant in route.variants
        for symbol in symbols(variant)
    )
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def state_operations(model: Model) -> dict[str, dict[str, list[str]]]:
    """Return the routes that touch each entity, by operation."""
    operations: dict[str, dict[str, list[str]]] = {entity.name: {} for entity in model.entities}
    for route in model.routes:
        if route.entity is not None:
            operations.setdefault(route.entity, {}).setdefault(route.state_op, []).append(route.name)
    return {entity: operations[entity] for entity in sorted(operations)}


def state_operation_documents(model: Model) -> dict[str, JsonValue]:
    """Return the state operations as JSON."""
    return {
        entity: {operation: list(routes) for operation, routes in by_operation.items()}
        for entity, by_operation in state_operations(model).items()
    }


def route_documents(model: Model, evidence: Evidence | None) -> list[JsonValue]:
    """Return the routes as JSON, with what backs them where that is known."""
    return [_route_document(route, evidence) for route in model.routes]


def route_table(model: Model, evidence: Evidence | None) -> Table:
    """Return one row for each route."""
    rows = []
    for route in model.routes:
        seen = _seen(route, evidence)
        rows.append(
            (
                route.method,
                route.path_pattern,
                route.state_op,
                route.entity or "-",
                " ".join(str(status) for status in sorted({variant.status for variant in route.variants})),
                str(len(route.variants)),
                "-" if seen is None else str(seen),
            )
        )
    return Table(("METHOD", "PATTERN", "OP", "ENTITY", "STATUSES", ">VARIANTS", ">SEEN"), rows)


def summary_blocks(model: Model) -> list[Block]:
    """Return what a model holds: its symbols by class, its entities with their operations."""
    counts = count_symbols(model)
    total = sum(counts.values())
    held = ", ".join(f"{number} {name}" for name, number in counts.items()) or "none"
    blocks: list[Block] = [
        Line(f"symbols: {total} ({held})", "warn" if counts.get("unexplained") else "plain")
    ]
    operations = state_operations(model)
    if operations:
        rows = [
            (entity, " ".join(sorted(by_op)) or "-", str(len(model.fixtures.get(entity, ()))))
            for entity, by_op in operations.items()
        ]
        blocks.append(Table(("ENTITY", "STATE OPERATIONS", ">FIXTURES"), rows))
    return blocks


def detail_blocks(model: Model, evidence: Evidence | None) -> Iterator[Block]:
    """Yield every route with its variants: when each applies, and what fills its body."""
    for route in model.routes:
        doing = "" if route.entity is None else f"  {route.state_op} {route.entity}"
        yield Line(f"{route.name}{doing}", "title")
        for variant, seen in zip(route.variants, _variants_seen(route, evidence), strict=True):
            backed = "" if seen is None else f", seen {count(seen, 'time')}"
            hook = f", Lua {variant.lua_hook}" if variant.lua_hook else ""
            yield Line(f"  {variant.status} {variant.body_kind}, {_when(variant)}{backed}{hook}")
            rows = [(f"    {symbol.path}", symbol.symbol_class, symbol.text) for symbol in symbols(variant)]
            if rows:
                yield Table(("    SYMBOL", "CLASS", "SOURCE"), rows)


def _when(variant: Variant) -> str:
    guards = " and ".join(map(show_atom, variant.guards))
    return f"when {guards}" if guards else "always"


def _route_document(route: Route, evidence: Evidence | None) -> dict[str, JsonValue]:
    variants: list[JsonValue] = [
        {
            "status": variant.status,
            "exchanges": seen,
            "body_kind": variant.body_kind,
            "guards": [atom_to_json(atom) for atom in variant.guards],
            "effects": len(variant.effects),
            "lua_hook": variant.lua_hook,
            "symbols": [
                {"path": symbol.path, "class": symbol.symbol_class, "source": symbol.source}
                for symbol in symbols(variant)
            ],
        }
        for variant, seen in zip(route.variants, _variants_seen(route, evidence), strict=True)
    ]
    return {
        "method": route.method,
        "path_pattern": route.path_pattern,
        "state_op": route.state_op,
        "entity": route.entity,
        "exchanges": _seen(route, evidence),
        "variants": variants,
    }


def _seen(route: Route, evidence: Evidence | None) -> int | None:
    """Return how many exchanges a route was learned from; a route of a patch was learned from none."""
    if evidence is None:
        return None
    backed = _backing(route, evidence)
    return backed.exchanges if backed is not None else 0


def _variants_seen(route: Route, evidence: Evidence | None) -> list[int | None]:
    """Return how many exchanges each variant was learned from, None where a patch changed the variants."""
    backed = _backing(route, evidence) if evidence is not None else None
    statuses = [variant.status for variant in route.variants]
    if backed is None or [each.status for each in backed.variants] != statuses:
        return [None] * len(statuses)
    return [each.exchanges for each in backed.variants]


def _backing(route: Route, evidence: Evidence) -> RouteEvidence | None:
    name = (route.method, route.path_pattern)
    return next((each for each in evidence.routes if (each.method, each.path_pattern) == name), None)
