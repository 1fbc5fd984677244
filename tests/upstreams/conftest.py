"""Services that twins are recorded from: scripts that import each other by name."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent

Ask = Callable[..., tuple[int, Any]]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Return a function that asks a fresh order ledger: method, path and body to status and JSON."""
    monkeypatch.syspath_prepend(str(HERE))
    from orderledger import create_app

    client = create_app(seed=7).test_client()

    def asked(method: str, path: str, body: object = None, *, data: bytes | None = None) -> tuple[int, Any]:
        async def exchange() -> tuple[int, Any]:
            content = {"json": body} if body is not None else {"data": data or b""}
            response = await client.open(path, method=method, **content)
            raw = await response.get_data()
            return response.status_code, await response.get_json() if raw else None

        return asyncio.run(exchange())

    return asked
