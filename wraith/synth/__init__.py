"""Synthesis: recordings in, a model out. Pure functions; ``docs/explanation`` tells the ideas."""

from wraith.synth._engine import Learned, learn

__all__ = ["Learned", "learn"]
