"""Stores: collections whose entities are what clients put there, answered as it came.

Nothing in the answer to a write shows such an entity; reads do. So it is taken from the request: its content
with its content type. Content is bytes, unless the service answers it as the same document in other bytes.
"""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from wraith.canonical import JsonValue
from wraith.exchange import Request, Response, XmlLists, decode_body, header
from wraith.synth._exchanges.seen import Seen
from wraith.synth._roles.roles import Role, StoreKind
from wraith.wir import Make, Ref

ENOUGH = 2
"""Different contents that were read back: one may be a constant of the service."""

WRITES = ("PUT", "POST", "PATCH")


@dataclass(slots=True)
class _Tally:
    same_bytes: int = 0
    same_document: int = 0
    read: int = 0
    contents: set[bytes] = field(default_factory=set)


def with_stores(roles: Sequence[Role], sessions: Iterable[Sequence[Seen]]) -> tuple[Role, ...]:
    """Return the roles, those of stores marked."""
    showing = {
        role.collection.name
        for role in roles
        if role.collection is not None and (role.envelope is not None or role.listing is not None)
    }
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    for session in sessions:
        written: dict[tuple[str, str], Request] = {}
        for seen in session:
            role = roles[seen.route] if seen.route >= 0 else Role("none")
            key = role.request_key(seen)
            if role.collection is not None and key is not None and role.collection.name not in showing:
                _count(seen, role, (role.collection.name, key), written, tallies)
    kinds = {name: kind for name, tally in tallies.items() if (kind := _kind(tally)) is not None}
    return tuple(
        replace(role, store=kinds[role.collection.name])
        if role.collection is not None and role.collection.name in kinds and role.op in _OPS
        else role
        for role in roles
    )


_OPS = ("read", "update", "delete")


def _count(
    seen: Seen,
    role: Role,
    place: tuple[str, str],
    written: dict[tuple[str, str], Request],
    tallies: dict[str, _Tally],
) -> None:
    if not seen.ok:
        return
    if role.op == "update" and seen.method in WRITES:
        written[place] = seen.request
    elif role.op == "delete":
        written.pop(place, None)
    elif role.op == "read" and seen.method == "GET" and seen.status == 200 and place in written:
        tally, request = tallies[place[0]], written[place]
        tally.read += 1
        tally.contents.add(request.body)
        tally.same_bytes += request.body == seen.raw
        sent = decode_body(header(request.headers, "content-type"), request.body, seen.lists)
        tally.same_document += sent.kind != "empty" and sent.document == seen.document


def _kind(tally: _Tally) -> StoreKind | None:
    if len(tally.contents) < ENOUGH:
        return None
    if tally.same_bytes == tally.read:
        return "bytes"
    return "document" if tally.same_document == tally.read else None


def stored_at(seen: Seen, role: Role) -> tuple[str, str] | None:
    """Return the collection and the key under which a store keeps what a request brings, or None."""
    if role.store is None or role.collection is None or role.op != "update" or not seen.ok:
        return None
    key = role.request_key(seen)
    return None if key is None else (role.collection.name, key)


def stored_content(message: Request | Response, kind: StoreKind, lists: XmlLists) -> dict[str, JsonValue]:
    """Return what a store keeps of a message: the same as ``storing`` makes of a request."""
    content_type = header(message.headers, "content-type")
    content: JsonValue = base64.b64encode(message.body).decode()
    if kind == "document":
        content = decode_body(content_type, message.body, lists).document
    if content_type is None:
        return {"content": content}
    return {"content": content, "content_type": content_type}


def storing(role: Role) -> Make:
    """Return the effect of a write to a store."""
    assert role.collection is not None  # Invariant: a store is a collection
    assert role.key is not None
    part = "body" if role.store == "document" else "raw"
    return Make(
        role.collection.name,
        role.key,
        {"content": "$hole_1", "content_type": "$hole_2"},
        (("hole_1", Ref(("request", part))), ("hole_2", Ref(("request", "header", "content-type")))),
    )
