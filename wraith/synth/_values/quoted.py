"""Values that answers quote: as the service's own language writes them.

An error message shows what was wrong with a request: ``'x' is too short``, ``"[1]" is no object``. Beside the
plain text of a value, which any part of an answer may hold, there is its JSON and its Python notation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path, leaves
from wraith.runtime import compile_expr
from wraith.synth._evidence.places import norm
from wraith.synth._evidence.rows import Row
from wraith.wir import Call, Expr, Literal, Ref

NOTATIONS = ("repr", "json")
MAX_QUOTED = 40
"""Parts of a body that an answer may quote; a longer body is not quoted member by member."""

MAX_DEPTH = 3
LONGEST = 200
"""Characters of a quotation: longer values are cut off by services, or not quoted at all."""


def quotations(row: Row) -> dict[str, Expr]:
    """Return the notations of the parts of a request's body, each with its expression."""
    found: dict[str, Expr] = {}
    for path, value in _parts(row.env.body, ("request", "body")):
        if value is None or isinstance(value, bool | int | float):
            continue  # written the same in a plain text
        for notation in NOTATIONS:
            expr = Call(notation, (Ref(path),))
            text = compile_expr(expr)(row.env)
            if isinstance(text, str) and len(text) <= LONGEST:
                found.setdefault(text, expr)
        if len(found) >= MAX_QUOTED:
            break
    return found


def quoted(rows: Sequence[Row]) -> list[tuple[Expr, list[Found]]]:
    """Return the notations that the answer of the first row holds, with their values by row."""
    document = rows[0].observation.document
    texts = list(_texts(document))
    columns: list[tuple[Expr, list[Found]]] = []
    for text, expr in quotations(rows[0]).items():
        if any(text in each for each in texts):
            compute = compile_expr(expr)
            columns.append((expr, [compute(row.env) for row in rows]))
    return columns


def unexpected(rows: Sequence[Row], accepted: Sequence[Row]) -> list[tuple[Expr, list[Found]]]:
    """Return the first member of the request that no accepted one has, of body and query, by row, where every
    row has one."""
    columns: list[tuple[Expr, list[Found]]] = []
    for root in ("body", "query"):
        names = sorted({name for row in accepted for name in _names(row, root)})
        rest = Call("keys", (Call("without", (Ref(("request", root)), Literal(list(names)))),))
        first = Call("element", (rest, Literal(0)))
        compute = compile_expr(first)
        column = [compute(row.env) for row in rows]
        if MISSING not in column:
            columns.append((first, column))
    return columns


def _names(row: Row, root: str) -> Iterator[str]:
    document = row.env.body if root == "body" else row.env.query
    yield from document if isinstance(document, dict) else ()


def usual_names(accepted: Sequence[Row]) -> dict[str, set[str]]:
    """Return the names of the members that accepted requests have, of body and query; nothing where none was
    accepted."""
    return {
        root: {name for row in accepted for name in _names(row, root)}
        for root in ("body", "query")
        if accepted
    }


def foreign_names(row: Row, usual: Mapping[str, set[str]]) -> set[str]:
    """Return the names of members of a request that are not usual, where something is."""
    return {name for root, names in usual.items() for name in _names(row, root) if name not in names}


def _parts(value: Found, at: Path) -> Iterator[tuple[Path, JsonValue]]:
    if value is MISSING:
        return
    yield at, value
    if len(at) < MAX_DEPTH + 2:
        if isinstance(value, dict):
            for name, member in value.items():
                yield from _parts(member, (*at, name))
        elif isinstance(value, list):
            for position, item in enumerate(value[:3]):
                yield from _parts(item, (*at, position))


def _texts(value: Found) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            yield from _texts(member)


def told_numbers(rows: Sequence[Row]) -> list[Path]:
    """Return the places of answers where numbers differ and are always those of one other place: the version
    that is stored, how much is left."""
    columns: dict[Path, list[tuple[Row, JsonValue]]] = defaultdict(list)
    for row in rows:
        document = row.observation.document
        for path, value in leaves(document) if document is not MISSING else ():
            if isinstance(value, int) and not isinstance(value, bool):
                columns[path].append((row, value))
    return [
        path
        for path, column in columns.items()
        if len({value for _, value in column}) > 1
        and set.intersection(*({*map(repr, row.index.get(norm(value)))} for row, value in column))
    ]
