"""Where an answer came from, said in its headers."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal, TypeAlias

from wraith.runtime import Answer, Twin
from wraith.serve._sessions import Client

Provenance: TypeAlias = Literal["recorded", "template", "handler", "fixture", "fault", "upstream", "miss"]
"""``upstream``: it was passed on. ``miss``: the twin had no answer, and the server says why."""

NO_ROUTE: Final = "none"
FIRST_REFUSAL: Final = 400
"""Statuses from here on tell what is wrong (RFC 9110, 15.5)."""


def provenance(twin: Twin, answer: Answer, client: Client) -> Provenance:
    """Return where an answer of the twin's came from. One that shows an entity which is still as the fixtures
    had it came from these; a refusal shows none."""
    route, key = answer.route, answer.key
    if answer.by != "template" or route is None or route.state_op != "read":
        return answer.by
    if route.entity is None or key is None or answer.response.status >= FIRST_REFUSAL:
        return "template"
    untouched = twin.is_fixture(client.session, client.fixtures, route.entity, key)
    return "fixture" if untouched else "template"


@lru_cache(maxsize=4096)
def told(provenance: Provenance, route: str | None) -> tuple[tuple[bytes, bytes], ...]:
    """Return the headers that say it."""
    return (
        (b"x-wraith-provenance", provenance.encode()),
        (b"x-wraith-route", (route or NO_ROUTE).encode()),
    )
