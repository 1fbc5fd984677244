"""Quality: languages of conditions that one parameter spells out, from the lists that they were asked for."""

from __future__ import annotations

import pytest

from tests.synth.recordings import Step, exchange, model_of, session, source, variant
from tests.synth.test_lists import ALL, asked, learned_query, listed, query, trees
from wraith.canonical import JsonValue
from wraith.wir import Criteria, Query, Ref

SPELLED: dict[str, tuple[list[tuple[str, list[int]]], dict[str, str]]] = {
    "words between": (
        [
            (query(("filter", "size gt 60")), [1, 4]),
            (query(("filter", 'word eq "fir"')), [3]),
            (query(("filter", 'size gt 60 and word eq "elm"')), [1]),
        ],
        {"gt": "above", "eq": "equals", "and": "all"},
    ),
    "a word that no other service has": (
        [
            (query(("filter", "size exceeds 60")), [1, 4]),
            (query(("filter", "size exceeds 28")), [0, 1, 3, 4]),
        ],
        {"exceeds": "above"},
    ),
    "signs, of which a comma means or": (
        [
            (query(("where", "size=lt=28")), [2, 5]),
            (query(("where", "word==fir")), [3]),
            (query(("where", "word==fir,size=lt=28")), [2, 3, 5]),
            (query(("where", "word==fir;size=lt=28")), []),
        ],
        {"=lt=": "below", "==": "equals", ",": "any", ";": "all"},
    ),
    "functions": (
        [(query(("rule", "gt(size,60)")), [1, 4]), (query(("rule", "starts(word,'f')")), [3])],
        {"gt(": "above", "starts(": "starts"},
    ),
    "qualifiers beside each other": (
        [
            (query(("q", "word:fir")), [3]),
            (query(("q", "size:>60")), [1, 4]),
            (query(("q", "size:>28 tall:true")), [1, 3, 4]),
            (query(("q", "-word:fir size:>28")), [0, 1, 4]),
        ],
        {":": "has", ":>": "above", "-": "none", "": "all"},
    ),
    "JSON in a text": (
        [
            (query(("where", '{"size": {"$gt": 60}}')), [1, 4]),
            (query(("where", '{"word": "fir"}')), [3]),
            (query(("where", '{"$or": [{"word": "fir"}, {"size": {"$gt": 60}}]}')), [1, 3, 4]),
        ],
        {"$gt": "above", "$or": "any"},
    ),
}


@pytest.mark.parametrize(("lists", "words"), SPELLED.values(), ids=SPELLED)
def test_the_words_of_a_parameter_mean_what_lists_show(
    lists: list[tuple[str, list[int]]], words: dict[str, str]
) -> None:
    """An operator is the comparison that everything shown meets, and something that is not shown does not."""
    [found] = learned_query(ALL, *lists).criteria
    assert {word: dict(found.words).get(word) for word in words} == words


def test_kin_of_a_word_are_known_as_well() -> None:
    """A service that has one of the usual words has the others of its kind."""
    [found] = learned_query(ALL, *SPELLED["words between"][0]).criteria
    assert {"ge": "at_least", "ne": "differs", "or": "any"}.items() <= dict(found.words).items()


def test_a_name_that_is_no_field_is_one_by_another_name() -> None:
    """``height`` is the size where that is what it is compared with."""
    found = learned_query(
        ALL,
        (query(("f", "word eq fir")), [3]),
        (query(("f", "height gt 60")), [1, 4]),
        (query(("f", "height gt 28")), [0, 1, 3, 4]),
    )
    assert found.criteria[0].names == (("height", ("size",)),)


NOT_SPELLED: dict[str, list[tuple[str, list[int]]]] = {
    "lists that show everything": [
        (query(("filter", "size gt 60")), [0, 1, 2, 3, 4, 5]),
        (query(("filter", "size gt 28")), [0, 1, 2, 3, 4, 5]),
    ],
    "values without a field": [(query(("note", "oak or elm")), [0, 1, 2, 3, 4, 5])],
    "a field and nothing else": [(query(("note", "size")), [0, 1, 2, 3, 4, 5])],
}


@pytest.mark.parametrize("lists", NOT_SPELLED.values(), ids=NOT_SPELLED)
def test_what_leaves_nothing_out_is_no_condition(lists: list[tuple[str, list[int]]]) -> None:
    """A text that reads like conditions is none where no list obeys it."""
    assert learned_query(ALL, *lists).criteria == ()


def test_each_of_several_words_is_searched() -> None:
    """Where both words stand in a tree, and not beside each other, each was looked for."""

    def planted(number: int) -> tuple[Step, ...]:
        some: list[dict[str, JsonValue]] = [
            {"id": f"tr_{number}{at}k3Jd82", "name": name}
            for at, name in enumerate(("red tall oak", "red elm", "tall oak", "ash"))
        ]
        return session(
            *(exchange("POST", "/v1/trees", json={"name": t["name"]}, answer=t) for t in some),
            exchange("GET", f"/v1/trees/{some[0]['id']}", answer=some[0]),
            exchange("GET", query(("q", "red")), answer=listed(some[:2])),
            exchange("GET", query(("q", "oak red")), answer=listed(some[:1])),
        )

    found = source(variant(model_of(*map(planted, range(3))), "GET /v1/trees"), "items")
    assert isinstance(found, Query)
    assert found.criteria == (Criteria(asked("q"), (("", "all"),), search=((),)),)


def test_a_body_asks_for_a_list_at_an_address_of_its_own() -> None:
    """``POST /v1/trees/search`` lists the trees that its groups of conditions find, sorted as it says."""

    def planted(number: int) -> tuple[Step, ...]:
        some = trees(number)

        def rule(field: str, op: str, value: JsonValue) -> JsonValue:
            return {"field": field, "op": op, "value": value}

        def search(groups: list[JsonValue], positions: list[int], **more: JsonValue) -> Step:
            asked_for: JsonValue = {"groups": [{"rules": group} for group in groups], **more}
            answer = listed([some[at] for at in positions])
            return exchange("POST", "/v1/trees/search", json=asked_for, answer=answer)

        return session(
            *(
                exchange("POST", "/v1/trees", json={k: v for k, v in t.items() if k != "id"}, answer=t)
                for t in some
            ),
            *(exchange("GET", f"/v1/trees/{tree['id']}", answer=tree) for tree in some[:3]),
            search([[rule("size", "GT", 60)]], [1, 4]),
            search([[rule("word", "EQ", "fir")]], [3]),
            search([[rule("word", "EQ", "fir")], [rule("size", "GT", 60)]], [1, 3, 4]),
            search([[rule("size", "GT", 28), rule("word", "EQ", "oak")]], [0]),
            search([[rule("size", "GT", 28)]], [4, 1, 3, 0], sorts=[{"field": "size", "order": "DESC"}]),
        )

    found = source(variant(model_of(*map(planted, (0, 3, 6))), "POST /v1/trees/search"), "items")
    assert isinstance(found, Query)
    [spelled] = found.criteria
    assert spelled.value == Ref(("request", "body", "groups"))
    assert spelled.members == ("field", "op", "value")
    assert {"EQ": "equals", "GT": "above", "rules": "all", "": "any"}.items() <= dict(spelled.words).items()
    assert found.sort == Ref(("request", "body", "sorts"))
