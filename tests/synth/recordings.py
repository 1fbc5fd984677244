"""Tiny recordings written by hand, and how to read what was learned from them.

    recording(
        session(
            exchange("POST", "/v1/items", form={"name": "a"}, answer={"id": "it_1", "name": "a"}),
            exchange("GET", "/v1/items/it_1", answer={"id": "it_1", "name": "a"}),
        ),
    )

Sessions start an hour apart, exchanges two seconds apart, so that an answer may hold the time (``answer`` may
be a function from milliseconds since 1970 to the document).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlencode

from wraith.canonical import JsonValue
from wraith.conformance import Report, check
from wraith.exchange import Exchange, Headers, Request, Response, encode_json
from wraith.paths import parse_path
from wraith.synth import Learned, learn
from wraith.wir import Expr, Literal, Model, Route, Variant

START_MS = 1_700_000_000_000
HOUR_MS = 3_600_000
STEP_MS = 2_000

Document = dict[str, JsonValue]
Answer: TypeAlias = "JsonValue | Callable[[int], JsonValue]"
JSON = ("content-type", "application/json")
FORM = ("content-type", "application/x-www-form-urlencoded")


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recorded session, as the engines see it."""

    id: str
    started_at_ms: int
    exchanges: tuple[Exchange, ...]
    tags: tuple[str, ...] = ()

    def read(self) -> Iterable[Exchange]:
        return self.exchanges


Step = Callable[[int], Exchange]
"""An exchange that does not know its time yet."""


def exchange(
    method: str,
    target: str,
    *,
    form: Document | None = None,
    json: JsonValue = None,
    body: bytes = b"",
    headers: Headers = (),
    status: int = 200,
    answer: Answer = None,
    answer_headers: Headers = (),
) -> Step:
    """Return one exchange. An answer of None is an empty body, text is ``text/plain``, all else JSON."""
    if form is not None:
        body, headers = urlencode(_pairs(form)).encode(), (FORM, *headers)
    elif json is not None:
        body, headers = encode_json(json), (JSON, *headers)

    def at(now_ms: int) -> Exchange:
        document = answer(now_ms) if callable(answer) else answer
        if document is None:
            response = Response(status, answer_headers)
        elif isinstance(document, str):
            response = Response(status, (("content-type", "text/plain"), *answer_headers), document.encode())
        else:
            response = Response(status, (JSON, *answer_headers), encode_json(document))
        return Exchange(Request(method, target, headers, body), response, now_ms, 5)

    return at


def _pairs(form: Document, under: str = "") -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, value in form.items():
        name = f"{under}[{key}]" if under else key
        if isinstance(value, dict):
            pairs += _pairs(value, name)
        elif isinstance(value, list):
            pairs += [(f"{name}[]", str(item)) for item in value]
        else:
            pairs.append((name, str(value)))
    return pairs


def session(*steps: Step) -> tuple[Step, ...]:
    """Return the steps of one session."""
    return steps


def recording(*sessions: Sequence[Step], prefix: str = "s", start_ms: int = START_MS) -> list[Recorded]:
    """Return the corpus of some sessions, each an hour after the one before."""
    corpus: list[Recorded] = []
    for number, steps in enumerate(sessions):
        began = start_ms + number * HOUR_MS
        exchanges = tuple(step(began + index * STEP_MS) for index, step in enumerate(steps))
        corpus.append(Recorded(f"{prefix}{number:02d}", began, exchanges))
    return corpus


# --- reading what was learned -------------------------------------------------------------------------------


def model_of(*sessions: Sequence[Step]) -> Model:
    """Return the model that is learned from some sessions."""
    return learn(recording(*sessions)).model


def names(model: Model) -> set[str]:
    """Return the names of the routes: ``GET /v1/items/{item_id}``."""
    return {route.name for route in model.routes}


def route(model: Model, name: str) -> Route:
    """Return the route of that name."""
    [found] = [each for each in model.routes if each.name == name]
    return found


def variant(model: Model, name: str, status: int = 200) -> Variant:
    """Return the only variant of a route that answers with a status."""
    [found] = [each for each in route(model, name).variants if each.status == status]
    return found


def source(of: Variant, path: str) -> Expr:
    """Return what fills the place in the body: the expression of a hole, or the literal that stands there."""
    node: JsonValue = of.body_template
    for step in parse_path(path):
        if isinstance(node, dict) and isinstance(step, str):
            node = node[step]
        else:
            assert isinstance(node, list), f"{path} is not in {of.body_template}"
            assert isinstance(step, int)
            node = node[step]
    if isinstance(node, dict) and list(node) == ["$spread"]:
        node = node["$spread"]
    if isinstance(node, str) and node.startswith("$") and not node.startswith("$$"):
        return of.holes[node[1:]].source
    return Literal(node)


def replayed(learned: Learned, corpus: Sequence[Recorded]) -> Report:
    """Return the report of replaying recordings, the sessions of each run in one world."""
    return check(learned.model, corpus, runs=learned.evidence.runs)


def findings(report: Report) -> list[str]:
    """Return the divergences of a report as lines that a failing test can show."""
    return [
        f"{each.session}#{each.exchange} {each.route} {each.path} {each.category}:"
        f" {each.expected!r} | {each.actual!r}"
        for each in report.divergences
    ]
