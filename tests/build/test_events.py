"""What a run says, and the one look of its errors."""

from __future__ import annotations

import pytest

from wraith.build import TaskEvent, event_lines
from wraith.errors import InputError

ERROR = InputError("expected a number", where="wraith.toml: diff", hint="write 0.9")
CASES: dict[str, tuple[TaskEvent, list[str]]] = {
    "a task that ran": (
        TaskEvent("built", "a:b", ("x changed",), "3 routes"),
        ["a:b: ran, because x changed; 3 routes"],
    ),
    "a task that was asked for": (TaskEvent("built", "a:b"), ["a:b: ran, because it was asked for"]),
    "many reasons": (
        TaskEvent("built", "a:b", ("v", "w", "x", "y", "z")),
        ["a:b: ran, because v, w, x and 2 more"],
    ),
    "a failure": (
        TaskEvent("failed", "a:b", error=ERROR),
        [
            "error: a:b: expected a number",
            "  where: wraith.toml: diff",
            "  hint: write 0.9",
            "  repeat: wraith build a:b",
        ],
    ),
    "a failure with a reason": (
        TaskEvent("failed", "a:b", ("x changed",), error=InputError("no")),
        ["error: a:b: no", "  ran because: x changed", "  repeat: wraith build a:b"],
    ),
    "a failure of no task": (TaskEvent("failed", error=InputError("no")), ["error: no"]),
    "a restored task": (
        TaskEvent("restored", "a:b", ("x changed",), "3 routes", origin="remote"),
        ["a:b: restored from the remote cache, because x changed; 3 routes"],
    ),
    "a note": (TaskEvent("note", summary="the cache is gone"), ["the cache is gone"]),
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
