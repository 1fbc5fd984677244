"""Addresses of other pages, in headers (RFC 8288) and in bodies: the request's own, with parameters changed.

A client that follows them asks for the next page with whatever else it asked for, so the address is worked
out from the request's own target, and only what differs from it is learned.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from wraith.paths import MISSING, Found
from wraith.runtime import compile_expr, text_of
from wraith.synth._answers.presence import MAX_WRONG, Gate, by_page, by_parameters
from wraith.synth._evidence.rows import Row, in_order
from wraith.wir import Append, AtLeast, Call, Cast, Expr, Literal, Ref, Text, When

Columns = Sequence[tuple[Expr, Sequence[Found]]]
"""Expressions with their values by row."""

TARGET = Ref(("request", "target"))

DISTINCT = 2
"""Different cursors: one may be a constant."""

MAX_CHANGES = 3
"""Parameters in which the address of a page differs from the request's own: number, size and a token."""

_LINK = re.compile(r'<([^<>]*)>((?:\s*;\s*[\w*-]+=(?:"[^"]*"|[^\s,;"]+))+)')


def address_source(rows: Sequence[Row], values: Sequence[Found], columns: Columns) -> Expr | None:
    """Return the address that gives every value, all of which are there."""
    cut = [_cut(row, value) for row, value in zip(rows, values, strict=True)]
    parts = [each for each in cut if each is not None]
    if len(parts) < len(cut) or len({part.before for part in parts}) != 1:
        return None
    names = list(dict.fromkeys(name for part in parts for name in part.changed))
    if not 0 < len(names) <= MAX_CHANGES:
        return None
    address: Expr = TARGET
    for name in names:
        wanted = [part.parameters.get(name) for part in parts]
        value = _value(wanted, columns)
        if value is None:
            return None
        address = Call("set_parameter", (address, Literal(name), value))
    before = [
        Ref(("request", "host")) if each is None else Literal(each) for each in parts[0].before if each != ""
    ]
    found = Text((*before, address))
    compute = compile_expr(found)
    return (
        found if _mostly(compute(row.env) == value for row, value in zip(rows, values, strict=True)) else None
    )


def cursor_source(values: Sequence[Found], columns: Columns) -> Expr | None:
    """Return what a query says of its page that gives every value, all of which are there: the key that the
    page ends with, for one, or the last part of it where keys are chains."""
    if len({text_of(value) for value in values}) < DISTINCT:
        return None
    for expr, column in columns:
        for candidate, texts in (
            (expr, [text_of(each) for each in column]),
            (
                Call("element", (Call("split", (expr, Literal("/"))), Literal(-1))),
                [(text_of(each) or "").rpartition("/")[2] for each in column],
            ),
        ):
            right = (text == text_of(value) for text, value in zip(texts, values, strict=True))
            if _mostly(right):
                return Cast(candidate, "integer") if isinstance(values[0], int) else candidate
    return None


def _mostly(right: Iterable[bool]) -> bool:
    found = list(right)
    return found.count(False) * MAX_WRONG <= len(found)


@dataclass(frozen=True, slots=True)
class _Parts:
    before: tuple[str | None, ...]
    """What stands before the path; None is the host."""
    parameters: dict[str, str]
    changed: tuple[str, ...]


def _cut(row: Row, value: Found) -> _Parts | None:
    request = row.env.request
    if not isinstance(value, str):
        return None
    address, _, query = value.partition("?")
    if not address.endswith(request.path):
        return None
    before = address[: len(address) - len(request.path)]
    host = row.env.headers.get("host")
    head, found, tail = before.partition(host) if host else (before, "", "")
    own = dict(parse_qsl(request.query, keep_blank_values=True))
    theirs = dict(parse_qsl(query, keep_blank_values=True))
    changed = tuple(name for name, each in theirs.items() if own.get(name) != each)
    return _Parts((head, None, tail) if found else (before,), theirs, changed)


def _value(wanted: Sequence[str | None], columns: Columns) -> Expr | None:
    if None in wanted:
        return None
    best, most = None, len(wanted) - len(wanted) // MAX_WRONG - 1
    if len(set(wanted)) == 1:
        return Literal(str(wanted[0]))
    for expr, column in columns:
        hits = sum(text_of(each) == text for each, text in zip(column, wanted, strict=True))
        if hits > most:
            best, most = expr, hits
    return best


# --- the header ---------------------------------------------------------------------------------------------


def link_source(rows: Sequence[Row], values: Sequence[Found], columns: Columns) -> Expr | None:
    """Return the ``Link`` header that gives every value, missing where there is none."""
    there = [value is not MISSING for value in values]
    best, fewest = None, len(values) // MAX_WRONG + 1
    for gate in dict.fromkeys((None, by_parameters(rows, there))):
        some = [i for i, flag in enumerate(there) if flag or gate is None]
        listed = _links([rows[i] for i in some], [values[i] for i in some], _some_of(columns, some))
        if listed is None:
            continue
        joined: Expr = Call("join", (listed, Literal(", ")))
        if gate is not None:
            joined = gate(joined)
        elif not all(there):
            joined = When(AtLeast(Call("count", (listed,)), 1), joined)
        compute = compile_expr(joined)
        wrong = sum(compute(row.env) != value for row, value in zip(rows, values, strict=True))
        if wrong < fewest:
            best, fewest = joined, wrong
    return best


def _some_of(columns: Columns, chosen: Sequence[int]) -> Columns:
    return [(expr, [column[i] for i in chosen]) for expr, column in columns]


def _links(rows: Sequence[Row], values: Sequence[Found], columns: Columns) -> Expr | None:
    """Return the list of the links that the values hold, each there where its condition is true."""
    read = [_LINK.findall(value) if isinstance(value, str) else [] for value in values]
    listed: Expr = Literal([])
    for relation in in_order([[behind for _, behind in each] for each in read]):
        addresses = [next((url for url, behind in each if behind == relation), None) for each in read]
        some = [i for i, address in enumerate(addresses) if address is not None]
        gate: Gate | None = by_page(rows, [address is not None for address in addresses])
        address = address_source(
            [rows[i] for i in some], [str(addresses[i]) for i in some], _some_of(columns, some)
        )
        if gate is None or address is None:
            return None
        listed = Append(listed, gate(Text((Literal("<"), address, Literal(">" + relation)))))
    return listed
