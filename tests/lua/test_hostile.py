"""Handlers that would harm the server: each costs at most the limits, and fails with its reason."""

from __future__ import annotations

import gc
import re
import time

import pytest

from wraith.canonical import JsonValue
from wraith.lua import Limits
from wraith.lua._sandbox import MAX_REASON
from wraith.runtime import Failure, Reply, State

FOREVER = "while true do end"
INSTRUCTIONS, MEMORY = "100000 instructions", "bytes of memory"

HOSTILE = {
    "endless-loop": (FOREVER, INSTRUCTIONS),
    "endless-loop-in-a-function": (f"local function f() {FOREVER} end f()", INSTRUCTIONS),
    "endless-goto": ("::again:: goto again", INSTRUCTIONS),
    "endless-repeat": ("repeat until false", INSTRUCTIONS),
    "endless-for": ("for i = 1, math.huge do end", INSTRUCTIONS),
    "loop-in-pcall": (f"pcall(function() {FOREVER} end) {FOREVER}", INSTRUCTIONS),
    "pcall-in-a-loop": (f"while true do pcall(function() {FOREVER} end) end", INSTRUCTIONS),
    "pcall-of-pcall": (f"local function f() pcall(f) {FOREVER} end f()", INSTRUCTIONS),
    "loop-in-a-handler-of-errors": (
        f"xpcall(error, function() {FOREVER} end)",
        "nil value (global 'xpcall')",
    ),
    "coroutine": (f"coroutine.wrap(function() {FOREVER} end)()", "nil value (global 'coroutine')"),
    "loop-in-index": (
        f"local t = setmetatable({{}}, {{__index = function() {FOREVER} end}}) return t.x",
        INSTRUCTIONS,
    ),
    "loop-in-equality": (
        f"local m = {{__eq = function() {FOREVER} end}}return setmetatable({{}}, m) == setmetatable({{}}, m)",
        INSTRUCTIONS,
    ),
    "loop-in-tostring": (
        f"tostring(setmetatable({{}}, {{__tostring = function() {FOREVER} end}}))",
        INSTRUCTIONS,
    ),
    "loop-in-concat": (
        f"return setmetatable({{}}, {{__concat = function() {FOREVER} end}}) .. 'x'",
        INSTRUCTIONS,
    ),
    "loop-in-pairs": (
        f"for _ in pairs(setmetatable({{}}, {{__pairs = function() {FOREVER} end}})) do end",
        INSTRUCTIONS,
    ),
    "loop-in-sort": (f"table.sort({{3, 2, 1}}, function() {FOREVER} end)", INSTRUCTIONS),
    "loop-in-gsub": (f"('x'):gsub('x', function() {FOREVER} end)", INSTRUCTIONS),
    "loop-in-a-collector": (f"setmetatable({{}}, {{__gc = function() {FOREVER} end}})", "no __gc"),
    "loop-on-closing": (
        f"local x <close> = setmetatable({{}}, {{__close = function() {FOREVER} end}})",
        "no __close",
    ),
    "weak-table": ("setmetatable({}, {__mode = 'k'})", "no __mode"),
    "endless-recursion": ("local function f() return 1 + f() end f()", f"{MEMORY}|stack overflow"),
    "giant-text-by-rep": ("return ('x'):rep(1e12)", "longer than"),
    "giant-text-by-nothing": ("emit.body((''):rep(1e15)) error('done')", "done"),
    "giant-text-by-doubling": ("local s = 'x' while true do s = s .. s end", MEMORY),
    "giant-text-by-format": ("return ('%99999999d'):format(1)", "invalid conversion|invalid format"),
    "giant-table": ("local t = {} for i = 1, 1e9 do t[i] = i end", MEMORY),
    "giant-table-of-texts": ("local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end", MEMORY),
    "caught-memory-errors": (
        "while true do pcall(function() local t = {} while true do t[#t + 1] = {} end end) end",
        f"{INSTRUCTIONS}|{MEMORY}",
    ),
    "pathological-pattern": ("return ('a'):rep(300):find(('a-'):rep(12) .. 'b')", INSTRUCTIONS),
    "pathological-match": ("return ('a'):rep(2000):match('.-.-.-.-b')", INSTRUCTIONS),
    "pathological-gsub": ("return ('a'):rep(2000):gsub('.-.-.-b', '')", INSTRUCTIONS),
    "pathological-gmatch": ("for _ in ('a'):rep(2000):gmatch('.-.-.-b') do end", INSTRUCTIONS),
    "deep-pattern": ("return ('a'):rep(2000):find(('(a)'):rep(40))", "too many captures"),
    "move-to-the-end-of-time": ("table.move({}, 1, 1e15, 2)", INSTRUCTIONS),
    "length-that-lies": (
        "table.insert(setmetatable({}, {__len = function() return 1e15 end}), 1, 1)",
        "a table with metamethods",
    ),
    "concat-that-never-ends": (
        "table.concat(setmetatable({}, {__index = function() return '' end}), '', 1, 1e15)",
        "a table with metamethods",
    ),
    "unpack-of-everything": ("return table.unpack({}, 1, 1e8)", "too many results"),
    "forged-metatable-of-text": ("getmetatable('').__index = nil", "index a nil value"),
    "forged-metatable-of-null": ("getmetatable(json.null).__tostring = nil", "index a boolean value"),
    "file": ("io.open('/etc/passwd')", "nil value (global 'io')"),
    "process": ("os.execute('true')", "nil value (global 'os')"),
    "source": ("load('return 1')()", "nil value (global 'load')"),
    "bytecode": ("string.dump(function() end)", "nil value (field 'dump')"),
    "module": ("require('os')", "nil value (global 'require')"),
    "hook": ("debug.sethook()", "nil value (global 'debug')"),
    "python": ("python.eval('1')", "nil value (global 'python')"),
    "collector": ("collectgarbage('stop')", "nil value (global 'collectgarbage')"),
    "cyclic-answer": ("local t = {} t.t = t emit.json(t)", "deeper than 100 levels"),
    "deep-answer": ("local t = {} for _ = 1, 200 do t = {t} end emit.json(t)", "deeper than 100 levels"),
    "no-number": ("emit.json(0 / 0)", "JSON has no"),
    "function-as-answer": ("emit.json({f = print or function() end})", "function is no JSON"),
    "sparse-list": ("emit.json({[1] = 1, [1e6 // 1 | 0] = 2})", "no JSON"),
    "status-out-of-range": ("emit.status(99)", "from 200 to 599"),
    "header-that-is-none": ("emit.header({}, 'x')", "string expected"),
    "library-that-is-not-there": ("wraith.import('nothing')", "lua/lib/nothing.lua"),
    "library-outside": ("wraith.import('../../handlers/handler')", "there is no library"),
    "no-lua": ("return 1 +", "unexpected symbol"),
    "error-without-text": ("error({})", "it raised a table"),
    "collector-by-the-metatable-of-json": (
        f"getmetatable(req.body).__gc = function() {FOREVER} end json.decode('{{}}') error('done')",
        "done",
    ),
    "hidden-length-that-lies": (
        "local t = {} t[t] = 1 << 60 setmetatable(t, {__metatable = false, __len = rawget}) "
        "table.insert(t, 1, 1)",
        "a table with metamethods",
    ),
    "length-of-a-table-with-holes": (
        "local t = {} for k = 0, 62 do t[1 << k] = 1 end t[5] = 1 table.insert(t, 1, 1)",
        "so few of its elements",
    ),
    "removal-from-a-table-with-holes": (
        "local t = {} for k = 0, 62 do t[1 << k] = 1 end t[5] = 1 table.remove(t, 1)",
        "so few of its elements",
    ),
    "header-that-writes-another": ("emit.header('x', 'a\\r\\nset-cookie: b')", "no line breaks"),
    "name-that-writes-a-header": ("emit.header('x: y\\r\\nset-cookie', 'b')", "such as x-total"),
    "header-of-the-server": ("emit.header('X-Wraith-Provenance', 'recorded')", "the server's"),
    "state-without-end": (
        "for i = 1, 1000 do state.put('a', i, ('x'):rep(200000)) end",
        "cannot store more than",
    ),
    "time-without-end": ("for _ = 1, 100 do clock.advance(1e10) end", "year 9999"),
    "patterns-of-many-repetitions": ("return ('a'):rep(2^17):find(('a*'):rep(20) .. 'b')", INSTRUCTIONS),
    "replacement-that-grows": (
        "return ('a'):rep(2^17):gsub('', ('x'):rep(1000))",
        f"{INSTRUCTIONS}|{MEMORY}",
    ),
    "order-that-is-none": (
        "local t = {} for i = 1, 999 do t[i] = i end table.sort(t, function() return true end)",
        "invalid order function",
    ),
    "all-bytes-at-once": ("return ('x'):rep(2^19):byte(1, -1)", f"{MEMORY}|too long"),
    "deep-json": ("json.decode(('['):rep(10000))", "decode: "),
    "documents-without-end": (
        "local s = '[' .. ('\"abcd\",'):rep(3000) .. '1]' local t = {} "
        "while true do t[#t + 1] = json.decode(s) end",
        MEMORY,
    ),
    "texts-without-end": (
        "local t = {} for i = 1, 99 do t[i] = i / 3 end while true do json.encode(t) end",
        INSTRUCTIONS,
    ),
    "texts-that-fail-without-end": ("while true do pcall(json.encode, {1, 2, next}) end", INSTRUCTIONS),
    "documents-that-fail-without-end": ("while true do pcall(json.decode, '[') end", INSTRUCTIONS),
    "questions-without-end": ("while true do clock.now() end", INSTRUCTIONS),
    "loop-after-a-text-that-failed": (f"pcall(json.encode, next) {FOREVER}", INSTRUCTIONS),
    "loop-after-a-document-that-failed": (
        f"pcall(json.decode, '[') pcall(state.get) {FOREVER}",
        INSTRUCTIONS,
    ),
    "loop-far-down": (
        "local function f(n) if n > 0 then return 1 + f(n - 1) end "
        f"pcall(state.list, 'o') {FOREVER} end f(5000)",
        INSTRUCTIONS,
    ),
    "tree-of-one-table": (
        "local t = {} for _ = 1, 90 do t = {t, t} end emit.json(t)",
        f"{INSTRUCTIONS}|{MEMORY}",
    ),
    "deep-source": ("return " + "(" * 300 + "1" + ")" * 300, "overflow"),
}


