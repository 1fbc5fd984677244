"""What the quickstart shows: Stripe's own SDK, talking to the twin of billing-api."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from wraith.build import steps
from wraith.workspace import Project

ROOT = Path(__file__).resolve().parent.parent.parent


def test_the_sdk_can_work_with_the_served_twin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Learned from the committed recordings, the served twin answers the SDK as the quickstart promises."""
    import environment
    import quickstart
    import tour

    ignored = shutil.ignore_patterns("model", "build", "reports")
    shutil.copytree(ROOT / "twins" / "billing-api", tmp_path / "twins" / "billing-api", ignore=ignored)
    (tmp_path / "wraith-project.toml").write_text('format = "wraith.project/1"\n')
    steps.synth(Project(tmp_path).twin("billing-api"))

    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(quickstart, "program", lambda name: Path(sys.executable).parent / name)
    with quickstart.served("billing-api") as url:
        monkeypatch.setattr(sys, "argv", ["tour.py", "--base-url", url])
        assert tour.main() == 0
    assert "404" in capsys.readouterr().out


def test_a_server_that_does_not_come_up_shows_what_it_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where serving fails, the quickstart ends with what the server said."""
    import environment
    import quickstart

    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(quickstart, "program", lambda name: Path(sys.executable).parent / name)
    said = "there is no twin 'billing-api'"
    with pytest.raises(environment.SetUpError, match=said), quickstart.served("billing-api"):
        pytest.fail("nothing is served")
