"""A route's program as lines: when each variant answers, with what, and what it does to the state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from wraith.canonical import JsonValue
from wraith.wir import (
    Evidence,
    Expr,
    Route,
    Variant,
    VariantEvidence,
    show_atom,
    show_effect,
    show_expr,
    show_template,
)

MAX_LINES = 400
"""Lines of one answer: what is longer is no program that anybody reads."""
MAX_LINE = 300
MAX_SUPPORT = 40


@dataclass(frozen=True, slots=True)
class VariantView:
    """One way a route answers, as the template shows it."""

    status: int
    backed: str
    guards: Sequence[str]
    support: Sequence[str]
    headers: Sequence[tuple[str, str]]
    answer: Sequence[str]
    effects: Sequence[str]
    unexplained: Sequence[str]


def program_of(route: Route, evidence: Evidence | None) -> list[VariantView]:
    """Return the variants of a route, each with what backs it."""
    backed = _backing(route, evidence)
    return [_view(variant, backed.get(number)) for number, variant in enumerate(route.variants)]


def _backing(route: Route, evidence: Evidence | None) -> dict[int, VariantEvidence]:
    """Return the evidence of each variant; none where patches made them others than were learned."""
    for each in evidence.routes if evidence is not None else ():
        if (each.method, each.path_pattern) == (route.method, route.path_pattern):
            learned = [variant.status for variant in each.variants]
            if learned == [variant.status for variant in route.variants]:
                return dict(enumerate(each.variants))
    return {}


def _view(variant: Variant, backed: VariantEvidence | None) -> VariantView:
    holes = {name: hole.source for name, hole in variant.holes.items()}
    lines = list(_lines("", variant.body_template, holes, 0)) if variant.body_kind != "empty" else []
    more = [f"… {len(lines) - MAX_LINES} more lines"] if len(lines) > MAX_LINES else []
    return VariantView(
        status=variant.status,
        backed=f"{backed.exchanges} exchanges in {backed.sessions} sessions" if backed else "",
        guards=[_cut(show_atom(atom)) for atom in variant.guards],
        support=[_cut(show_atom(atom)) for atom in variant.support[:MAX_SUPPORT]],
        headers=[(name, _cut(show_expr(source))) for name, source in variant.headers],
        answer=[*lines[:MAX_LINES], *more],
        effects=[_cut(show_effect(effect)) for effect in variant.effects],
        unexplained=backed.unexplained if backed else (),
    )


def _lines(label: str, template: JsonValue, holes: Mapping[str, Expr], depth: int) -> Iterator[str]:
    """Yield a template line by line; gaps with an arrow from what fills them."""
    indent = "  " * depth
    if isinstance(template, dict) and template:
        yield f"{indent}{label}{{"
        for key, value in template.items():
            name = "..." if key == "$spread" else f"{key}: "
            yield from _lines(name, value, holes, depth + 1)
        yield f"{indent}}}"
    elif isinstance(template, list) and template:
        yield f"{indent}{label}["
        for value in template:
            yield from _lines("", value, holes, depth + 1)
        yield f"{indent}]"
    else:
        is_hole = isinstance(template, str) and template.startswith("$") and not template.startswith("$$")
        yield _cut(f"{indent}{label}{'← ' if is_hole else ''}{show_template(template, holes)}")


def _cut(text: str) -> str:
    return text if len(text) <= MAX_LINE else f"{text[: MAX_LINE - 1]}…"
