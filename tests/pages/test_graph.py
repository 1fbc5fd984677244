"""The picture of a graph: every task where people look for it, and nothing that a name could break."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from wraith.pages import Node, graph_page
from wraith.pages._graph import direct_edges

LEGEND = {"fresh": "up to date", "stale": "runs"}


def picture(page: str) -> ElementTree.Element:
    """Return the drawing of a page, the legend aside."""
    return ElementTree.fromstring(re.findall(r"<svg.*?</svg>", page, re.DOTALL)[-1])


def test_fifty_rows_are_a_table_of_boxes() -> None:
    """Boxes of a row share their height and no two overlap; the states are counted."""
    nodes = [
        Node(f"{step}:t{row}", f"t{row}", step, "fresh" if row else "stale", "why", needs)
        for row in range(50)
        for step, needs in (("record", ()), ("synth", (f"record:t{row}",)), ("check", (f"synth:t{row}",)))
    ]
    page = graph_page("graph", nodes, LEGEND)
    assert "147 fresh, 3 stale" in page
    boxes = [each for each in picture(page).iter("g") if each.get("class", "").startswith("node")]
    places = {(rect.get("x"), rect.get("y")) for box in boxes for rect in box.iter("rect")}
    assert len(boxes) == len(places) == 150
    assert len({y for _, y in places}) == 50
    assert len(list(picture(page).iter("path"))) == 100


def test_an_edge_that_others_imply_is_not_drawn() -> None:
    """Of three tasks in a row the first is joined with the last through the second."""
    nodes = [
        Node("a", "x", "1", "fresh", ""),
        Node("b", "x", "2", "fresh", "", ("a",)),
        Node("c", "x", "3", "fresh", "", ("a", "b")),
        Node("d", "y", "2", "fresh", "", ("a",)),
    ]
    assert direct_edges(nodes) == [("a", "b"), ("b", "c"), ("a", "d")]
    assert len(list(picture(graph_page("graph", nodes, LEGEND)).iter("path"))) == 3


def test_hostile_names_are_text() -> None:
    """What stands in a name or a reason is escaped, and the page loads nothing."""
    page = graph_page("<b>", [Node("a", "<script>x</script>", "1", "stale", '"><img src=x>')], LEGEND)
    assert "<script" not in page
    assert "<img" not in page
    assert "http" not in re.sub(r"http-equiv", "", page)
