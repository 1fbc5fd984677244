"""Handlers: answers that people wrote, in the place of those that were learned.

The sandbox that runs them is not here: a twin is given one callable, and what a handler may see and do passes
through the values below. A handler that fails leaves nothing behind, and the model answers instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from wraith.canonical import JsonValue
from wraith.exchange import Headers
from wraith.paths import Found
from wraith.runtime._draft import Draft
from wraith.wir import Model, Route


@dataclass(slots=True)
class Invocation:
    """What one handler is given for one request."""

    method: str
    path: str
    headers: Mapping[str, str]
    """By lower-case name."""
    query: Mapping[str, JsonValue]
    body: Found
    params: Mapping[str, str]
    """The parameters of the route's path."""
    state: Draft
    now_ms: int
    seed: str
    """What chance is drawn from: the same for the same request of a session in the same state."""
    ahead_ms: int = 0

    def advance(self, by_ms: int) -> None:
        """Set the session's clock forward."""
        self.ahead_ms += by_ms
        self.now_ms += by_ms


@dataclass(frozen=True, slots=True)
class Reply:
    """What a handler emitted. Without body, status and headers it leaves the answer to the model."""

    status: int | None = None
    headers: Headers = ()
    body: bytes | None = None

    @property
    def empty(self) -> bool:
        return self.status is None and self.body is None and not self.headers


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a handler did not answer."""

    reason: str


Handle: TypeAlias = Callable[[str, Invocation], Reply | Failure]
"""Runs the handler of a name."""


@dataclass(frozen=True, slots=True)
class Handlers:
    """The handlers of a twin: their names, which are those of their files, and what runs them."""

    names: frozenset[str]
    run: Handle


NO_HANDLERS: Final = Handlers(frozenset(), lambda name, _: Failure(f"there is no handler {name}"))

VERBS: Final[Mapping[str, tuple[str, ...]]] = {
    "create": ("create", "add", "new", "post", "insert"),
    "read": ("get", "read", "show", "fetch", "retrieve", "find"),
    "update": ("update", "patch", "put", "modify", "edit", "change", "replace"),
    "delete": ("delete", "remove", "destroy"),
    "list": ("list", "index", "search", "all", "query"),
}
"""What handlers call the operations of a route."""

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Binding:
    """A handler and what it answers: a whole route, or one variant of it by its ``lua_hook``."""

    handler: str
    route: Route
    variant: int | None = None
    """The position of the variant; None where the file's name binds the handler to the route."""


@dataclass(frozen=True, slots=True)
class Bindings:
    """Which handler answers what, and what is wrong with them."""

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
    ``create_order``, ``get_order``, ``list_orders``, ``confirm_order`` for ``POST /orders/{id}/confirm``.
    Where several routes go by a name, it is bound to all of them.
    """
    there = sorted(names)
    bound: list[Binding] = []
    missing: list[Binding] = []
    by_route: dict[tuple[str, str], str] = {}
    for route in model.routes:
        for number, variant in enumerate(route.variants):
            if variant.lua_hook is not None:
                hook = hook_name(variant.lua_hook)
                (bound if hook in there else missing).append(Binding(hook, route, number))
        called = _names_of(route)
        chosen = next((name for name in there if _plain(name) in called), None)
        if chosen is not None:
            by_route[route.method, route.path_pattern] = chosen
            bound.append(Binding(chosen, route))
    answering = {binding.handler for binding in bound}
    unbound = tuple(name for name in there if name not in answering)
    return Bindings(tuple(bound), unbound, tuple(missing), by_route)


def hook_name(hook: str) -> str:
    """Return the name of the handler that a ``lua_hook`` means: a file's path and ending may stand in it."""
    return hook.rpartition("/")[2].removesuffix(".lua")


def _names_of(route: Route) -> set[tuple[str, ...]]:
    """Return what a handler of a route may be called, each as its words in the singular."""
    literals = [part for part in route.path_pattern.split("/") if part and not part.startswith("{")]
    if not literals or route.method in ("HEAD", "OPTIONS"):
        return set()
    things = {_plain(literals[-1])}
    if route.entity is not None:
        things.add(_plain(route.entity))
    if route.state_op in VERBS:
        return {(verb, *thing) for verb in VERBS[route.state_op] for thing in things}
    if len(literals) < 2 or route.method == "GET":
        verbs = VERBS["read"] if route.method == "GET" else (route.method.lower(),)
        return {(verb, *thing) for verb in verbs for thing in things}
    # an action: the last segment is what is done, the one before what it is done to
    return {(*_plain(literals[-1]), *_plain(literals[-2]))}


def _plain(name: str) -> tuple[str, ...]:
    """Return the words of a name in lower case, the last in the singular."""
    words = [word.lower() for word in _WORDS.findall(name)]
    return (*words[:-1], _singular(words[-1])) if words else ()


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 2 else word