@pytest.mark.parametrize(("source", "reason"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_handler_fails_with_its_reason(run, source: str, reason: str) -> None:
    """It costs at most the limits; the answer is the model's. Time has a test of its own: a machine may be
    busy."""
    failed = run(source, {"a": []}, limits=Limits(seconds=5.0))
    assert isinstance(failed, Failure), failed
    assert re.search(reason.replace("(", r"\(").replace(")", r"\)"), failed.reason), failed.reason


def test_time_is_a_limit_of_its_own(run) -> None:
    """Native work that costs few instructions is ended by the clock."""
    slow = "local s = ('x'):rep(2^19) while true do s:upper():lower():reverse() end"
    started = time.perf_counter()
    failed = run(slow, limits=Limits(seconds=0.02, instructions=10**9, memory_bytes=2**24))
    assert isinstance(failed, Failure)
    assert "20 ms" in failed.reason
    assert time.perf_counter() - started < 2


FULL = """
  local t = {}
  pcall(function() for i = 1, 1e9 do t[i] = {} end end)
  for i = 1, 60 do
    t[#t] = nil
    pcall(state.get, 'o', '1') pcall(state.list, 'o') pcall(state.put, 'o', '2', 'x')
    pcall(json.decode, '[1, "a", {}]') pcall(json.decode, '[')
    pcall(clock.advance, 1e10) pcall(wraith.import, 'lib') pcall(('a').find, 'aa', 'a+')
    pcall(json.encode, {a = 1.5, b = '\\n'}) pcall(emit.header, 'x', 'y')
  end
  emit.json(req.body)
"""
FAR_DOWN = """
  local function f(n)
    local a, b, c, d, e, g, h
    if n == 0 then return pcall(state.list, 'o') end
    local done = f(n - 1)
    return done
  end
  for n = 1, 4000, 97 do pcall(f, n) end
  emit.json(req.body)
"""


MANY_HEADERS = """
  for i = 1, 500 do emit.header('x-a', 'b' .. i) end
  local t = {}
  pcall(function() for i = 1, 1e9 do t[i] = i .. '' end end)
  emit.body('x')
"""


@pytest.mark.parametrize("source", [FULL, FAR_DOWN, MANY_HEADERS], ids=["heap", "stack", "on-the-way-out"])
def test_a_memory_that_is_full_is_an_error_of_the_handler_alone(run, invocation, source: str) -> None:
    """Wherever it ends: a lack of it must not be raised in a frame of ours, which would end the process."""
    for memory_bytes in [*range(5_000, 200_000, 9_001), *range(200_000, 2**20, 150_001)]:
        given = invocation({"a": ["b"] * 50}, State({"o": [("1", {"text": "x" * 300, "list": [0] * 300})]}))
        limits = Limits(seconds=5.0, memory_bytes=memory_bytes)
        answer = run(source, given=given, limits=limits, libraries={"lib": "return 1"})
        assert isinstance(answer, Reply) or re.search("memory|instructions|ran longer", answer.reason), answer


LARGE = {
    "one-text": ["x" * 3_000_000],
    "many-objects": [{"a": number} for number in range(50_000)],
    "many-names": {f"k{number}": number for number in range(100_000)},
    "many-texts": [f"{number}" * 9 for number in range(30_000)],
}


@pytest.mark.parametrize("body", LARGE.values(), ids=LARGE.keys())
def test_a_large_body_is_a_failure_of_the_handler(run, body: JsonValue) -> None:
    """It does not fit into the memory, and the model answers."""
    failed = run("emit.json(1)", body, limits=Limits(seconds=5.0))
    assert isinstance(failed, Failure)
    assert re.search(MEMORY, failed.reason)


def test_an_error_of_ours_is_raised_by_us(run, invocation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lua gets no exception to hold, and a handler cannot swallow it."""

    def broken(*_: object) -> None:
        raise RuntimeError("ours")

    given = invocation()
    monkeypatch.setattr(type(given.state), "get", broken)
    with pytest.raises(RuntimeError, match="ours"):
        run("local ok, said = pcall(state.get, 'o', '1') emit.body(type(said))", given=given)


def test_a_runtime_is_gone_when_its_answer_is_there(run) -> None:
    """It waits for no garbage collector: each holds a megabyte at worst."""
    gc.collect()
    gc.disable()
    try:
        for source in ("emit.json(1)", "error('no')", "return 1 +"):
            run(source)
        assert not any(type(each).__name__ in ("LuaRuntime", "Host") for each in gc.get_objects())
    finally:
        gc.enable()


def test_a_reason_is_one_short_line(run) -> None:
    """Whatever a handler raises goes to logs and reports."""
    failed = run("error(('a\\n\\27[31m'):rep(1000), 0)")
    assert isinstance(failed, Failure)
    assert failed.reason.startswith("a [31ma [31m")
    assert len(failed.reason) == MAX_REASON + 1


def test_metatables_of_json_are_shown_and_not_shared(run) -> None:
    """A handler may ask what a table was, and change what it was told; a table of its own keeps its own."""
    source = """
      getmetatable(req.body).__jsontype = 'array'
      local own = {}
      local hidden = setmetatable({}, {__metatable = 'hidden'})
      emit.json({getmetatable(req.body).__jsontype, getmetatable(req.body.a).__jsontype,
        getmetatable(setmetatable({}, own)) == own, getmetatable(hidden), getmetatable('') == nil})
    """
    assert run(source, {"a": []}).body == b'["object","array",true,"hidden",true]'


def test_nothing_is_left_for_the_next_invocation(run) -> None:
    """Globals, library tables and the metatable of texts are new each time."""
    spoil = "left = 1 string.upper = nil table.insert = nil math.floor = nil json.encode = nil emit.json({})"
    assert isinstance(run(spoil), Reply)
    assert (
        run("emit.json({left == nil, ('a'):upper(), #table.pack(1), math.floor(1.5)})").body
        == b'[true,"A",1,1]'
    )


def test_what_a_failed_handler_wrote_can_be_dropped(run, invocation) -> None:
    """Its writes stand in a draft, and the state has none of them."""
    state = State()
    given = invocation(state=state)
    assert isinstance(run("state.put('orders', '1', {}) error('no')", given=given), Failure)
    assert not state.all("orders")


@pytest.mark.parametrize("seed", ["a", "b"])
def test_chance_and_order_are_the_same_each_time(run, seed: str) -> None:
    """The keys of a table come in one order, and chance is drawn from the session's seed."""
    source = """
      local t, names = {}, {}
      for i = 1, 50 do t['k' .. i] = i end
      for k in pairs(t) do names[#names + 1] = k end
      emit.json({names, math.random(1e6), tostring({}), tostring(print)})
    """
    assert len({run(source).body for _ in range(5)}) == 1
