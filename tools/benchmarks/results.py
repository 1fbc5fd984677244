"""What was measured, as values, as a table and as JSON."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Literal

FORMAT = "wraith.bench/1"


@dataclass(frozen=True)
class Result:
    """One number: the median of its runs, with the smallest and the largest of them."""

    name: str
    runs: tuple[float, ...]
    unit: str
    goal: float
    sense: Literal["at least", "at most"]
    note: str = ""

    @property
    def value(self) -> float:
        return median(self.runs)

    @property
    def met(self) -> bool:
        return self.value >= self.goal if self.sense == "at least" else self.value <= self.goal

    def row(self) -> tuple[str, ...]:
        spread = f"{number(min(self.runs))} to {number(max(self.runs))}" if len(self.runs) > 1 else "one run"
        goal = f"{self.sense} {number(self.goal)}"
        return (
            self.name,
            f"{number(self.value)} {self.unit}",
            spread,
            goal,
            "yes" if self.met else "NO",
            self.note,
        )


HEADINGS = ("what", "median", "spread", "goal", "met", "measured")


def number(value: float) -> str:
    """Return a number with as many digits as mean something."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def table(results: Sequence[Result]) -> str:
    """Return the results as a Markdown table, columns aligned."""
    rows = [HEADINGS, *(result.row() for result in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    return "\n".join([lines[0], "| " + " | ".join("-" * width for width in widths) + " |", *lines[1:]])


def document(results: Sequence[Result]) -> dict[str, object]:
    """Return the results as a JSON document."""
    machine = {"python": sys.version.split()[0], "cores": os.cpu_count(), "machine": platform.machine()}
    rows = [{**asdict(result), "value": result.value, "met": result.met} for result in results]
    return {"format": FORMAT, "environment": machine, "results": rows}
