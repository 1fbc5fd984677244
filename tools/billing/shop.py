"""What a scenario has in hand: the official SDK, a seeded generator, and a pace."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any, TypeAlias

import stripe

API_KEY = "sk_test_not_a_secret"
Resource: TypeAlias = Any
"""An object of the SDK: its classes differ by version, and answers have fields that they do not name."""

stripe.enable_telemetry = False  # it would send a description of this machine with each request


class CountingClient(stripe.RequestsClient):
    """The SDK's own HTTP client, which knows how many requests it has sent."""

    sent = 0

    def request(self, *args: Any, **kwargs: Any) -> Any:
        self.sent += 1
        return super().request(*args, **kwargs)


class Shop:
    """One session's view of the service. ``v1`` is the SDK; every choice comes from ``rng``."""

    def __init__(
        self, base_url: str, rng: random.Random, http: CountingClient, *, fast: bool = False
    ) -> None:
        self.rng = rng
        self._base_url, self._http, self._fast = base_url, http, fast
        self.v1: Resource = self.client(API_KEY).v1

    def client(self, api_key: str) -> Resource:
        """Return a client of the SDK for another key."""
        return stripe.StripeClient(
            api_key, base_addresses={"api": self._base_url}, http_client=self._http, max_network_retries=0
        )

    def do(self, call: Callable[..., Resource], *ids: str, **params: object) -> Resource:
        """Return the answer of a call that the scenario stands on. Raises StripeError if refused."""
        return call(*ids, params=params) if params else call(*ids)

    def attempt(self, call: Callable[..., Resource], *ids: str, **params: object) -> Resource | None:
        """Return the answer of a call, or None where the service refuses it."""
        try:
            return self.do(call, *ids, **params)
        except stripe.StripeError:
            return None

    def walk(self, call: Callable[..., Resource], *ids: str, **params: object) -> list[Resource]:
        """Return the items of a list, page by page, following cursors to the end."""
        page = self.do(call, *ids, **params)
        items = list(page.data)
        while page.has_more:
            page = self.do(call, *ids, **{**params, "starting_after": items[-1].id})
            items.extend(page.data)
        return items

    def step(self) -> None:
        """Wait for the next second: some lists sort by a time in seconds, and order is not left to chance.

        In fast mode nothing is waited for; benchmarks do not judge order.
        """
        if not self._fast:
            time.sleep(1.02 - time.time() % 1)
