"""What silent writes store: a template for what the reads after them show, as an effect of the variant."""

from __future__ import annotations

from collections.abc import Sequence

from wraith.paths import MISSING, Found
from wraith.synth._answers.induce import induce
from wraith.synth._evidence.places import extend, index
from wraith.synth._evidence.rows import Row
from wraith.synth._guards.context import MADE, Context
from wraith.synth._roles.roles import Role, created_key
from wraith.wir import Effect, Expr, Make, Merge, Put, Ref

CERTAIN = 4
"""Writes of which it is known what was there before, so that those are not needed of which it is guessed."""

MAX_UNEXPLAINED = 0.5
"""The share of a representation that may stay unexplained, so that storing it is better than nothing."""


def silent_effects(rows: Sequence[Row], role: Role) -> tuple[Effect, ...]:
    """Return what accepted writes of one kind store, as the reads after them show; nothing where the answers
    themselves tell."""
    if role.collection is None or role.store is not None or role.op not in ("create", "update"):
        return ()
    name = role.collection.name
    told = [row for row in rows if row.observation.left is not MISSING]
    if not told:
        return _as_sent(rows, role, name)
    certain = [row for row in told if not row.observation.doubted]
    told = certain if len(certain) >= CERTAIN else told
    values: list[Found] = [row.observation.left for row in told]
    seeing = [_with_answer(row) for row in told]
    form = any(row.env.body_kind == "form" for row in told)
    induced = induce(seeing, values, Context(own=MADE, envelope=(), form=form))
    for row in told:
        row.env.response = MISSING
    size = max(len(value) for value in values if isinstance(value, dict))
    if len(induced.unexplained) > MAX_UNEXPLAINED * size:
        return ()
    holes = tuple((hole, made.source) for hole, made in induced.holes.items())
    return (Make(name, role.key or created_key(role), induced.template, holes),)


def _as_sent(rows: Sequence[Row], role: Role, name: str) -> tuple[Effect, ...]:
    """Where nothing was ever read back, what is sent is stored over what is there."""
    quiet = role.op == "update" and role.envelope is None and role.key is not None
    if role.key is None or not quiet or not all(isinstance(row.env.body, dict) for row in rows):
        return ()
    value: Expr = Merge(Ref(("entity",)), Ref(("request", "body")))
    return (Put(name, role.key, value),)


def _with_answer(row: Row) -> Row:
    """Return the row with its own answer among the places."""
    observation = row.observation
    observation.env.response = observation.seen.document
    filed = index(observation)
    extend(filed, observation.seen.document, ("response", "body"))
    return Row(observation, filed)
