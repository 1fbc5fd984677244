"""Many waits with one bound of time."""

from __future__ import annotations

import asyncio

import pytest

from wraith.asgi import Patience

SOON_S, LATE_S = 0.02, 30.0


async def never(patience: Patience, begun: list[str] | None = None) -> None:
    with patience:
        if begun is not None:
            begun.append("")
        await asyncio.Event().wait()


def test_a_wait_that_is_too_long_is_ended() -> None:
    """And the task goes on as if it had never been cancelled."""

    async def main() -> int:
        with pytest.raises(TimeoutError):
            await never(Patience(SOON_S))
        await asyncio.sleep(0)
        task = asyncio.current_task()
        assert task is not None
        return task.cancelling()

    assert asyncio.run(main()) == 0


def test_waits_that_end_in_time_are_left_alone() -> None:
    """Before others, between others, and again in the same task."""

    async def main() -> list[object]:
        patience, done = Patience(SOON_S), asyncio.Event()

        async def ends() -> str:
            for _ in range(3):
                with patience:
                    await asyncio.sleep(0)
            with patience:
                await done.wait()
            return "in time"

        waits = [asyncio.create_task(each) for each in (never(patience), ends(), never(patience))]
        await asyncio.sleep(0)
        done.set()
        return [
            type(each) if isinstance(each, BaseException) else each
            for each in await asyncio.gather(*waits, return_exceptions=True)
        ]

    assert asyncio.run(main()) == [TimeoutError, "in time", TimeoutError]


def test_a_wait_that_begins_while_others_wait_has_its_own_time() -> None:
    """One timer ends them, each at its time."""

    async def main() -> float:
        patience, loop = Patience(2 * SOON_S), asyncio.get_running_loop()
        first = asyncio.create_task(never(patience))
        with pytest.raises(TimeoutError):
            await never(Patience(SOON_S))
        began = loop.time()
        with pytest.raises(TimeoutError):
            await never(patience)
        assert isinstance(first.exception(), TimeoutError)
        return loop.time() - began

    assert asyncio.run(main()) >= 2 * SOON_S


def test_who_cancels_a_wait_is_heard() -> None:
    """A cancellation from elsewhere is no timeout."""

    async def main() -> None:
        begun: list[str] = []
        waiting = asyncio.create_task(never(Patience(LATE_S), begun))
        while not begun:
            await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(main())


def test_an_error_inside_goes_through() -> None:
    """As it is."""

    async def main() -> None:
        with pytest.raises(ValueError, match="mine"), Patience(LATE_S):
            raise ValueError("mine")

    asyncio.run(main())
