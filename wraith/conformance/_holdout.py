"""The hold-out: how well a model predicts sessions that it was not learned from.

The sessions are dealt into folds. Each fold is predicted by a model learned from the others, and only its
exchanges are judged. A predicted session begins in the world that the recordings before it have left; and the
model knows of the predicted sessions that they happened, so that what they created is not taken for something
that was there from the start. What comes
out estimates how the model of *all* sessions does on traffic that nobody recorded (Stone 1974,
cross-validation).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from wraith.config import NOTHING, Diff, DriftConfig, FixtureSet
from wraith.conformance._replay import check
from wraith.conformance._report import MAX_LISTED, Divergence, Generalization, Prediction, Report
from wraith.errors import InputError
from wraith.exchange import Corpus, Session
from wraith.synth import Spread, in_turn, learn

MIN_FOLDS = 2

GOLDEN = 2654435769
"""2**32 divided by the golden ratio: its multiples, modulo 2**32, fall evenly without a period (Knuth, TAOCP
6.4)."""


@dataclass(frozen=True, slots=True)
class Fold:
    """The sessions that are predicted, and those that the model is learned from."""

    predicted: tuple[Session, ...]
    learned: tuple[Session, ...]


def folds(corpus: Corpus, count: int) -> tuple[Fold, ...]:
    """Deal the sessions into folds of equal size, each spread over the whole recording.

    Recorders run scenarios in turns, so that every fifth session may always be of one kind: dealt without a
    period, most folds leave others of each kind to learn from; where a kind has few, they may fall together.

    Raises InputError where there are fewer sessions than folds, or fewer than two folds.
    """
    ordered = sorted(corpus, key=lambda session: (session.started_at_ms, session.id))
    if not MIN_FOLDS <= count <= len(ordered):
        raise InputError(
            f"{count} folds of {len(ordered)} sessions",
            hint=f"a hold-out needs at least {MIN_FOLDS} folds and as many sessions",
        )
    shuffled = sorted(range(len(ordered)), key=lambda place: place * GOLDEN % 2**32)
    fold_of = {place: rank % count for rank, place in enumerate(shuffled)}
    return tuple(
        Fold(
            tuple(each for place, each in enumerate(ordered) if fold_of[place] == number),
            tuple(each for place, each in enumerate(ordered) if fold_of[place] != number),
        )
        for number in range(count)
    )


def generalization(
    corpus: Corpus,
    count: int,
    *,
    runs: Sequence[Sequence[str]] = (),
    diff: Diff | None = None,
    drift: DriftConfig | None = None,
    fixtures: FixtureSet = NOTHING,
    spread: Spread = in_turn,
) -> Generalization:
    """Return how well each of so many folds is predicted from the others.

    ``runs`` are those of the whole corpus. ``spread`` may use several processes, one for each fold. Raises
    InputError where there are too few sessions.
    """
    dealt = folds(corpus, count)

    def predicted(number: int) -> Report:
        fold = dealt[number]
        return check(
            learn(corpus, witnessed={session.id for session in fold.predicted}).model,
            corpus,
            diff=diff,
            drift=drift,
            runs=runs,
            fixtures=fixtures,
            counted={session.id for session in fold.predicted},
        )

    return _together(count, spread(predicted, count))


def _together(count: int, reports: Sequence[Report]) -> Generalization:
    exchanges: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    for report in reports:
        for route in report.routes:
            exchanges[route.route] += route.exchanges_total
            passed[route.route] += route.exchanges_exact
    divergences: list[Divergence] = [each for report in reports for each in report.divergences]
    return Generalization(
        folds=count,
        generalization_bp=_bp(passed.total(), exchanges.total()),
        exchanges_total=exchanges.total(),
        exchanges_passed=passed.total(),
        extrapolated_total=sum(report.extrapolated_total for report in reports),
        routes=tuple(
            Prediction(
                route=route,
                generalization_bp=_bp(passed[route], exchanges[route]),
                exchanges_total=exchanges[route],
                exchanges_passed=passed[route],
            )
            for route in sorted(exchanges)
        ),
        divergences_total=sum(report.divergences_total for report in reports),
        divergences=tuple(divergences[:MAX_LISTED]),
    )


def _bp(passed: int, total: int) -> int:
    return round(10_000 * passed / total) if total else 0
