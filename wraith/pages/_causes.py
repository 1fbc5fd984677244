"""Parts of the program that differences are about, in words, with the commands that look into them."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wraith.conformance import Blame

SAYS = {
    "route": "No route answers",
    "choice": "The wrong variant answers:",
    "header": "A header is wrong:",
    "part": "A part of the answer is wrong:",
    "nothing": "Nothing in the program makes",
}


@dataclass(frozen=True, slots=True)
class CauseView:
    """One part of the program as the template shows it."""

    route: str
    says: str
    paths: Sequence[str]
    categories: str
    program: str
    alone: int
    exchanges: int
    shown: Sequence[tuple[str, str]]
    """Anchor, and the exchange that stands there."""
    commands: Sequence[str]


def cause_views(
    name: str, blames: Sequence[Blame], anchors: Mapping[tuple[str, int], str]
) -> list[CauseView]:
    """Return parts of the program of the twin ``name`` as they are shown; ``anchors`` are of exchanges."""
    return [_view(name, blame, anchors) for blame in blames]


def _view(name: str, blame: Blame, anchors: Mapping[tuple[str, int], str]) -> CauseView:
    cause = blame.cause
    told = cause.kind in ("route", "choice")
    paths = [] if told else [path or "the whole body" for path in blame.paths]
    categories = ", ".join(f"{number} {category}" for category, number in blame.categories.most_common())
    return CauseView(
        route=cause.route,
        says=SAYS[cause.kind],
        paths=paths,
        categories=categories,
        program=_program(blame),
        alone=blame.alone,
        exchanges=blame.exchanges,
        shown=[(anchors[place], f"{place[0]}/{place[1]}") for place in blame.shown if place in anchors],
        commands=list(_commands(name, blame)),
    )


def _program(blame: Blame) -> str:
    cause = blame.cause
    if cause.kind in ("header", "part"):
        return f"{cause.place.removeprefix('header.') or 'body'} ← {cause.program}"
    return cause.program


def _commands(name: str, blame: Blame) -> list[str]:
    """Return what explains the part, and what accepts its first drift."""
    route = blame.cause.route
    commands = [] if blame.cause.kind == "route" else [f"wraith explain {name} {shlex.quote(route)}"]
    commands += [f"wraith explain {name} --exchange {session}/{index}" for session, index in blame.shown[:1]]
    commands.append(f"wraith check {name} --route {shlex.quote(route)}")
    drift = next(iter(blame.drifts), None)
    return (
        [*commands, f"wraith check {name} --accept {drift} --reason 'why it is fine'"] if drift else commands
    )
