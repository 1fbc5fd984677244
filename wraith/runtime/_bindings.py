"""Which handler answers what: by a hook on a variant, or by what its file is called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from wraith.wir import Model, Route

VERBS: Final[Mapping[str, tuple[str, ...]]] = {
    "create": ("create", "add", "new", "post", "insert"),
    "read": ("get", "read", "show", "fetch", "retrieve", "find"),
    "update": ("update", "patch", "put", "modify", "edit", "change", "replace"),
    "delete": ("delete", "remove", "destroy"),
    "list": ("list", "index", "search", "all", "query"),
}
"""What handlers call the operations of a route."""

_BY_METHOD: Final[Mapping[str, str]] = {
    "POST": "create",
    "GET": "read",
    "PUT": "update",
    "PATCH": "update",
    "DELETE": "delete",
}
"""What a route does whose operation is none of these, going by its method alone."""

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")

Words: TypeAlias = tuple[str, ...]
"""A name as its words, in lower case and in the singular."""


@dataclass(frozen=True, slots=True)
class Binding:
    """A handler and what it answers: a whole route, or one variant of it by its ``lua_hook``."""

    handler: str
    route: Route
    variant: int | None = None
    """The position of the variant; None where the file's name binds the handler to the route."""


@dataclass(frozen=True, slots=True)
class Bindings:
    """Which handlers answer what, and what is wrong with them."""

    bound: tuple[Binding, ...] = ()
    unbound: tuple[str, ...] = ()
    """Handlers that answer nothing."""
    missing: tuple[Binding, ...] = ()
    """Variants whose ``lua_hook`` names a handler that there is not."""
    by_route: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """The handler of a route, by method and path pattern."""


def bind(model: Model, names: Iterable[str]) -> Bindings:
    """Return which handlers answer which routes and variants of a model.

    A hook on a variant comes before the name of a file. A file is called by what its route does and to what:
    ``create_order``, ``get_order``, ``list_orders``, and ``confirm_order`` for ``POST /orders/{id}/confirm``.
    The operation and the last word of the path come first, then the operation and the entity, then the method
    and the last word of the path: ``get_statistics`` is ``GET /customers/{id}/statistics``. A handler is
    bound to all routes that go by its name in the same way; of several names for a route the first counts.
    """
    there = sorted(names)
    hooked, missing = _hooked(model, frozenset(there))
    by_route: dict[tuple[str, str], str] = {}
    named: list[Binding] = []
    for names_of in (_by_path, _by_entity, _by_method):
        called: dict[Words, list[Route]] = {}
        for route in model.routes:
            for words in frozenset(names_of(route)):
                called.setdefault(words, []).append(route)
        used = frozenset(by_route.values())
        for name in there:
            for route in called.get(_plain(name), ()) if name not in used else ():
                if by_route.setdefault((route.method, route.path_pattern), name) == name:
                    named.append(Binding(name, route))
    bound = (*hooked, *named)
    answering = {binding.handler for binding in bound}
    return Bindings(bound, tuple(name for name in there if name not in answering), missing, by_route)


def hook_name(hook: str) -> str:
    """Return the name of the handler that a ``lua_hook`` means: a file's path and ending may stand in it."""
    return hook.rpartition("/")[2].removesuffix(".lua")


def _hooked(model: Model, there: frozenset[str]) -> tuple[tuple[Binding, ...], tuple[Binding, ...]]:
    """Return what hooks bind, and those that name a handler that there is not."""
    all_hooks = [
        Binding(hook_name(variant.lua_hook), route, number)
        for route in model.routes
        for number, variant in enumerate(route.variants)
        if variant.lua_hook is not None
    ]
    bound = tuple(each for each in all_hooks if each.handler in there)
    return bound, tuple(each for each in all_hooks if each.handler not in there)


def _by_path(route: Route) -> Iterator[Words]:
    """Yield what a handler is called by the operation of its route and the last word of the path."""
    literals = _literals(route)
    if not literals or route.method in ("HEAD", "OPTIONS"):
        return
    if route.state_op in VERBS:
        yield from _verbs(route.state_op, literals)
    elif len(literals) > 1 and route.method != "GET" and not route.path_pattern.endswith("}"):
        # an action: the last segment is what is done, the one before what it is done to
        yield (*literals[-1], *literals[-2])


def _by_entity(route: Route) -> Iterator[Words]:
    """Yield what a handler is called by the operation of its route and the entity of the model."""
    if route.state_op in VERBS and route.entity is not None and route.method not in ("HEAD", "OPTIONS"):
        yield from _verbs(route.state_op, [_plain(route.entity)])


def _by_method(route: Route) -> Iterator[Words]:
    """Yield what a handler is called by the method of its route and the last word of the path."""
    literals = _literals(route)
    if literals and route.method in _BY_METHOD:
        yield from _verbs(_BY_METHOD[route.method], literals)


def _verbs(operation: str, things: Sequence[Words]) -> Iterator[Words]:
    """Yield the verbs of an operation with what it is done to, alone and below what it belongs to."""
    for verb in VERBS[operation]:
        yield (verb, *things[-1])
        if len(things) > 1:
            yield (verb, *things[-2], *things[-1])


def _literals(route: Route) -> list[Words]:
    parts = route.path_pattern.split("/")
    return [_plain(part) for part in parts if part and not part.startswith("{")]


def _plain(name: str) -> Words:
    return tuple(_singular(word.lower()) for word in _WORDS.findall(name))


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 2 else word
