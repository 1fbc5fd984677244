"""What can go wrong, whose fault it is, and the exit status that says so.

::

    WraithError
    ├── InputError      1  the user's mistake: arguments, configuration, a broken or missing file
    ├── AnswerIsNo      2  the question was understood and the answer is no: conformance, conflict
    ├── PolicyError     3  not allowed: a missing key in CI, a secret where none may be
    └── OperationError  4  the outside world failed: disk, network, an upstream; or a bug of ours

Engines raise these or return findings; only ``wraith.cli`` (and the reporter of ``wraith.build``) prints them
and chooses the exit status.
"""

from __future__ import annotations

from pathlib import Path

INTERRUPTED = 130


class WraithError(Exception):
    """An error with a place and a next step.

    ``message`` says what is wrong, ``where`` the file, key or offset it is wrong at, ``hint`` what to do.
    """

    exit_code = 4
    code = "error"

    def __init__(self, message: str, *, where: str | Path | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = str(where) if where is not None else None
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class InputError(WraithError, ValueError):
    """The user's mistake: arguments, configuration, a missing or broken file, an unknown format version."""

    exit_code = 1
    code = "input"


class AnswerIsNo(WraithError):
    """The question was understood, and the answer is no: conformance below its threshold, a conflict."""

    exit_code = 2
    code = "no"


class PolicyError(WraithError):
    """A rule forbids it: a missing scrub key in CI, a secret where none may be.

    Not a ``PermissionError``: that is an ``OSError``, and code that expects the disk to fail would catch it.
    """

    exit_code = 3
    code = "policy"


class OperationError(WraithError, RuntimeError):
    """The outside world failed: disk, network, an upstream that does not start; or a bug of ours."""

    exit_code = 4
    code = "operation"


def error_lines(message: str, where: str | None = None, hint: str | None = None) -> list[str]:
    """Return the one look of an error in text: what, where, what to do."""
    lines = [f"error: {message}"]
    if where is not None:
        lines.append(f"  where: {where}")
    if hint is not None:
        lines.append(f"  hint: {hint}")
    return lines
