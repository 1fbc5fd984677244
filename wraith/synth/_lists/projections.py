"""Which fields are shown: all, or those that a parameter names, and some that always are.

``?fields=title,size`` leaves the others out of each representation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from wraith.canonical import JsonValue
from wraith.paths import MISSING, get
from wraith.runtime import named_parameters
from wraith.synth._evidence.list_cases import parameter_path
from wraith.synth._roles.roles import Role
from wraith.synth._world.observe import Observation
from wraith.wir import Call, Exists, Expr, Literal, Ref, When

ENOUGH = 2
"""Representations that are cut to the fields that were named, at least."""


def learn_projection(observations: Mapping[int, Sequence[Observation]], roles: Sequence[Role]) -> Expr | None:
    """Return the representation with the fields that a parameter names, whole where it names none; None
    where no parameter does."""
    shown: dict[str, list[tuple[set[str], set[str], set[str]]]] = {}
    for route, some in sorted(observations.items()):
        if roles[route].op in ("read", "list"):
            for observation in some:
                for name, asked, kept, stored in _cut(observation, roles[route]):
                    shown.setdefault(name, []).append((asked, kept, stored))
    for name, cuts in sorted(shown.items()):
        always = set.intersection(*(kept - asked for asked, kept, _ in cuts))
        told = sum(kept < stored for _, kept, stored in cuts)
        right = all(kept == (asked | always) & stored for asked, kept, stored in cuts)
        if right and told >= ENOUGH:
            return _only(name, sorted(always))
    return None


def _cut(observation: Observation, role: Role) -> Iterator[tuple[str, set[str], set[str], set[str]]]:
    """Yield for each parameter that names fields of a representation: the names, what is shown, what is
    stored."""
    seen = observation.seen
    if not seen.ok or not seen.request.query or role.collection is None:
        return
    values = get(seen.document, role.listing if role.listing is not None else role.envelope or ())
    stored = observation.captured.all(role.collection.name)
    for value in values if role.listing is not None and isinstance(values, list) else [values]:
        key = role.element_key(value, seen.parameters)
        base = stored.get(key, MISSING) if key is not None else MISSING
        if isinstance(base, dict) and isinstance(value, dict):
            for name, given in named_parameters(dict(observation.env.query)):
                asked = set(_names(given))
                if asked and asked <= {*base} and asked & {*value} == asked & {*base}:
                    yield name, asked, {*value}, {*base}


def _names(given: JsonValue) -> list[str]:
    return given.split(",") if isinstance(given, str) else []


def _only(name: str, always: Sequence[str]) -> Expr:
    asked = Ref(parameter_path(name))
    names: Expr = Call("split", (asked, Literal(",")))
    if always:
        names = Call("concat", (names, Literal([*always])))
    entity = Ref(("entity",))
    return When(Exists(asked), Call("only", (entity, names)), entity)
