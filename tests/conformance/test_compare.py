"""The comparison as truth tables: what the model says of a leaf, what was recorded, what the twin answers."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.canonical import JsonValue
from wraith.config import Diff
from wraith.conformance import Difference, How, Identities, compare
from wraith.conformance._scoring import RouteThresholds
from wraith.exchange import Headers, Response, Truncated, encode_json
from wraith.paths import leaves
from wraith.runtime import Answer
from wraith.wir import (
    Call,
    Clock,
    Exists,
    Expr,
    First,
    FreshId,
    Hole,
    HoleClass,
    Literal,
    Ref,
    Route,
    Text,
    Variant,
    When,
)

JSON: Headers = (("content-type", "application/json"),)
HERE, THERE = "cus_k3Jd82mQ", "cus_9xPq27Lb"


def hole(hole_class: HoleClass, source: Expr) -> Hole:
    return Hole(hole_class=hole_class, type="any", source=source)


HOLES = {
    "fresh": hole("generated", FreshId("cus_[A-Za-z0-9]{8}")),
    "brought": hole("generated", First((Ref(("request", "body", "id")), FreshId("cus_[A-Za-z0-9]{8}")))),
    "clock": hole("timestamp", Clock("epoch_s")),
    "kept": hole("generated", When(Exists(Ref(("request", "body", "x"))), FreshId("cus_[A-Za-z0-9]{8}"))),
    "ended": hole("timestamp", When(Exists(Ref(("request", "body", "x"))), Clock("epoch_s"), Literal(None))),
    "later": hole("timestamp", Call("later", (Clock("epoch_s"), Literal("day")))),
    "echo": hole("echoed", Ref(("request", "body", "x"))),
    "stored": hole("state", Ref(("entity", "x"))),
    "odd": hole("unexplained", Literal("oak")),
}


def recorded(document: JsonValue, *, status: int = 200, headers: Headers = ()) -> Response:
    return Response(status, (*JSON, *headers), encode_json(document))


def answered(
    document: JsonValue,
    template: JsonValue,
    *,
    status: int = 200,
    headers: Headers = (),
    sources: tuple[tuple[str, Expr], ...] = (),
) -> Answer:
    """Return the answer of a twin whose only variant has that template."""
    variant = Variant(status=status, body_template=template, holes=HOLES, headers=sources)
    route = Route(method="GET", path_pattern="/x", variants=(variant,))
    return Answer(recorded(document, status=status, headers=headers), route, 0, document=document)


def found(
    expected: JsonValue, actual: JsonValue, template: JsonValue, identities: Identities | None = None
) -> list[tuple[str, str]]:
    """Return path and category of each difference."""
    known = identities if identities is not None else Identities()
    return shown(compare(recorded(expected), answered(actual, template), known).differences)


def shown(differences: list[Difference]) -> list[tuple[str, str]]:
    return [(each.path, each.category) for each in differences]


SAME = ""
NOW, LATER = 1_700_000_000, 1_700_000_009

TABLE: list[tuple[str, JsonValue, JsonValue, str]] = [
    # class of the leaf, recorded, replayed, category ("" where they are the same)
    ("$fresh", HERE, THERE, SAME),
    ("$fresh", HERE, HERE, SAME),
    ("$fresh", HERE, 7, "type_mismatch"),
    ("$fresh", HERE, None, "type_mismatch"),
    ("$fresh", 7, THERE, "type_mismatch"),
    ("$kept", HERE, THERE, SAME),
    ("$kept", HERE, None, "type_mismatch"),
    ("$ended", NOW, LATER, SAME),
    ("$ended", NOW, None, "type_mismatch"),
    ("$ended", None, None, SAME),
    ("$later", NOW, LATER, SAME),
    ("$later", NOW, "tomorrow", "type_mismatch"),
    ("$brought", "gold", "gold", SAME),
    ("$brought", HERE, THERE, SAME),
    ("$clock", NOW, LATER, SAME),
    ("$clock", NOW, NOW, SAME),
    ("$clock", NOW, LATER * 1000, "type_mismatch"),
    ("$clock", NOW, str(LATER), "type_mismatch"),
    ("$clock", NOW, "2023-11-14T22:13:20Z", "type_mismatch"),
    ("$clock", "2023-11-14T22:13:20Z", "2024-01-01T00:00:00Z", SAME),
    ("$clock", NOW, None, "type_mismatch"),
    ("$clock", None, NOW, "type_mismatch"),
    ("fixed", "fixed", "fixed", SAME),
    ("fixed", "other", "fixed", "value_mismatch"),
    ("$echo", "a", "a", SAME),
    ("$echo", "a", "b", "value_mismatch"),
    ("$echo", HERE, THERE, "value_mismatch"),
    ("$echo", NOW, LATER, "value_mismatch"),
    ("$stored", 50, 50.0, SAME),
    ("$stored", 50, 50.5, "value_mismatch"),
    ("$stored", 1, True, "type_mismatch"),
    ("$stored", True, 1, "type_mismatch"),
    ("$stored", False, 0, "type_mismatch"),
    ("$stored", True, False, "value_mismatch"),
    ("$stored", "1", 1, "type_mismatch"),
    ("$stored", None, "", "type_mismatch"),
    ("$stored", None, None, SAME),
    ("$stored", "", "", SAME),
    ("$stored", [], {}, "type_mismatch"),
    ("$stored", [], [], SAME),
    ("$stored", {}, {}, SAME),
    ("$stored", [], None, "type_mismatch"),
    ("$odd", "oak", "oak", SAME),
    ("$odd", "elm", "oak", "value_mismatch"),
    ("$odd", HERE, THERE, "value_mismatch"),
    ("$odd", NOW, LATER, "value_mismatch"),
]


@pytest.mark.parametrize(
    ("leaf", "expected", "actual", "category"),
    TABLE,
    ids=[f"{row[0]} {row[1]!r} {row[2]!r}" for row in TABLE],
)
def test_a_leaf_is_judged_by_its_class(
    leaf: str, expected: JsonValue, actual: JsonValue, category: str
) -> None:
    """Generated by its type, a time by its unit, everything else exactly."""
    result = found({"x": expected}, {"x": actual}, {"x": leaf})
    assert result == ([("x", category)] if category else [])


@pytest.mark.parametrize("leaf", ["$fresh", "$clock", "$echo", "$odd", "fixed"])
def test_a_missing_member_is_missing_whatever_its_class(leaf: str) -> None:
    """Absent is neither null nor empty, and no class excuses it."""
    value: JsonValue = NOW if leaf == "$clock" else HERE
    assert found({"x": value, "y": 1}, {"y": 1}, {"x": leaf, "y": 1}) == [("x", "missing_field")]
    assert found({"y": 1}, {"x": value, "y": 1}, {"x": leaf, "y": 1}) == [("x", "extra_field")]
    assert found({"x": None, "y": 1}, {"y": 1}, {"x": leaf, "y": 1}) == [("x", "missing_field")]


def test_a_stored_identifier_is_compared_through_the_map() -> None:
    """An identifier that was bound is the same later, and only that one."""
    identities = Identities()
    assert found({"id": HERE}, {"id": THERE}, {"id": "$fresh"}, identities) == []
    assert found({"owner": HERE}, {"owner": THERE}, {"owner": "$stored"}, identities) == []
    assert found({"url": f"/v1/{HERE}/x"}, {"url": f"/v1/{THERE}/x"}, {"url": "$stored"}, identities) == []
    assert found({"owner": HERE}, {"owner": "cus_another1"}, {"owner": "$stored"}, identities) == [
        ("owner", "value_mismatch")
    ]


def test_an_identifier_may_be_told_before_the_place_that_makes_it() -> None:
    """Values that differ are judged when the whole answer has been walked."""
    template: JsonValue = {"url": "$stored", "id": "$fresh"}
    assert found({"url": f"/v1/{HERE}", "id": HERE}, {"url": f"/v1/{THERE}", "id": THERE}, template) == []


def test_an_identifier_that_stands_for_two_is_inconsistent() -> None:
    """The map is one to one in both directions."""
    template: JsonValue = {"a": "$fresh", "b": "$fresh"}
    assert found({"a": HERE, "b": "cus_second12"}, {"a": THERE, "b": THERE}, template) == [
        ("b", "id_inconsistent")
    ]
    assert found({"a": HERE, "b": HERE}, {"a": THERE, "b": "cus_second12"}, template) == [
        ("b", "id_inconsistent")
    ]


def test_an_identifier_learned_by_heart_is_inconsistent() -> None:
    """The recorded identifier itself is wrong where another one of the twin's stands for it."""
    identities = Identities()
    assert identities.bind(HERE, THERE)
    assert found({"customer": HERE}, {"customer": HERE}, {"customer": "$odd"}, identities) == [
        ("customer", "id_inconsistent")
    ]


