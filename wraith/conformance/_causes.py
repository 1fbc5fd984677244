"""What part of the program a difference is about: mend that part, and the difference is gone.

A wrong status is about which variant is chosen; a wrong value about the hole that is filled there, which may
stand far above it, such as an entity that is answered whole; a missing member about a part that is not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from wraith.canonical import JsonValue
from wraith.conformance._beside import cut
from wraith.conformance._differences import Difference
from wraith.conformance._drift import pattern
from wraith.paths import EACH, Path, format_path, parse_path
from wraith.runtime import Answer
from wraith.wir import Variant, show_expr, show_template

Kind: TypeAlias = Literal["route", "choice", "header", "part", "nothing"]
"""``route``: nothing answers. ``choice``: another variant should. ``header`` and ``part``: what fills it is
wrong. ``nothing``: no part of the program makes it."""
HEADER = "header."


@dataclass(frozen=True, slots=True)
class Cause:
    """One part of the program. ``place`` is where it stands in the answer, ``program`` what it does there."""

    kind: Kind
    route: str
    place: str
    program: str


def cause_of(route: str, answer: Answer, found: Difference) -> Cause:
    """Return the part of the program that a difference of an answer is about."""
    if answer.route is None or answer.variant is None or found.category == "no_answer":
        return Cause("route", route, "", "nothing answers such requests")
    if found.category == "status_mismatch":
        return Cause(
            "choice", route, "status", f"{found.actual} is answered where {found.expected} was recorded"
        )
    variant = answer.route.variants[answer.variant]
    if found.category == "header_mismatch":
        name = found.path.removeprefix(HEADER)
        for known, source in variant.headers:
            if known.lower() == name:
                return Cause("header", route, found.path, cut(show_expr(source)))
        return Cause("nothing", route, found.path, "no such header is answered")
    return _in_body(route, variant, found)


def _in_body(route: str, variant: Variant, found: Difference) -> Cause:
    at, part = _part_at(variant.body_template, parse_path(found.path))
    place = pattern(found.path)
    if part is None:
        where = f"the {variant.status} answer has no part there"
        return Cause("nothing", route, place, where)
    holes = {name: hole.source for name, hole in variant.holes.items()}
    shown = format_path(tuple(EACH if isinstance(step, int) else step for step in at))
    return Cause("part", route, shown, cut(show_template(part, holes)))


def _part_at(template: JsonValue, path: Path) -> tuple[Path, JsonValue | None]:
    """Return the deepest part of a template on a path and where it stands; None where there is none."""
    at: Path = ()
    for step in path:
        if isinstance(template, dict) and isinstance(step, str):
            if step in template:
                template = template[step]
            elif "$spread" in template:
                return at, template["$spread"]
            else:
                return (*at, step), None
        elif isinstance(template, list) and isinstance(step, int):
            if step >= len(template):
                return (*at, step), None
            template = template[step]
        else:
            break
        at = (*at, step)
    return at, template
