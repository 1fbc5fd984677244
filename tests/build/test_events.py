"""What a run says, and the one look of its errors."""

from __future__ import annotations

import pytest

from wraith.build import TaskEvent, event_lines
from wraith.errors import InputError

ERROR = InputError("expected a number", where="wraith.toml: diff", hint="write 0.9")
CASES: dict[str, tuple[TaskEvent, list[str]]] = {
    "a task that ran": (
        TaskEvent("done", "a:b", ("x changed",), "3 routes"),
        ["a:b: ran, because x changed; 3 routes"],
    ),
    "a task that was asked for": (TaskEvent("done", "a:b"), ["a:b: ran, because it was asked for"]),
    "many reasons": (
        TaskEvent("done", "a:b", ("v", "w", "x", "y", "z")),
        ["a:b: ran, because v, w, x and 2 more"],
    ),
    "a failure": (
        TaskEvent("failed", "a:b", error=ERROR),
        ["error: a:b: expected a number", "  where: wraith.toml: diff", "  hint: write 0.9"],
    ),
    "a task that could not run": (
        TaskEvent("blocked", "a:b", summary="not run, because c failed"),
        ["a:b: not run, because c failed"],
    ),
    "a fresh task": (TaskEvent("fresh", "a:b"), []),
    "nothing to do": (
        TaskEvent("end", summary="nothing to do: 4 tasks are fresh"),
        ["nothing to do: 4 tasks are fresh"],
    ),
    "the end of a run": (TaskEvent("end", ran=2), []),
}


@pytest.mark.parametrize("case", CASES)
def test_an_event_is_said_in_one_way(case: str) -> None:
    """Each kind of event has its lines, and what is not worth a line has none."""
    event, lines = CASES[case]
    assert event_lines(event) == lines
