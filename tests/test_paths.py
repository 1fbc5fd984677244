"""The path syntax, and what stands at a path."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.canonical import JsonValue
from wraith.errors import InputError
from wraith.paths import EACH, MISSING, Found, Path, format_path, get, leaves, parse_path

keys = st.text() | st.sampled_from(["", ".", "a.b", '"', "\\", "]", "*", "[0]", "0", "$x", "é", "\n", "\x00"])
paths: st.SearchStrategy[Path] = st.lists(keys | st.integers(0, 10**9 - 1) | st.just(EACH)).map(tuple)
documents: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=10,
)


@given(paths)
def test_parse_undoes_format(path: Path) -> None:
    """Every path has a text that reads back as it."""
    assert parse_path(format_path(path)) == path


@given(st.text(st.sampled_from('ab0.[]*"\\'), max_size=12) | st.text(max_size=8))
def test_a_text_is_a_path_or_an_input_error(text: str) -> None:
    """Nothing else is raised, and what is a path keeps its meaning when it is written again."""
    try:
        path = parse_path(text)
    except InputError:
        return
    assert parse_path(format_path(path)) == path


@given(documents)
def test_each_leaf_stands_at_its_path(document: JsonValue) -> None:
    """``get`` finds what ``leaves`` yields, and no path is yielded twice."""
    found = list(leaves(document))
    assert all(get(document, path) is leaf for path, leaf in found)
    assert len({path for path, _ in found}) == len(found) >= 1


@given(documents, paths)
def test_get_is_total(document: JsonValue, path: Path) -> None:
    """What is not there is missing, whatever the path; the root is always there."""
    get(document, path)
    assert get(document, ()) is document
    assert get(MISSING, path) is MISSING


TEXTS: dict[str, tuple[str, Path]] = {
    "the root": ("", ()),
    "a key": ("data", ("data",)),
    "keys and a position": ("data.items[0].price", ("data", "items", 0, "price")),
    "every element": ("data[*].id", ("data", EACH, "id")),
    "a position first": ("[2]", (2,)),
    "a quoted key": ('metadata["a.b"]', ("metadata", "a.b")),
    "a quoted key first": ('["a b"].c', ("a b", "c")),
    "the empty key": ('[""]', ("",)),
    "a key that looks like a position": ("a.0", ("a", "0")),
    "a key with quotes": (r'["a\"b"]', ('a"b',)),
    "a star as a key": ('["*"]', ("*",)),
}


@pytest.mark.parametrize(("text", "path"), TEXTS.values(), ids=TEXTS)
def test_the_text_of_a_path(text: str, path: Path) -> None:
    """The syntax, case by case."""
    assert parse_path(text) == path
    assert format_path(path) == text


BROKEN = {
    "two dots": ("a..b", 1),
    "a dot first": (".a", 0),
    "a dot last": ("a.", 1),
    "a bracket that stays open": ("a[0", 1),
    "no position": ("a[x]", 1),
    "a negative position": ("a[-1]", 1),
    "a position without end": (f"a[{'9' * 5000}]", 1),
    "a key without its dot": ("[0]a", 3),
    "a space": ("a b", 1),
    "a letter beyond ASCII": ("é", 0),
    "digits of another script": ("a[٣]", 1),
    "an escape that is none": (r'a["\x"]', 1),
    "a line break in a quoted key": ('a["\n"]', 1),
}


@pytest.mark.parametrize(("text", "offset"), BROKEN.values(), ids=BROKEN)
def test_what_is_no_path_is_refused_with_its_offset(text: str, offset: int) -> None:
    """The error says where it stops to be a path, and how one is written."""
    with pytest.raises(InputError, match=rf"at offset {offset}$") as caught:
        parse_path(text)
    assert caught.value.hint is not None


DOCUMENT: JsonValue = {"a": [{"b": None}, []], "0": "zero", "": {"x": 1}}
LOOKUPS: dict[str, tuple[Path, Found]] = {
    "null is there": (("a", 0, "b"), None),
    "beyond the end": (("a", 2), MISSING),
    "a key of a list": (("a", "0"), MISSING),
    "a position of an object": ((0,), MISSING),
    "a key that is digits": (("0",), "zero"),
    "the empty key": (("", "x"), 1),
    "below a scalar": (("0", "x"), MISSING),
    "every element": (("a", EACH), MISSING),
}


@pytest.mark.parametrize(("path", "expected"), LOOKUPS.values(), ids=LOOKUPS)
def test_the_value_at_a_path(path: Path, expected: Found) -> None:
    """Absent is not null."""
    assert get(DOCUMENT, path) == expected


def test_leaves_come_in_document_order() -> None:
    """Empty objects and arrays are leaves too."""
    assert list(leaves(DOCUMENT)) == [(("a", 0, "b"), None), (("a", 1), []), (("0",), "zero"), (("", "x"), 1)]


def test_missing_is_false() -> None:
    """So that ``x or y`` reads as it does for null."""
    assert not MISSING
