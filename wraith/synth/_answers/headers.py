"""Response headers that clients act on: learned like any other part of an answer.

A header whose value varies and that nothing explains is left out rather than guessed: a wrong value misleads
more than none. Three are guessed all the same, because clients act on their mere presence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from wraith.canonical import JsonValue
from wraith.exchange import header
from wraith.paths import MISSING, Found, get, leaves
from wraith.runtime import Environment, compile_expr, read_time, text_of
from wraith.synth._answers.induce import Induced, induce
from wraith.synth._answers.links import Columns, link_source
from wraith.synth._answers.presence import by_page, by_parameters
from wraith.synth._evidence.made import fresh_pattern
from wraith.synth._evidence.ranges import range_parts
from wraith.synth._evidence.rows import Row
from wraith.synth._guards.context import Context
from wraith.synth._shared.priors import ACTED_ON, PRESENT, SERVER_S_OWN
from wraith.synth._values.digests import BODY, SENT, digest_source, likely_digest, looks_made
from wraith.wir import Cast, Expr, Literal, Ref, expr_to_json

MAX_WRONG = 3
"""One list of a route in so many may contradict the header that all lists share: a total counts what no
recording shows, and many lists of one route may be so."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What headers are explained with, besides the places of each row."""

    induced: Induced | None = None
    page: Columns = ()
    """What a query of the answer says of its list."""
    shared: Mapping[str, Expr] = field(default_factory=dict)
    """Headers as all lists of the service have them."""


def learn_headers(rows: Sequence[Row], answer: Answer) -> tuple[tuple[str, Expr], ...]:
    """Return the headers of a variant, each with the expression for its value."""
    for row in rows:
        row.env.rendered = row.observation.seen.raw
    found: list[tuple[str, Expr]] = []
    for name in sorted({*header_names(rows), *answer.shared}):
        values = header_values(rows, name)
        shared = answer.shared.get(name)
        if shared is not None and _is_right(shared, rows, values):
            found.append((name, shared))
            continue
        expr = header_source(name, rows, values, answer)
        if expr is not None and (name in ACTED_ON or _is_rule(expr, values)):
            found.append((name, expr))
    return tuple(found)


def _is_rule(expr: Expr, values: Sequence[Found]) -> bool:
    """Whether a header says something that holds for more than one answer."""
    if len(values) == 1:
        [value] = values
        return not isinstance(value, str) or (read_time(value) is None and fresh_pattern([value]) is None)
    return not _makes(expr_to_json(expr))


def _makes(document: JsonValue) -> bool:
    """Whether an expression makes an identifier or tells the time."""
    if isinstance(document, dict):
        return "fresh_id" in document or "clock" in document or any(map(_makes, document.values()))
    return isinstance(document, list) and any(map(_makes, document))


def header_names(rows: Sequence[Row]) -> set[str]:
    """Return the names of the headers that say something about the resource."""
    return {name.lower() for row in rows for name, _ in row.observation.seen.headers} - SERVER_S_OWN


def header_values(rows: Sequence[Row], name: str) -> list[Found]:
    """Return the value of a header on each row, ``MISSING`` where it is not there."""
    found = (header(row.observation.seen.headers, name) for row in rows)
    return [value if value is not None else MISSING for value in found]


def _is_right(expr: Expr, rows: Sequence[Row], values: Sequence[Found]) -> bool:
    compute = compile_expr(expr)
    wrong = sum(compute(row.env) != value for row, value in zip(rows, values, strict=True))
    return wrong * MAX_WRONG <= len(rows)


def header_source(name: str, rows: Sequence[Row], values: list[Found], answer: Answer) -> Expr | None:
    """Return the expression for the values of a header, None where it is better left out."""
    digest = _digest(rows, values, name == "etag")
    if digest is not None:
        return digest
    if name == "link":
        links = link_source(rows, values, answer.page)
        if links is not None:
            return links
    known = [_as_text(expr, column) for expr, column in answer.page]
    if answer.induced is not None:
        known += _response_parts(rows, answer.induced)
    made = induce(
        rows, values, Context(list_values=known, page=[(expr, list(column)) for expr, column in answer.page])
    )
    if made.unexplained and MISSING in values:
        return _sometimes(name, rows, values, answer)
    if made.unexplained and name not in PRESENT:
        return None
    template = made.template
    if isinstance(template, str) and template.startswith("$") and not template.startswith("$$"):
        hole = made.holes[template[1:]]
        if name == "etag" and hole.hole_class in ("unexplained", "generated") and MISSING not in values:
            return likely_digest([str(value) for value in values])  # the same for the same answer
        return hole.source
    return Literal(template.removeprefix("$") if isinstance(template, str) else template)


def _sometimes(name: str, rows: Sequence[Row], values: list[Found], answer: Answer) -> Expr | None:
    """Return a header that is there where some parameter is given, or the page is such."""
    there = [value is not MISSING for value in values]
    gate = by_parameters(rows, there) or by_page(rows, there)
    if gate is None:
        return None
    some = [i for i, flag in enumerate(there) if flag]
    page = [(expr, [column[i] for i in some]) for expr, column in answer.page]
    expr = header_source(
        name, [rows[i] for i in some], [values[i] for i in some], Answer(answer.induced, page)
    )
    return gate(expr) if expr is not None else None


def _as_text(expr: Expr, column: Sequence[Found]) -> tuple[Expr, list[Found]]:
    texts: list[Found] = []
    for value in column:
        text = text_of(value)
        texts.append(MISSING if text is None else text)
    return Cast(expr, "string"), texts


def _digest(rows: Sequence[Row], values: list[Found], tagged: bool) -> Expr | None:
    """Return the digest of the answer, or of what was sent, that gives every value. An entity tag may hold
    one whatever it looks like."""
    texts = [value for value in values if isinstance(value, str)]
    answered = any(row.observation.seen.raw for row in rows)
    if len(texts) < len(values) or not (tagged or all(map(looks_made, texts))):
        return None
    envs = [row.env for row in rows]
    found = digest_source(texts, envs, [BODY, SENT] if answered else [SENT])
    return found if found is not None or not (tagged and answered) else _mostly(texts, envs)


def _mostly(texts: Sequence[str], envs: Sequence[Environment]) -> Expr | None:
    """Return the digest of the body that gives most of the entity tags: bodies are mended after they were
    recorded, and services change how they make tags."""
    for at in dict.fromkeys((0, len(texts) // 2, len(texts) - 1)):
        found = digest_source([texts[at]], [envs[at]])
        if found is not None:
            compute = compile_expr(found)
            right = sum(compute(each) == text for text, each in zip(texts, envs, strict=True))
            if right * 2 > len(texts):
                return found
    return None


def _response_parts(rows: Sequence[Row], induced: Induced) -> list[tuple[Expr, list[Found]]]:
    """Return the scalar parts of the answers that headers may be built from, with their values on the
    rows."""
    columns = range_parts(rows)
    first = rows[0].observation.document
    if not isinstance(first, dict) or isinstance(induced.template, str):
        return columns
    for path, value in leaves(first):
        if len(path) <= 3 and isinstance(value, str | int) and not isinstance(value, bool):
            column = [get(row.observation.document, path) for row in rows]
            if all(isinstance(each, str | int) for each in column):
                columns.append((Ref(("response", "body", *path)), column))
    return columns
