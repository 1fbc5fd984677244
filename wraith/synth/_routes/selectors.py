"""Paths behind which several operations stand, told apart by a part of the request: the method of JSON-RPC,
an ``Action`` in a form or a query, a header such as ``X-Amz-Target`` or ``SOAPAction``.

The value of that part is taken for one more segment of the path, behind a ``#``, so that each operation is a
route like any other. A path has a selector where everything goes to it by one method, nothing stands below
it, a part of the request names operations that several sessions ask for, and these differ in shape.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from wraith.canonical import JsonValue
from wraith.exchange import Exchange, Session
from wraith.paths import MISSING, Found
from wraith.runtime import Environment, Ids, State, split_path
from wraith.synth._exchanges.survey import Sketch
from wraith.synth._shared.priors import CLIENT_S_OWN, CREDENTIALS, OPERATIONS, SELECTORS, VERBS
from wraith.wir import Ref, Selector

ENOUGH = 8
"""Requests to a path before it is asked what they have in common."""

SAMPLE = 400
"""Requests of one path that are looked at."""

PRESENT, RECURRING, ALIKE, NAMED = 0.9, 0.7, 0.6, 0.4
"""Shares of requests that have the part; whose value other sessions have as well; that have the shape which
most of their value have; whose value holds a verb."""

MAX_OPERATIONS = 120

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")

Segments = tuple[str, ...]
_Place = tuple[str, str]
"""``header``, ``query`` or ``body``, and a name."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What one request says in each part, and the shape of the exchange."""

    session: int
    said: dict[_Place, str]
    shape: object


def find_selectors(sketches: Sequence[Sketch], sessions: Sequence[Session]) -> tuple[Selector, ...]:
    """Return the selectors of the paths that have one, in the order of the paths."""
    methods: dict[Segments, Counter[str]] = defaultdict(Counter)
    askers: dict[Segments, set[int]] = defaultdict(set)
    for number, each in enumerate(sketches):
        for line in each:
            methods[line.segments][line.method] += 1
            askers[line.segments].add(number)
    above = {segments[:size] for segments in methods for size in range(1, len(segments))}
    found: list[Selector] = []
    for segments, counts in sorted(methods.items()):
        asked = [name for name in counts if name not in ("OPTIONS", "HEAD")]
        if len(asked) != 1 or counts[asked[0]] < ENOUGH or segments in above or len(askers[segments]) < 2:
            continue
        place = _selector(list(_requests(segments, asked[0], sorted(askers[segments]), sessions)))
        if place is not None:
            found.append(Selector(path="/" + "/".join(segments), of=Ref(("request", *place))))
    return tuple(found)


def _requests(
    segments: Segments, method: str, numbers: Iterable[int], sessions: Sequence[Session]
) -> Iterator[_Asked]:
    taken = 0
    for number in numbers:
        for exchange in sessions[number].read():
            if exchange.request.method == method and tuple(split_path(exchange.request.path)) == segments:
                yield _asked(number, exchange)
                taken += 1
        if taken >= SAMPLE:
            return


def _asked(number: int, exchange: Exchange) -> _Asked:
    env = Environment(exchange.request, {}, State(), Ids(""), 0)
    said: dict[_Place, str] = {
        ("header", name): value
        for name, value in env.headers.items()
        if name not in CLIENT_S_OWN and name not in CREDENTIALS
    }
    for part, document in (("query", dict(env.query)), ("body", env.body)):
        if isinstance(document, dict):
            said.update({(part, name): value for name, value in document.items() if isinstance(value, str)})
    return _Asked(number, said, (_shape(env.body), _shape(dict(env.query))))


def _shape(document: Found, depth: int = 0) -> object:
    if not isinstance(document, dict) or depth > 1:
        return "" if document is MISSING else type(document).__name__
    return tuple((name, _shape(value, depth + 1)) for name, value in sorted(document.items()))


def _selector(requests: Sequence[_Asked]) -> _Place | None:
    """Return the part that names operations, None where no part does."""
    places = dict.fromkeys(place for each in requests for place in each.said)
    good = [place for place in places if _selects(place, requests)]
    return min(good, key=lambda place: (place[1].lower() not in SELECTORS, place), default=None)


def _selects(place: _Place, requests: Sequence[_Asked]) -> bool:
    told = [each for each in requests if place in each.said]
    if len(told) < len(requests) * PRESENT:
        return False
    sessions: dict[str, set[int]] = defaultdict(set)
    shapes: dict[str, Counter[object]] = defaultdict(Counter)
    for each in told:
        sessions[each.said[place]].add(each.session)
        shapes[each.said[place]][each.shape] += 1
    known = [value for value, some in sessions.items() if len(some) > 1]
    recurring = sum(sum(shapes[value].values()) for value in known)
    if not 2 <= len(known) <= MAX_OPERATIONS or recurring < len(told) * RECURRING:
        return False
    usual = {value: shapes[value].most_common(1)[0] for value in known}
    alike = sum(count for _, count in usual.values())
    if alike < recurring * ALIKE or len({shape for shape, _ in usual.values()}) < 2:
        return False
    named = sum(sum(shapes[value].values()) for value in known if _is_operation(value))
    return named >= recurring * NAMED and (place[1].lower() in SELECTORS or place[0] == "header")


def _is_operation(value: JsonValue) -> bool:
    """Whether a value has a verb in it."""
    words = [word.lower() for word in _WORDS.findall(str(value))]
    return not (VERBS | OPERATIONS).isdisjoint(words)
