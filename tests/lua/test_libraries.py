"""Libraries that others wrote run unmodified, JSON modules in the place of ours; what is no Lua is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wraith.canonical import JsonValue
from wraith.lua import Scripts
from wraith.runtime import Failure, Reply

DKJSON = Path("/usr/share/lua/5.4/dkjson.lua")
"""Where the package lua-dkjson of Debian and Ubuntu has it."""

ORDER: JsonValue = {
    "id": "ord_1",
    "customer": {"id": "cus_7f", "name": "Zoë Müller", "tags": ["a", "b", None, True, False]},
    "lines": [
        {
            "sku": f"LAMP-{at:04d}",
            "quantity": at + 1,
            "price": 12.5 * at,
            "note": 'with "quotes" \\ and\nlines',
        }
        for at in range(11)
    ],
    "empty": {},
    "none": [],
    "total": 1e3,
    "rate": -0.1,
}
TEXT = json.dumps(ORDER, ensure_ascii=False)

BOTH_WAYS = "emit.header('content-type', 'application/json') emit.body(json.encode((json.decode(req.body))))"

IDIOMS = r"""
-- idioms of small JSON modules: sets by select, classes by match, escapes by gsub, code points by arithmetic
local json = {}
local function set(...)
  local made = {}
  for index = 1, select("#", ...) do made[select(index, ...)] = true end
  return made
end
local SPACE, DELIMITER = set(" ", "\t", "\r", "\n"), set(" ", "\t", "\r", "\n", "]", "}", ",")
local function utf8_of(code)
  local floor = math.floor
  if code < 0x80 then return string.char(code) end
  if code < 0x800 then return string.char(floor(code / 64) + 192, code % 64 + 128) end
  return string.char(floor(code / 4096) + 224, floor(code % 4096 / 64) + 128, code % 64 + 128)
end
local function fail(text, at, message)
  local line = select(2, text:sub(1, at):gsub("\n", "\n")) + 1
  error(string.format("%s at line %d, %q", message, line, text:sub(at, at)))
end
local function next_in(text, at, set, negate)
  for index = at, #text do
    if set[text:sub(index, index)] ~= negate then return index end
  end
  return #text + 1
end
function json.decode(text)
  local at = next_in(text, 1, SPACE, true)
  local first = text:sub(at, at)
  if first == '"' then
    local content = text:match('^"(.-)"%s*$', at) or fail(text, at, "no end")
    local function letter(hex) return utf8_of(tonumber(hex, 16)) end
    return (content:gsub("\\u(%x%x%x%x)", letter):gsub("\\n", "\n"))
  end
  local last = next_in(text, at, DELIMITER)
  return tonumber(text:sub(at, last - 1)) or fail(text, at, "no number")
end
function json.encode(value)
  if type(value) == "number" then return string.format("%.14g", value) end
  return '"' .. value:gsub('[%z\1-\31\\"]', function(c) return string.format("\\u%04x", c:byte()) end) .. '"'
end
return json
"""


@pytest.mark.skipif(not DKJSON.is_file(), reason="needs the program lua-dkjson")
def test_a_module_of_others_reads_and_writes_a_body_within_the_limits(run) -> None:
    """1.2 KB of members, numbers, escapes and letters that are not ASCII, both ways."""
    assert len(TEXT.encode()) >= 1200
    reply = run(BOTH_WAYS, TEXT, libraries={"json": DKJSON.read_text(encoding="utf-8")})
    assert isinstance(reply, Reply), reply
    assert json.loads(reply.body) == ORDER


@pytest.mark.skipif(not DKJSON.is_file(), reason="needs the program lua-dkjson")
def test_what_is_optional_to_a_module_may_be_missing(run) -> None:
    """It looks for a library in C only when it is asked to, and there is none."""
    libraries = {"json": DKJSON.read_text(encoding="utf-8")}
    failed = run("json.use_lpeg()", libraries=libraries)
    assert isinstance(failed, Failure)
    assert "attempt to call a nil value (upvalue 'require')" in failed.reason


@pytest.mark.parametrize(
    ("text", "value"),
    [(r'"a\u00e9\u20ac\n"', "aé€\n"), (" 12.5 ", 12.5), ("-1e3]", -1000)],
    ids=["text", "number", "number-before-an-end"],
)
def test_the_idioms_of_small_modules_work(run, text: str, value: JsonValue) -> None:
    """Patterns, ``select``, ``string.format`` and ``error`` as the manual has them."""
    reply = run(BOTH_WAYS, text, libraries={"json": IDIOMS})
    assert isinstance(reply, Reply), reply
    assert json.loads(reply.body) == value


def test_an_error_of_a_library_says_where(run) -> None:
    """As ``error`` does, with file and line."""
    failed = run(BOTH_WAYS, "\n nothing", libraries={"json": IDIOMS})
    assert isinstance(failed, Failure)
    assert failed.reason.startswith("lua/lib/json.lua:")
    assert failed.reason.endswith('no number at line 2, "n"')


def test_a_source_that_does_not_compile_is_told_by_its_line() -> None:
    """In Lua's words, by file; what compiles is not named."""
    scripts = Scripts({"good": "emit.status(201)", "bad": "local é = 1\n"}, {"half": "return {"})
    assert scripts.problems() == {
        "lua/handlers/bad.lua": "lua/handlers/bad.lua:1: <name> expected near '<\\195>'",
        "lua/lib/half.lua": "lua/lib/half.lua:1: unexpected symbol near <eof>",
    }
