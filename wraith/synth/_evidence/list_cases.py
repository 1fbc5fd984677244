"""Lists that were asked for: what was stored, what was shown, and the parameters of the request.

Here also stand the priors: names that parameters of lists go by in HTTP APIs at large. A name is used where
its effect is seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path, get
from wraith.runtime import named_parameters
from wraith.synth._evidence.rows import Row
from wraith.synth._roles.roles import Role


@dataclass(slots=True)
class Case:
    """One list that was asked for."""

    row: Row
    name: str
    """The collection."""
    stored: list[tuple[str, JsonValue]]
    shown: list[str]
    values: list[JsonValue]
    placed: list[tuple[int, JsonValue]]
    """What was shown and is stored: its place in the order of creation, and its representation."""
    parameters: dict[str, JsonValue]
    root: str = "query"
    """Where the parameters stand: in the query, or in the body of a request that asks by one."""


def case_of(row: Row, role: Role) -> Case | None:
    """Return the list in an answer, None where it shows something else."""
    assert role.collection is not None  # Invariant: the role is a list
    assert role.listing is not None
    items = get(row.observation.document, role.listing)
    if not isinstance(items, list) or not row.observation.seen.ok:
        return None
    keys = [role.element_key(item, row.observation.seen.parameters) for item in items]
    if None in keys:
        return None
    name = role.collection.name
    stored = list(row.observation.captured.all(name).items())
    shown = [str(key) for key in keys]
    places = {key: (place, document) for place, (key, document) in enumerate(stored)}
    placed = [places[key] for key in shown if key in places]
    asked = row.env.body
    if row.env.method in ("GET", "HEAD") or not isinstance(asked, dict) or row.env.query:
        return Case(row, name, stored, shown, items, placed, dict(named_parameters(dict(row.env.query))))
    return Case(row, name, stored, shown, items, placed, dict(named_parameters(asked)), "body")


def parameter_path(name: str, root: str = "query") -> Path:
    """Return where the parameter of that name stands: names in brackets are members."""
    head, *rest = name.replace("]", "").split("[")
    return ("request", root, head, *rest)


def root_of(cases: Sequence[Case]) -> str:
    """Return where the parameters of some lists stand."""
    return cases[0].root if cases else "query"


def whole_parameters(case: Case) -> dict[str, JsonValue]:
    """Return the parameters of a list as they were sent: those of a body with all that stands below them."""
    body = case.row.env.body
    return body if case.root == "body" and isinstance(body, dict) else case.parameters


def value_of(case: Case, name: str) -> Found:
    """Return the value of a parameter of the query."""
    return case.parameters.get(name, MISSING)


def parameter_names(cases: Sequence[Case]) -> list[str]:
    """Return the names of all parameters, in the order in which they were first used."""
    return list(dict.fromkeys(name for case in cases for name in case.parameters))


def field_names(cases: Sequence[Case]) -> Iterator[str]:
    """Yield the names of the fields that stored entities have, with dots for members of members."""
    different = {id(document): document for case in cases for _, document in case.stored[:20]}
    yield from dict.fromkeys(name for document in different.values() for name in _names(document))


def _names(document: JsonValue, under: str = "", depth: int = 0) -> Iterator[str]:
    if isinstance(document, dict) and depth < 3:
        for key, value in document.items():
            yield under + key
            yield from _names(value, f"{under}{key}.", depth + 1)
