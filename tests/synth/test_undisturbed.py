"""Learning lets go of what it learned from: none of it is in a cycle, which only a collector finds."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from tests.synth.recordings import Document, Step, exchange, recording, session
from wraith.synth import learn
from wraith.synth._evidence.rows import Row
from wraith.synth._shared.undisturbed import undisturbed
from wraith.synth._world.observe import Observation

SHOPS = ("shop_a81Kd0", "shop_7Fz2pQ", "shop_Lm45xE")


def sales(shop: str, number: int) -> tuple[Step, ...]:
    """Sales of a shop, each followed by a report that adds them up."""
    steps = [made("/shops", {"id": shop, "name": shop[5:]})]
    earned = 0
    for at in range(4):
        sale: Document = {"id": f"sale_{number}x{at}Qk", "shop": shop, "amount": 100 + 37 * at + number}
        steps.append(made("/sales", sale))
        earned += 100 + 37 * at + number
        steps.append(exchange("GET", f"/shops/{shop}/report", answer={"shop": shop, "earned": earned}))
    return session(*steps)


def made(path: str, document: Document) -> Step:
    return exchange("POST", path, json={k: v for k, v in document.items() if k != "id"}, answer=document)


@pytest.fixture
def without_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("without_collector")
def test_what_was_learned_from_is_let_go_at_once() -> None:
    """Rows of a sample know what was worked out of them, and nothing of that knows the row."""
    learned = learn(recording(*(sales(shop, number) for number, shop in enumerate(SHOPS))))
    assert "total" in repr(learned.model)
    assert [each for each in gc.get_objects() if isinstance(each, Row | Observation)] == []


def test_the_collector_is_as_it_was_afterwards() -> None:
    """Only while something is learned does it look seldom."""
    before = gc.get_threshold()
    with undisturbed():
        assert gc.get_threshold() != before
    assert gc.get_threshold() == before
