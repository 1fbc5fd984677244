"""Response headers that clients act on: learned like any other part of an answer.

A header whose value varies and that nothing explains is left out rather than guessed: a wrong value misleads
more than none. Three are guessed all the same, because clients act on their mere presence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wraith.exchange import header
from wraith.paths import MISSING, Found
from wraith.runtime import text_of
from wraith.synth._digests import digest_source, likely_digest
from wraith.synth._induce import Context, Induced, induce, response_parts
from wraith.synth._links import Columns, link_source
from wraith.synth._presence import by_page, by_parameters
from wraith.synth._rows import Row
from wraith.wir import Cast, Expr, Literal

SERVER_S_OWN = frozenset(
    "date server connection keep-alive "  # noqa: SIM905  # words read better without quotes around each
    "transfer-encoding content-length content-encoding age via "
    "x-request-id x-runtime x-response-time cf-ray report-to nel alt-svc strict-transport-security "
    "set-cookie".split()
)
"""Headers of the connection, the server or the road between; they say nothing about the resource (RFC 9110,
6.6 and 7.6), or they are the tokens that scrubbing has put there."""

PRESENT = frozenset(("etag", "link", "location"))
"""Headers whose presence alone clients act on (RFC 9110, 8.8.3 and 10.2.2; RFC 8288)."""


def learn_headers(rows: Sequence[Row], induced: Induced, page: Columns = ()) -> tuple[tuple[str, Expr], ...]:
    """Return the headers of a variant, each with the expression for its value. ``page`` is what a query of the
    answer says of its list."""
    names: dict[str, None] = {}
    for row in rows:
        row.env.rendered = row.observation.seen.raw
        for name, _ in row.observation.seen.headers:
            if name.lower() not in SERVER_S_OWN:
                names.setdefault(name.lower())
    found: list[tuple[str, Expr]] = []
    for name in sorted(names):
        values: list[Found] = [
            value if (value := header(row.observation.seen.headers, name)) is not None else MISSING
            for row in rows
        ]
        expr = _learn(name, rows, values, _Answer(induced, page))
        if expr is not None:
            found.append((name, expr))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What headers are explained with, besides the places of each row."""

    induced: Induced
    page: Columns


def _learn(name: str, rows: Sequence[Row], values: list[Found], answer: _Answer) -> Expr | None:
    if name == "etag":
        digest = _digest(rows, values)
        if digest is not None:
            return digest
    if name == "link":
        links = link_source(rows, values, answer.page)
        if links is not None:
            return links
    page = [
        (Cast(expr, "string"), [text_of(each) or MISSING for each in column]) for expr, column in answer.page
    ]
    made = induce(rows, values, Context(list_values=[*page, *response_parts(rows, answer.induced)]))
    if made.unexplained and MISSING in values:
        return _sometimes(name, rows, values, answer)
    if made.unexplained and name not in PRESENT:
        return None
    if made.unexplained and name == "etag":
        return likely_digest([str(value) for value in values])
    template = made.template
    if isinstance(template, str) and template.startswith("$") and not template.startswith("$$"):
        return made.holes[template[1:]].source
    return Literal(template.removeprefix("$") if isinstance(template, str) else template)


def _sometimes(name: str, rows: Sequence[Row], values: list[Found], answer: _Answer) -> Expr | None:
    """Return a header that is there where some parameter is given, or the page is such."""
    there = [value is not MISSING for value in values]
    gate = by_parameters(rows, there) or by_page(rows, there)
    if gate is None:
        return None
    some = [i for i, flag in enumerate(there) if flag]
    page = [(expr, [column[i] for i in some]) for expr, column in answer.page]
    expr = _learn(name, [rows[i] for i in some], [values[i] for i in some], _Answer(answer.induced, page))
    return gate(expr) if expr is not None else None


def _digest(rows: Sequence[Row], values: list[Found]) -> Expr | None:
    texts = [value for value in values if isinstance(value, str)]
    if len(texts) < len(values) or not any(row.observation.seen.raw for row in rows):
        return None
    return digest_source(texts, [row.env for row in rows])
