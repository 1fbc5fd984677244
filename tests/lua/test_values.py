"""JSON values go into Lua and come out as they were."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wraith.canonical import JsonValue
from wraith.lua import Limits
from wraith.lua._values import MAX_DEPTH, PIECE, TooDeep, pieces, tokens
from wraith.runtime import Failure, Reply, State

AMPLE = Limits(seconds=10, instructions=10**7, memory_bytes=2**24)

NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | st.text(max_size=50)
SMALL = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=5),
    max_leaves=12,
)
LONG = st.lists(SMALL, min_size=1, max_size=3).map(lambda some: some * 50)
DOCUMENTS = SMALL | LONG


def _text(value: JsonValue) -> str:
    """The documented form, written by the book: names in order, floats with their point, what is no text
    escaped."""
    match value:
        case None | bool():
            return json.dumps(value)
        case int():
            return str(value)
        case float():
            short = f"{value:.15g}"
            text = short if float(short) == value else f"{value:.17g}"
            return text if any(sign in text for sign in ".e") else f"{text}.0"
        case str():
            return f'"{"".join(_escaped(sign) for sign in value)}"'
        case list():
            return f"[{','.join(_text(each) for each in value)}]"
        case _:
            names = sorted(value, key=lambda name: name.encode())
            return f"{{{','.join(f'{_text(name)}:{_text(value[name])}' for name in names)}}}"


def _escaped(sign: str) -> str:
    short = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return short.get(sign) or (f"\\u{ord(sign):04x}" if ord(sign) < 32 or ord(sign) == 127 else sign)


@settings(max_examples=60, deadline=None)
@given(document=DOCUMENTS.filter(lambda document: document is not None))
def test_what_goes_in_comes_out(run, invocation, document: JsonValue) -> None:
    """By the body, by the state and by ``json``; the bytes are those of the documented forms."""
    source = """
      emit.json({req.body, json.decode(json.encode(req.body)), state.get('o', '1')})
      state.put('o', '2', req.body)
    """
    called = invocation(document, State({"o": [("1", document)]}))
    reply = run(source, given=called, limits=AMPLE)
    assert isinstance(reply, Reply), reply
    assert reply.body == _text([document] * 3).encode()
    assert called.state.get("o", "2") == document


@given(document=DOCUMENTS)
def test_a_piece_ends_between_an_announcement_and_what_it_says_never(document: JsonValue) -> None:
    """The pieces are the row, each of at most so many tokens."""
    row = tokens(document, 2**24)
    cut = pieces(row)
    assert [token for piece in cut for token in piece] == row
    assert all(0 < len(piece) <= PIECE and piece[-1] is not None for piece in cut)


def test_documents_that_do_not_fit_are_not_begun() -> None:
    """Neither those with too many levels, nor those that are larger than the memory."""
    deep: JsonValue = "x"
    for _ in range(MAX_DEPTH + 1):
        deep = [deep]
    with pytest.raises(TooDeep):
        tokens(deep, 2**20)
    with pytest.raises(MemoryError):
        tokens([0] * 100_000, 2**20)


NUMBERS_TEXT = {
    "greatest-integer": (2**63 - 1, b"9223372036854775807"),
    "least-integer": (-(2**63), b"-9223372036854775808"),
    "beyond-64-bits": (2**63, b"9.2233720368547758e+18"),
    "least-float": (5e-324, b"4.94065645841247e-324"),
    "minus-zero": (-0.0, b"-0.0"),
    "fifteen-digits": (1e15, b"1e+15"),
}


@pytest.mark.parametrize(("number", "text"), NUMBERS_TEXT.values(), ids=NUMBERS_TEXT.keys())
def test_numbers_keep_their_kind(run, number: float, text: bytes) -> None:
    """Integers stay integers, and a float is read back as the same one."""
    reply = run("emit.json({req.body.n})", {"n": number})
    assert reply.body == b"[" + text + b"]"
    assert math.copysign(1, json.loads(reply.body)[0]) == math.copysign(1, number)


OBJECTS = {
    "of-one-shape": "{{a = 1, b = 'x'}, {a = 2, b = 'y'}}",
    "one-member-less": "{{a = 1, b = 2}, {a = 1}}",
    "one-member-more": "{{a = 1}, {a = 1, b = 2}}",
    "another-kind-of-value": "{{a = 1}, {a = 'x'}, {a = 1.5}, {a = {}}, {a = 'tab\\t'}}",
    "numbers-as-names": "{{[0] = 'a'}, {['0'] = 'b'}, {[0] = 'c'}}",
    "nested": "{{a = {a = {b = 1}}}, {a = {a = {b = 2, c = 3}}}}",
}


@pytest.mark.parametrize("value", OBJECTS.values(), ids=OBJECTS.keys())
def test_objects_of_a_list_are_written_as_each_alone(run, value: str) -> None:
    """The shape of the one before has no part in it."""
    source = f"""
      local parts = {{}}
      for index, each in ipairs({value}) do parts[index] = json.encode(each) end
      emit.json({{json.encode({value}), '[' .. table.concat(parts, ',') .. ']'}})
    """
    together, alone = json.loads(run(source).body)
    assert together == alone


def test_metamethods_have_no_part_in_what_is_written(run) -> None:
    """A table is written as it is."""
    source = """
      local trap = function() error('asked') end
      local meta = {__index = trap, __len = trap, __pairs = trap, __eq = trap, __tostring = trap}
      emit.json({setmetatable({a = 1}, meta), setmetatable({1, nil, 3}, meta), setmetatable({}, meta)})
    """
    assert run(source).body == b'[{"a":1},[1,null,3],[]]'


ERRORS = {
    "name-twice": ("{[1] = 1, ['1'] = 2, x = 3}", "two members would have the name 1"),
    "name-that-is-none": ("{x = 1, [true] = 2}", "a boolean cannot be the name of a member in JSON"),
    "function": ("{a = {next}}", "a function is no JSON"),
    "no-number": ("{1 / 0}", "JSON has no inf"),
    "first-by-name": ("{b = next, a = 0 / 0}", "JSON has no"),
}


@pytest.mark.parametrize(("value", "reason"), ERRORS.values(), ids=ERRORS.keys())
def test_what_is_no_json_is_said(run: Callable[..., Reply | Failure], value: str, reason: str) -> None:
    """Of several errors it is the first by the order of names, at each run."""
    for _ in range(3):
        failed = run(f"emit.json({value})")
        assert isinstance(failed, Failure)
        assert reason in failed.reason
