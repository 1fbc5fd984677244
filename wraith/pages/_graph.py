"""The picture of a graph: a row for each group, a column for each step, so that fifty groups are read like a
table. Lines between neighbours are straight, those to other rows are curves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from wraith.pages._render import render

LABEL_PX: Final = 210
COLUMN_PX: Final = 132
ROW_PX: Final = 34
BOX_WIDTH_PX: Final = 104
BOX_HEIGHT_PX: Final = 22
HEAD_PX: Final = 34


@dataclass(frozen=True, slots=True)
class Node:
    """A task in the picture."""

    name: str
    row: str
    column: str
    state: str
    """``fresh``, ``stale``, ``waits`` or ``ignored``: the class that it is coloured by."""
    title: str
    """What is shown where somebody points at it."""
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Box:
    """A node where it stands, its left upper corner in pixels."""

    node: Node
    x: int
    y: int

    @property
    def middle(self) -> int:
        return self.y + BOX_HEIGHT_PX // 2


@dataclass(frozen=True, slots=True)
class Label:
    """A word in the picture: the name of a row or of a column."""

    text: str
    x: int
    y: int


def graph_page(title: str, nodes: Sequence[Node], legend: Mapping[str, str]) -> str:
    """Return the page of a graph. Columns stand in the order in which the nodes name them, rows by name;
    ``legend`` says what each state means."""
    columns = list(dict.fromkeys(node.column for node in nodes))
    rows = sorted({node.row for node in nodes})
    boxes = {
        node.name: Box(
            node,
            LABEL_PX + columns.index(node.column) * COLUMN_PX,
            HEAD_PX + rows.index(node.row) * ROW_PX + (ROW_PX - BOX_HEIGHT_PX) // 2,
        )
        for node in nodes
    }
    counts = {state: sum(node.state == state for node in nodes) for state in legend}
    return render(
        "graph.html",
        title=title,
        width=LABEL_PX + len(columns) * COLUMN_PX,
        height=HEAD_PX + len(rows) * ROW_PX + 8,
        box_width=BOX_WIDTH_PX,
        box_height=BOX_HEIGHT_PX,
        row_labels=[Label(row, 0, HEAD_PX + n * ROW_PX + ROW_PX // 2) for n, row in enumerate(rows)],
        column_labels=[
            Label(column, LABEL_PX + n * COLUMN_PX + BOX_WIDTH_PX // 2, HEAD_PX - 12)
            for n, column in enumerate(columns)
        ],
        lines=[_line(boxes[a], boxes[b]) for a, b in direct_edges(nodes) if a in boxes],
        boxes=[boxes[node.name] for node in nodes],
        counts=counts,
        legend=legend,
        stale=[node for node in nodes if node.state != "fresh"],
    )


def direct_edges(nodes: Iterable[Node]) -> list[tuple[str, str]]:
    """Return the edges, each from what is needed to what needs it, without those that others imply."""
    needs = {node.name: node.needs for node in nodes}
    behind: dict[str, frozenset[str]] = {}

    def all_behind(name: str) -> frozenset[str]:
        if name not in behind:
            direct = needs.get(name, ())
            behind[name] = frozenset(direct).union(*(all_behind(each) for each in direct))
        return behind[name]

    return [
        (need, name)
        for name, direct in needs.items()
        for need in sorted(direct)
        if not any(need in all_behind(other) for other in direct if other != need)
    ]


def _line(start: Box, end: Box) -> str:
    """Return the path of a line in SVG."""
    x, y = start.x + BOX_WIDTH_PX, start.middle
    if start.y == end.y:
        return f"M{x} {y}H{end.x}"
    bend = (COLUMN_PX - BOX_WIDTH_PX) * 2
    return f"M{x} {y}C{x + bend} {y} {end.x - bend} {end.middle} {end.x} {end.middle}"
