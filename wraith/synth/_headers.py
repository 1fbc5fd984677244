"""Response headers that clients act on: learned like any other part of an answer."""

from __future__ import annotations

from collections.abc import Sequence

from wraith.exchange import header
from wraith.paths import MISSING, Found
from wraith.synth._induce import Context, Induced, induce, response_parts
from wraith.synth._rows import Row
from wraith.wir import Expr, Literal

SERVER_S_OWN = frozenset(
    "date server connection keep-alive "  # noqa: SIM905  # words read better without quotes around each
    "transfer-encoding content-length content-encoding age via "
    "x-request-id x-runtime x-response-time cf-ray report-to nel alt-svc strict-transport-security "
    "set-cookie".split()
)
"""Headers of the connection, the server or the road between; they say nothing about the resource (RFC 9110,
6.6 and 7.6), or they are the tokens that scrubbing has put there."""


def learn_headers(rows: Sequence[Row], induced: Induced) -> tuple[tuple[str, Expr], ...]:
    """Return the headers of a variant, each with the expression for its value; those that nothing explains
    and that were not always there are left out."""
    names: dict[str, None] = {}
    for row in rows:
        for name, _ in row.observation.seen.headers:
            if name.lower() not in SERVER_S_OWN:
                names.setdefault(name.lower())
    found: list[tuple[str, Expr]] = []
    for name in sorted(names):
        values: list[Found] = [
            value if (value := header(row.observation.seen.headers, name)) is not None else MISSING
            for row in rows
        ]
        expr = _learn(rows, values, induced)
        if expr is not None:
            found.append((name, expr))
    return tuple(found)


def _learn(rows: Sequence[Row], values: list[Found], induced: Induced) -> Expr | None:
    made = induce(rows, values, Context(list_values=response_parts(rows, induced)))
    if made.unexplained and any(value is MISSING for value in values):
        return None
    template = made.template
    if isinstance(template, str) and template.startswith("$") and not template.startswith("$$"):
        return made.holes[template[1:]].source
    return Literal(template.removeprefix("$") if isinstance(template, str) else template)
