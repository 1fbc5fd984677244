"""What a scenario has in hand: a client of the service and a seeded generator."""

from __future__ import annotations

import random
from types import TracebackType
from typing import Any, TypeAlias

import httpx

Answer: TypeAlias = Any
"""The JSON of an answer, or None where it has none; scenarios know what they asked for."""

TIMEOUT_S = 30.0


class Service:
    """One session's view of a service over HTTP. Every choice comes from ``rng``.

    Refusals are answers like others: scenarios that stand on an answer take an id from it and fail there.
    """

    def __init__(self, base_url: str, rng: random.Random) -> None:
        self.rng = rng
        self.sent = 0
        # What httpx offers to decode depends on what is installed; recordings shall not.
        self.http = httpx.Client(
            base_url=base_url,
            headers={"accept-encoding": "identity"},
            timeout=TIMEOUT_S,
            trust_env=False,
        )

    def __enter__(self) -> Service:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.http.close()

    def new_session(self) -> None:
        """Tell the recording proxy that another session begins."""
        self.http.post("/__wraith/new-session").raise_for_status()

    def send(self, method: str, path: str, **content: Any) -> httpx.Response:
        """Send a request; ``content`` is what httpx takes: params, json, data, content, headers."""
        self.sent += 1
        return self.http.request(method, path, **content)

    def get(self, path: str, **params: Any) -> Answer:
        return _json(self.send("GET", path, params=params or None))

    def post(self, path: str, body: object = None) -> Answer:
        return _json(self.send("POST", path, json=body) if body is not None else self.send("POST", path))

    def put(self, path: str, body: object) -> Answer:
        return _json(self.send("PUT", path, json=body))

    def patch(self, path: str, body: object) -> Answer:
        return _json(self.send("PATCH", path, json=body))

    def delete(self, path: str) -> Answer:
        return _json(self.send("DELETE", path))


def _json(response: httpx.Response) -> Answer:
    is_json = "json" in response.headers.get("content-type", "")
    return response.json() if is_json and response.content else None
