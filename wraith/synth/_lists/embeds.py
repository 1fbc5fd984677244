"""What a parameter makes an answer show beside its own representation: children, or the parent.

``?embed=comments`` puts the entities that refer to this one under that name; ``?expand=post`` the one that
this one refers to. Which field refers to which collection is told by the values. One expression serves single
answers and lists, because both see the entity at the root ``entity``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Path, get, leaves
from wraith.runtime import compile_expr, named_parameters, text_of
from wraith.synth._evidence.list_cases import parameter_path
from wraith.synth._evidence.rows import equal
from wraith.synth._roles.roles import Role
from wraith.synth._routes.sampling import thinned
from wraith.synth._world.observe import Observation
from wraith.synth._world.world import asked_for
from wraith.wir import Equals, Expr, Lookup, Matches, Query, Ref, When, Where

SAMPLE = 60
"""Representations with one such member that its expression is learned from."""

RIGHT = 0.8
"""The share of them that it has to give; what an exchange changed elsewhere is seen late."""

MAX_DEPTH = 2
"""How deep in a document a reference stands."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """A member that a parameter asked for, in one representation, with what else is known."""

    observation: Observation
    base: JsonValue
    value: JsonValue


def learn_embeds(
    observations: Mapping[int, Sequence[Observation]], roles: Sequence[Role]
) -> dict[str, tuple[tuple[str, Expr], ...]]:
    """Return for each collection the members that parameters put into its representations."""
    shown: dict[tuple[str, str, str], list[_Shown]] = defaultdict(list)
    for route, some in sorted(observations.items()):
        role = roles[route]
        if role.collection is not None and role.op in ("read", "list"):
            for observation in some:
                for parameter, name, each in _members(observation, role):
                    shown[role.collection.name, parameter, name].append(each)
    found: dict[str, list[tuple[str, Expr]]] = defaultdict(list)
    for (collection, parameter, name), some_shown in sorted(shown.items()):
        expr = _source(thinned(some_shown, SAMPLE))
        if expr is not None:
            found[collection].append((name, _where_asked(parameter, name, expr)))
    return {name: tuple(members) for name, members in found.items()}


def _members(observation: Observation, role: Role) -> Iterator[tuple[str, str, _Shown]]:
    seen = observation.seen
    if not seen.ok or not seen.request.query or role.collection is None:
        return
    values = get(seen.document, role.listing if role.listing is not None else role.envelope or ())
    stored = observation.captured.all(role.collection.name)
    parameters = list(named_parameters(dict(observation.env.query)))
    for value in values if role.listing is not None and isinstance(values, list) else [values]:
        key = role.element_key(value, seen.parameters)
        base = stored.get(key, MISSING) if key is not None else MISSING
        if base is MISSING or not isinstance(value, dict):
            continue
        for name in sorted(asked_for(seen, value)):
            parameter = next(
                each for each, given in parameters if name in str(given).replace("'", ",").replace("[", ",")
            )
            yield parameter, name, _Shown(observation, base, value[name])


def _source(shown: Sequence[_Shown]) -> Expr | None:
    """Return the expression that gives the member in most representations."""
    best: Expr | None = None
    most = int(len(shown) * RIGHT)
    for expr in dict.fromkeys(_candidates(shown)):
        hits = sum(_value(expr, each) for each in shown)
        if hits > most:
            best, most = expr, hits
    return best


def _value(expr: Expr, shown: _Shown) -> bool:
    env = shown.observation.env
    outer, page, env.entity = env.entity, env.page, shown.base
    made = compile_expr(expr)(env)
    env.entity, env.page = outer, page
    return equal(made, shown.value)


def _candidates(shown: Sequence[_Shown]) -> Iterator[Expr]:
    """Yield what could give the member: children by a field that refers to this entity, simplest first, or
    what a field of this entity refers to."""
    telling = [each for each in shown if each.value]
    for each in telling[:5]:
        captured = each.observation.captured
        if isinstance(each.value, dict):
            for name, path in _referred(each.base, each.value, captured.whole):
                yield Lookup(name, Ref(("entity", *path)))
        elif isinstance(each.value, list):
            first = each.value[0]
            for name, stored in sorted(captured.whole.items()):
                if any(equal(first, document) for document in stored.values()):
                    for own, theirs in _common(each.base, first):
                        for op in ("is", "equals"):
                            where = Where(theirs, op, Ref(("entity", *own)), when_given=False)
                            yield Query(name, (where,))


def _referred(
    base: JsonValue, value: JsonValue, whole: Mapping[str, Mapping[str, JsonValue]]
) -> Iterator[tuple[str, Path]]:
    for path, scalar in leaves(base):
        text = text_of(scalar)
        for name, stored in sorted(whole.items()) if text is not None and len(path) <= MAX_DEPTH else ():
            if text is not None and text in stored and equal(stored[text], value):
                yield name, path


def _common(base: JsonValue, child: JsonValue) -> Iterator[tuple[Path, Path]]:
    """Yield the scalars that an entity and its child share: which field of the child refers to which."""
    own: dict[str, list[Path]] = defaultdict(list)
    for path, scalar in leaves(base):
        if (text := text_of(scalar)) is not None and len(path) <= MAX_DEPTH and not isinstance(scalar, bool):
            own[text].append(path)
    for path, scalar in leaves(child):
        for mine in own.get(text_of(scalar) or "", ()) if len(path) <= MAX_DEPTH else ():
            yield mine, path


def _where_asked(parameter: str, name: str, expr: Expr) -> Expr:
    """Return the expression, missing where the parameter does not ask for it, by name or in a list."""
    path = parameter_path(parameter)
    several: Expr | None = None
    for position in (1, 0):
        several = When(Equals(Ref((*path, position)), name), expr, several)
    return When(Matches(Ref(path), f"(?:.*,)?{re.escape(name)}(?:,.*)?"), expr, several)
