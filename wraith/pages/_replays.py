"""Replays that stand beside the one in memory: what they came to, and what differs in them alone."""

from __future__ import annotations

from dataclasses import dataclass, field

from wraith.conformance import Gallery, Wire
from wraith.pages._render import count


@dataclass(frozen=True, slots=True)
class Replay:
    """Another replay of the same recordings, beside that in memory: what it came to, and what differs in it.

    ``id`` is part of anchors; ``told`` one line about the result.
    """

    id: str
    title: str
    score_name: str
    score_bp: int
    exact_bp: int
    passed: bool
    told: str
    gallery: Gallery = field(default_factory=Gallery)
    answered: str = "answer"
    """What stands beside the recorded response."""


def wire_replay(wire: Wire, gallery: Gallery) -> Replay:
    """Return a replay over HTTP, with the exchanges that are answered otherwise than in memory."""
    return Replay(
        id="wire",
        title="Over HTTP",
        score_name="wire_fidelity_bp: over HTTP",
        score_bp=wire.wire_fidelity_bp,
        exact_bp=wire.exact_bp,
        passed=wire.passed,
        told=f"{count(wire.disagreements_total, 'exchange')} judged otherwise than in memory",
        gallery=gallery,
        answered="server's answer",
    )
