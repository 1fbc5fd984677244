"""Run scenarios against a recording proxy, each as a session of its own.

The same seed gives the same requests, but for the ids that the service chooses.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import httpx

from recording.service import Service

Scenario = Callable[[Service], None]


class Stopped(Exception):
    """A scenario could not go on."""


def run(scenarios: Sequence[Scenario], *, base_url: str, seed: int, sessions: int) -> None:
    """Run scenarios in turn, over and over. Raises Stopped where one stands on an answer it lacks."""
    sent = 0
    for number in range(sessions):
        scenario = scenarios[number % len(scenarios)]
        rng = random.Random(f"{seed}/{number}")
        try:
            with Service(base_url, rng) as service:
                service.new_session()
                scenario(service)
        except (httpx.HTTPError, LookupError, TypeError) as error:
            raise Stopped(
                f"session {number + 1}, {_title(scenario)}: {type(error).__name__}: {error}"
            ) from error
        sent += service.sent
        print(f"session {number + 1}: {_title(scenario)}, {sent} requests so far", flush=True)


def _title(scenario: Scenario) -> str:
    module, name = getattr(scenario, "__module__", ""), getattr(scenario, "__name__", "")
    return f"{module.rpartition('.')[2]}.{name}"
