"""Tampering: a check that notices everything, one that is blind somewhere, and what is listed apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.conformance.test_replay import CORPUS, LEARNED, PING, pings
from tests.synth.recordings import exchange, recording, session
from wraith.canonical import JsonValue
from wraith.config import Diff
from wraith.conformance import tamper
from wraith.conformance._tamper import another, changes
from wraith.exchange import Truncated
from wraith.synth import learn
from wraith.wir import Model, dump_model


def test_every_change_is_noticed() -> None:
    """Statuses, headers and bodies: a divergence stands where each was changed."""
    result = tamper(LEARNED.model, CORPUS)
    assert (result.passed, result.noticed, result.unnoticed) == (True, result.changed, ())
    assert result.changed > 10


@pytest.mark.parametrize(
    "diff",
    [
        {"fields": {"n": "generated"}},
        {"suppress": [{"path": "n", "reason": "x"}]},
        {"suppress": [{"category": "value_mismatch", "reason": "x"}]},
    ],
    ids=["a class", "a path", "a category"],
)
def test_what_is_not_compared_is_listed_apart(diff: JsonValue) -> None:
    """A leaf that the user takes out of the comparison counts neither way."""
    result = tamper(PING, pings(2, 0), diff=Diff.model_validate(diff))
    assert [(each.path, each.why) for each in result.not_compared] == [("n", "not compared")]
    assert (result.noticed, result.changed, result.passed) == (2, 2, True)


def test_a_variant_that_answers_nothing_is_listed_apart() -> None:
    """No recorded exchange can tell what it answers."""
    result = tamper(PING, [])
    assert {each.why for each in result.not_compared} == {"not answered"}
    assert (result.changed, result.passed) == (0, False)


def test_a_change_in_a_place_that_cannot_differ_is_not_noticed() -> None:
    """Where the recorded body was cut off, nothing tells what the twin answers."""
    [one] = pings(2, 0)
    cut = tuple(
        replace(each, response=each.response._replace(body=b"", truncated=Truncated("0" * 64, 9)))
        for each in one.exchanges
    )
    result = tamper(PING, [replace(one, exchanges=cut)])
    assert ([each.path for each in result.unnoticed], result.passed) == (["n"], False)


def test_a_sample_is_chosen_by_its_seed() -> None:
    """The same seed chooses the same constants, another one others; and no model is changed."""
    before = dump_model(LEARNED.model)
    total = len(list(changes(LEARNED.model)))
    diff = Diff.model_validate({"suppress": [{"path": "*", "reason": "x"}]})
    chosen = [tamper(LEARNED.model, CORPUS, diff=diff, seed=seed, limit=5) for seed in (0, 0, 1)]
    assert chosen[0] == chosen[1]
    assert chosen[0].not_compared != chosen[2].not_compared
    assert [len(each.not_compared) for each in chosen] == [5, 5, 5]
    assert (chosen[0].constants_total, dump_model(LEARNED.model)) == (total, before)


def test_an_empty_model_has_nothing_to_change() -> None:
    """Nothing changed is nothing proved."""
    assert tamper(Model(), pings(1, 0)).passed is False


@pytest.mark.parametrize("value", [True, False, 0, 1, 1.5, "", "text", None])
def test_another_value_is_never_the_same(value: JsonValue) -> None:
    """Every change changes something."""
    assert another(value) != value


def test_a_dollar_stays_text() -> None:
    """Text that begins with a dollar is changed as text, and not taken for a hole."""
    corpus = recording(session(*(exchange("GET", "/p", answer={"price": "$5"}) for _ in range(2))))
    result = tamper(learn(corpus).model, corpus)
    assert (result.noticed, result.changed) == (3, 3)
