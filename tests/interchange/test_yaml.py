"""YAML of unknown origin: what is read, as what, and what is refused."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from wraith.errors import InputError
from wraith.interchange import _yaml
from wraith.interchange._source import MAX_DEPTH, Source
from wraith.interchange._yaml import Member, stream_yaml
from wraith.interchange._yaml_tags import YamlValue

SECONDS = 3.0
"""No hostile file of these tests takes a tenth of it; those that are not refused in time take minutes."""


def members(text: str | bytes) -> list[Member]:
    data = text.encode() if isinstance(text, str) else text
    return list(stream_yaml(Source(Path("a.yaml"), data)))


def value(text: str | bytes) -> YamlValue:
    """The value of the one member ``a``."""
    (only,) = members(b"a: " + (text.encode() if isinstance(text, str) else text))
    return only.value


def refusal(text: str | bytes) -> InputError:
    with pytest.raises(InputError) as caught:
        members(text)
    return caught.value


def outcome(data: bytes) -> InputError | None:
    try:
        members(data)
    except InputError as error:
        return error
    return None


SCALARS: dict[str, tuple[str, YamlValue]] = {
    "null": ("null", None),
    "tilde": ("~", None),
    "nothing": ("", None),
    "booleans": ("true", True),
    "words for booleans": ("on", "on"),
    "yes": ("yes", "yes"),
    "no": ("no", "no"),
    "a boolean in capitals": ("True", "True"),
    "an integer": ("-12", -12),
    "an integer of any size": ("123456789012345678901234567890", 123456789012345678901234567890),
    "octal": ("007", "007"),
    "hexadecimal": ("0x1F", "0x1F"),
    "with underscores": ("1_000", "1_000"),
    "with a plus": ("+1", "+1"),
    "sexagesimal": ("1:30:00", "1:30:00"),
    "minus zero": ("-0", "-0"),
    "a fraction": ("1.5", 1.5),
    "a fraction as it was written": ("1.10", "1.10"),
    "an exponent": ("1.0e-05", 1e-05),
    "infinity": (".inf", ".inf"),
    "more digits than there are": ("9" * 5000, "9" * 5000),
    "a date": ("2024-01-02", "2024-01-02"),
    "a time": ("2024-01-02T03:04:05Z", "2024-01-02T03:04:05Z"),
    "quoted digits": ("'12'", "12"),
    "quoted null": ('"null"', "null"),
    "digits of another script": ("'١٢'", "١٢"),
    "a block": ("|\n  one\n  two\n", "one\ntwo\n"),
    "a folded block": (">-\n  one\n  two\n", "one two"),
    "binary": ("!!binary aGk=", b"hi"),
    "binary over lines": ("!binary |-\n  aG\n  k=\n", b"hi"),
    "a tagged text": ("!!str 12", "12"),
    "an untyped text": ("! 12", "12"),
    "a tagged integer": ("!!int '12'", 12),
    "a tagged null": ("!!null ''", None),
    "text of Python 2": ("!!python/unicode '12'", "12"),
    "a symbol of Ruby": ("!ruby/sym get", "get"),
    "text of a class of Ruby": ("!ruby/string:Safe hi", "hi"),
    "text with members in Ruby": ("!str\n  str: hi\n  '@safe': true\n", "hi"),
    "a hash of a class of Ruby": ("!ruby/hash:Params {b: c}", {"b": "c"}),
    "a hash with members in Ruby": (
        "!ruby/hash-with-ivars:Headers\n  elements: {b: c}\n  ivars: {'@d': e}\n",
        {"b": "c"},
    ),
    "a tuple of Python": ("!!python/tuple [1, b]", [1, "b"]),
    "a stream of Python": (
        "!!python/object/new:_io.BytesIO\n  state: !!python/tuple [!!binary aGk=, 0, null]\n",
        b"hi",
    ),
    "an iterator of Python": ("!!python/object/apply:builtins.iter\n  args: [[!!binary aA==, i]]\n", b"hi"),
    "an iterator over bytes": ("!!python/object/apply:builtins.iter\n  args: [[104, 105]]\n", b"hi"),
    "an alias": ("{b: &x [1, 2], c: *x}", {"b": [1, 2], "c": [1, 2]}),
    "a merge": ("{<<: {b: 1, c: 2}, c: 3}", {"b": 1, "c": 3}),
    "merges, the first before the second": ("{<<: [{b: 1}, {b: 2, c: 2}]}", {"b": 1, "c": 2}),
    "keys that are no text": ("{1: b, true: c, null: d}", {"1": "b", "true": "c", "null": "d"}),
    "a key in binary": ("{? !!binary aGk= : b}", {"hi": "b"}),
}


@pytest.mark.parametrize(("text", "expected"), SCALARS.values(), ids=SCALARS)
def test_a_value_is_what_its_writer_saw(text: str, expected: YamlValue) -> None:
    """Text stays text; numbers, booleans and null are what spells them alone; tags make no objects."""
    found = value(text)
    assert (found, type(found)) == (expected, type(expected))


def test_members_come_one_by_one_with_their_place() -> None:
    """Items of a list are members of their own, so that a file need not be held as a whole."""
    found = members("---\nversion: 1\nitems:\n- b: 1\n- c\nnone: []\n")
    assert [(each.key, each.index, each.value, each.line) for each in found] == [
        ("version", None, 1, 2),
        ("items", 0, {"b": 1}, 4),
        ("items", 1, "c", 5),
        ("none", None, [], 6),
    ]


def test_a_list_has_members_without_a_key() -> None:
    """The document may be a list; its members have a place and no name."""
    assert [(each.key, each.index, each.value) for each in members("- a\n- b\n")] == [
        ("", 0, "a"),
        ("", 1, "b"),
    ]


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n...\n"], ids=["empty", "a comment", "a document"])
def test_nothing_has_nothing_in_it(text: str) -> None:
    """A file without values is read without error."""
    assert [each.value for each in members(text)] in ([], [None])


def test_members_come_before_the_file_is_read_to_its_end() -> None:
    """What stands behind is not looked at yet: memory does not grow with the file."""
    stream = stream_yaml(Source(Path("a.yaml"), b"a:\n- 1\n" + b"- 2\n" * 100_000 + b"- ]"))
    assert next(stream).value == 1


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    """Editors put it before UTF-8."""
    assert members(b"\xef\xbb\xbfa: b")[0].key == "a"


def test_binary_that_is_not_base64_is_text_and_told() -> None:
    """The text is kept as it stands, and a note says where it stands."""
    (only,) = members("a:\n  b: !!binary 'no: base64'\n")
    assert only.value == {"b": "no: base64"}
    assert only.notes == ("line 2 says binary and is not base64; it is taken as text",)


def test_a_key_that_repeats_holds_its_last_value_and_is_told() -> None:
    """As the tools that wrote the file read it; but not silently."""
    (only,) = members("a: {b: 1, c: 2, b: 3}")
    assert only.value == {"b": 3, "c": 2}
    assert only.notes == ("line 1 names 'b' again, and the last value holds",)


BROKEN: dict[str, tuple[str | bytes, str, str]] = {
    "cut within a text": ("a: b\nc: 'd", "a.yaml:2:6", "end of stream"),
    "cut within a list": ("a:\n- [b, c", "a.yaml:3:1", "flow"),
    "a tab for indent": ("a:\n\tb: c\n", "a.yaml:2:1", "cannot start any token"),
    "not UTF-8": (b"a: b\nc: \xe9t\xe9\n", "a.yaml:2:5", "not UTF-8"),
    "a control character": (b"a: b\nc: \x07\n", "a.yaml:2:4", "control characters"),
    "UTF-16": ("a: b".encode("utf-16"), "a.yaml", "UTF-16"),
    "a tag that is no text": ("a: !<%ED%A0%80> b", "a.yaml", "a tag is not text"),
    "an unknown version": ("%YAML 9.0\n--- a", "a.yaml:1:1", "incompatible"),
    "a second document": ("a: b\n---\nc: d\n", "a.yaml:2:1", "second document"),
    "an alias of nothing": ("a: *b", "a.yaml:1:4", "no anchor"),
    "an alias of itself": ("a: &b [*b]", "a.yaml:1:8", "no anchor"),
    "a list as a key": ("a: {[b]: c}", "a.yaml:1:5", "a key is not text"),
    "an alias of a list as a key": ("a: &b []\nc: {*b : d}", "a.yaml:2:5", "a key is not text"),
}


@pytest.mark.parametrize(("text", "where", "message"), BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_read_is_told_with_its_place(text: str | bytes, where: str, message: str) -> None:
    """The error names the file, line and column, and what stands there."""
    error = refusal(text)
    assert error.where == where
    assert message in error.message


TAGS = [
    "!!python/object/apply:os.system ['echo']",
    "!!python/object/new:os.system {args: [echo]}",
    "!!python/object:os.system {}",
    "!!python/name:os.system ''",
    "!!python/module:os ''",
    "!ruby/object:Gem::Installer {i: x}",
    "!ruby/object:OpenStruct {}",
    "!ruby/struct:Evil {a: b}",
    "!ruby/regexp /a/",
    "!ruby/class String",
    "!!java.util.Date {}",
    "!anything [a]",
    "!<tag:example.com,2000:a> b",
]


@pytest.mark.parametrize("tagged", TAGS)
def test_tags_that_make_objects_are_refused(tagged: str) -> None:
    """Nothing is made of them, and what stands below them is not guessed to be data."""
    error = refusal(f"b: c\na: {tagged}\n")
    assert error.where == "a.yaml:2:4"
    assert error.message.startswith("holds an object of the tag ")


def laughs(levels: int, of: str) -> str:
    lines = [f"a0: &a0 {of}"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, levels)]
    return "\n".join(lines)


def hop(depth: int, times: int) -> str:
    """Anchors that stand at the bottom of each other."""
    lines = ["a0: &a0 []"]
    for n in range(1, times):
        lines.append(f"a{n}: &a{n} {'[' * depth}*a{n - 1}{']' * depth}")
    return "\n".join(lines)


HOSTILE: dict[str, Callable[[], str]] = {
    "a billion laughs": lambda: laughs(12, "[lol]"),
    "a few large texts": lambda: laughs(6, "x" * 10_000),
    "a text many times": lambda: f"a: &a {'x' * 100_000}\nb:\n" + "- *a\n" * 1000,
    "merges of merges": lambda: (
        "a0: &a0 {x: y}\n"
        + "\n".join(f"a{n}: &a{n} {{b: *a{n - 1}, c: *a{n - 1}, <<: *a{n - 1}}}" for n in range(1, 60))
    ),
    "deep lists": lambda: "a: " + "[" * 100_000,
    "deep objects": lambda: "a: " + "{a: " * 100_000,
    "deep blocks": lambda: "- " * 100_000,
    "deep keys": lambda: "? " * 100_000,
    "depth by aliases": lambda: hop(100, 30),
    "values without end": lambda: "a: {b: [" + "," * (_yaml.MAX_VALUES // 4) + "]}",
    "anchors without end": lambda: "a: [" + "".join(f"&a{n} b, " for n in range(_yaml.MAX_ANCHORS + 1)) + "]",
    "directives without end": lambda: "".join(f"%TAG !a{n}! x\n" for n in range(100_000)) + "--- a",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_are_refused_in_time(text: Callable[[], str]) -> None:
    """A small file costs little, whatever it stands for; a large one no more than its bytes."""
    data = text()
    started = time.perf_counter()
    refusal(data)
    assert time.perf_counter() - started < SECONDS


LARGE: dict[str, Callable[[], str]] = {
    "a large text": lambda: "a: '" + "x" * 20_000_000 + "'",
    "a large block": lambda: "a: |\n" + "  x\n" * 2_000_000,
    "a large comment": lambda: "#" * 20_000_000,
    "a line of spaces": lambda: "a: b" + " " * 20_000_000,
    "a long tag": lambda: "a: !!str b\nc: !<tag:yaml.org,2002:str> d",
    "many merges": lambda: "a: {<<: [" + ", ".join(f"{{a{n}: b}}" for n in range(20_000)) + "]}",
    "many keys that repeat": lambda: "a: {" + "b: c, " * 50_000 + "}",
    "as many aliases as recorders write": lambda: "a: &a {b: [c]}\nd:\n" + "- *a\n" * 50_000,
}


@pytest.mark.parametrize("text", LARGE.values(), ids=LARGE)
def test_large_files_take_as_long_as_their_bytes(text: Callable[[], str]) -> None:
    """Size alone is no attack."""
    data = text()
    started = time.perf_counter()
    members(data)
    assert time.perf_counter() - started < SECONDS


def test_nesting_is_counted_from_the_document_on() -> None:
    """The deepest that is read is the deepest that what comes after can write."""
    inner = MAX_DEPTH - 1
    assert value("[" * inner + "]" * inner)
    assert refusal("a: " + "[" * (inner + 1) + "]" * (inner + 1)).message.startswith("nests deeper")


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcé:#-? ", max_size=5), inner),
    max_leaves=12,
)


@given(JSON)
def test_documents_that_the_library_writes_are_read_back(document: YamlValue) -> None:
    """What PyYAML writes of a document is read as that document: no value changes its type on the way."""
    written = yaml.safe_dump({"a": [document]}, allow_unicode=True)
    (only,) = members(written)
    assert json.dumps(only.value, sort_keys=True) == json.dumps(document, sort_keys=True)


MARKS = "a b : - ? , [ ] { } & * ! | > ' \" % @ ` # --- ... << ~ = &a *a aGk= 1 1.5 null true %TAG é \\"
TAGGED = "!!binary !!python/tuple !ruby/hash:X !!python/object:x interactions:"
SPACES = (": ", "- ", "\n", "\n  ", " ", "\t", "\x85", "\u2028", "\0")
PIECES = (*MARKS.split(" "), *TAGGED.split(" "), *SPACES)


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text() | st.binary())
def test_whatever_a_file_holds_it_is_read_or_refused(text: str | bytes) -> None:
    """One error tells what cannot be read, and it names the file."""
    error = outcome(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    assert error is None or (error.where or "").startswith("a.yaml")
