"""The committed recordings of the twins, and the scripts that they are made by."""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest

from wraith.exchange import Exchange
from wraith.recording import sealed_sessions
from wraith.workspace import Project

ROOT = Path(__file__).resolve().parent.parent.parent
TOOLS, UPSTREAMS = ROOT / "tools", ROOT / "tests" / "upstreams"
SCENARIOS = {"orderledger": "orderledger", "posts-api": "posts", "graphql-api": "graphql"}
"""Twins that ``tools/record_twin.py`` records, and the package of scenarios that it runs for each."""
TWINS = ["billing-api", *SCENARIOS]

Sessions = dict[str, list[Exchange]]


def sessions_of(twin: str) -> Sessions:
    return {session.id: list(session.read()) for session in sealed_sessions(Project(ROOT).twin(twin))}


@pytest.mark.parametrize(
    ("twin", "statuses"),
    [
        ("orderledger", {200, 201, 204, 400, 404, 405, 409, 422}),
        ("posts-api", {200, 201, 204, 400, 404, 500}),
        ("graphql-api", {200, 204, 400, 405, 406}),
    ],
)
def test_there_is_enough_to_learn_from(twin: str, statuses: set[int]) -> None:
    """Each twin has at least 40 sessions and 600 exchanges, with all that its service answers."""
    sessions = sessions_of(twin)
    seen = Counter(exchange.response.status for exchanges in sessions.values() for exchange in exchanges)
    assert len(sessions) >= 40
    assert seen.total() >= 600
    assert set(seen) == statuses


@pytest.mark.parametrize("twin", TWINS)
def test_sessions_differ_in_what_they_send(twin: str) -> None:
    """No two sessions share more than a quarter of their request bodies."""
    bodies = {
        name: Counter(exchange.request.body for exchange in exchanges if exchange.request.body)
        for name, exchanges in sessions_of(twin).items()
    }
    alike = [
        (one, other)
        for one, other in combinations(bodies, 2)
        if (bodies[one] & bodies[other]).total() * 4 > min(bodies[one].total(), bodies[other].total())
    ]
    assert alike == []


@pytest.mark.parametrize("twin", SCENARIOS)
def test_the_recordings_name_all_that_they_are_made_from(twin: str) -> None:
    """Scripts, services and their data are inputs, so that a change of any makes the recordings stale."""
    workspace = Project(ROOT).twin(twin)
    record = tomllib.loads(workspace.config_path.read_text(encoding="utf-8"))["record"]
    made_from = {TOOLS / "record_twin.py", *(TOOLS / "scenarios" / SCENARIOS[twin]).glob("*.py")}
    made_from |= {
        TOOLS / "recording" / f"{name}.py" for name in ("__init__", "invent", "service", "sessions")
    }
    if twin == "orderledger":
        drifted = UPSTREAMS / "orderledger_drifted.py"  # the same service as tests change it
        made_from |= {*UPSTREAMS.glob("orderledger*.py")} - {drifted}
    else:
        made_from |= {TOOLS / "npm_upstream.py", *(TOOLS / "npm" / twin).iterdir()}
    assert {(workspace.root / name).resolve() for name in record["inputs"]} == made_from


@pytest.mark.parametrize("package", SCENARIOS.values())
def test_every_scenario_is_run(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The functions of a package that take a service are its scenarios, and each says what it does."""
    import importlib
    import inspect

    scenarios = importlib.import_module(f"scenarios.{package}").SCENARIOS
    defined = {
        function
        for scenario in scenarios
        for _, function in inspect.getmembers(sys.modules[scenario.__module__], inspect.isfunction)
        if function.__module__ == scenario.__module__ and not function.__name__.startswith("_")
    }
    assert defined == set(scenarios)
    assert len(scenarios) == len(defined)
    assert all(scenario.__doc__ for scenario in scenarios)


def test_the_pipeline_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands of wraith.toml record a fresh order ledger; every scenario runs to its end."""
    from wraith.build import steps

    monkeypatch.setenv("WRAITH_HMAC_KEY", "a key for this test")  # where CI is set, none is made
    original = Project(ROOT).twin("orderledger")
    twin = tmp_path / "twins" / "orderledger"
    twin.mkdir(parents=True)
    for folder in ("tools", "tests"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    (twin / "scrub.toml").write_bytes(original.scrub_path.read_bytes())
    config = original.config_path.read_text(encoding="utf-8")
    short = config.replace('"--seed", "20", "--sessions", "80"', '"--seed", "7", "--sessions", "20"')
    assert short != config
    (twin / "wraith.toml").write_text(short, encoding="utf-8")
    (tmp_path / "wraith-project.toml").write_text('format = "wraith.project/1"\n')

    result = steps.record(Project(tmp_path).twin("orderledger"))
    assert len(result.index.sessions) == 20
    assert sum(session.exchanges for session in result.index.sessions) > 400
