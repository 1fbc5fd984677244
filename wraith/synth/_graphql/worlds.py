"""What a GraphQL service knew before the first request, and what its sessions say of each other.

A query shows parts of entities; what is known of one is all that was shown of it before something wrote it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from wraith.canonical import JsonValue
from wraith.synth._graphql.documents import ROOTS, Call, Object
from wraith.synth._graphql.subjects import Subject, key_of, shown_of
from wraith.synth._graphql.types import Types
from wraith.synth._world.world import Key, Signs

Subjects = Mapping[tuple[str, str], Subject]


def signs(calls: Iterable[Call], subjects: Subjects, types: Types) -> Signs:
    """Return what one session says of its world."""
    found = Signs()
    unnamed: set[str] = set()
    for call in calls:
        written = _written(call, subjects, types)
        subject = subjects.get((call.kind, call.name))
        if written is None and call.kind == "mutation" and subject is not None and subject.makes:
            unnamed.add(subject.of.name)  # what is shown from here on may be what this made
        if written is not None and subject is not None:
            if subject.removes:
                found.deleted.add(written)
            elif subject.makes and written not in found.shown:
                found.created.setdefault(written, call.seen.index)
        for of, key, value in shown_of(call, subjects, types):
            place = (of.name, key or "")
            if key is not None:
                _note(found, place, types.document(value, of), wrote=place == written)
            if key is not None and place != written and place not in found.created and of.name not in unnamed:
                found.shown.setdefault(place, None)
        if call.kind == "query" and not call.arguments and isinstance(call.value, list):
            own = types.at.get((ROOTS["query"], call.name))
            keys = [types.key(each, own) for each in call.value] if own is not None and own.key else [None]  # type: ignore[arg-type]  # a list of a class holds objects
            if own is not None and None not in keys:
                found.whole_lists.append((own.name, frozenset((own.name, str(key)) for key in keys)))
    return found


def _note(found: Signs, place: Key, document: Mapping[str, JsonValue], *, wrote: bool) -> None:
    """Note the parts of an entity that are shown: as the session found it, or as it left it."""
    for name, value in document.items():
        part = (place, name)
        if wrote or part in found.wrote:
            found.wrote[part] = repr(value)
        else:
            found.saw.setdefault(part, repr(value))


def _written(call: Call, subjects: Subjects, types: Types) -> Key | None:
    subject = subjects.get((call.kind, call.name))
    if call.kind != "mutation" or subject is None or call.value is None:
        return None
    key = key_of(call, subject, types)
    return (subject.of.name, key) if key is not None else None


@dataclass(slots=True)
class _Sighted:
    documents: dict[int, dict[str, JsonValue]] = field(default_factory=dict)
    """By run: what was shown before anything wrote it."""
    surely: bool = False
    """It was shown in some run before anything could have made it."""


def fixtures(
    sessions: Sequence[Sequence[Call]], run_of: Sequence[int], subjects: Subjects, types: Types
) -> dict[str, dict[str, dict[str, JsonValue]]]:
    """Return the entities that every run starts with, each with all that was shown of it before a write."""
    sighted: dict[Key, _Sighted] = defaultdict(_Sighted)
    touched: set[Key] = set()
    unnamed: set[str] = set()
    run = -1
    for session, own in zip(sessions, run_of, strict=True):
        if own != run:
            run, touched, unnamed = own, set(), set()
        for call in session:
            written = _written(call, subjects, types)
            touched |= _touched(call, subjects, types, written, unnamed)
            for of, key, value in shown_of(call, subjects, types):
                place = (of.name, key or "")
                if key is None or place in touched:
                    continue
                mine = sighted[place]
                mine.surely = mine.surely or of.name not in unnamed
                known = mine.documents.setdefault(run, {})
                for name, part in types.document(value, of).items():
                    known.setdefault(name, part)
    return _accepted(sighted, len(set(run_of)) > 1, _orders(sessions, types))


def _orders(sessions: Sequence[Sequence[Call]], types: Types) -> dict[Key, int]:
    """Return the place of each entity in the longest list of its class that no argument chose or ordered."""
    longest: dict[str, list[str]] = {}
    for call in (call for session in sessions for call in session if not call.arguments):
        own = types.at.get((ROOTS[call.kind], call.name))
        if isinstance(call.value, list) and own is not None and own.key is not None:
            keys = [types.key(each, own) for each in call.value if isinstance(each, Object)]
            known = [key for key in keys if key is not None]
            if len(known) > len(longest.get(own.name, ())):
                longest[own.name] = known
    return {(name, key): place for name, keys in longest.items() for place, key in enumerate(keys)}


def _touched(
    call: Call, subjects: Subjects, types: Types, written: Key | None, unnamed: set[str]
) -> set[Key]:
    """Return what a call wrote; what it made without telling its key is noted."""
    subject = subjects.get((call.kind, call.name))
    if call.kind != "mutation" or subject is None:
        return set()
    if subject.bulk is not None or (written is None and subject.makes):
        own = subject.of.name
        keys = {(of.name, key) for of, key, _ in shown_of(call, subjects, types) if of.name == own and key}
        if not keys:
            unnamed.add(own)
        return keys
    return {written} if written is not None else set()


def _accepted(
    sighted: Mapping[Key, _Sighted], many: bool, order: Mapping[Key, int]
) -> dict[str, dict[str, dict[str, JsonValue]]]:
    found: dict[str, dict[str, dict[str, JsonValue]]] = defaultdict(dict)
    for (name, key), mine in sighted.items():
        if mine.surely and (len(mine.documents) > 1 or not many or key.isdigit()):
            merged: dict[str, JsonValue] = {}
            for run in sorted(mine.documents):
                merged = {**mine.documents[run], **merged}
            found[name][key] = merged
    return {
        name: dict(
            sorted(items.items(), key=lambda item: (order.get((name, item[0]), len(order)), *_natural(item)))
        )
        for name, items in sorted(found.items())
    }


def _natural(item: tuple[str, object]) -> tuple[int, int, str]:
    """Numbers in their order, then text: the order in which a service most likely made them."""
    key = item[0]
    return (0, int(key), "") if key.isdigit() else (1, 0, key)
