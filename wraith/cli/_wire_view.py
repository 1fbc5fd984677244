"""What a replay over HTTP came to, as people read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from wraith.cli._output import Block, Line, Table

if TYPE_CHECKING:
    from wraith.conformance import Wire

SHOWN: Final = 20


def wire_blocks(name: str, wire: Wire) -> Iterator[Block]:
    """Yield the verdict over the wire, and where it is another one than in memory."""
    yield Line(
        f"{'PASS' if wire.passed else 'FAIL'}  {name}  wire {wire.wire_fidelity_bp}/10000"
        f"  sessions={wire.sessions_passed}/{wire.sessions_total}  exact {wire.exact_bp}/10000"
        f"  disagreements={wire.disagreements_total}",
        "good" if wire.passed else "bad",
    )
    if not wire.disagreements:
        return
    yield Line("exchanges that the server answers otherwise than the interpreter:", "warn")
    rows = [
        (f"{each.session}/{each.exchange}", each.route, _first(each.in_memory), _first(each.wire))
        for each in wire.disagreements[:SHOWN]
    ]
    yield Table(("EXCHANGE", "ROUTE", "ONLY IN MEMORY", "ONLY OVER HTTP"), rows)
    if wire.disagreements_total > SHOWN:
        yield Line(f"and {wire.disagreements_total - SHOWN} more; --json has them", "dim")


def _first(found: tuple[str, ...]) -> str:
    return found[0] if found else "-"