def test_a_stored_time_is_the_one_that_stood_beside_the_clock() -> None:
    """A time that was made is the same when it is read back, and no other is."""
    identities = Identities()
    assert found({"at": NOW}, {"at": LATER}, {"at": "$clock"}, identities) == []
    assert found({"at": NOW}, {"at": LATER}, {"at": "$stored"}, identities) == []
    assert found({"at": NOW}, {"at": LATER + 5}, {"at": "$stored"}, identities) == [("at", "value_mismatch")]


STRUCTURE: dict[str, tuple[JsonValue, JsonValue, list[tuple[str, str]]]] = {
    "same": ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 2}]}, []),
    "order of members": ({"a": 1, "b": 2}, {"b": 2, "a": 1}, []),
    "order of elements": ([1, 2], [2, 1], [("[0]", "value_mismatch"), ("[1]", "value_mismatch")]),
    "deep value": ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}, [("a[1].b", "value_mismatch")]),
    "deep type": ({"a": {"b": 2}}, {"a": {"b": "2"}}, [("a.b", "type_mismatch")]),
    "object for list": ({"a": {"b": 2}}, {"a": [2]}, [("a", "type_mismatch")]),
    "missing member": ({"a": 1, "b": 2}, {"a": 1}, [("b", "missing_field")]),
    "extra member": ({"a": 1}, {"a": 1, "b": 2}, [("b", "extra_field")]),
    "null is not missing": ({"a": None}, {}, [("a", "missing_field")]),
    "missing is not null": ({}, {"a": None}, [("a", "extra_field")]),
    "a whole subtree": ({"a": {"b": 1, "c": 2}}, {}, [("a", "missing_field")]),
    "longer list": ([1, 2, 3], [1, 2], [("", "array_length_mismatch")]),
    "empty list": ({"data": []}, {"data": [1]}, [("data", "array_length_mismatch")]),
    "odd name": ({"a.b": 1}, {"a.b": 2}, [('["a.b"]', "value_mismatch")]),
    "text for object": ("text", {"a": 1}, [("", "type_mismatch")]),
    "large integers": (2**63 - 1, 2**63 - 2, [("", "value_mismatch")]),
}


