"""Exchanges about entities that were there before the recording began."""

from __future__ import annotations

from collections.abc import Mapping

from wraith.conformance._report import Dependence
from wraith.runtime import Answer

CREATED = 201
"""RFC 9110, 15.3.2: what is answered so was not there before."""

NEEDS_ENTITY = frozenset(("read", "update", "delete", "action"))
"""Operations that succeed on an entity that is there."""


def dependence(
    answer: Answer, status: int, begun_with: Mapping[str, frozenset[str]], session: str, index: int
) -> Dependence | None:
    """Return what an exchange depends on, where it was about an entity that the recording did not create.

    ``begun_with`` are the keys of the fixtures, by entity.
    """
    route = answer.route
    if route is None or route.entity is None or answer.key is None:
        return None
    if answer.stored:
        known = answer.key in begun_with.get(route.entity, ())
        if not known:
            return None
    elif status < 400 and status != CREATED and route.state_op in NEEDS_ENTITY:
        known = False
    else:
        return None
    return Dependence(
        session=session, exchange=index, route=route.name, entity=route.entity, key=answer.key, known=known
    )
