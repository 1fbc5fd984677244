"""Synthesis: recordings in, a model out. Pure functions; ``docs/explanation`` tells the ideas."""

from wraith.synth._exchanges.memo import Memo
from wraith.synth._explain.explain import explain, explain_exchange, find_route
from wraith.synth._explain.explanation import (
    AtomTruth,
    Disagreement,
    ExchangeExplanation,
    Explanation,
    PartExplanation,
    PartTruth,
    VariantExplanation,
    VariantTruth,
    WrongChoice,
)
from wraith.synth._explain.rivals import Rival
from wraith.synth._learn.engine import learn
from wraith.synth._shared.spread import Spread, in_turn
from wraith.synth._shared.undisturbed import undisturbed
from wraith.synth._world.recall import Learned

__all__ = [
    "AtomTruth",
    "Disagreement",
    "ExchangeExplanation",
    "Explanation",
    "Learned",
    "Memo",
    "PartExplanation",
    "PartTruth",
    "Rival",
    "Spread",
    "VariantExplanation",
    "VariantTruth",
    "WrongChoice",
    "explain",
    "explain_exchange",
    "find_route",
    "in_turn",
    "learn",
    "undisturbed",
]
