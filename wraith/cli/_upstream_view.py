"""What the live service came to, as people read it: the verdict, what was not sent, what drifted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from wraith.cli._output import Block, Line, Table, count
from wraith.cli._report_view import divergence_blocks, suppressed_blocks
from wraith.live import NOT_TRIED

if TYPE_CHECKING:
    from wraith.conformance import Upstream

SHOWN: Final = 10
KINDS: Final = {"write_skipped": "write skipped", "not_replayable": "not replayable", "failed": "failed"}


def upstream_blocks(name: str, result: Upstream, *, show_suppressed: bool) -> Iterator[Block]:
    """Yield the verdict, then the rest."""
    yield Line(
        f"{'PASS' if result.passed else 'FAIL'}  {name}  upstream {result.upstream_fidelity_bp}/10000"
        f"  sessions={result.sessions_passed}/{result.sessions_total}  divergences={result.divergences_total}"
        f" ({result.suppressed_leaves} suppressed)",
        "good" if result.passed else "bad",
    )
    answered = f"{count(result.exchanges_total, 'exchange')} answered by {result.target}"
    left_out = f"{count(result.writes_skipped, 'write')} skipped, {result.not_replayable} not replayable"
    yield Line(f"{answered}, {result.exchanges_exact} exactly; {left_out}, {result.failed} failed")
    if result.verdict == "no-evidence":
        yield Line("no-evidence: nothing was compared, and that is never a pass", "warn")
    if result.writes_skipped and not result.exchanges_total and not result.failed:
        yield Line(
            "--include-writes sends the writes as well; only to a service that is there for tests", "dim"
        )
    if result.drift_suppressed_count:
        yield Line(f"{count(result.drift_suppressed_count, 'divergence')} accepted in drift.toml", "dim")
    for finding in result.findings:
        yield Line(f"{finding.rule} {finding.message}", "warn")
    yield from _not_sent_blocks(result)
    if result.divergences:
        yield from divergence_blocks(name, result.divergences)
    if show_suppressed:
        yield from suppressed_blocks(result)


def _not_sent_blocks(result: Upstream) -> Iterator[Block]:
    """Yield what was not sent, the most frequent first; before all else why the network failed."""
    kinds = Counter(
        (each.kind, each.route, each.why) for each in result.not_sent if each.kind != "write_skipped"
    )
    if not kinds:
        return
    ranked = sorted(kinds.items(), key=lambda item: (_rank(item[0][0], item[0][2]), -item[1], item[0]))
    rows = [(str(times), KINDS[kind], route, why) for (kind, route, why), times in ranked[:SHOWN]]
    yield Table((">TIMES", "NOT COMPARED", "ROUTE", "WHY"), rows)
    if len(ranked) > SHOWN:
        yield Line(f"and {len(ranked) - SHOWN} more kinds; --json has all", "dim")


def _rank(kind: str, why: str) -> int:
    return 2 if kind != "failed" else int(why.startswith(NOT_TRIED))
