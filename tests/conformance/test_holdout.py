"""The hold-out: sessions predicted by models that were not learned from them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.synth.recordings import Recorded
from tests.synth.services import Field, Kind, Spec, record
from wraith.conformance import check, folds, generalization
from wraith.errors import InputError
from wraith.synth import learn

SPEC = Spec((Kind("items", (Field("name", required=True), Field("size", "integer"))),))
CORPUS = record(SPEC, range(6))


@given(st.integers(2, 12), st.integers(2, 12))
def test_each_session_is_predicted_once_and_never_by_itself(sessions: int, count: int) -> None:
    """Folds divide the sessions, and a fold is learned from all others."""
    corpus = [Recorded(f"s{number:02}", number, ()) for number in range(sessions)]
    if count > sessions:
        with pytest.raises(InputError, match="folds"):
            folds(corpus, count)
        return
    dealt = folds(corpus, count)
    assert sorted(each.id for fold in dealt for each in fold.predicted) == [each.id for each in corpus]
    for fold in dealt:
        assert {each.id for each in (*fold.predicted, *fold.learned)} == {each.id for each in corpus}
        assert len(fold.predicted) + len(fold.learned) == sessions


def test_the_order_of_the_sessions_changes_nothing() -> None:
    """The folds are dealt in the order of time."""
    assert folds(CORPUS, 3) == folds(CORPUS[::-1], 3)


def test_a_service_that_can_be_learned_is_predicted() -> None:
    """Held-out sessions of a plain service are answered without a difference."""
    result = generalization(CORPUS, 3, runs=learn(CORPUS).evidence.runs)
    assert result.generalization_bp >= 9_500
    assert result.exchanges_total == sum(len(each.exchanges) for each in CORPUS)
    assert sum(route.exchanges_total for route in result.routes) == result.exchanges_total


def test_a_route_that_one_session_alone_has_cannot_be_predicted() -> None:
    """What was never seen is no answer, and counts as missed."""
    other = record(Spec((Kind("others", (Field("name"),)),)), range(70, 71))
    result = generalization([*CORPUS, *other], 7)
    assert any(each.category == "no_answer" for each in result.divergences)
    assert result.generalization_bp < check(learn(CORPUS).model, CORPUS).exact_bp


def test_uncounted_sessions_are_replayed_for_their_state_only() -> None:
    """A check counts the sessions that are named."""
    model = learn(CORPUS).model
    only = {CORPUS[2].id}
    report = check(model, CORPUS, counted=only)
    assert report.exchanges_total == len(CORPUS[2].exchanges)
    assert report.sessions_total == 1
