"""The interpreter: a model, a request and a session make a response. There is no other way to an answer."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass

from wraith.canonical import JsonValue
from wraith.errors import InputError
from wraith.exchange import Headers, Request, Response, encode_json
from wraith.paths import MISSING, Found
from wraith.runtime._compile import Test, compile_atom, compile_expr
from wraith.runtime._effects import compile_effect
from wraith.runtime._environment import Environment, Ids
from wraith.runtime._query import Compute
from wraith.runtime._routing import Router
from wraith.runtime._state import State
from wraith.runtime._template import compile_template
from wraith.runtime._values import text_of
from wraith.wir import Model, Route, Variant

UNKNOWN_ROUTE = 501
"""RFC 9110, 15.6.2: the server does not support the functionality. No service under test answers it by
chance."""


class Session:
    """The state of one client conversation with a twin."""

    __slots__ = ("ids", "state")

    def __init__(self, state: State, ids: Ids) -> None:
        self.state = state
        self.ids = ids

    def fork(self) -> Session:
        """Return a session that goes on from here by itself. Linear in the number of entities."""
        ids = Ids(self.ids.seed)
        ids.made = self.ids.made
        return Session(self.state.fork(), ids)


@dataclass(frozen=True, slots=True)
class Answer:
    """A response and where it came from.

    ``variant`` is the position in the route; ``extrapolated`` says that no variant was ever seen with such a
    request; ``near`` are routes like the one asked for, where none matched. ``document`` is the body before
    it was encoded, for those who compare. ``key`` is that of the entity which the request addressed, and
    ``stored`` whether there was one before.
    """

    response: Response
    route: Route | None = None
    variant: int | None = None
    extrapolated: bool = False
    near: tuple[str, ...] = ()
    document: Found = MISSING
    key: str | None = None
    stored: bool = False


@dataclass(frozen=True, slots=True)
class _CompiledVariant:
    number: int
    variant: Variant
    guards: tuple[Test, ...]
    support: tuple[Test, ...]
    body: Compute
    headers: tuple[tuple[str, Compute], ...]
    effects: tuple[Callable[[Environment], None], ...]


@dataclass(frozen=True, slots=True)
class _CompiledRoute:
    route: Route
    key: Compute | None
    variants: tuple[_CompiledVariant, ...]


class Twin:
    """A compiled model. Sessions hold all that changes, so one twin serves many of them.

    Raises InputError for a model that does not compile, naming route and variant.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self._router: Router[_CompiledRoute] = Router()
        for route in model.routes:
            self._router.add(route.method, route.path_pattern, _compile_route(route))

    def open_session(self, seed: str = "default") -> Session:
        """Return a session as the service is before the first request; the seed decides its fresh
        identifiers."""
        fixtures = {
            name: [(fixture.key, fixture.value) for fixture in stored]
            for name, stored in self.model.fixtures.items()
        }
        return Session(State(fixtures), Ids(seed))

    def respond(self, request: Request, session: Session, *, now_ms: int, strict: bool = False) -> Answer:
        """Return the answer to a request, and let the session remember what it did.

        ``strict`` refuses (501) what would be extrapolated; then nothing has happened.
        """
        found = self._router.match(request.method, request.path)
        if found is None:
            return _unknown(request, self._router.near(request.method, request.path))
        compiled, parameters = found
        env = Environment(request, parameters, session.state, session.ids, now_ms)
        key = None
        if compiled.key is not None and compiled.route.entity is not None:
            key = text_of(compiled.key(env))
            if key is not None:
                env.entity = session.state.get(compiled.route.entity, key)
        chosen, extrapolated = _choose(compiled, env)
        if chosen is None:
            return _no_variant(compiled.route)
        if strict and extrapolated:
            return _refused(compiled.route)
        return _render(compiled.route, chosen, extrapolated, env, key)


def _choose(compiled: _CompiledRoute, env: Environment) -> tuple[_CompiledVariant | None, bool]:
    """Return the variant and whether it is extrapolated: one that holds comes before one that is only
    guarded."""
    fallback: _CompiledVariant | None = None
    for variant in compiled.variants:
        if all(test(env) for test in variant.guards):
            if all(test(env) for test in variant.support):
                return variant, False
            fallback = fallback or variant
    return fallback, True


def _render(
    route: Route, chosen: _CompiledVariant, extrapolated: bool, env: Environment, key: str | None
) -> Answer:
    env.response = document = chosen.body(env)
    headers: list[tuple[str, str]] = []
    for name, value in chosen.headers:
        text = text_of(value(env))
        if text is not None:
            headers.append((name, text))
    for effect in chosen.effects:
        effect(env)
    body = b"" if env.method == "HEAD" else _encode(chosen.variant, document)
    response = Response(chosen.variant.status, tuple(headers), body)
    stored = env.entity is not MISSING
    return Answer(response, route, chosen.number, extrapolated, (), document, key, stored)


def _encode(variant: Variant, document: Found) -> bytes:
    match variant.body_kind:
        case "empty":
            return b""
        case "binary":
            return _from_base64(document) if isinstance(document, str) else b""
        case "text" | "form":
            return document.encode() if isinstance(document, str) else b""
        case "json":
            return b"" if document is MISSING else encode_json(document)


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except ValueError:  # a hole put something else there
        return b""


def _unknown(request: Request, near: tuple[str, ...]) -> Answer:
    document: JsonValue = {
        "error": "unknown_route",
        "message": f"this twin has no route for {request.method} {request.path}: "
        "nothing like it was recorded",
        "near": list(near),
    }
    return Answer(_problem(document), near=near, document=document)


def _refused(route: Route) -> Answer:
    document: JsonValue = {
        "error": "extrapolated",
        "message": f"{route.name}: nothing like this request was recorded, and answers are strict",
    }
    return Answer(_problem(document), route, extrapolated=True, document=document)


def _no_variant(route: Route) -> Answer:
    document: JsonValue = {
        "error": "no_variant",
        "message": f"{route.name} has no variant whose guards are true for this request",
        "near": [],
    }
    return Answer(_problem(document), route, document=document)


def _problem(document: JsonValue) -> Response:
    headers: Headers = (("content-type", "application/json"),)
    return Response(UNKNOWN_ROUTE, headers, encode_json(document))


# --- compiling ----------------------------------------------------------------------------------------------


def _compile_route(route: Route) -> _CompiledRoute:
    variants = []
    try:
        key = compile_expr(route.key) if route.key is not None else None
    except InputError as error:
        raise InputError(error.message, where=f"route {route.name}, key", hint=error.hint) from error
    for number, variant in enumerate(route.variants):
        try:
            variants.append(_compile_variant(number, variant))
        except InputError as error:
            place = f"route {route.name}, variant {number} (status {variant.status})"
            raise InputError(error.message, where=place, hint=error.hint) from error
    return _CompiledRoute(route, key, tuple(variants))


def _compile_variant(number: int, variant: Variant) -> _CompiledVariant:
    return _CompiledVariant(
        number,
        variant,
        tuple(compile_atom(atom) for atom in variant.guards),
        tuple(compile_atom(atom) for atom in variant.support),
        compile_template(variant.body_template, variant.holes),
        tuple((name, compile_expr(value)) for name, value in variant.headers),
        tuple(compile_effect(effect) for effect in variant.effects),
    )