@pytest.mark.parametrize("template", ["$stored", None], ids=["one hole", "a literal"])
@pytest.mark.parametrize(("expected", "actual", "differences"), STRUCTURE.values(), ids=STRUCTURE)
def test_documents_differ_at(
    expected: JsonValue, actual: JsonValue, differences: list[tuple[str, str]], template: JsonValue
) -> None:
    """Each difference has its path and its category, and nothing else is reported."""
    assert found(expected, actual, actual if template is None else template) == differences


def test_the_status_comes_first() -> None:
    """Where statuses differ, bodies are not compared: they answer different questions."""
    comparison = compare(recorded({"a": 1}), answered({"error": 1}, {"error": 1}, status=404), Identities())
    assert comparison.differences == [Difference("status", "status_mismatch", 200, 404)]


@pytest.mark.parametrize(
    ("overrides", "general", "severity"),
    [
        ({}, True, "error"),
        ({}, False, "warning"),
        ({"GET /x": {"status_exact_match": False}}, True, "warning"),
        ({"GET /x": {"status_exact_match": True}}, False, "error"),
        ({"GET /y": {"status_exact_match": False}}, True, "error"),
    ],
)
def test_statuses_of_one_class_may_be_one(
    overrides: dict[str, JsonValue], general: bool, severity: str
) -> None:
    """Then a difference of the class is an error still, another one a warning, and the body is compared."""
    diff = Diff.model_validate({"thresholds": {"status_exact_match": general}, "overrides": overrides})
    how = How(thresholds=RouteThresholds(diff.thresholds, diff.overrides))
    answer = answered({"a": 1}, {"a": 1}, status=201)
    found = compare(recorded({"a": 2}), answer, Identities(), how).differences
    body = [("a", "value_mismatch")] if severity == "warning" else []
    assert shown(found) == [("status", "status_mismatch"), *body]
    assert found[0].severity == severity
    refused = compare(recorded({}, status=404), answer, Identities(), how).differences
    assert [each.severity for each in refused] == ["error"]


