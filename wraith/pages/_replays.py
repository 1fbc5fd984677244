"""What a page is about, and the replays that stand beside the first: what they came to, and what differs in
them."""

from __future__ import annotations

from dataclasses import dataclass

from wraith.conformance import Gallery, Wire
from wraith.pages._render import count


@dataclass(frozen=True, slots=True)
class Subject:
    """What a report says how much of, in the words of its page."""

    title: str
    score_name: str
    differing: str
    """Over the parts of the program that differences are about, and what they are ranked by."""
    ranked_by: str
    alone: str
    """Behind the number of exchanges that differ for the sake of one part alone."""
    answered: str
    """What stands beside the recorded response."""
    predicts: bool = False
    """Whether how well it predicts what was never recorded is told as well."""
    option: str = ""
    """What ``wraith check NAME`` is given to make such a report."""

    def command(self, name: str) -> str:
        return f"wraith check {name}{self.option}"


TWIN = Subject(
    title="Conformance report",
    score_name="score_bp: exchanges that pass",
    differing="What to mend first",
    ranked_by="The parts of the twin's program that differences are about; first those whose mending makes "
    "most exchanges exact.",
    alone="exact once mended",
    answered="twin's answer",
    predicts=True,
)
SERVICE = Subject(
    title="Drift of the live service",
    score_name="upstream_fidelity_bp: exchanges that pass",
    differing="What drifted most",
    ranked_by="The parts of answers that drifted, as the twin knows them; first those without which most "
    "exchanges would be as they were.",
    alone="drifted in this alone",
    answered="service's answer",
    option=" --upstream",
)


@dataclass(frozen=True, slots=True)
class Replay:
    """Another replay of the same recordings, beside the first: what it came to, and what differs in it.

    ``id`` is part of anchors; ``told`` one line about the result.
    """

    id: str
    title: str
    score_name: str
    score_bp: int
    exact_bp: int
    passed: bool
    told: str
    gallery: Gallery
    answered: str
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
