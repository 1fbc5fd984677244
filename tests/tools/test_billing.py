"""The traffic of ``twins/billing-api``: the scenarios, and what was recorded from them."""

from __future__ import annotations

import random
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from wraith.exchange import Exchange
from wraith.recording import sealed_sessions
from wraith.workspace import Project

ROOT = Path(__file__).resolve().parent.parent.parent
WORKSPACE = Project(ROOT).twin("billing-api")


@pytest.fixture(scope="module")
def sessions() -> dict[str, list[Exchange]]:
    return {session.id: list(session.read()) for session in sealed_sessions(WORKSPACE)}


def test_there_is_enough_to_learn_from(sessions: dict[str, list[Exchange]]) -> None:
    """The committed recordings hold at least 10 sessions and 450 exchanges, refusals among them."""
    statuses = Counter(exchange.response.status for exchanges in sessions.values() for exchange in exchanges)
    assert len(sessions) >= 10
    assert statuses.total() >= 450
    assert {200, 400, 401, 402, 404, 409} <= set(statuses)


def test_no_key_of_the_client_was_recorded(sessions: dict[str, list[Exchange]]) -> None:
    """The API key does not stand in any file of the recordings, nor does a description of the machine."""
    from billing.shop import API_KEY

    for exchanges in sessions.values():
        for exchange in exchanges:
            headers = {name.lower(): value for name, value in exchange.request.headers}
            assert API_KEY not in repr(exchange)
            assert headers["x-stripe-client-user-agent"] == "[redacted]"


def test_the_recordings_name_all_that_they_are_made_from() -> None:
    """Every script of the pipeline is an input, so that a change of any makes the recordings stale."""
    record = tomllib.loads(WORKSPACE.config_path.read_text(encoding="utf-8"))["record"]
    scripts = [ROOT / "tools" / "billing_upstream.py", ROOT / "tools" / "record_billing.py"]
    scripts += (ROOT / "tools" / "billing").glob("*.py")
    assert {(WORKSPACE.root / name).resolve() for name in record["inputs"]} == set(scripts)


class Canned:
    """A list endpoint: pages of two over five items, by cursor."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def __call__(self, params: dict[str, Any]) -> Any:
        self.asked.append(params.get("starting_after"))
        items = [Item(f"item_{number}") for number in range(5)]
        start = next((at + 1 for at, item in enumerate(items) if item.id == self.asked[-1]), 0)
        return Page(items[start : start + 2], start + 2 < len(items))


class Item:
    def __init__(self, item_id: str) -> None:
        self.id = item_id


class Page:
    def __init__(self, data: list[Item], has_more: bool) -> None:
        self.data, self.has_more = data, has_more


def test_walk_follows_cursors_to_the_end() -> None:
    """A walk asks for each page after the last item of the one before, and returns all items once."""
    from billing import CountingClient, Shop

    shop, canned = Shop("http://127.0.0.1:9", random.Random(1), CountingClient(), fast=True), Canned()
    assert [item.id for item in shop.walk(canned, limit=2)] == [f"item_{number}" for number in range(5)]
    assert canned.asked == [None, "item_1", "item_3"]


def test_people_come_from_the_seed_alone() -> None:
    """The same seed invents the same people, another seed others; optional fields are sometimes absent."""
    from billing import invent

    people = [[invent.person(random.Random(f"{seed}/{n}")) for n in range(50)] for seed in (1, 1, 2)]
    assert people[0] == people[1]
    assert not [person for person in people[0] if person in people[2]]
    for field in ("name", "phone", "address", "metadata"):
        assert 0 < sum(field in person for person in people[0]) < 50


def test_the_pipeline_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands of wraith.toml record a fresh localstripe; scenarios run to their end."""
    pytest.importorskip("localstripe", reason="localstripe is not installed; tools/test.py brings it")
    from wraith.build import steps

    monkeypatch.setenv("WRAITH_HMAC_KEY", "a key for this test")  # where CI is set, none is made

    twin = tmp_path / "twins" / "billing-api"
    twin.mkdir(parents=True)
    (tmp_path / "tools").symlink_to(ROOT / "tools")
    (twin / "scrub.toml").write_bytes(WORKSPACE.scrub_path.read_bytes())
    config = WORKSPACE.config_path.read_text(encoding="utf-8")
    short = config.replace(
        '"--seed", "20", "--sessions", "80"', '"--seed", "7", "--sessions", "20", "--fast"'
    )
    assert short != config
    (twin / "wraith.toml").write_text(short, encoding="utf-8")
    (tmp_path / "wraith-project.toml").write_text('format = "wraith.project/1"\n')

    result = steps.record(Project(tmp_path).twin("billing-api"))
    assert len(result.index.sessions) == 20
    assert sum(session.exchanges for session in result.index.sessions) > 400
