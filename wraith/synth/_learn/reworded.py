"""A program learned of one collection, said of another, and held against the answers that it comes from.

To put names into a program takes a hundredth of the time that learning it takes. Words of a service are met
in other senses as well, so what it then says is not taken on trust: each answer, in the words of the other
collection, has to come out of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from wraith.paths import MISSING
from wraith.runtime import compile_atom
from wraith.synth._answers.verify import wrong_rows
from wraith.synth._evidence.rows import Row
from wraith.synth._roles.roles import Role
from wraith.synth._routes.names import Names
from wraith.synth._world.observe import Observation
from wraith.wir import Variant


def names_of(role: Role, parameters: Sequence[str]) -> Names:
    """Return the names that a route at the items of a collection says."""
    assert role.collection is not None  # Invariant: a family is one of collections
    assert role.key is not None
    return Names(role.collection.name, role.key, parameters)


def reworded(
    variants: Sequence[Variant], own: Names, other: Names, observations: Sequence[Observation]
) -> tuple[Variant, ...] | None:
    """Return the variants in other names, as what was seen with nothing; None where they do not give every
    one of the observations, which are said in those names."""
    said: list[Variant] = []
    for variant in variants:
        bare = variant.model_copy(update={"support": ()})
        document = other.put_in(own.taken_out(bare.model_dump(mode="json", by_alias=True)))
        try:
            said.append(Variant.model_validate(document))
        except ValueError:  # a name that is a word of the language as well
            return None
    return tuple(said) if _give(said, [Row(each) for each in observations]) else None


def _give(variants: Sequence[Variant], rows: Sequence[Row]) -> bool:
    """Whether the variants give the answer of every row."""
    left = list(rows)
    for variant in variants:
        tests = [compile_atom(atom) for atom in variant.guards]
        chosen: list[Row] = []
        others: list[Row] = []
        for row in left:
            (chosen if all(test(row.env) for test in tests) else others).append(row)
        left = others
        seen = [row.observation.seen for row in chosen]
        if any((each.status, each.kind) != (variant.status, variant.body_kind) for each in seen):
            return False
        if variant.body_template is None:
            if any(each.document is not MISSING for each in seen):
                return False
        elif wrong_rows(variant.body_template, variant.holes, chosen, [each.document for each in seen]):
            return False
    return not left
