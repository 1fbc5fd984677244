"""What was worked out before: sketches of sessions and learned routes, kept under what they follow from.

A route follows from its observations, and an observation from the sessions of its run up to its own, from how
these are folded, and from nothing else. So the digests of the sessions stand for all that was captured, and
none of it has to be hashed. What a memo gives is as good as learned again, or is not taken.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Protocol, TypeVar

from wraith.exchange import Session
from wraith.synth._exchanges.learned import LearnedRoute
from wraith.synth._exchanges.survey import Line, Sketch
from wraith.synth._shared.spread import Spread
from wraith.wir import Variant, VariantEvidence

T = TypeVar("T")


class Memo(Protocol):
    """Keeps bytes by keys for one version of the engine; it may forget, and never gives other bytes."""

    def get(self, key: str) -> bytes | None: ...

    def put(self, key: str, value: bytes) -> None: ...


class Forgetful:
    """The memo that keeps nothing."""

    def get(self, key: str) -> bytes | None:
        return None

    def put(self, key: str, value: bytes) -> None:
        return None


def recalled(
    memo: Memo,
    key: str | None,
    make: Callable[[], T],
    write: Callable[[T], bytes],
    read: Callable[[bytes], T],
) -> T:
    """Return what the memo has under the key, else what is made now, kept for the next time."""
    known = _known(memo, key, read)
    return known if known is not None else _kept(memo, key, make(), write, read)


def recalled_each(
    memo: Memo,
    keys: Sequence[str | None],
    make: Callable[[int], T],
    write: Callable[[T], bytes],
    read: Callable[[bytes], T],
    *,
    spread: Spread,
    parts: int | None = None,
) -> list[T]:
    """Return for each key what the memo has, else what is made of its position and kept for the next time.

    What is missing is spread, in so many parts, in one for each where it is None; the memo is asked and told
    here, so that only what is made travels.
    """
    found = [_known(memo, key, read) for key in keys]
    missing = [number for number, each in enumerate(found) if each is None]
    count = len(missing) if parts is None else min(parts, len(missing))
    bounds = [len(missing) * part // count for part in range(count + 1)] if count else [0]

    def some(part: int) -> list[T]:
        return [make(missing[place]) for place in range(bounds[part], bounds[part + 1])]

    made = [each for part in spread(some, count) for each in part]
    for number, each in zip(missing, made, strict=True):
        found[number] = _kept(memo, keys[number], each, write, read)
    return [each for each in found if each is not None]


def _known(memo: Memo, key: str | None, read: Callable[[bytes], T]) -> T | None:
    data = memo.get(key) if key is not None else None
    if data is None:
        return None
    try:
        return read(data)
    except (ValueError, TypeError, LookupError):
        return None  # of another form: it is made again, and replaced


def _kept(memo: Memo, key: str | None, made: T, write: Callable[[T], bytes], read: Callable[[bytes], T]) -> T:
    if key is not None:
        written = write(made)
        if read(written) == made:
            memo.put(key, written)
    return made


def digest_of(*parts: object) -> str:
    """Return the digest of values by how they are written; what they are written as does not depend on the
    process."""
    return sha256("\0".join(map(repr, parts)).encode("utf-8", "surrogatepass")).hexdigest()


def content_digest(session: Session) -> str | None:
    """Return the digest of all that a session holds, None for one that has none."""
    found = getattr(session, "digest", None)
    return found if isinstance(found, str) else None


def histories(sessions: Sequence[Session], run_of: Sequence[int], fold: str) -> list[str | None]:
    """Return for each session what the state it meets and its exchanges follow from: how sessions are folded,
    and the sessions of its run up to it; None where one of them has no digest."""
    found: list[str | None] = []
    run, history = -1, None
    for session, own in zip(sessions, run_of, strict=True):
        if own != run:
            run, history = own, fold
        content = content_digest(session)
        history = digest_of(history, content) if history is not None and content is not None else None
        found.append(history)
    return found


# --- how they are written ----------------------------------------------------------------------------------

Look = tuple[Sketch, bool]
"""The sketch of a session, and whether it speaks GraphQL."""


def write_look(look: Look) -> bytes:
    return json.dumps(look).encode()


def read_look(data: bytes) -> Look:
    lines, speaks = json.loads(data)
    return (
        tuple(
            Line(
                method,
                tuple(segments),
                status,
                tuple(flowed),
                echoed,
                tuple((parent, child, tuple(behind)) for parent, child, behind in lists),
            )
            for method, segments, status, flowed, echoed, lists in lines
        ),
        bool(speaks),
    )


def write_route(route: LearnedRoute) -> bytes:
    variants = [each.model_dump(mode="json", by_alias=True) for each in route.variants]
    return json.dumps([variants, [each.model_dump(mode="json") for each in route.evidence]]).encode()


def read_route(data: bytes) -> LearnedRoute:
    variants, evidence = json.loads(data)
    return LearnedRoute(
        tuple(Variant.model_validate(each) for each in variants),
        tuple(VariantEvidence.model_validate(each) for each in evidence),
    )
