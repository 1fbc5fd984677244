"""The record step: by command where the inputs changed, and only then."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import wraith.recording
from wraith.build import steps
from wraith.config import TwinConfig
from wraith.errors import InputError
from wraith.recording import recording_inputs, write_index
from wraith.workspace import Project, Workspace

Build = Callable[..., "Run"]  # noqa: F821  # of conftest.py, which pytest gives by name
WriteSession = Callable[..., Path]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, write_session: WriteSession) -> list[str]:
    """What was recorded by command, one path each: the recorder is a fake that answers by counting."""
    made: list[str] = []

    def record_by_command(
        workspace: Workspace, config: TwinConfig, scrubber: object, *, policy_digest: str, on_event: object
    ) -> None:
        made.append(f"/recorded-{len(made)}")
        shutil.rmtree(workspace.sessions_path)
        write_session(workspace, [made[-1]])
        write_index(workspace, recording_inputs(workspace, config, policy_digest))

    monkeypatch.setattr(wraith.recording, "record_by_command", record_by_command)
    return made


@pytest.fixture
def twin(project: Project, calls: list[str], build: Build) -> Workspace:
    """The twin alpha, recorded by command, and built."""
    twin = project.twin("alpha")
    (twin.root / "drive.py").write_text("1")
    with twin.config_path.open("a") as config:
        config.write('[record]\nexercise = ["{python}", "drive.py"]\ninputs = ["drive.py"]\n')
    assert build(project).exit_code == 0
    assert calls == ["/recorded-0"]
    return twin


def test_what_was_recorded_is_not_recorded_again(twin: Workspace, build: Build, calls: list[str]) -> None:
    """A second build does nothing."""
    assert build(twin.project).ran == []
    assert calls == ["/recorded-0"]


Edit = Callable[[Workspace], object]
AGAIN: dict[str, Edit] = {
    "the script": lambda twin: (twin.root / "drive.py").write_text("2"),
    "the scrub rules": lambda twin: twin.scrub_path.write_text("card_test_numbers = false\n"),
    "[upstream]": lambda twin: twin.config_path.write_text(twin.config_path.read_text().replace(":9", ":8")),
    "[record]": lambda twin: twin.config_path.write_text(twin.config_path.read_text() + "timeout_s = 5\n"),
    "no session": lambda twin: shutil.rmtree(next(twin.sessions_path.iterdir())),
    "no index": lambda twin: twin.index_path.unlink(),
}
NOT_AGAIN: dict[str, Edit] = {
    "a comment": lambda twin: twin.config_path.write_text("# x\n" + twin.config_path.read_text()),
    "[diff]": lambda twin: twin.config_path.write_text(twin.config_path.read_text() + "[diff]\n"),
    "a comment in the scrub rules": lambda twin: twin.scrub_path.write_text("# x\n"),
    "a default spelled out": lambda twin: twin.config_path.write_text(
        twin.config_path.read_text() + 'ready = "/"\n'
    ),
    "no database": lambda twin: twin.project.database_path.unlink(),
}


@pytest.mark.parametrize("edit", [*AGAIN, *NOT_AGAIN])
def test_recordings_are_made_again_when_what_they_were_made_from_changes_and_only_then(
    twin: Workspace, build: Build, calls: list[str], edit: str
) -> None:
    """The index says what the recordings were made from; a task database is not needed for that."""
    (AGAIN | NOT_AGAIN)[edit](twin)
    assert build(twin.project).exit_code == 0
    assert len(calls) == (2 if edit in AGAIN else 1)
    assert build(twin.project).ran == []


def test_an_edited_exchange_is_an_error_and_nothing_is_recorded(
    twin: Workspace, build: Build, calls: list[str]
) -> None:
    """Even where the inputs changed as well: never a silent re-recording."""
    exchange = next(twin.sessions_path.glob("*/*.wrec"))
    exchange.write_bytes(exchange.read_bytes()[:-1] + b"X")
    (twin.root / "drive.py").write_text("2")
    result = build(twin.project)
    assert (result.exit_code, result.failed) == (1, ["record:alpha"])
    assert exchange.name in result.error
    assert len(calls) == 1


def test_asked_directly_the_step_records_in_any_case(twin: Workspace, calls: list[str]) -> None:
    """The task decides freshness, the function does not."""
    assert steps.record(twin).recorded
    assert len(calls) == 2


def test_a_missing_input_is_named(twin: Workspace, build: Build) -> None:
    """A file that ``[record] inputs`` names and that is not there is the user's mistake."""
    (twin.root / "drive.py").unlink()
    result = build(twin.project)
    assert (result.exit_code, result.failed) == (1, ["record:alpha"])
    assert "twins/alpha/drive.py" in result.error


def test_a_twin_without_a_workspace_is_named(project: Project) -> None:
    """The error lists the twins that there are."""
    with pytest.raises(InputError, match=r"no twin 'gamma' here \(twins: alpha, beta\)"):
        steps.record(project.twin("gamma"))
