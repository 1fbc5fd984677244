"""Quality: the style of a service is the one that gives back its bytes."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.wir.strategies import styles
from wraith.canonical import JsonValue
from wraith.runtime import encode_styled
from wraith.synth._evidence.rows import in_order
from wraith.synth._roles.style import learn_style
from wraith.wir import Style

DOCUMENTS: list[JsonValue] = [
    {"name": "Ana", "tags": ["a", "b"], "score": 1.5, "at": {"x": 1, "b": None}},
    {"name": "Bo <é>", "tags": [], "score": 2.25, "at": {"y": 1, "a": True}, "url": "http://x/y"},
]

SEEN: dict[str, Style | None] = {
    "compact": None,
    "with spaces": Style(item=", ", key=": "),
    "indented": Style(indent="    ", key=": "),
    "all in ASCII": Style(ascii=True),
    "slashes escaped": Style(escape="/"),
    "angles escaped": Style(escape="<>"),
    "with a newline": Style(end="\n"),
}


@pytest.mark.parametrize("style", SEEN.values(), ids=SEEN)
def test_a_style_is_learned_from_bytes(style: Style | None) -> None:
    """Two bodies that show it are enough."""
    learned = learn_style(encode_styled(each, style) for each in DOCUMENTS)
    whole = (style or Style()).model_copy(update={"whole": True})
    assert learned == whole


@given(styles)
def test_the_learned_style_gives_back_the_bytes(style: Style) -> None:
    """Whatever the style, what was recorded comes out again."""
    bodies = [encode_styled(each, style) for each in DOCUMENTS]
    learned = learn_style(bodies)
    assert [encode_styled(each, learned) for each in DOCUMENTS] == bodies or style.sorted


def test_members_in_order_by_chance_are_not_sorted() -> None:
    """One object with its names in order is no rule."""
    assert learn_style([b'{"a":1,"b":2,"c":3}']) is None


def test_a_whole_float_shows_two_types_of_numbers() -> None:
    """Where 2.0 was seen, a float stays one."""
    assert learn_style([b'{"a":1.5,"b":2.0}']) is None


ORDERS: dict[str, tuple[list[list[str]], list[str]]] = {
    "one": ([["b", "a"]], ["b", "a"]),
    "a name that is not always there": ([["a", "id"], ["a", "b", "id"]], ["a", "b", "id"]),
    "two such names": ([["a", "id"], ["b", "id"], ["a", "b"]], ["a", "b", "id"]),
    "no order that all follow": ([["a", "b"], ["b", "a"], ["a", "b", "c"]], ["a", "b", "c"]),
    "none": ([], []),
}


@pytest.mark.parametrize(("sequences", "expected"), ORDERS.values(), ids=ORDERS)
def test_members_stand_in_an_order_that_all_answers_follow(
    sequences: list[list[str]], expected: list[str]
) -> None:
    """A member that is sometimes left out keeps its place among the others."""
    assert in_order(sequences) == expected
