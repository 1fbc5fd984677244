"""Commands of ``[record]``: started without a shell, in a process group of their own, and ended for
certain."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from wraith.errors import OperationError

_GRACE_S: Final = 5.0
"""How long a command may take to end after SIGTERM; then it is killed."""
_TAIL_LINES: Final = 20
_TAIL_BYTES: Final = 16 * 1024

_MISSING_MODULE = re.compile(r"No module named '?([\w.]+)")


class Command:
    """A running command. Everything it prints goes to its log."""

    def __init__(
        self, name: str, arguments: Sequence[str], process: asyncio.subprocess.Process, log: Path
    ) -> None:
        self.name = name
        self._arguments = tuple(arguments)
        self._process = process
        self._log = log

    async def wait(self) -> int:
        """Return the exit status, once there is one; negative for a signal."""
        return await self._process.wait()

    @property
    def ended(self) -> bool:
        return self._process.returncode is not None

    def error(self, what: str) -> OperationError:
        """Return the error that says what the command did, with the end of its output."""
        tail = self.tail()
        missing = _MISSING_MODULE.search(tail)
        if missing is not None:
            hint = f"install the package that provides {missing[1]!r} for {self._arguments[0]}"
        else:
            hint = f"all of its output is in {self._log}"
        said = f"; it said:\n{tail}" if tail else " and said nothing"
        return OperationError(f"{' '.join(self._arguments)}: {what}{said}", where=self.name, hint=hint)

    def tail(self) -> str:
        """Return the last lines of what the command printed."""
        with self._log.open("rb") as log:
            log.seek(0, os.SEEK_END)
            log.seek(max(0, log.tell() - _TAIL_BYTES))
            lines = log.read().decode("utf-8", "replace").strip().splitlines()
        return "\n".join(lines[-_TAIL_LINES:])

    async def stop(self) -> None:
        """End the command and whatever it has started in its group."""
        try:
            if not self.ended:
                self._signal(signal.SIGTERM)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._process.wait(), _GRACE_S)
        finally:
            # its children as well, which may outlive it; also when we are interrupted while we wait
            self._signal(signal.SIGKILL)
        await self._process.wait()

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):  # the whole group has ended
            os.killpg(self._process.pid, number)


@asynccontextmanager
async def running(
    name: str, arguments: Sequence[str], *, folder: Path, environ: Mapping[str, str], log: Path
) -> AsyncIterator[Command]:
    """Run a command for as long as the block lasts.

    It finds programs beside the running interpreter first: those that were installed together with wraith.
    Raises OperationError where there is no such program, with what to install.
    """
    path = os.pathsep.join((str(Path(sys.executable).parent), environ.get("PATH", os.defpath)))
    program = shutil.which(arguments[0], path=path)
    if program is None:
        raise OperationError(
            f"there is no program {arguments[0]!r} here",
            where=name,
            hint=f"install the package that provides {arguments[0]!r}, or mend the command",
        )
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                program,
                *arguments[1:],
                cwd=folder,
                env={**environ, "PATH": path},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )
    except OSError as error:
        raise OperationError(f"cannot start {program}: {error}", where=name) from error
    command = Command(name, arguments, process, log)
    try:
        yield command
    finally:
        await command.stop()
