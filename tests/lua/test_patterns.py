"""Patterns that are matched in Lua, counted, find what the native functions find."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wraith.lua import Limits, _sandbox
from wraith.runtime import Failure

ITEMS = st.sampled_from(
    ["a", "b", ".", "%a", "%d", "%W", "%s", "[ab]", "[^a]", "[a-c%d]", "()", "%%", "%f[%w]", "%bab", "x"]
)
PATTERNS = st.builds(
    lambda start, parts, end: start + "".join(parts) + end,
    st.sampled_from(["", "^"]),
    st.lists(
        st.builds(
            lambda item, suffix, group: f"({item}{suffix})" if group else item + suffix,
            ITEMS.filter(lambda item: item not in ("()", "%f[%w]", "%bab")),
            st.sampled_from(["", "*", "+", "-", "?"]),
            st.booleans(),
        )
        | ITEMS,
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(["", "$"]),
)
SUBJECTS = st.text("abcx1 %.", max_size=12)

AMPLE = Limits(seconds=10, instructions=10**9, memory_bytes=2**24)

PROGRAM = """
local subject, pattern = req.body.subject, req.body.pattern
local all = {}
if pattern:sub(1, 1) ~= '^' then
  for a, b in subject:gmatch(pattern) do all[#all + 1] = {a, b or json.null} end
end
local gone, count = subject:gsub(pattern, '<%0>')
local place, found = table.pack(subject:find(pattern, req.body.init)), table.pack(subject:match(pattern))
emit.json({place, found, all, gone, count})
"""


@settings(max_examples=150, deadline=None)
@given(subject=SUBJECTS, pattern=PATTERNS, init=st.integers(-3, 6))
def test_counted_matching_is_native_matching(run, subject: str, pattern: str, init: int) -> None:
    """find, match, gmatch and gsub, with captures, anchors and positions."""
    body = {"subject": subject, "pattern": pattern, "init": init}
    with pytest.MonkeyPatch.context() as patch:
        native = run(PROGRAM, body, limits=AMPLE)
        patch.setattr(_sandbox, "STEPS", 0)
        counted = run(PROGRAM, body, limits=AMPLE)
    assert not isinstance(native, Failure), native
    assert not isinstance(counted, Failure), counted
    assert json.loads(counted.body) == json.loads(native.body)


@pytest.mark.parametrize(
    ("pattern", "problem"),
    {
        "class": ("[a", "missing ']'"),
        "escape": ("a%", "ends with '%'"),
        "group": ("(a", "unfinished capture"),
        "close": ("a+)", "invalid pattern capture"),
        "balance": ("%ba", "missing arguments"),
        "frontier": ("%fa", "missing '['"),
        "reference": ("%1", "invalid capture index"),
    }.values(),
)
@pytest.mark.parametrize("steps", [0, 10**6])
def test_a_malformed_pattern_is_an_error(run, monkeypatch, pattern: str, problem: str, steps: int) -> None:
    """The same one, whoever matches."""
    monkeypatch.setattr(_sandbox, "STEPS", steps)
    failed = run("emit.json({('aaa'):find(req.body)})", pattern)
    assert isinstance(failed, Failure)
    assert problem in failed.reason
