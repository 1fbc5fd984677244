"""What tampering came to, as people read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from wraith.canonical import compact
from wraith.cli._output import Block, Line, Table, count

if TYPE_CHECKING:
    from wraith.conformance import Tampering, Unnoticed


def tamper_blocks(name: str, result: Tampering) -> Iterator[Block]:
    """Yield the verdict, the changes that nothing noticed, and those that nothing could notice."""
    text = (
        f"{'PASS' if result.passed else 'FAIL'}  {name}  noticed={result.noticed}/{result.changed}"
        f"  of {count(result.constants_total, 'constant')}"
    )
    yield Line(text, "good" if result.passed else "bad")
    if not result.changed:
        yield Line("no-evidence: nothing was changed that a recording could tell", "warn")
    if result.unnoticed:
        yield Line("changed, and nothing said so:", "title")
        yield _table(result.unnoticed)
    if result.not_compared:
        yield Line("apart from these, leaves that are not compared, or that answer nothing recorded:", "dim")
        yield _table(result.not_compared)


def _table(found: Sequence[Unnoticed]) -> Table:
    rows = [
        (f"{each.route} {each.status}", each.path or "-", compact(each.before).decode()[:40], each.why)
        for each in found
    ]
    return Table(("ROUTE", "PATH", "WAS", "WHY"), rows)
