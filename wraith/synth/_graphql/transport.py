"""How an endpoint speaks HTTP: media types, headers, and the requests that it does not take for GraphQL."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from wraith.exchange import header
from wraith.synth._exchanges.seen import Seen
from wraith.synth._graphql.documents import Operation
from wraith.synth._shared.priors import DECIDING_HEADERS, SERVER_S_OWN
from wraith.wir import Media


def media_type_of(heads: Iterable[Seen]) -> str:
    """Return the content type that most answers have."""
    kinds = Counter(header(seen.headers, "content-type") or "application/json" for seen in heads)
    return min(kinds, key=lambda each: (-kinds[each], each), default="application/json")


def learn_accepted(heads: Sequence[Seen], operations: Iterable[Operation]) -> dict[str, Media]:
    """Return how those are answered whose ``accept`` gives another content type than most have."""
    usual = media_type_of(heads)
    kinds: dict[str, set[str]] = defaultdict(set)
    for seen in heads:
        kinds[header(seen.request.headers, "accept") or ""].add(header(seen.headers, "content-type") or "")
    refused: dict[str, Counter[int]] = defaultdict(Counter)
    for operation in operations:
        if operation.errors and operation.answer.get("data") is None:
            refused[header(operation.seen.request.headers, "accept") or ""][operation.seen.status] += 1
    return {
        accept: Media(media_type=next(iter(given)), refused=_most(refused[accept]))
        for accept, given in sorted(kinds.items())
        if len(given) == 1 and usual not in given
    }


def _most(statuses: Counter[int]) -> int | None:
    return min(statuses, key=lambda each: (-statuses[each], each), default=None)


def learn_left(heads: Sequence[Seen], silent: Sequence[Seen]) -> dict[str, tuple[str | None, ...]]:
    """Return the values of headers that requests have which are answered as something else, and no others."""
    found: dict[str, tuple[str | None, ...]] = {}
    for name in DECIDING_HEADERS:
        spoken = {header(seen.request.headers, name) for seen in heads}
        mute = {header(seen.request.headers, name) for seen in silent} - spoken
        if mute:
            found[name] = tuple(sorted(mute, key=lambda each: (each is not None, each or "")))
    return found


def constant_headers(heads: Sequence[Seen]) -> dict[str, str]:
    """Return the headers that all answers have, with one value each."""
    found: dict[str, set[str]] = defaultdict(set)
    for seen in heads:
        for name, value in seen.headers:
            found[name.lower()].add(value)
    own = SERVER_S_OWN | {"content-type", "etag"}
    return {
        name: next(iter(values))
        for name, values in sorted(found.items())
        if len(values) == 1
        and name not in own
        and all(header(seen.headers, name) is not None for seen in heads)
    }
