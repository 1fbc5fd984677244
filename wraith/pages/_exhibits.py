"""Exchanges in full: the lines of both responses beside each other, as many as there is room for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from wraith.conformance import Exhibit, Row
from wraith.pages._differing import parts
from wraith.pages._render import render, visible

if TYPE_CHECKING:
    from markupsafe import Markup

MAX_BYTES: Final = 3_000_000
"""What all exhibits of a page may take: the page stays below 5 MB with everything else that is on it."""
OPEN: Final = 3
"""Exhibits that are open from the start: enough to see what they are."""
MAX_INDENT: Final = 8

_MEANS: Final = {
    "missing_field": "missing in the answer",
    "extra_field": "not recorded",
    "value_mismatch": "another value",
    "type_mismatch": "another type",
    "array_length_mismatch": "more or fewer elements",
    "header_mismatch": "another header",
    "id_inconsistent": "it stands for another identifier, or another one stands for it",
    "no_answer": "no route answers",
}
"""The categories of differences in words."""
_CLASS: Final = {"same": "s", "free": "r", "differs": "d", "missing": "m", "extra": "e"}


def exhibits_html(
    exhibits: Iterable[Exhibit], prefix: str, max_bytes: int = MAX_BYTES
) -> tuple[Markup, dict[tuple[str, int], str]]:
    """Return exhibits as HTML, and the anchors of those that there was room for. Anchors begin with the
    prefix."""
    from markupsafe import Markup

    done: list[str] = []
    anchors: dict[tuple[str, int], str] = {}
    size = 0
    for number, each in enumerate(exhibits):
        anchor = f"{prefix}{number + 1}"
        html = _exhibit_html(each, anchor, is_open=number < OPEN)
        size += len(html.encode())
        if size > max_bytes:
            break
        done.append(html)
        anchors[each.session, each.index] = anchor
    return Markup("").join(map(Markup, done)), anchors


def _exhibit_html(exhibit: Exhibit, anchor: str, *, is_open: bool) -> str:
    return render(
        "exhibit.html",
        it=exhibit,
        anchor=anchor,
        open=is_open,
        headers=rows_html(exhibit.headers),
        body=rows_html(exhibit.body),
    )


def rows_html(rows: Sequence[Row]) -> Markup:
    """Return lines as rows of a table with two columns."""
    from markupsafe import Markup

    return Markup("\n").join(map(_row_html, rows))


def _row_html(row: Row) -> Markup:
    from markupsafe import Markup

    if row.mark == "gap":
        lines = f"… {row.count} more lines" + (f", {row.note}" if row.note else "")
        return Markup('<tr role="row" class="g"><td role="cell" colspan="2">{}</td></tr>').format(lines)
    left, right = _cells(row)
    kind = f"{_CLASS[row.mark]} d{min(row.depth, MAX_INDENT)}" if row.depth else _CLASS[row.mark]
    return Markup('<tr role="row" class="{}"><td role="cell">{}</td><td role="cell">{}</td></tr>').format(
        kind, left, right
    )


def _cells(row: Row) -> tuple[Markup, Markup]:
    from markupsafe import Markup, escape

    if row.mark == "differs" and row.left is not None and row.right is not None and row.left != row.right:
        one, other = parts(row.left, row.right)
        marked = Markup("{}<mark>{}</mark>{}")
        left, right = (marked.format(*map(visible, each)) for each in (one, other))
    else:
        left, right = (escape(visible(text or "")) for text in (row.left, row.right))
    if not row.note:
        return left, right
    note = Markup("<small>{}: {}</small>").format(row.note, _MEANS.get(row.note, ""))
    return (left + note, right) if row.right is None else (left, right + note)
