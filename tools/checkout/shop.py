"""A shop that also tells the service where it wants to hear of its payments."""

from __future__ import annotations

import random

import httpx
from billing import CountingClient, Shop
from billing.shop import API_KEY

TIMEOUT_S = 30.0


class Checkout(Shop):
    """One session's view of the service: the SDK, and what the SDK does not speak."""

    def __init__(self, base_url: str, rng: random.Random, http: CountingClient) -> None:
        super().__init__(base_url, rng, http)
        self._other = httpx.Client(
            base_url=base_url, headers={"accept-encoding": "identity"}, timeout=TIMEOUT_S, trust_env=False
        )

    def close(self) -> None:
        self._other.close()

    def new_session(self) -> None:
        """Tell the recording proxy that another session begins."""
        self._other.post("/__wraith/new-session").raise_for_status()

    def get(self, path: str, **query: str) -> bool:
        """Ask for what the SDK has no name for, and return whether there was an answer."""
        return self._other.get(path, params=query, auth=(API_KEY, "")).is_success

    def register(self, name: str, **fields: object) -> bool:
        """Register an endpoint under a name of ours, and return whether the service took it."""
        return self._other.post(f"/_config/webhooks/{name}", data=fields).is_success
