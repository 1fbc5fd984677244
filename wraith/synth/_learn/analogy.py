"""Routes that were never recorded, by analogy with those that were.

Services are made of collections that are treated alike: what DELETE does to an item of two collections it
most likely does to an item of the third. So a method that recordings lack at an item is taken over from other
collections of the same service, as far as two of them agree, word for word once their own names are taken out
of it. What a collection answers to a write is what it answers to a read, where no read was recorded. Such
routes rest on no exchange of their own: their support holds nothing, so every answer counts as extrapolated.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from wraith.canonical import JsonValue, compact, parse
from wraith.paths import Path
from wraith.synth._roles.roles import Collection, Role
from wraith.synth._routes.names import Names
from wraith.synth._routes.routes import RoutePattern
from wraith.wir import Equals, Exists, Expr, Hole, Literal, Ref, Route, StateOp, Variant

ITEM_METHODS: dict[str, StateOp] = {"GET": "read", "PUT": "update", "PATCH": "update", "DELETE": "delete"}

AGREE = 2
"""Collections that must be treated alike: one may be the exception."""

Headers: TypeAlias = tuple[tuple[str, Expr], ...]

NEVER = Equals(Literal(False), True)
"""The support of what was seen with nothing."""


@dataclass(frozen=True, slots=True)
class _Item:
    """The place of the items of a collection: their path, and how it addresses one."""

    pattern: RoutePattern
    collection: Collection
    key: Expr
    envelopes: tuple[Path, ...]
    """Where successful answers of writes and reads hold the representation."""


class Analogy:
    """What the routes of a service make likely of the items of its collections."""

    def __init__(
        self, patterns: Sequence[RoutePattern], roles: Sequence[Role], variants: Sequence[tuple[Variant, ...]]
    ) -> None:
        self._items = _items(patterns, roles)
        self._habits = _habits(patterns, roles, variants)
        self._types = _types(patterns, variants)
        self._known = {(pattern.method, pattern.shape) for pattern in patterns}

    def routes(self) -> list[Route]:
        """Return the routes of items that recordings lack, as other collections and the writes suggest
        them."""
        found = []
        for shape, item in sorted(self._items.items(), key=lambda each: str(each[0])):
            for method, op in ITEM_METHODS.items():
                if (method, shape) not in self._known:
                    made = self._made(method, item) or _reading(method, item)
                    if made:
                        found.append(_route(method, op, item, made))
        return found

    def successes(self, pattern: RoutePattern) -> tuple[Variant, ...]:
        """Return what a route that was only ever refused does most likely with what is there."""
        item = self._items.get(pattern.shape)
        if item is None:
            return ()
        made = [each for each in self._made(pattern.method, item) if each.status < 300]
        there = Exists(Ref(("entity",)))
        return tuple(
            each if there in each.guards else each.model_copy(update={"guards": (there, *each.guards)})
            for each in made
        ) or _reading(pattern.method, item)

    def _made(self, method: str, item: _Item) -> tuple[Variant, ...]:
        """Return what the other collections do, said of an item, with the media type that answers without a
        body have all the same."""
        return tuple(
            each.model_copy(update={"headers": self._types.get((method, each.status), ())})
            if each.body_kind == "empty"
            else each
            for each in _applied(self._habits[method], item)
        )


def _types(
    patterns: Sequence[RoutePattern], variants: Sequence[tuple[Variant, ...]]
) -> dict[tuple[str, int], Headers]:
    """Return the media type that most answers without a body are sent with, by method and status."""
    votes: dict[tuple[str, int], Counter[Headers]] = defaultdict(Counter)
    for pattern, made in zip(patterns, variants, strict=True):
        for each in made:
            if each.body_kind == "empty":
                said = tuple(header for header in each.headers if header[0] == "content-type")
                votes[pattern.method, each.status][said] += 1
    return {case: min(said, key=lambda each: (-said[each], repr(each))) for case, said in votes.items()}


def _items(patterns: Sequence[RoutePattern], roles: Sequence[Role]) -> dict[tuple[str | None, ...], _Item]:
    envelopes: dict[str, dict[Path, None]] = defaultdict(dict)
    for role in roles:
        if (
            role.collection is not None
            and role.envelope is not None
            and role.op in ("create", "read", "update")
        ):
            envelopes[role.collection.name].setdefault(role.envelope)
    items = {}
    for pattern, role in zip(patterns, roles, strict=True):
        if pattern.shape[-1:] == (None,) and role.collection is not None and role.key is not None:
            shown = tuple(envelopes[role.collection.name])
            items[pattern.shape] = _Item(pattern, role.collection, role.key, shown)
    return items


def _habits(
    patterns: Sequence[RoutePattern], roles: Sequence[Role], variants: Sequence[tuple[Variant, ...]]
) -> dict[str, list[JsonValue]]:
    """Return for each method the variants, without names, that several collections have, in their order."""
    votes: dict[str, Counter[bytes]] = defaultdict(Counter)
    for pattern, role, made in zip(patterns, roles, variants, strict=True):
        if pattern.shape[-1:] == (None,) and role.collection is not None and role.key is not None:
            texts = map(compact, _nameless(made, role, pattern))
            votes[pattern.method].update(list(dict.fromkeys(texts)))  # in order, each once
    return defaultdict(
        list,
        {
            method: [parse(text) for text, count in counts.items() if count >= AGREE]
            for method, counts in votes.items()
        },
    )


def _nameless(variants: Iterable[Variant], role: Role, pattern: RoutePattern) -> Iterator[JsonValue]:
    """Yield the variants with the names of the collection, its key and its parameters taken out."""
    assert role.collection is not None  # Invariant: callers have looked
    assert role.key is not None
    names = Names(role.collection.name, role.key, pattern.names)
    for variant in variants:
        yield names.taken_out(plain(variant))


def plain(variant: Variant) -> JsonValue:
    """Return what is said of a variant elsewhere: nothing of what it was seen with, or of its own headers."""
    told = variant.body_kind != "empty"
    headers = tuple(each for each in variant.headers if told and each[0] == "content-type")
    shown = variant.model_copy(update={"headers": headers, "support": ()})
    return shown.model_dump(mode="json", by_alias=True)


def unseen(document: JsonValue) -> Variant:
    """Return the variant that a document says, as one that nothing was seen with."""
    return Variant.model_validate(document).model_copy(update={"support": (NEVER,)})


def _applied(habits: Sequence[JsonValue], item: _Item) -> Iterator[Variant]:
    """Yield the variants with the names of an item's collection put in."""
    names = Names(item.collection.name, item.key, item.pattern.names)
    for habit in habits:
        if (document := names.put_in(habit)) is not None:
            yield unseen(document)


def _reading(method: str, item: _Item) -> tuple[Variant, ...]:
    """A read answers the entity as a write did."""
    if method != "GET" or len(item.envelopes) != 1:
        return ()
    template: JsonValue = "$hole_1"
    for step in reversed(item.envelopes[0]):
        template = {str(step): template}
    stored = Hole(hole_class="state", type="object", source=Ref(("entity",)))
    return (
        Variant(
            status=200,
            guards=(Exists(Ref(("entity",))),),
            headers=(("content-type", Literal("application/json")),),
            body_template=template,
            holes={"hole_1": stored},
            support=(NEVER,),
        ),
    )


def _route(method: str, op: StateOp, item: _Item, variants: tuple[Variant, ...]) -> Route:
    return Route(
        method=method,
        path_pattern=item.pattern.pattern,
        state_op=op,
        entity=item.collection.name,
        key=item.key,
        variants=variants,
    )