def test_no_route_is_no_answer() -> None:
    """A twin that has no route, or no variant, did not answer."""
    unknown = Answer(Response(501, JSON, b"{}"))
    assert shown(compare(recorded({"a": 1}), unknown, Identities()).differences) == [("", "no_answer")]
    route = answered({}, {}).route
    assert shown(compare(recorded({}), Answer(Response(501), route), Identities()).differences) == [
        ("", "no_answer")
    ]


HEADERS: dict[str, tuple[Headers, Headers, tuple[tuple[str, Expr], ...], list[tuple[str, str]]]] = {
    "same": ((("location", "/x"),), (("location", "/x"),), (("location", Literal("/x")),), []),
    "other": (
        (("location", "/x"),),
        (("location", "/y"),),
        (("location", Literal("/y")),),
        [("header.location", "header_mismatch")],
    ),
    "missing": (
        (("location", "/x"),),
        (),
        (("location", Ref(("entity",))),),
        [("header.location", "header_mismatch")],
    ),
    "not learned": ((("x-trace", "1"),), (), (), []),
    "asked for": ((("x-asked", "1"),), (), (), [("header.x-asked", "header_mismatch")]),
    "always compared": (
        (("WWW-Authenticate", "Basic"),),
        (),
        (),
        [("header.www-authenticate", "header_mismatch")],
    ),
    "generated": ((("x-id", HERE),), (("x-id", THERE),), (("x-id", FreshId("cus_[a-z]{8}")),), []),
    "generated, missing": (
        (("x-id", HERE),),
        (),
        (("x-id", FreshId("cus_[a-z]{8}")),),
        [("header.x-id", "header_mismatch")],
    ),
}


@pytest.mark.parametrize(("expected", "actual", "sources", "differences"), HEADERS.values(), ids=HEADERS)
def test_headers_that_were_learned_or_asked_for_are_compared(
    expected: Headers,
    actual: Headers,
    sources: tuple[tuple[str, Expr], ...],
    differences: list[tuple[str, str]],
) -> None:
    """A header counts where the model fills it, the settings name it, or HTTP clients act on it."""
    answer = answered({}, {}, headers=actual, sources=sources)
    comparison = compare(recorded({}, headers=expected), answer, Identities(), How(headers=("x-asked",)))
    assert shown(comparison.differences) == differences


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("application/json", "application/json; charset=utf-8", True),
        ("application/json", "Application/JSON", True),
        ("application/json", "text/json", False),
    ],
    ids=["parameter", "case", "other type"],
)
def test_content_types_are_compared_without_parameters(one: str, other: str, same: bool) -> None:
    """The media type counts, in any case."""
    answer = Answer(Response(200, (("content-type", other),), b"{}"), answered({}, {}).route, 0, document={})
    comparison = compare(Response(200, (("content-type", one),), b"{}"), answer, Identities())
    assert shown(comparison.differences) == ([] if same else [("header.content-type", "header_mismatch")])


def test_bytes_are_compared_as_bytes() -> None:
    """A body that is no document is the same or it is not."""
    variant = Variant(status=200, body_kind="binary", body_template="AAE=")
    route = Route(method="GET", path_pattern="/x", variants=(variant,))
    answer = Answer(Response(200, (), b"\x00\x01"), route, 0, document="AAE=")
    assert compare(Response(200, (), b"\x00\x01"), answer, Identities()).differences == []
    assert shown(compare(Response(200, (), b"\x00\x02"), answer, Identities()).differences) == [
        ("", "value_mismatch")
    ]


