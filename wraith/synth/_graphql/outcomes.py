"""The ways in which a field answers: a value, nothing, or an error, and what tells them apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from wraith.canonical import JsonValue
from wraith.runtime import text_of
from wraith.synth._answers.induce import induce
from wraith.synth._graphql.folding import Given
from wraith.synth._graphql.subjects import Subject
from wraith.synth._guards.context import Context
from wraith.synth._guards.features import features
from wraith.synth._guards.tree import grow
from wraith.synth._roles.roles import Collection, Role
from wraith.synth._routes.sampling import thinned
from wraith.wir import Absent, Atom, Effect, Exists, Hole, Ref, Variant, VariantEvidence

SAMPLE = 400
"""Rows of one field that its tree is grown from."""

ENTITY = Ref(("entity",))


def with_outcomes(
    rows: Sequence[Given],
    template: JsonValue,
    holes: Mapping[str, Hole],
    effects: tuple[Effect, ...],
    subject: Subject | None,
    unexplained: Sequence[str],
) -> tuple[tuple[Variant, ...], tuple[VariantEvidence, ...]]:
    """Return the variants of a field whose value is known, each with what backs it."""
    said: dict[str, list[Given]] = defaultdict(list)
    for row in thinned(rows, SAMPLE):
        said[_outcome(row)].append(row)
    value = Variant(status=200, body_template=template, holes=dict(holes), effects=effects)
    addressed = subject is not None and subject.key is not None
    errors = [name for name in sorted(said) if name.startswith("error")]
    if not errors:
        if not addressed:
            return (value,), (_backed(value, said["value"] + said["null"], unexplained),)
        found = value.model_copy(update={"guards": (Exists(ENTITY),)})
        nothing = Variant(status=200, guards=(Absent(ENTITY),))
        backing = (_backed(found, said["value"], unexplained), _backed(nothing, said["null"], ()))
        return (found, nothing), backing
    return _told_apart(said, value, subject, errors, unexplained)


def _outcome(row: Given) -> str:
    if isinstance(row.error, dict):
        return f"error {row.error.get('message')}"
    return "null" if row.value is None else "value"


def _told_apart(
    said: Mapping[str, list[Given]],
    value: Variant,
    subject: Subject | None,
    errors: Sequence[str],
    unexplained: Sequence[str],
) -> tuple[tuple[Variant, ...], tuple[VariantEvidence, ...]]:
    """Grow a tree over the outcomes; errors that say the same but for what they quote are one."""
    groups: list[tuple[Variant, list[Given]]] = [(value, said.get("value", []) + said.get("null", []))]
    if subject is not None and said.get("null"):
        groups = [(value, said.get("value", [])), (Variant(status=200), said["null"])]
    groups += [_error(some) for some in _alike([said[name] for name in errors])]
    groups = [each for each in groups if each[1]]
    rows = [row for _, some in groups for row in some]
    labels = [number for number, (_, some) in enumerate(groups) for _ in some]
    role = Role("none")
    if subject is not None and subject.key is not None:
        own = Collection(subject.of.name, (subject.of.key or "id",))
        role = Role("update", own, (), None, Ref(("request", "body", *subject.key)))
    observations = [row.row.observation for row in rows]
    asked = features(observations, role, [row.error is None for row in rows])
    leaves = grow(labels, asked)
    variants = tuple(_guarded(groups[leaf.label][0], leaf.guards) for leaf in leaves)
    backing = tuple(
        _backed(variant, groups[leaf.label][1], unexplained if leaf.label == 0 else ())
        for variant, leaf in zip(variants, leaves, strict=True)
    )
    return variants, backing


def _guarded(variant: Variant, guards: tuple[Atom, ...]) -> Variant:
    return variant.model_copy(update={"guards": guards})


def _alike(groups: Sequence[list[Given]]) -> list[list[Given]]:
    """Put errors together whose texts differ in what they quote of the arguments."""
    by_shape: dict[str, list[Given]] = defaultdict(list)
    for some in groups:
        error = some[0].error
        text = str(error.get("message")) if isinstance(error, dict) else ""
        given = {text_of(value) or "" for _, value in some[0].leaves}
        by_shape[" ".join("*" if word.strip("'\"`.,:") in given else word for word in text.split())] += some
    return [by_shape[shape] for shape in sorted(by_shape)]


def _error(rows: list[Given]) -> tuple[Variant, list[Given]]:
    documents: list[JsonValue] = [
        {name: part for name, part in row.error.items() if name not in ("locations", "path")}
        for row in rows
        if isinstance(row.error, dict)
    ]
    made = induce([row.row for row in rows], documents, Context())
    return Variant(status=400, body_template=made.template, holes=made.holes), rows


def _backed(variant: Variant, rows: Sequence[Given], unexplained: Sequence[str]) -> VariantEvidence:
    return VariantEvidence(
        status=variant.status,
        exchanges=len(rows),
        sessions=len({row.row.observation.seen.session for row in rows}),
        unexplained=tuple(unexplained),
    )
