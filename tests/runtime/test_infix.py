"""Texts of small languages of conditions, read with the words of each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.runtime._infix import Joined, Term, Tree, read_text

WORDY = {
    "eq": "equals",
    "gt": "above",
    "co": "contains",
    "pr": "exists",
    "and": "all",
    "or": "any",
    "not": "none",
}
SIGNS = {":": "has", ":>=": "at_least", "-": "none", "": "all"}
RSQL = {"==": "equals", "=gt=": "above", "=in=": "equals", ";": "all", ",": "any"}
CALLS = {"eq(": "equals", "gt(": "above", "and(": "all", "not(": "none", "contains(": "contains"}

A, B = Term("a", "eq", 1), Term("b", "gt", 2)
READ: dict[str, tuple[str, dict[str, str], Tree | None]] = {
    "one condition": ("a eq 1", WORDY, A),
    "words in capitals": ("a EQ 1 AND b gt 2", WORDY, Joined("all", (Term("a", "eq", 1), B))),
    "or binds less than and": (
        "a eq 1 and b gt 2 or a eq 1",
        WORDY,
        Joined("any", (Joined("all", (A, B)), A)),
    ),
    "parentheses": ("(a eq 1 or b gt 2) and a eq 1", WORDY, Joined("all", (Joined("any", (A, B)), A))),
    "not": ("not (a eq 1)", WORDY, Joined("none", (A,))),
    "a quoted text with quotes in it": ('a eq "x \\"y\\" and z"', WORDY, Term("a", "eq", 'x "y" and z')),
    "a quote that is doubled": ("contains(a,'it''s')", CALLS, Term("a", "contains(", "it's")),
    "an operator without a value": ("a pr and b gt 2", WORDY, Joined("all", (Term("a", "pr", True), B))),
    "truths, nothing and fractions": (
        "a eq true and a eq null and a eq 2.5",
        WORDY,
        Joined("all", (Term("a", "eq", True), Term("a", "eq", None), Term("a", "eq", 2.5))),
    ),
    "conditions beside each other, and values alone": (
        'state:open -label:bug size:>=3 fix "red oak"',
        SIGNS,
        Joined(
            "all",
            (
                Term("state", ":", "open"),
                Joined("none", (Term("label", ":", "bug"),)),
                Term("size", ":>=", 3),
                Term("", "", "fix"),
                Term("", "", "red oak"),
            ),
        ),
    ),
    "signs, and a list": (
        "a==x;b=gt=2,a=in=(x,y)",
        RSQL,
        Joined(
            "any",
            (Joined("all", (Term("a", "==", "x"), Term("b", "=gt=", 2))), Term("a", "=in=", ["x", "y"])),
        ),
    ),
    "functions of functions": (
        "and(eq(a,1),not(gt(b,2)))",
        CALLS,
        Joined("all", (Term("a", "eq(", 1), Joined("none", (Term("b", "gt(", 2),)))),
    ),
    "a word of another language": ("a like 1", WORDY, None),
    "an open parenthesis": ("(a eq 1", WORDY, None),
    "nothing": ("", WORDY, None),
    "two conditions with nothing between": ("a eq 1 b gt 2", WORDY, None),
    "parentheses without end": ("(" * 5_000, WORDY, None),
    "more than anybody writes": ("a eq 1 or " * 1_000 + "a eq 1", WORDY, None),
}


@pytest.mark.parametrize(("text", "words", "tree"), READ.values(), ids=READ)
def test_a_text_is_read_with_its_words(text: str, words: dict[str, str], tree: Tree | None) -> None:
    """A text that is all of the language gives its conditions, and any other none."""
    assert read_text(text, words) == tree


@given(st.text(max_size=40), st.sampled_from([WORDY, SIGNS, RSQL, CALLS]))
def test_every_text_is_read_or_refused(text: str, words: dict[str, str]) -> None:
    """No text is an error."""
    assert read_text(text, words) is None or isinstance(read_text(text, words), Term | Joined)
