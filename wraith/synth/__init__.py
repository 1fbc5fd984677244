"""Synthesis: recordings in, a model out. Pure functions; ``docs/explanation`` tells the ideas."""

from wraith.synth._engine import Learned, learn
from wraith.synth._spread import Spread, in_turn

__all__ = ["Learned", "Spread", "in_turn", "learn"]
