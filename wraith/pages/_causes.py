"""Parts of the program that differences are about, in words, with the commands that look into them."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wraith.conformance import Blame
from wraith.pages._replays import Subject

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
    name: str, subject: Subject, blames: Sequence[Blame], anchors: Mapping[tuple[str, int], str]
) -> list[CauseView]:
    """Return parts of the program of the twin ``name`` as they are shown; ``anchors`` are of exchanges."""
    return [_view(name, subject, blame, anchors) for blame in blames]


def _view(name: str, subject: Subject, blame: Blame, anchors: Mapping[tuple[str, int], str]) -> CauseView:
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
        commands=_commands(name, subject, blame),
    )


def _program(blame: Blame) -> str:
    cause = blame.cause
    if cause.kind in ("header", "part"):
        return f"{cause.place.removeprefix('header.') or 'body'} ← {cause.program}"
    return cause.program


def _commands(name: str, subject: Subject, blame: Blame) -> list[str]:
    """Return what explains the part, what lists its divergences, and what accepts its first drift."""
    route = shlex.quote(blame.cause.route)
    session, index = blame.shown[0]
    if blame.cause.kind == "route":  # there is no program to explain, and no name to choose it by
        commands = [f"wraith inspect {name} {session}/{index}"]
    else:
        commands = [
            f"wraith explain {name} {route}",
            f"wraith explain {name} --exchange {session}/{index}",
            f"{subject.command(name)} --route {route}",
        ]
    accept = [f"{drift} --reason 'why it is fine'" for drift in list(blame.drifts)[:1]]
    return [*commands, *(f"wraith check {name} --accept {each}" for each in accept)]
