"""What time it is for a session."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from wraith.config import Serve
from wraith.exchange import Request
from wraith.runtime import Answer, Session, Twin
from wraith.serve._clock import Clock

if TYPE_CHECKING:
    from tests.serve.conftest import Shop

EPOCH_MS = 1_767_225_600_000


@pytest.mark.parametrize(
    ("clock", "times"),
    [
        ("deterministic", [EPOCH_MS, EPOCH_MS + 1000, EPOCH_MS + 2000]),
        ("fixed", [EPOCH_MS, EPOCH_MS, EPOCH_MS]),
        ("real", [5, 6, 7]),
    ],
)
def test_the_clock_of_a_session(clock: str, times: list[int]) -> None:
    """A second per request, standing still, or the time of day."""
    told = Clock(Serve.model_validate({"clock": clock}))
    assert [told.now_ms(turn, 5 + turn) for turn in range(3)] == times


def test_the_clock_begins_where_it_is_told_to() -> None:
    """The epoch is an instant, in any zone."""
    assert Clock(Serve(clock_epoch="2026-01-01T02:00:00+02:00")).now_ms(0, 0) == EPOCH_MS


@pytest.mark.parametrize("epoch", ["", "yesterday", "2026-01-01T00:00:00", "2026"])
def test_an_epoch_without_a_zone_is_refused(epoch: str) -> None:
    """The message shows one."""
    with pytest.raises(ValueError, match="such as 2026-01-01T00:00:00Z"):
        Serve(clock_epoch=epoch)


def test_each_session_has_a_clock_of_its_own(shop: Shop) -> None:
    """Requests of another session do not move it, and a reset sets it back."""
    times: list[int] = []

    class Watching(Twin):
        def respond(self, request: Request, session: Session, *, now_ms: int) -> Answer:
            times.append(now_ms - EPOCH_MS)
            return super().respond(request, session, now_ms=now_ms)

    async def main() -> None:
        async with shop.serve(kind=Watching) as served:
            for name in ("a", "b", "a"):
                await served.client.get("/cups/1", headers={"X-Wraith-Session": name})
            await served.client.post("/__wraith/reset")
            await served.client.get("/cups/1", headers={"X-Wraith-Session": "a"})

    asyncio.run(main())
    assert times == [0, 0, 1000, 0]


def test_a_seed_gives_other_ids_and_the_same_again(shop: Shop) -> None:
    """Ids come from the seed and the name of the session."""

    async def made(seed: str) -> str:
        async with shop.serve(settings=Serve(seed=seed)) as served:
            answer = (await served.client.post("/cups", json={"name": "tea"})).json()
            identifier: str = answer["id"]
            return identifier

    first, again, other = (asyncio.run(made(seed)) for seed in ("x", "x", "y"))
    assert first == again != other
