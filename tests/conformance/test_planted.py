"""A corpus with planted divergences of each category and type of drift: all found, none besides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.synth.recordings import Document, Recorded, Step, exchange, recording, session
from wraith.canonical import JsonValue
from wraith.config import CATEGORIES, Diff
from wraith.conformance import Divergence, check
from wraith.conformance._drift import TYPES
from wraith.exchange import Response, encode_json
from wraith.synth import learn

TRUE: Document = {
    "count": 3,
    "name": "oak",
    "state": "open",
    "docs": "https://docs.example/oak?v=1",
    "next": "/v1/trees?page=2",
    "tags": [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}, {"id": 3, "name": "c"}],
    "size": {"height": 4, "width": 5},
}
GENUINE = ("x-kind", "tree")
RECORDED = recording(
    session(*(exchange("GET", "/settings", answer=TRUE, answer_headers=(GENUINE,)) for _ in range(3)))
)
MODEL = learn(RECORDED).model
DIFF = Diff.model_validate({"fields": {"state": {"class": "enum", "values": ["open", "closed"]}}})
AT = 2

PLANTED: dict[str, tuple[dict[str, JsonValue], tuple[str, str, str]]] = {
    "a number": ({"count": 4}, ("count", "value_mismatch", "numeric_drift")),
    "a text": ({"name": "elm"}, ("name", "value_mismatch", "value_drift")),
    "a host": (
        {"docs": "https://other.example/oak?v=1"},
        ("docs", "value_mismatch", "host_rewrite"),
    ),
    "an address": ({"docs": "https://docs.example/elm"}, ("docs", "value_mismatch", "url_drift")),
    "a path": ({"next": "/v2/trees?page=2"}, ("next", "value_mismatch", "url_drift")),
    "an order": (
        {"tags": [{"id": 3, "name": "c"}, {"id": 2, "name": "b"}, {"id": 1, "name": "a"}]},
        ("tags", "value_mismatch", "order_change"),
    ),
    "a length": (
        {"tags": [{"id": 1, "name": "a"}, {"id": 3, "name": "c"}]},
        ("tags", "array_length_mismatch", "value_drift"),
    ),
    "a type": ({"name": 5}, ("name", "type_mismatch", "type_change")),
    "a field more": ({"age": 5}, ("age", "missing_field", "field_removed")),
    "a deep value": ({"size": {"height": 4, "width": 6}}, ("size.width", "value_mismatch", "numeric_drift")),
    "a field less": ({"size": {"height": 4}}, ("size.width", "extra_field", "additive_optional_field")),
}


def planted(response: Response) -> list[Recorded]:
    """Return the corpus with another answer in one place."""
    [one] = RECORDED
    exchanges = list(one.exchanges)
    exchanges[AT] = replace(exchanges[AT], response=response)
    return [replace(one, exchanges=tuple(exchanges))]


def told(divergences: tuple[Divergence, ...]) -> list[tuple[str, str, str]]:
    assert {(each.session, each.exchange) for each in divergences} <= {("s00", AT + 1)}
    return [(each.path, each.category, each.drift_type) for each in divergences]


GOOD = RECORDED[0].exchanges[AT].response


@pytest.mark.parametrize(("change", "expected"), PLANTED.values(), ids=PLANTED)
def test_what_was_planted_in_a_body_is_found(
    change: dict[str, JsonValue], expected: tuple[str, str, str]
) -> None:
    """Path, category and type; and nothing else is reported."""
    report = check(MODEL, planted(GOOD._replace(body=encode_json(TRUE | change))), diff=DIFF)
    assert told(report.divergences) == [expected]
    assert (report.exchanges_exact, report.exchanges_total) == (2, 3)


OTHERS: dict[str, tuple[Response, tuple[str, str, str]]] = {
    "a status": (GOOD._replace(status=203), ("status", "status_mismatch", "status_code_shift")),
    "a header": (
        GOOD._replace(headers=(GOOD.headers[0], ("x-kind", "bush"))),
        ("header.x-kind", "header_mismatch", "value_drift"),
    ),
    "no header": (
        GOOD._replace(headers=GOOD.headers[:1]),
        ("header.x-kind", "header_mismatch", "additive_optional_field"),
    ),
}


@pytest.mark.parametrize(("response", "expected"), OTHERS.values(), ids=OTHERS)
def test_what_was_planted_beside_a_body_is_found(response: Response, expected: tuple[str, str, str]) -> None:
    """Status and headers as well."""
    assert told(check(MODEL, planted(response), diff=DIFF).divergences) == [expected]


def test_a_value_outside_an_enum_is_found() -> None:
    """The twin answers what no value of the enum is; what the recording says there does not matter."""
    strange = learn(
        recording(session(*(exchange("GET", "/settings", answer=TRUE | {"state": "lost"}) for _ in range(3))))
    ).model
    report = check(strange, RECORDED, diff=DIFF)
    assert {(each.path, each.category, each.drift_type) for each in report.divergences} == {
        ("state", "value_mismatch", "enum_expansion")
    }
    closed = planted(GOOD._replace(body=encode_json(TRUE | {"state": "closed"})))
    assert check(MODEL, closed, diff=DIFF).divergences == ()


# --- one corpus with all of them ----------------------------------------------------------------------------


def kept(number: int) -> tuple[Step, ...]:
    """Return a session that makes a tree of its own, reads it twice, and then what all know."""
    made: JsonValue = {"id": f"tree_{number}{'abcdefgh'[number % 8]}7x9k2m", "name": f"n{number}"}
    path = f"/v1/trees/{made['id']}"
    return session(
        exchange("POST", "/v1/trees", json={"name": f"n{number}"}, status=201, answer=made),
        exchange("GET", path, answer=made),
        exchange("GET", path, answer=made),
        *(exchange("GET", "/v1/park", answer=TRUE, answer_headers=(GENUINE,)) for _ in range(2)),
    )


def test_one_corpus_with_all_of_them() -> None:
    """Each in a session of its own, identifiers and an unknown route among them: all found, none besides."""
    changes = [GOOD._replace(body=encode_json(TRUE | change)) for change, _ in PLANTED.values()]
    changes += [response for response, _ in OTHERS.values()]
    expected = [case for _, case in (*PLANTED.values(), *OTHERS.values())]
    clean = recording(*(kept(number) for number in range(len(changes) + 3)))
    model = learn(clean).model
    assert check(model, clean, diff=DIFF).divergences == ()
    sessions = list(clean)
    for number, response in enumerate(changes):
        exchanges = list(sessions[number].exchanges)
        exchanges[4] = replace(exchanges[4], response=response)
        sessions[number] = replace(sessions[number], exchanges=tuple(exchanges))
    twice, lost, _ = (list(each.exchanges) for each in sessions[-3:])
    twice[1] = twice[0]  # one identifier for two trees
    sessions[-3] = replace(sessions[-3], exchanges=tuple(twice))
    lost[3] = replace(lost[3], request=lost[3].request._replace(method="PURGE", target="/nowhere/at/all"))
    sessions[-2] = replace(sessions[-2], exchanges=tuple(lost))
    report = check(model, sessions, diff=DIFF)
    told = [(each.session, each.path, each.category, each.drift_type) for each in report.divergences]
    names = [each.id for each in sessions]
    assert told[: len(expected)] == [(name, *case) for name, case in zip(names, expected, strict=False)]
    assert [each[2:] for each in told[len(expected) :]] == [
        ("id_inconsistent", "value_drift"),
        ("no_answer", "status_code_shift"),
    ]
    assert report.exchanges_exact == report.exchanges_total - len(expected) - 2


def test_every_category_and_type_is_planted_somewhere() -> None:
    """Two categories need identifiers or an unknown route, and are planted in test_replay.py."""
    cases = [expected for _, expected in (*PLANTED.values(), *OTHERS.values())]
    assert {case[1] for case in cases} | {"id_inconsistent", "no_answer"} == set(CATEGORIES)
    assert {case[2] for case in cases} | {"enum_expansion"} == set(TYPES)


def test_the_untouched_corpus_has_no_divergence() -> None:
    """Nothing is found where nothing was planted."""
    assert check(MODEL, RECORDED, diff=DIFF).divergences == ()