def test_a_body_that_was_cut_off_is_not_compared() -> None:
    """Of a truncated recording only status and headers are left."""
    cut = Response(200, JSON, b"", Truncated("0" * 64, 10**9))
    assert compare(cut, answered({"a": 1}, {"a": 1}), Identities()).differences == []


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_what_is_the_same_does_not_differ(document: JsonValue) -> None:
    """Comparing a document with itself finds nothing, and compares each of its leaves."""
    comparison = compare(recorded(document), answered(document, "$stored"), Identities())
    assert comparison.differences == []
    assert comparison.compared_leaves == len(list(leaves(document))) + 2  # status and content type
    assert comparison.suppressed_leaves == 0


@given(values, st.data())
def test_one_tampered_leaf_is_one_difference(document: JsonValue, data: st.DataObject) -> None:
    """Where one leaf is another value, exactly its path is reported."""
    paths = [path for path, _ in leaves(document)]
    chosen = data.draw(st.sampled_from(paths))
    tampered = _with(document, chosen, "tampered")
    comparison = compare(recorded(document), answered(tampered, "$stored"), Identities())
    assert len(comparison.differences) == 1
    assert comparison.differences[0].actual in ("tampered", None, 0, 1, 2, 3, 4)


def _with(document: JsonValue, path: tuple[object, ...], value: JsonValue) -> JsonValue:
    if not path:
        return value
    step, *rest = path
    if isinstance(document, dict):
        return {
            key: _with(item, tuple(rest), value) if key == step else item for key, item in document.items()
        }
    assert isinstance(document, list)
    return [_with(item, tuple(rest), value) if at == step else item for at, item in enumerate(document)]


def test_leaves_that_are_compared_by_type_are_counted_apart() -> None:
    """The report can say how much was compared exactly: a suppressed leaf is no compared one."""
    comparison = compare(
        recorded({"id": HERE, "at": NOW, "name": "ada"}),
        answered(
            {"id": THERE, "at": LATER, "name": "ada"}, {"id": "$fresh", "at": "$clock", "name": "$echo"}
        ),
        Identities(),
    )
    assert (comparison.compared_leaves, comparison.suppressed_leaves) == (3, 2)


def test_a_text_may_hold_another_value_and_something_made() -> None:
    """The rest of it has to be right, and what it holds is mapped when the whole answer has been walked."""
    made = Text((Ref(("response", "body", "id")), FreshId("_secret_[a-z0-9]{8}")))
    holes = HOLES | {"secret": hole("generated", made)}
    variant = Variant(status=200, body_template={"secret": "$secret", "id": "$fresh"}, holes=holes)
    route = Route(method="GET", path_pattern="/x", variants=(variant,))

    def of(expected: str, actual: str) -> list[tuple[str, str]]:
        document: JsonValue = {"secret": actual, "id": THERE}
        answer = Answer(recorded(document), route, 0, document=document)
        return shown(compare(recorded({"secret": expected, "id": HERE}), answer, Identities()).differences)

    assert of(f"{HERE}_secret_abcdefg1", f"{THERE}_secret_hijklmn2") == []
    assert of(f"{HERE}_secret_abcdefg1", "cus_nobody12_secret_hijklmn2") == [("secret", "value_mismatch")]
    assert of(f"{HERE}_public_abcdefg1", f"{THERE}_secret_hijklmn2") == [("secret", "value_mismatch")]


@pytest.mark.parametrize(
    ("expected", "actual", "same"),
    [(HERE, THERE, True), (HERE, "ord_9xPq27Lb", False), ("here", "there", False)],
    ids=["made", "another build", "a word"],
)
def test_a_key_made_beside_an_answer_is_first_met_where_it_is_shown(
    expected: str, actual: str, *, same: bool
) -> None:
    """Two such keys stand for each other from then on, and for nothing else."""
    how = How(made=(re.compile("cus_[A-Za-z0-9]{8}"),))
    known = Identities()
    assert (
        compare(recorded([expected]), answered([actual], "$stored"), known, how).differences == []
    ) is same
    assert known.same(expected, actual) is same
    if same:
        assert compare(recorded([expected]), answered(["cus_other123"], "$stored"), known, how).differences
