"""Catalogues: lists of what a service offers, that no request writes, and that requests refer to.

``GET /products`` shows prices by article, ``POST /carts/{cart_id}/items`` names an article. Which member of
an element is its key is seen by what requests send.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from wraith.canonical import JsonValue
from wraith.paths import Found, Path, leaves
from wraith.runtime import text_of
from wraith.synth._exchanges.seen import Seen
from wraith.synth._routes.routes import RoutePattern, Shape
from wraith.synth._shared.priors import PRIOR_KEYS

ENOUGH = 3
"""Different keys that requests sent: fewer are words that happen to stand in a list as well."""

SAMPLE = 400
"""Requests that are looked at for keys."""

MAX_DEPTH = 3
"""How deep below an answer its list stands."""


def catalogues(patterns: Sequence[RoutePattern], by_route: Mapping[int, Sequence[Seen]]) -> dict[Shape, Path]:
    """Return the shapes of paths that show catalogues, with where an element holds its key."""
    shapes = {pattern.shape for pattern in patterns}
    written = {pattern.shape for pattern in patterns if pattern.method != "GET"}
    addressed = {segment for some in by_route.values() for seen in some for segment in seen.segments}
    sent: Counter[str] | None = None
    found: dict[Shape, Path] = {}
    for position, pattern in enumerate(patterns):
        shape = pattern.shape
        if pattern.method != "GET" or None in shape or shape in written or (*shape, None) in shapes:
            continue
        members = _members([seen.document for seen in by_route.get(position, ())])
        if not members:
            continue
        sent = _sent(by_route) if sent is None else sent
        used = {name: [value for value in values if value in sent] for name, values in members.items()}
        best = min(used, key=lambda name: (-len(used[name]), _prior(name), name))
        if len(used[best]) >= ENOUGH and addressed.isdisjoint(members[best]):
            found[shape] = (best,)
    return found


def _members(documents: Sequence[Found]) -> dict[str, set[str]]:
    """Return the members that tell the elements of a list in the answers apart, with their values."""
    values: dict[str, set[str]] = defaultdict(set)
    unfit: set[str] = set()
    lists = [list(_lists(document)) for document in documents]
    if any(len(some) > 1 for some in lists):  # what shows several collections at a glance lists none
        return {}
    for elements in (some for each in lists for some in each):
        names = {name for element in elements for name in element}
        for name in names:
            texts = [text_of(element.get(name)) for element in elements]
            if None in texts or len(set(texts)) < len(texts) or "" in texts:
                unfit.add(name)
            values[name].update(text for text in texts if text)
    return {name: some for name, some in values.items() if name not in unfit}


def _lists(document: Found, depth: int = 0) -> Iterator[list[dict[str, JsonValue]]]:
    """Yield the lists of two objects or more in members of members of a document."""
    if isinstance(document, list):
        elements = [each for each in document if isinstance(each, dict)]
        if len(elements) == len(document) > 1:
            yield elements
    elif isinstance(document, dict) and depth < MAX_DEPTH:
        for member in document.values():
            yield from _lists(member, depth + 1)


def _sent(by_route: Mapping[int, Sequence[Seen]]) -> Counter[str]:
    """Return the texts that accepted requests sent, in bodies and queries."""
    sent: Counter[str] = Counter()
    for some in by_route.values():
        for seen in some[:SAMPLE]:
            for document in (seen.sent, seen.asked):
                if isinstance(document, dict):
                    sent.update({text for _, value in leaves(document) if (text := text_of(value))})
    return sent


def _prior(name: str) -> int:
    return PRIOR_KEYS.index(name) if name in PRIOR_KEYS else len(PRIOR_KEYS)
