"""Forms and query strings as documents."""

from __future__ import annotations

import time
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.canonical import JsonValue, compact
from wraith.exchange import parse_form
from wraith.exchange._form import MAX_DEPTH, MAX_FIELDS

DOCUMENTS: dict[str, tuple[str, JsonValue]] = {
    "nothing": ("", {}),
    "a field": ("a=1", {"a": "1"}),
    "values stay text": ("a=1&b=true&c=null", {"a": "1", "b": "true", "c": "null"}),
    "an empty value": ("a=", {"a": ""}),
    "a name alone": ("a", {"a": ""}),
    "an equals sign in a value": ("a=b=c", {"a": "b=c"}),
    "escapes": ("a%20b=c%26d+e", {"a b": "c&d e"}),
    "a repeated name": ("a=1&a=2&a=3", {"a": ["1", "2", "3"]}),
    "members": ("a[b]=1&a[c]=2", {"a": {"b": "1", "c": "2"}}),
    "members of members": ("a[b][c][d]=1", {"a": {"b": {"c": {"d": "1"}}}}),
    "escaped brackets": ("a%5Bb%5D=1&a%5bc%5d=2", {"a": {"b": "1", "c": "2"}}),
    "a list": ("a[]=1&a[]=2", {"a": ["1", "2"]}),
    "a list of one": ("a[]=1", {"a": ["1"]}),
    "a numbered list": ("a[0]=1&a[1]=2", {"a": ["1", "2"]}),
    "numbers and brackets": ("a[0]=1&a[]=2", {"a": ["1", "2"]}),
    "numbers with gaps are members": ("a[0]=1&a[2]=2", {"a": {"0": "1", "2": "2"}}),
    "numbers out of order are members": ("a[1]=1&a[0]=2", {"a": {"1": "1", "0": "2"}}),
    "objects in a list": ("i[0][p]=x&i[0][q]=1&i[1][p]=y", {"i": [{"p": "x", "q": "1"}, {"p": "y"}]}),
    "objects in an unnumbered list": (
        "i[][p]=x&i[][q]=1&i[][p]=y",
        {"i": [{"p": "x", "q": "1"}, {"p": "y"}]},
    ),
    "lists in a list": ("a[][]=1&a[][]=2", {"a": [["1", "2"]]}),
    "a list of members": ("a[b][]=1&a[b][]=2", {"a": {"b": ["1", "2"]}}),
    "a repeated member": ("a[b]=1&a[b]=2", {"a": {"b": ["1", "2"]}}),
    "an empty name in brackets first": ("[a]=1", {"[a]": "1"}),
    "a bracket that stays open": ("a[b=1", {"a[b": "1"}),
    "text after the bracket": ("a[b]c=1", {"a[b]c": "1"}),
}


@pytest.mark.parametrize(("text", "document"), DOCUMENTS.values(), ids=DOCUMENTS)
def test_the_document_of_a_form(text: str, document: JsonValue) -> None:
    """Brackets nest as PHP, Rack and qs have it."""
    assert parse_form(text) == document


CONFLICTS: dict[str, tuple[str, JsonValue]] = {
    "a value, then members": ("a=1&a[b]=2", {"a": "1", "a[b]": "2"}),
    "members, then a value": ("a[b]=2&a=1", {"a[b]": "2", "a": "1"}),
    "a repeated value, then a list": ("a=1&a=2&a[]=3", {"a": ["1", "2"], "a[]": "3"}),
    "a member, then members of it": ("a[b]=1&a[b][c]=2", {"a[b]": "1", "a[b][c]": "2"}),
    "members, then a list": ("a[b]=1&a[]=2", {"a[b]": "1", "a[]": "2"}),
    "a gap, then a list": ("a[0]=1&a[5]=2&a[][b]=3", {"a[0]": "1", "a[5]": "2", "a[][b]": "3"}),
    "numbers out of order, then a list": ("a[1]=1&a[0]=2&a[]=3", {"a[1]": "1", "a[0]": "2", "a[]": "3"}),
    "a superscript is no number": ("a[²]=1&a[]=2", {"a[²]": "1", "a[]": "2"}),
}


@pytest.mark.parametrize(("text", "document"), CONFLICTS.values(), ids=CONFLICTS)
def test_names_that_contradict_each_other_are_taken_literally(text: str, document: JsonValue) -> None:
    """Nothing is lost: all names keep their brackets."""
    assert parse_form(text) == document


@given(st.text(st.sampled_from("ab01[]=&%²"), max_size=40) | st.text())
def test_every_text_is_a_document(text: str) -> None:
    """Parsing never fails below the limit of fields, and gives a JSON document."""
    compact(parse_form(text))


@given(st.dictionaries(st.text(st.characters(exclude_characters="[]", codec="utf-8"), min_size=1), st.text()))
def test_a_form_without_brackets_reads_back(fields: dict[str, str]) -> None:
    """What the standard library encodes is read as it was."""
    assert parse_form(urlencode(fields)) == fields


def test_a_form_may_have_just_so_many_fields() -> None:
    """One field more is no form."""
    fields = "&".join(f"a{n}=1" for n in range(MAX_FIELDS))
    assert len(parse_form(fields)) == MAX_FIELDS
    with pytest.raises(ValueError, match="fields"):
        parse_form(f"{fields}&b=1")


def test_a_name_nests_just_so_deep() -> None:
    """Deeper names are literal, so that no body costs the interpreter's stack."""
    deepest = "a" + "[b]" * (MAX_DEPTH - 1)
    assert list(parse_form(f"{deepest}=1")) == ["a"]
    assert parse_form(f"{deepest}[b]=1") == {f"{deepest}[b]": "1"}
    assert len(parse_form("a" + "[b]" * 100_000 + "=1")) == 1


HOSTILE = {
    "one long list": "&".join(["a[]=1"] * MAX_FIELDS),
    "one long list of objects": "&".join(["a[][b]=1"] * MAX_FIELDS),
    "numbers against a list": "&".join(
        [*(f"a[{n}]=1" for n in range(MAX_FIELDS // 2)), *["a[]=1"] * (MAX_FIELDS // 2)]
    ),
    "brackets that stay open": "[" * 100_000,
    "brackets without end": "a" + "[" * 100_000 + "=1",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_form_costs_no_more_than_its_bytes(text: str) -> None:
    """Time stays linear: the bound is twenty times what it takes, far from what a square would."""
    started = time.process_time()
    parse_form(text)
    assert time.process_time() - started < 1
