"""Writes that change several entities at once: a list in the request names each, with what it becomes.

``{"updates": [{"id": "1", "city": "oslo"}]}`` merges each element into the entity that it names,
``{"ids": ["1", "2"], "set": {"city": "oslo"}}`` another member into all of them. It is seen by the reads
after it: each member that they show changed is the one that the request said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path, get
from wraith.runtime import Environment, text_of
from wraith.synth._evidence.rows import equal
from wraith.wir import Call, Effect, Exists, Expr, ForEach, Literal, Lookup, Merge, Put, Ref, When

ENOUGH = 2
"""Changes that have to be what requests said; one may be a coincidence."""

WRONG = 4
"""One change in so many may be another: which of two writes made it is not always told."""


class Changed(Protocol):
    """An entity that a write speaks of, before and after."""

    @property
    def key(self) -> tuple[str, str]: ...
    @property
    def before(self) -> Found: ...
    @property
    def after(self) -> JsonValue: ...


def each_changed(name: str, envs: Sequence[Environment], changes: Sequence[Changed]) -> Effect | None:
    """Return the effect that changes the entity of each element of a list, None where none explains the
    changes."""
    for path in _lists_in(envs[0].body):
        for member in _members(get(envs[0].body, path), changes[0].key[1]):
            for said in _said(envs[0].body, path, member):
                if _explains(envs, changes, path, member, said):
                    return _effect(name, path, member, said)
    return None


def _effect(name: str, path: Path, member: Path, said: Path | None) -> Effect:
    key = Ref(("item", *member))
    stored = Lookup(name, key)
    over: Expr = Call("without", (Ref(("item",)), Literal(str(member[-1])))) if said is None else Ref(said)
    changed = When(Exists(stored), Merge(stored, over))
    return ForEach(Ref(("request", "body", *path)), Put(name, key, changed))


def _lists_in(body: Found) -> Iterator[Path]:
    """Yield where a body holds lists: at its root, or in a member."""
    if isinstance(body, list):
        yield ()
    for name, part in body.items() if isinstance(body, dict) else ():
        if isinstance(part, list):
            yield (name,)


def _members(elements: Found, key: str) -> Iterator[Path]:
    """Yield where elements may hold the key: as they are, or in a member."""
    for element in elements if isinstance(elements, list) else ():
        if text_of(element) == key:
            yield ()
        for name, part in element.items() if isinstance(element, dict) else ():
            if text_of(part) == key:
                yield (name,)


def _said(body: Found, path: Path, member: Path) -> Iterator[Path | None]:
    """Yield what may be merged into each entity: the rest of its element, an object in it, or one beside the
    list."""
    elements = get(body, path)
    first = elements[0] if isinstance(elements, list) and elements else None
    if member:
        for name, part in first.items() if isinstance(first, dict) else ():
            if isinstance(part, dict):
                yield ("item", name)
        yield None
    for name, part in body.items() if isinstance(body, dict) else ():
        if isinstance(part, dict):
            yield ("request", "body", name)


def _explains(
    envs: Sequence[Environment], changes: Sequence[Changed], path: Path, member: Path, said: Path | None
) -> bool:
    right = wrong = 0
    for env, change in zip(envs, changes, strict=True):
        over = _over(env.body, path, member, said, change.key[1])
        if over is None:
            return False
        for name, after in change.after.items() if isinstance(change.after, dict) else ():
            before = get(change.before, (name,))
            if name in over and equal(over[name], after):
                right += not equal(before, after)
            elif not equal(before, after) or name in over:
                wrong += 1
    return right >= ENOUGH and wrong * WRONG <= right


def _over(body: Found, path: Path, member: Path, said: Path | None, key: str) -> dict[str, JsonValue] | None:
    """Return what a request says of one entity, None where it does not speak of it."""
    elements = get(body, path)
    for element in elements if isinstance(elements, list) else ():
        own = get(element, member) if member else element
        if own is not MISSING and text_of(own) == key:
            if said is None:
                inside = isinstance(element, dict)
                return {k: v for k, v in element.items() if (k,) != member} if inside else None  # type: ignore[union-attr]  # a dict
            part = get(element, said[1:]) if said[0] == "item" else get(body, said[2:])
            return part if isinstance(part, dict) else None
    return None
