"""The questions about a route's requests, worked out when a group of answers has to be told from another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from wraith.canonical import JsonValue
from wraith.runtime import compile_atom
from wraith.synth._evidence.rows import Row
from wraith.synth._guards.features import Feature, features
from wraith.synth._guards.laws import Laws
from wraith.synth._guards.references import parts, referring
from wraith.synth._guards.unions import complaint
from wraith.synth._roles.roles import Role
from wraith.synth._routes.sampling import thinned
from wraith.wir import Atom, Hole

REFERRED = 2.5
"""Bits that the question costs whether anything refers to an entity, or whether it has a part."""

ACCEPTED = 40
"""Requests that were not refused, against which a refusal is told apart."""


class Asked:
    """What may be asked about a route's requests, whatever its answers are."""

    def __init__(self, rows: Sequence[Row], role: Role) -> None:
        self.rows = rows
        self._role = role

    @cached_property
    def features(self) -> Sequence[Feature]:
        observations = [row.observation for row in self.rows]
        found = features(observations, self._role, [each.seen.ok for each in observations])
        known = {feature.answers for feature in found}
        for atom in (*referring(observations, self._role), *parts(observations, self._role)):
            answers = self.answers(atom)
            if any(answers) and not all(answers) and answers not in known:
                found.append(Feature(atom, REFERRED, answers))
        return found

    def answers(self, atom: Atom) -> tuple[bool, ...]:
        test = compile_atom(atom)
        return tuple(test(row.env) for row in self.rows)


class Questions:
    """The features of a route's requests, worked out when a group has to be told from another."""

    def __init__(self, asked: Asked, laws: Laws) -> None:
        self._asked = asked
        self.laws = laws

    @cached_property
    def all(self) -> list[Feature]:
        return list(self._asked.features)

    def complain(self, template: JsonValue, holes: Mapping[str, Hole]) -> None:
        """Add the question that a refusal of many parts answers itself."""
        atom = complaint(template, holes)
        if atom is not None:
            self.all.insert(0, Feature(atom, 1.0, self._asked.answers(atom)))

    @cached_property
    def accepted(self) -> Sequence[int]:
        """Some requests that were not refused: what a refusal says of a field, they do not deserve."""
        return thinned([i for i, row in enumerate(self._asked.rows) if row.observation.seen.ok], ACCEPTED)
