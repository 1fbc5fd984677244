"""The overlays of the project: what they are recorded from."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from wraith.workspace import Project

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "tools"


@pytest.mark.parametrize("twin", ["checkout-billing", "checkout-shared"])
def test_the_recordings_name_all_that_they_are_made_from(twin: str) -> None:
    """Scripts, scenarios and what they share with those of the base are inputs."""
    workspace = Project(ROOT).twin(twin)
    record = tomllib.loads(workspace.config_path.read_text(encoding="utf-8"))["record"]
    made_from = {TOOLS / f"{name}.py" for name in ("billing_upstream", "record_billing", "record_checkout")}
    made_from |= {*(TOOLS / "billing").glob("*.py"), *(TOOLS / "checkout").glob("*.py")}
    assert {(workspace.root / name).resolve() for name in record["inputs"]} == made_from


@pytest.mark.parametrize("twin", ["checkout-billing", "checkout-shared"])
def test_what_an_overlay_pins_stands_beside_it(twin: str) -> None:
    """The artifacts of its base and of what it requires are committed under their digests, and no other."""
    workspace = Project(ROOT).twin(twin)
    tables = tomllib.loads(workspace.config_path.read_text(encoding="utf-8"))
    pins = {
        tables["base"]["digest"],
        *(pin.partition("@")[2] for pin in tables["overlay"].get("requires", ())),
    }
    assert {f"sha256:{path.stem}" for path in workspace.base_path.iterdir()} == pins
