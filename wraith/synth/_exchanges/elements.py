"""Bulk writes: a request that holds a list of elements, answered by a list with a result for each.

What a single element is answered with is learned as a route of its own, one segment below that of the whole
and behind a ``#``, which no path has: its answers have their variants, and each has its effect, as single
writes have. The request around it is answered by asking the twin itself, element by element. An element is a
document, or an action with the document behind it: ``{"index": {"_id": "1"}}`` and a line more, as search
engines have it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wraith.canonical import JsonValue
from wraith.exchange import (
    Exchange,
    Request,
    Response,
    decode_body,
    encode_json,
    header,
    is_lines,
    media_type,
)
from wraith.paths import MISSING, Found, Path
from wraith.runtime import MARK, OF_THE_BODY, apply_function
from wraith.synth._exchanges.refusals import ERRORS, FLAGS
from wraith.synth._shared.priors import (
    BATCH_ACTION_NAMES,
    BATCH_FAILURES,
    BATCH_OUTCOMES,
    BATCH_POSITION_NAMES,
    BATCH_STATUS_NAMES,
    OPERATIONS,
    REMOVALS,
    SELECTORS,
    VERBS,
)
from wraith.wir import Ask, Call, Each, Expr, First, Literal, Object, Ref, Sum, Text

EACH = f"{MARK}each"
"""The segment of elements that name no action."""

MAX_ELEMENTS = 200
"""Elements of one request that are learned from: more of them say nothing new."""

DONE, REFUSED = 200, 400
"""The statuses of elements whose results tell none, of which nothing is answered but the body."""

MULTI_STATUS = 207
"""RFC 4918, 11.1: the body has a status for each of several things."""

SAFE = ("GET", "HEAD", "OPTIONS")

PAIRED = "action"
"""The member that names the action of a pair."""

MOST = 0.8
"""The share of a route's exchanges that have to be built so; one whose list is empty shows nothing."""

_WORD = re.compile(r"[A-Za-z][\w.:\-]{0,39}")
_LIST = re.compile(rb"\[\s*\{")
_BARE: list[JsonValue] = [*sorted(REMOVALS)]
_Item = dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Elements:
    """How a bulk write is built: where the lists stand, and what of an element says what is to be done."""

    requests: Path
    answers: Path
    paired: bool
    """Actions and documents follow one another."""
    action: str | None
    """The member of an element that names its action."""
    numbered: tuple[tuple[str, int], ...]
    """Members of results that say which element they are about, with what they say of the first."""

    def source(self) -> Expr:
        """Return the expression for the list of results."""
        of: Expr = Ref(("request", "body", *self.requests))
        if self.paired:
            of = Call("pairs", (of, Literal(_BARE)))
        segment: Expr = Literal(EACH)
        if self.action is not None:
            segment = First((Text((Literal(MARK), Ref(("item", self.action)))), segment))
        target = Call("below", (Ref(("request", "target")), segment))
        asked = Each(of, Ask(Ref(("request", "method")), target, None, Ref(("item",))))
        told: Expr = Ref(("item", "body"))
        if self.numbered:
            place = Ref(("position",))
            numbers = [
                (name, Sum((place, Literal(start))) if start else place) for name, start in self.numbered
            ]
            told = Object(tuple(numbers), told)
        return Each(asked, told)


def take_elements(exchange: Exchange) -> tuple[Elements, list[Exchange]] | None:
    """Return how a bulk write is built and the exchanges that its elements would be, or None for an exchange
    that is none."""
    request, response = exchange.request, exchange.response
    if request.method in SAFE or response.status >= 400 or not (_may_list(request) and _may_list(response)):
        return None
    sent, answered = _listed(request), _listed(response)
    if sent is None or answered is None or not _are_results(sent, answered, response.status):
        return None
    paired = _is_paired(sent.items, answered.items)
    elements = _pairs(sent.items) if paired else sent.items
    if len(elements) != len(answered.items):
        return None
    action = PAIRED if paired else _action(elements)
    built = Elements(sent.at, answered.at, paired, action, tuple(_numbered(answered.items)))
    several = zip(elements[:MAX_ELEMENTS], answered.items, strict=False)
    return built, [_inner(built, exchange, element, result) for element, result in several]


def is_uneven(exchange: Exchange) -> bool:
    """Whether an answer lists more or less than its request does: then that is no list of results."""
    request, response = exchange.request, exchange.response
    if request.method in SAFE or response.status >= 400 or not (_may_list(request) and _may_list(response)):
        return False
    sent, answered = _listed(request), _listed(response)
    if sent is None or answered is None or len(sent.items) == len(answered.items):
        return False
    return not _is_paired(sent.items, answered.items)


def holds_list(body: Found) -> bool:
    """Whether a body is a list, or has one of objects."""
    members = body.values() if isinstance(body, dict) else ()
    return isinstance(body, list) or any(_objects(value) is not None for value in members)


def alike(built: Sequence[Elements | None]) -> Elements | None:
    """Return how the exchanges of a route are built, None where some of them are no bulk writes."""
    known = [each for each in built if each is not None]
    if not known or len(known) < len(built) * MOST:
        return None
    counts = Counter((each.requests, each.answers, each.paired, each.action) for each in known)
    requests, answers, paired, action = max(counts, key=lambda each: (counts[each], repr(each)))
    numbered = [each for each in known[0].numbered if all(each in other.numbered for other in known)]
    return Elements(requests, answers, paired, action, tuple(numbered))


