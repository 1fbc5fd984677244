"""The ways in which a field answers: a value, nothing, or an error, and what tells them apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from wraith.runtime import compile_atom
from wraith.synth._graphql.folding import Given
from wraith.synth._graphql.made import Made
from wraith.synth._graphql.refusals import alike, error_of, refusal_of, text_told
from wraith.synth._graphql.subjects import Subject
from wraith.synth._guards.features import Feature, features
from wraith.synth._guards.tree import grow
from wraith.synth._roles.roles import Collection, Role
from wraith.synth._routes.sampling import thinned
from wraith.wir import Absent, Atom, Effect, Exists, Ref, Variant, VariantEvidence

SAMPLE = 400
"""Rows of one field that its tree is grown from."""

ENTITY = Ref(("entity",))


def with_outcomes(
    rows: Sequence[Given], made: Made, effects: tuple[Effect, ...], subject: Subject | None
) -> tuple[tuple[Variant, ...], tuple[VariantEvidence, ...]]:
    """Return the variants of a field whose value is known, each with what backs it."""
    said: dict[str, list[Given]] = defaultdict(list)
    for row in thinned(rows, SAMPLE):
        said[_outcome(row, subject)].append(row)
    value = Variant(status=200, body_template=made.template, holes=dict(made.holes), effects=effects)
    addressed = subject is not None and not subject.makes
    errors = [name for name in sorted(said) if name.startswith(("error", "refused"))]
    if not errors:
        if not addressed:
            return (value,), (_backed(value, said["value"] + said["null"], made.unexplained),)
        found = value.model_copy(update={"guards": (Exists(ENTITY),)})
        nothing = Variant(status=200, guards=(Absent(ENTITY),))
        backing = (_backed(found, said["value"], made.unexplained), _backed(nothing, said["null"], ()))
        return (found, nothing), backing
    return _told_apart(said, value, made, subject, errors)


def _outcome(row: Given, subject: Subject | None) -> str:
    if isinstance(row.error, dict):
        return f"error {row.error.get('message')}"
    if subject is not None and subject.refused(row.value):
        return f"refused {text_told(row, subject)}"
    return "null" if row.value is None else "value"


def _told_apart(
    said: Mapping[str, list[Given]],
    value: Variant,
    made: Made,
    subject: Subject | None,
    errors: Sequence[str],
) -> tuple[tuple[Variant, ...], tuple[VariantEvidence, ...]]:
    """Grow a tree over the outcomes; errors that say the same but for what they quote are one."""
    groups: list[tuple[Variant, list[Given]]] = [(value, said.get("value", []) + said.get("null", []))]
    if subject is not None and said.get("null"):
        groups = [(value, said.get("value", [])), (Variant(status=200), said["null"])]
    for some in alike([said[name] for name in errors], subject):
        groups.append(error_of(some) if some[0].error is not None else refusal_of(some, subject))
    groups = [each for each in groups if each[1]]
    rows = [row for _, some in groups for row in some]
    labels = [number for number, (_, some) in enumerate(groups) for _ in some]
    role = Role("none")
    if subject is not None and not subject.makes:
        own = Collection(subject.of.name, (subject.of.key or "id",))
        role = Role("update", own, (), None, subject.addresses())
    observations = [row.row.observation for row in rows]
    asked = features(observations, role, [row.error is None for row in rows])
    asked = [*_asked(made, rows), *asked]
    leaves = grow(labels, asked)
    variants = tuple(_guarded(groups[leaf.label][0], leaf.guards) for leaf in leaves)
    backing = tuple(
        _backed(variant, groups[leaf.label][1], made.unexplained if leaf.label == 0 else ())
        for variant, leaf in zip(variants, leaves, strict=True)
    )
    return variants, backing


def _asked(made: Made, rows: Sequence[Given]) -> list[Feature]:
    """Return the questions about entities that arguments name, with their answers."""
    found: dict[tuple[bool, ...], Feature] = {}
    for bits, atom in made.questions:
        test = compile_atom(atom)
        answers = tuple(test(row.env) for row in rows)
        if len(set(answers)) > 1:
            found.setdefault(answers, Feature(atom, bits, answers))
    return list(found.values())


def _guarded(variant: Variant, guards: tuple[Atom, ...]) -> Variant:
    return variant.model_copy(update={"guards": guards})


def _backed(variant: Variant, rows: Sequence[Given], unexplained: Sequence[str]) -> VariantEvidence:
    return VariantEvidence(
        status=variant.status,
        exchanges=len(rows),
        sessions=len({row.row.observation.seen.session for row in rows}),
        unexplained=tuple(unexplained),
    )
