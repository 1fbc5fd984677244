"""Synthesis: recordings in, a model out. Pure functions; ``docs/explanation`` tells the ideas."""

from wraith.synth._engine import learn
from wraith.synth._explain import explain, explain_exchange, find_route
from wraith.synth._explanation import (
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
from wraith.synth._memo import Memo
from wraith.synth._recall import Learned
from wraith.synth._rivals import Rival
from wraith.synth._spread import Spread, in_turn
from wraith.synth._undisturbed import undisturbed

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
