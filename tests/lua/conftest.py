"""What the tests of handlers share: one call, run as the twin runs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from wraith.canonical import JsonValue
from wraith.lua import Limits, Scripts, lua_handlers
from wraith.paths import MISSING, Found
from wraith.runtime import Draft, Failure, Invocation, Reply, State

NOW_MS = 1_700_000_000_000


def _invocation(body: Found = MISSING, state: State | None = None) -> Invocation:
    return Invocation(
        "POST",
        "/orders/7",
        {"content-type": "application/json", "x-shop": "Köln"},
        {"page": "2"},
        body,
        {"order_id": "7"},
        Draft(state or State()),
        NOW_MS,
        "seed",
    )


@pytest.fixture(scope="session")
def invocation() -> Callable[..., Invocation]:
    """The maker of what a handler is given."""
    return _invocation


@pytest.fixture(scope="session")
def run() -> Callable[..., Reply | Failure]:
    """What runs a source as the handler of a twin."""

    def run(
        source: str,
        body: JsonValue = None,
        *,
        libraries: Mapping[str, str] | None = None,
        given: Invocation | None = None,
        limits: Limits | None = None,
    ) -> Reply | Failure:
        handlers = lua_handlers(Scripts({"handler": source}, libraries or {}), limits)
        return handlers.run("handler", given or _invocation(MISSING if body is None else body))

    return run
