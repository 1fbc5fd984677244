"""What a list shows of each entity, where that is not what is stored.

The members of a list are rows of their own, in which the stored entity is the addressed one: so what a read
works out when it is asked (today's name of what is referred to, what has been sold so far) is found in lists
by the same search, and stands in the query as what is shown for each entity.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, get
from wraith.synth._evidence.rows import Row, equal
from wraith.synth._roles.roles import Role
from wraith.synth._routes.sampling import thinned
from wraith.synth._values.maps import Learn
from wraith.synth._world.observe import Observation
from wraith.wir import Query

SAMPLE = 60
"""Members of lists that a view is learned from."""


def viewed(query: Query, rows: Sequence[Row], role: Role, learn: Learn, *, stale: bool = False) -> Query:
    """Return the query with what it shows of each entity, unchanged where that is the entity itself.

    ``stale``: what is stored is known to be no more than what was shown last, however right it was so far.
    """
    if role.listing is None or role.collection is None or query.item is not None:
        return query
    pairs: list[tuple[Row, JsonValue, JsonValue]] = []
    for row in rows:
        items = get(row.observation.document, role.listing)
        for item in items if isinstance(items, list) else ():
            stored = _stored(row, role, item)
            if stored is not MISSING:
                pairs.append((row, stored, item))
    changed = [pair for pair in pairs if not equal(pair[1], pair[2])]
    if len(pairs) < 2 or (len(changed) < 2 and not stale):
        return query
    chosen = [*thinned(changed, SAMPLE), *thinned([p for p in pairs if equal(p[1], p[2])], SAMPLE // 2)]
    shown = learn([_at_entity(row, stored) for row, stored, _ in chosen], [item for *_, item in chosen])
    return replace(query, item=shown) if shown is not None else query


def _stored(row: Row, role: Role, item: JsonValue) -> Found:
    assert role.collection is not None  # Invariant: viewed has looked
    key = role.element_key(item, row.observation.seen.parameters)
    return MISSING if key is None else row.observation.captured.get(role.collection.name, key)


def _at_entity(row: Row, stored: JsonValue) -> Row:
    env = copy.copy(row.env)
    env.entity = stored
    return Row(Observation(row.observation.seen, env, row.observation.captured))
