"""XML services are learned like any others: paths, lists, state, and the style in which they write."""

from __future__ import annotations

import pytest

from tests.synth.recordings import (
    Step,
    exchange,
    findings,
    model_of,
    recording,
    replayed,
    session,
    source,
    variant,
)
from tests.synth.xml_service import record
from wraith.conformance import check
from wraith.exchange import Exchange, Request, Response
from wraith.runtime import Twin
from wraith.synth import learn
from wraith.wir import Ref, load_model, dump_model, ref


@pytest.mark.parametrize("pretty", [False, True], ids=["on one line", "indented"])
def test_an_xml_service_is_predicted(pretty: bool) -> None:
    """Sessions that were never recorded are answered as the service does, byte for byte."""
    learned = learn(record(1, 12, pretty=pretty))
    unseen = record(99, 8, pretty=pretty)
    report = check(learned.model, unseen, runs=[[each.id] for each in unseen])
    assert findings(report) == []
    assert findings(replayed(learned, record(1, 12, pretty=pretty))) == []
    assert _bytes_that_differ(load_model(dump_model(learned.model)), unseen) == []


def _bytes_that_differ(model: object, corpus: object) -> list[object]:
    """Return the answers to the first requests, which hold nothing made fresh, that differ in any byte."""
    twin = Twin(model)  # type: ignore[arg-type]
    found: list[object] = []
    for each in corpus:  # type: ignore[attr-defined]
        first = each.read()[0]
        answer = twin.respond(first.request, twin.open_session(), now_ms=first.started_at_ms)
        if answer.response.body != first.response.body:
            found.append((answer.response.body, first.response.body))
    return found