# --- where the lists stand ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Listed:
    """The one list of objects in a body, where it stands, and what stands beside it."""

    at: Path
    items: list[_Item]
    beside: list[JsonValue]


def _may_list(message: Request | Response) -> bool:
    """Whether a body may hold a list of objects, by a look at its bytes: most hold none."""
    body = message.body
    if body[:1] == b"[" or b"\n{" in body or (b"[" in body and _LIST.search(body) is not None):
        return True
    return is_lines(media_type(header(message.headers, "content-type")))


def _listed(message: Request | Response) -> _Listed | None:
    body = decode_body(header(message.headers, "content-type"), message.body)
    if body.kind not in ("json", "ndjson"):
        return None
    if (items := _objects(body.document)) is not None:
        return _Listed((), items, [])
    members = body.document.items() if isinstance(body.document, dict) else ()
    lists = [(name, items) for name, value in members if (items := _objects(value)) is not None]
    if len(lists) != 1:
        return None
    name, items = lists[0]
    return _Listed((name,), items, [value for key, value in members if key != name])


def _objects(value: JsonValue) -> list[_Item] | None:
    """Return a list that holds objects and nothing else, None for what is none."""
    items = [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
    return items if isinstance(value, list) and value and len(items) == len(value) else None


def _are_results(sent: _Listed, answered: _Listed, status: int) -> bool:
    """Whether a list tells what became of each element of another. An answer that is one thing with parts, as
    an order is, or that lists what conditions find, tells no outcomes."""
    if any(isinstance(value, dict | list) for value in sent.beside):
        return False
    if not sent.at or status == MULTI_STATUS:
        return True
    return all(_tells(result, in_words=sent.at != answered.at) for result in answered.items)


def _tells(result: _Item, *, in_words: bool) -> bool:
    """Whether a result says what became of its element: by a status, a flag, or ``in_words``."""
    said = unwrapped(result)
    if _status(result) is not None or any(isinstance(said.get(name), bool) for name in FLAGS):
        return True
    return in_words and any(isinstance(said.get(name), str) for name in BATCH_OUTCOMES)


def unwrapped(result: _Item) -> _Item:
    """Return a result without the action that it stands under."""
    only = next(iter(result.values()), None)
    return only if len(result) == 1 and isinstance(only, dict) else result


def _status(result: _Item) -> int | None:
    said = unwrapped(result)
    for name in BATCH_STATUS_NAMES:
        value = said.get(name)
        if isinstance(value, int) and 100 <= value <= 599:
            return value
    return None


def _is_refusal(result: _Item) -> bool:
    """Whether a result says that nothing was done, by a flag, an error, or in a word."""
    said = {name.lower(): value for name, value in unwrapped(result).items()}
    words = (said.get(name) for name in BATCH_OUTCOMES)
    return (
        any(said.get(name) is False for name in FLAGS)
        or any(said.get(name) for name in ERRORS)
        or any(isinstance(word, str) and word.lower() in BATCH_FAILURES for word in words)
    )


# --- what elements are --------------------------------------------------------------------------------------


def _is_paired(requests: list[_Item], results: list[_Item]) -> bool:
    """Whether actions and documents follow one another: results stand under the names of the actions, or are
    as many as these."""
    if not all(len(each) == 1 and isinstance(each[name], dict) for each in requests[:1] for name in each):
        return False
    paired = _pairs(requests)
    if not paired or len(paired) != len(results):
        return False
    named = all(str(each[PAIRED]) in result for each, result in zip(paired, results, strict=True))
    return named or len(requests) != len(results)


def _pairs(documents: list[_Item]) -> list[_Item]:
    made = apply_function("pairs", [list(documents), _BARE])
    return (_objects(made) or []) if made is not MISSING else []


def _action(elements: Sequence[_Item]) -> str | None:
    """Return the member that names the operation of each element, None where there is none."""
    for name in elements[0]:
        said = [each.get(name) for each in elements]
        if all(isinstance(each, str) and _is_operation(name.lower(), each) for each in said):
            return name
    return None


def _is_operation(name: str, value: str) -> bool:
    """Whether a member of that name says what is to be done: by its own name, or by what it says."""
    if name in BATCH_ACTION_NAMES:
        return _WORD.fullmatch(value) is not None
    return name in SELECTORS and value.lower() in VERBS | OPERATIONS


def _numbered(results: Sequence[_Item]) -> Iterator[tuple[str, int]]:
    for name in results[0]:
        told = [each.get(name) for each in results]
        for start in (0, 1) if name.lower() in BATCH_POSITION_NAMES else ():
            if told == [*range(start, start + len(told))] and not isinstance(told[0], bool):
                yield name, start


def _inner(built: Elements, exchange: Exchange, element: _Item, result: _Item) -> Exchange:
    request = exchange.request
    kept = [each for each in request.headers if each[0].lower() not in OF_THE_BODY]
    action = element.get(built.action) if built.action is not None else None
    segment = EACH if action is None else f"{MARK}{action}"
    target = apply_function("below", [request.target, segment])
    typed = ("content-type", "application/json")
    asked = Request(request.method, str(target), (*kept, typed), encode_json(element))
    told: _Item = {**result, **{name: 0 for name, _ in built.numbered}}
    status = _status(result) or (REFUSED if _is_refusal(result) else DONE)
    answer = Response(status, (typed,), encode_json(told))
    return Exchange(asked, answer, exchange.started_at_ms, exchange.duration_ms)
