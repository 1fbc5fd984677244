"""``wraith.cli._main`` and ``_errors``: every way to end, with its exit status and its look."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from wraith import __version__
from wraith.build import TaskEvent, event_lines
from wraith.cli import inspect as inspect_command
from wraith.cli._errors import failure_of
from wraith.errors import AnswerIsNo, InputError, OperationError, PolicyError
from wraith.workspace import Workspace

WRAITH = (sys.executable, "-m", "wraith.cli")


def test_help_lists_every_command(run) -> None:
    """``wraith --help`` names the commands on standard output and ends with 0."""
    ran = run("--help")
    assert (ran.code, ran.err) == (0, "")
    assert "  doctor " in ran.out


def test_no_arguments_show_the_help(run) -> None:
    """``wraith`` alone says what it can do."""
    assert run().out == run("--help").out


def test_version(run) -> None:
    """``wraith --version`` prints name and version."""
    ran = run("--version")
    assert (ran.code, ran.out) == (0, f"wraith {__version__}\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(["synht"], "no command 'synht'; did you mean 'synth'?", id="unknown-command"),
        pytest.param(["inspect"], "the following arguments are required: NAME", id="missing-argument"),
        pytest.param(["inspect", "shop", "--colour"], "arguments: --colour", id="unknown-option"),
        pytest.param(["--colour"], "arguments: --colour", id="unknown-option-before-the-command"),
        pytest.param(["inspect", "../shop"], "there is no twin in this folder", id="path-of-nothing"),
        pytest.param(["inspect", "shop"], "there is no twin 'shop' here (twins: none)", id="no-such-twin"),
        pytest.param(["inspect", "shop", "--format", "xml"], "argument --format", id="unknown-format"),
        pytest.param(["serve", "shop", "--port", "99999"], "a port from 0 to 65535", id="port-too-large"),
    ],
)
def test_a_mistake_of_the_user_ends_with_1(run, folder: Path, arguments: list[str], says: str) -> None:
    """What is wrong stands on standard error, with what to do; exit status 1, never argparse's 2."""
    ran = run(*arguments)
    assert (ran.code, ran.out) == (1, "")
    assert says in ran.err
    assert "\n  hint: " in ran.err


@pytest.mark.parametrize("spelling", [["--json"], ["--format", "json"], ["--format=json"]], ids=" ".join)
def test_errors_are_json_where_json_is_asked_for(run, folder: Path, spelling: list[str]) -> None:
    """In JSON mode an error is the one document on standard output, also where the arguments do not parse."""
    for arguments in (["inspect", "shop"], ["inspect", "shop", "--colour"], ["synht"]):
        ran = run(*arguments, *spelling)
        assert ran.code == 1
        assert ran.document["schema"] == "wraith.error/1"
        assert set(ran.document["error"]) == {"kind", "code", "message", "where", "hint"}
        assert ran.document["error"]["kind"] == "input"


@pytest.mark.parametrize(
    ("error", "code", "kind"),
    [
        pytest.param(InputError("x"), 1, "input", id="input"),
        pytest.param(AnswerIsNo("x"), 2, "no", id="no"),
        pytest.param(PolicyError("x"), 3, "policy", id="policy"),
        pytest.param(OperationError("x"), 4, "operation", id="operation"),
        pytest.param(KeyboardInterrupt(), 130, "interrupted", id="interrupted"),
        pytest.param(OSError(28, "No space left on device", "/full"), 4, "operation", id="disk-full"),
        pytest.param(MemoryError(), 4, "operation", id="memory"),
        pytest.param(KeyError("x"), 4, "operation", id="bug"),
    ],
)
def test_each_kind_of_error_has_its_exit_status(
    run, shop: Workspace, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, kind: str
) -> None:
    """The table of exit codes holds for whatever a command raises."""

    def fail(args: object, out: object) -> int:
        raise error

    monkeypatch.setattr(inspect_command, "run", fail)
    ran = run("inspect", "shop", "--json")
    assert (ran.code, ran.document["error"]["kind"]) == (code, kind)


def test_what_is_not_foreseen_is_called_a_bug(run, shop: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unexpected exception names its place in our code, and how to get the traceback."""

    def fail(args: object, **_: object) -> None:
        raise KeyError("surprise")

    monkeypatch.setattr(inspect_command, "reading_twin", fail)
    ran = run("inspect", "shop")
    assert "this is a bug of wraith: KeyError: 'surprise'" in ran.err
    assert "wraith/cli/inspect.py:" in ran.err
    assert "WRAITH_DEBUG=1" in ran.err
    assert "Traceback" not in ran.err
    monkeypatch.setenv("WRAITH_DEBUG", "1")
    assert "Traceback" in run("inspect", "shop").err


def test_errors_look_as_those_of_doit_do() -> None:
    """What, where and what to do stand in the same lines as in the reporter of the build graph."""
    error = InputError("it is wrong", where="record.port", hint="mend it")
    of_doit = event_lines(TaskEvent("failed", "a:b", error=error))
    assert failure_of(error).lines() == [line.replace("a:b: ", "") for line in of_doit[:-1]]
    assert of_doit[-1] == "  repeat: wraith build a:b"


def test_places_are_shown_as_they_would_be_typed(run, shop: Workspace) -> None:
    """A file below the current folder is named relative to it."""
    shop.config_path.write_text("[upstream]\n")
    assert "  where: twins/shop/wraith.toml\n" in run("inspect", "shop").err


def test_help_imports_nothing_heavy() -> None:
    """``wraith --help`` imports neither pydantic nor any engine or shell: that is what keeps it fast."""
    code = "import sys; from wraith.cli import main; main(['--help']); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    heavy = {"pydantic", "rich", "quart", "hypercorn", "httpx", "doit", "lupa", "asyncio", "wraith.wir"}
    assert loaded & heavy == set()


def test_a_reader_that_goes_away_is_no_error(shop: Workspace) -> None:
    """A closed pipe ends the output, not the command: exit status 0 and nothing on standard error."""
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run(
        [*WRAITH, "inspect", "shop"], stdout=write_end, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(write_end)
    assert (done.returncode, done.stderr) == (0, "")


def test_json_is_alone_on_standard_output(shop: Workspace) -> None:
    """As a process, too, a command prints one JSON document and nothing else."""
    done = subprocess.run([*WRAITH, "inspect", "shop", "--json"], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["schema"] == "wraith.inspect/1"
    assert done.stderr == ""
