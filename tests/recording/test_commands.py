"""Commands: started without a shell, ended with all they have started."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

import pytest

from wraith.errors import OperationError
from wraith.recording._commands import Command, running

CHILD = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
"""
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
time.sleep(60)
"""


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def ends(pid: int) -> bool:
    """Tell whether the process ends within a moment; one that waits for its parent has ended."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.005)
    return False


async def said(command: Command) -> str:
    async with asyncio.timeout(10):
        while not command.tail():
            await asyncio.sleep(0.005)
    return command.tail()


def test_a_command_runs_in_its_folder_with_its_environment(tmp_path: Path) -> None:
    """Arguments are passed as they are, output goes to the log, and there is nothing to read from."""
    code = "import os, sys; print(os.getcwd(), os.environ['A'], sys.argv[1:], sys.stdin.read() == '')"

    async def main() -> tuple[int, str]:
        arguments = (*python(code), "$HOME; *")
        log = tmp_path / "logs" / "run.log"
        async with running("x", arguments, folder=tmp_path, environ={"A": "1"}, log=log) as command:
            return await command.wait(), command.tail()

    assert asyncio.run(main()) == (0, f"{tmp_path} 1 ['$HOME; *'] True")


def test_the_end_of_the_block_ends_the_whole_group(tmp_path: Path) -> None:
    """What a command has started does not outlive it."""

    async def main() -> int:
        code = python(CHILD + "child.wait()")
        async with running("x", code, folder=tmp_path, environ={}, log=tmp_path / "log") as command:
            return int(await said(command))

    assert ends(asyncio.run(main()))


def test_children_that_a_command_leaves_behind_are_ended_as_well(tmp_path: Path) -> None:
    """The command itself has ended in peace, its child has not."""

    async def main() -> int:
        code = python(CHILD + "child.returncode = 0")
        async with running("x", code, folder=tmp_path, environ={}, log=tmp_path / "log") as command:
            assert await command.wait() == 0
            return int(command.tail())

    assert ends(asyncio.run(main()))


def test_a_command_that_ignores_sigterm_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Patience has an end."""
    monkeypatch.setattr("wraith.recording._commands._GRACE_S", 0.05)

    async def main() -> int:
        async with running(
            "x", python(STUBBORN), folder=tmp_path, environ={}, log=tmp_path / "log"
        ) as command:
            await said(command)
        return await command.wait()

    assert asyncio.run(main()) == -9


def test_an_interrupt_ends_the_command(tmp_path: Path) -> None:
    """Cancelled in the middle, the block leaves no process."""

    async def main() -> int:
        pids: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def run() -> None:
            code = python("import os, time; print(os.getpid(), flush=True); time.sleep(60)")
            async with running("x", code, folder=tmp_path, environ={}, log=tmp_path / "log") as command:
                pids.set_result(int(await said(command)))
                await command.wait()

        task = asyncio.create_task(run())
        pid = await pids
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return pid

    assert ends(asyncio.run(main()))


def test_a_program_that_is_not_there_is_an_error_that_says_what_to_install(tmp_path: Path) -> None:
    """The command's name, the program, and the next step."""

    async def main() -> None:
        async with running("start", ("no-such-program",), folder=tmp_path, environ={}, log=tmp_path / "log"):
            pass

    with pytest.raises(OperationError, match="no program 'no-such-program'") as raised:
        asyncio.run(main())
    assert raised.value.hint is not None
    assert "install the package that provides 'no-such-program'" in raised.value.hint


def test_programs_beside_the_interpreter_are_found(tmp_path: Path) -> None:
    """What was installed together with wraith need not be on the PATH."""
    name = Path(sys.executable).name

    async def main() -> int:
        arguments = (name, "-c", "pass")
        async with running(
            "x", arguments, folder=tmp_path, environ={"PATH": ""}, log=tmp_path / "log"
        ) as command:
            return await command.wait()

    assert asyncio.run(main()) == 0


@pytest.mark.parametrize(
    ("code", "message", "hint"),
    [
        pytest.param("print('line\\n' * 30, 'last')", "last", "all of its output", id="output"),
        pytest.param("pass", "said nothing", "all of its output", id="silence"),
        pytest.param(
            "import no_such_module", "ModuleNotFoundError", "provides 'no_such_module'", id="module"
        ),
    ],
)
def test_an_error_ends_with_what_the_command_said(tmp_path: Path, code: str, message: str, hint: str) -> None:
    """The last lines of its output, and where the rest is or what to install."""

    async def main() -> OperationError:
        log = tmp_path / "log"
        async with running("x", python(code), folder=tmp_path, environ=dict(os.environ), log=log) as command:
            await command.wait()
            return command.error("ended badly")

    error = asyncio.run(main())
    assert message in error.message
    assert error.message.count("line") <= 20
    assert hint in str(error.hint)
