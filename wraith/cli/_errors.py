"""Every error in one place: what it looks like, and the exit status it ends with.

| Exit | Meaning |
| --- | --- |
| 0 | done |
| 1 | the user's mistake |
| 2 | the answer is no |
| 3 | policy |
| 4 | the outside world failed, or a bug of ours |
| 130 | interrupted |
"""

from __future__ import annotations

import os
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wraith.errors import INTERRUPTED, OperationError, WraithError, error_lines

if TYPE_CHECKING:
    from wraith.canonical import JsonValue

SCHEMA: Final = "wraith.error/1"
KINDS: Final = {1: "input", 2: "no", 3: "policy", 4: "operation"}
BUG: Final = "this is a bug of wraith: "
DEBUG_VARIABLE: Final = "WRAITH_DEBUG"
PACKAGE: Final = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Failure:
    """An exception as the user meets it."""

    exit_code: int
    kind: str
    code: str
    message: str
    where: str | None = None
    hint: str | None = None

    def document(self) -> dict[str, JsonValue]:
        """The failure as ``--format json`` prints it."""
        error: dict[str, JsonValue] = {
            "kind": self.kind,
            "code": self.code,
            "message": self.message,
            "where": self.where,
            "hint": self.hint,
        }
        return {"schema": SCHEMA, "error": error}

    def lines(self) -> list[str]:
        """The failure as people read it: what, where, what to do. ``doit`` shows errors in the same way."""
        where = None if self.where is None else _shortened(self.where)
        return error_lines(self.message, where, self.hint)


def failure_of(error: BaseException) -> Failure:
    """Return what to say about an exception, and the exit status. What is not foreseen is a bug of ours."""
    if isinstance(error, WraithError):
        return Failure(
            error.exit_code, KINDS[error.exit_code], error.code, error.message, error.where, error.hint
        )
    if isinstance(error, KeyboardInterrupt):
        return Failure(INTERRUPTED, "interrupted", "interrupted", "interrupted; nothing is half written")
    if isinstance(error, OSError):
        reason = f"{error.strerror or error}"
        return failure_of(OperationError(f"the system refused: {reason}", where=error.filename or None))
    if isinstance(error, MemoryError):
        return failure_of(
            OperationError("out of memory", hint="give it more memory, or fewer recordings (--tag)")
        )
    return Failure(
        exit_code=OperationError.exit_code,
        kind="operation",
        code="bug",
        message=f"{BUG}{type(error).__name__}: {error}",
        where=_innermost(error),
        hint=f"{DEBUG_VARIABLE}=1 shows the traceback; please report it with the command that you ran",
    )


def debug_text(error: BaseException) -> str | None:
    """Return the traceback where ``WRAITH_DEBUG`` asks for it."""
    if os.environ.get(DEBUG_VARIABLE, "") in ("", "0"):
        return None
    return "".join(traceback.format_exception(error))


def _innermost(error: BaseException) -> str | None:
    """Return the place in our own code that is nearest to the failure."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(PACKAGE)]
    return f"{ours[-1].filename}:{ours[-1].lineno} in {ours[-1].name}" if ours else None


def _shortened(where: str) -> str:
    """Return a path below the current folder as it would be typed there."""
    try:
        here = os.getcwd() + os.sep
    except OSError:  # the folder is gone
        return where
    return where.removeprefix(here)
