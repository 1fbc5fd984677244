"""The answers of a route, grouped: one group for what is one answer, whatever values it quotes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from wraith.exchange import header, media_type
from wraith.paths import MISSING
from wraith.synth._evidence.rows import Row
from wraith.synth._exchanges.elements import holds_list
from wraith.synth._learn.masks import masked
from wraith.synth._roles.roles import Role
from wraith.synth._values.quoted import (
    foreign_names,
    told_numbers,
    usual_names,
)
from wraith.synth._world.silent import is_unread

MAX_GROUPS = 14
"""Answers of one status that differ in more ways than this differ in data, not in kind."""


def by_answer(rows: Sequence[Row], role: Role) -> list[tuple[int, ...]]:
    """Group the rows by status and media type; errors also by what they say, without the values they quote,
    writes that do not say what they store by whether there was something before; and apart what asks for
    a list, where lists go to the same path as single documents."""
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    bulk = any(row.observation.seen.many is not None for row in rows)
    for number, row in enumerate(rows):
        seen = row.observation.seen
        silent = seen.quiet or is_unread(seen, role)
        before = silent and role.key is not None and row.env.entity is MISSING
        media = "" if seen.as_bytes else media_type(header(seen.headers, "content-type"))
        groups[(seen.status, seen.ok, seen.kind, media, before, bulk and holds_list(row.env.body))].append(
            number
        )
    done: list[tuple[int, ...]] = []
    for (_, ok, *_), members in sorted(groups.items(), key=lambda each: repr(each[0])):
        done += [tuple(members)] if ok else _by_message(members, rows)
    return done


def _by_message(members: list[int], rows: Sequence[Row]) -> list[tuple[int, ...]]:
    usual = usual_names([row for row in rows if row.observation.seen.ok])
    groups: dict[bytes, list[int]] = defaultdict(list)
    told = told_numbers([rows[number] for number in members])
    for number in members:
        groups[masked(rows[number], foreign_names(rows[number], usual), told)].append(number)
    if len(groups) > MAX_GROUPS:
        return [tuple(members)]
    return [tuple(group) for _, group in sorted(groups.items())]
