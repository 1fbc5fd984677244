"""The interpreter: a model, a request and a session make a response. There is no other way to an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wraith.canonical import JsonValue
from wraith.config import FixtureSet, FixtureSets, selected
from wraith.errors import InputError
from wraith.exchange import Headers, Request, Response, decode_body, encode_json, header
from wraith.paths import MISSING, Found
from wraith.runtime._answer import Answer, Choice
from wraith.runtime._bindings import bind, hook_name
from wraith.runtime._compile import Test, compile_atom, compile_expr
from wraith.runtime._draft import Draft
from wraith.runtime._effects import compile_effect
from wraith.runtime._encode import encoder
from wraith.runtime._environment import Environment, Ids
from wraith.runtime._handlers import NO_HANDLERS, Failure, Handlers, Invocation, Reply
from wraith.runtime._query import Compute
from wraith.runtime._routing import Router
from wraith.runtime._selectors import Selectors
from wraith.runtime._state import State
from wraith.runtime._template import compile_headers, compile_template
from wraith.runtime._values import text_of
from wraith.wir import METHODS, Model, Route, Variant

if TYPE_CHECKING:
    from wraith.runtime._graphql import Endpoint, FieldChoice, GraphQLAnswer

UNKNOWN_ROUTE = 501
"""RFC 9110, 15.6.2: the server does not support the functionality. No service under test answers it by
chance."""


HANDLER_FAILED = 500
"""RFC 9110, 15.6.1."""

MAX_INSIDE = 20_000
"""Requests that are answered in one that holds many, ten times what services take: seconds, not minutes."""

TOO_MANY = Response(413)
"""What those beyond are answered."""

ELSEWHERE = "*"
"""The method of the two routes for requests that no route of the model matches."""


def elsewhere(model: Model) -> tuple[Route, Route]:
    """Return what a model says to paths that no route has, and to methods that none has there, as routes."""
    return (
        Route(method=ELSEWHERE, path_pattern="unknown", variants=model.unknown),
        Route(method=ELSEWHERE, path_pattern="refused", variants=model.refused),
    )


class Session:
    """The state of one client conversation with a twin."""

    __slots__ = ("ahead_ms", "ids", "state")

    def __init__(self, state: State, ids: Ids, ahead_ms: int = 0) -> None:
        self.state = state
        self.ids = ids
        self.ahead_ms = ahead_ms
        """How far handlers have set the session's clock forward."""

    def branch(self, seed: str) -> Session:
        """Return a session of its own that begins where this one is."""
        return Session(self.state.copy(), Ids(seed), self.ahead_ms)


@dataclass(frozen=True, slots=True)
class _CompiledVariant:
    number: int
    variant: Variant
    guards: tuple[Test, ...]
    support: tuple[Test, ...]
    body: Compute
    encode: Callable[[Found], bytes]
    headers: Callable[[Environment], Headers]
    effects: tuple[Callable[[Environment], None], ...]


@dataclass(frozen=True, slots=True)
class _CompiledRoute:
    route: Route
    key: Compute | None
    variants: tuple[_CompiledVariant, ...]


class Twin:
    """A compiled model. Sessions hold all that changes, so one twin serves many of them.

    ``fixture_sets`` are what sessions may begin with besides the model's own fixtures. ``handlers`` answer
    what they are bound to; the model answers where they fail. Raises InputError for a model that does not
    compile, naming route and variant.
    """

    def __init__(
        self, model: Model, fixture_sets: FixtureSets | None = None, handlers: Handlers | None = None
    ) -> None:
        self.model = model
        self.fixture_sets: FixtureSets = fixture_sets or {}
        self._begun: dict[str | None, State] = {}
        self._handlers = handlers
        self._handled = bind(model, handlers.names).by_route if handlers is not None else {}
        self._router: Router[_CompiledRoute] = Router()
        self._fields: dict[tuple[str, str], _CompiledRoute] = {}
        self._elsewhere = {
            known: _compile_route(route) for known, route in zip((False, True), elsewhere(model), strict=True)
        }
        self._caller = _compile_caller(model)
        self._selectors = Selectors(model.selectors)
        for route in model.routes:
            if route.method in METHODS:
                self._fields[route.method, route.path_pattern] = _compile_route(route)
            else:
                self._router.add(route.method, route.path_pattern, _compile_route(route))
        self._endpoints: tuple[Endpoint, ...] = ()
        if model.graphql:
            from wraith.runtime._graphql import Endpoint  # only models with GraphQL need its library

            self._endpoints = tuple(Endpoint(each, self._field) for each in model.graphql)

    def __reduce__(self) -> tuple[type[Twin], tuple[Model, FixtureSets, Handlers | None]]:
        """A twin travels as what it is compiled from: closures do not."""
        return Twin, (self.model, self.fixture_sets, self._handlers)

    def open_session(self, seed: str = "default", fixtures: str | None = None) -> Session:
        """Return a session as the service is before the first request; the seed decides its fresh
        identifiers, and ``fixtures`` is the set that it begins with, besides the default ones. Raises
        InputError for a set that there is none of."""
        if fixtures not in self._begun:
            self._begun[fixtures] = self._beginning(selected(self.fixture_sets, fixtures))
        return Session(self._begun[fixtures].copy(), Ids(seed))

    def _beginning(self, more: FixtureSet) -> State:
        state = State(
            {
                name: [(fixture.key, fixture.value) for fixture in stored]
                for name, stored in self.model.fixtures.items()
            }
        )
        for name, entities in more.items():
            for key, entity in entities.items():
                state.put(name, key, entity)
        return state

    def route_of(self, method: str, path: str) -> Route | None:
        """Return the route that a request takes, None where the model has none for it."""
        found = self._router.match(method, path)
        return found[0].route if found is not None else None

    def methods_of(self, path: str) -> list[str]:
        """Return the methods that the model has routes for at a path."""
        asked = [name for each in self.model.graphql if each.path == path for name in each.methods]
        return [*dict.fromkeys((*self._router.methods(path), *asked))]

    def is_fixture(self, session: Session, fixtures: str | None, entity: str, key: str) -> bool:
        """Tell whether an entity is in a session as the fixtures had it that the session began with."""
        begun = self._begun.get(fixtures)
        held = session.state.get(entity, key)
        return begun is not None and held is not MISSING and begun.get(entity, key) is held

    def respond(self, request: Request, session: Session, *, now_ms: int) -> Answer:
        """Return the answer to a request, and let the session remember what it did."""
        return self._respond(request, session, now_ms, asks=True)

    def witness(self, request: Request, response: Response, session: Session, *, now_ms: int) -> None:
        """Let the session remember an exchange as it truly went, without answering it.

        The variant that answers so has its effects, with what was really answered in the place of the answer.
        Where no variant does, nothing is remembered. What GraphQL was asked is done again instead: its answer
        shows only a part of what it wrote.
        """
        if self._asked(request, session, now_ms) is not None:
            return
        found = self._find(request, session, now_ms)
        if found is None:
            return
        compiled, env, _ = found
        chosen = _choose(compiled, env, response.status)[0]
        if chosen is None or not chosen.effects:
            return
        kind = header(response.headers, "content-type")
        env.response = decode_body(kind, response.body, self.model.xml_lists).document
        env.rendered = response.body
        for effect in chosen.effects:
            effect(env)

    def choose(self, request: Request, session: Session, *, now_ms: int) -> Choice | None:
        """Return how a request would be answered, and let nothing happen; None where no route matches.

        What the twin is asked meanwhile happens to a copy of the session.
        """
        found = self._find(request, session, now_ms)
        if found is None:
            return None
        compiled, env, key = found
        copies: list[Session] = []

        def ask(inner: Request) -> Response:
            if not copies:
                copies.append(session.branch(session.ids.seed))
            return self._respond(inner, copies[0], now_ms, asks=False).response

        env.ask = ask
        chosen, extrapolated = _choose(compiled, env)
        return Choice(compiled.route, chosen.number if chosen else None, extrapolated, env, key)

    def _respond(self, request: Request, session: Session, now_ms: int, *, asks: bool) -> Answer:
        if (answer := self._asked(request, session, now_ms)) is not None:
            return answer
        found = self._find(request, session, now_ms)
        if found is None:
            return _unknown(request, self._router.near(request.method, self._selectors.path(request)))
        compiled, env, key = found
        inside: list[Answer] = []
        if asks:

            def ask(inner: Request) -> Response:
                if len(inside) >= MAX_INSIDE:
                    return TOO_MANY
                inside.append(self._respond(inner, session, now_ms, asks=False))
                return inside[-1].response

            env.ask = ask
        chosen, extrapolated = _choose(compiled, env)
        name = self._handler(compiled.route, chosen)
        if name is None:
            answer = _modelled(compiled.route, chosen, extrapolated, env, key)
            return answer._replace(asked=tuple(inside)) if inside else answer
        return self._handle(name, compiled.route, chosen, extrapolated, env, key, session)

    def _handler(self, route: Route, chosen: _CompiledVariant | None) -> str | None:
        """Return the handler that is to answer: that of the variant, else that of the route."""
        if self._handlers is None:
            return None
        if chosen is not None and chosen.variant.lua_hook is not None:
            return hook_name(chosen.variant.lua_hook)
        return self._handled.get((route.method, route.path_pattern))

    def _handle(
        self,
        name: str,
        route: Route,
        chosen: _CompiledVariant | None,
        extrapolated: bool,
        env: Environment,
        key: str | None,
        session: Session,
    ) -> Answer:
        """Answer by a handler. What it wrote is kept only where it did not fail; the model answers where it
        did and the handlers fall back, and where it emitted nothing."""
        assert self._handlers is not None  # Invariant: there is a name
        handlers = self._handlers if name in self._handlers.names else NO_HANDLERS
        draft = Draft(session.state)
        seed = f"{session.ids.seed}/{session.ids.made}"
        invocation = Invocation(
            env.method, env.request.path, env.headers, env.query, env.body, env.path, draft, env.now_ms, seed
        )
        came = handlers.run(name, invocation)
        if isinstance(came, Failure) and not self._handlers.falls_back:
            return _failed(name, came, route)
        if isinstance(came, Failure):
            answer = _modelled(route, chosen, extrapolated, env, key)
            return answer._replace(handler=name, failure=came.reason)
        draft.keep()
        session.ids.made += 1  # the next handler's chance is another
        session.ahead_ms += invocation.ahead_ms
        if came.empty:
            answer = _modelled(route, chosen, extrapolated, env, key)._replace(handler=name)
        else:
            answer = _emitted(name, came, route, chosen, env, key)
        return answer._replace(written_bytes=invocation.written_bytes)

    def _asked(self, request: Request, session: Session, now_ms: int) -> Answer | None:
        """Answer a request that speaks GraphQL; None where it does not."""
        for endpoint in self._endpoints:
            asked = endpoint.asked(request)
            if asked is None:
                continue
            answer = endpoint.respond(asked, request, session.state, session.ids, now_ms)
            route = _asked_route(request, answer)
            return Answer(answer.response, route, 0, answer.extrapolated, (), answer.document)
        return None

    def _find(
        self, request: Request, session: Session, now_ms: int
    ) -> tuple[_CompiledRoute, Environment, str | None] | None:
        """Return the route of a request, what it can see, and the key of the entity that it addresses."""
        path = self._selectors.path(request)
        found = self._router.match(request.method, path)
        if found is None:
            place = self._elsewhere[self._router.knows(path)]
            if not place.variants:
                return None
            found = place, {"path": request.path}
        compiled, parameters = found
        now_ms += session.ahead_ms
        env = Environment(request, parameters, session.state, session.ids, now_ms, self.model.xml_lists)
        if self._caller is not None:
            env.caller = self._caller(env)
        key = None
        if compiled.key is not None and compiled.route.entity is not None:
            key = text_of(compiled.key(env))
            if key is not None:
                env.entity = session.state.get(compiled.route.entity, key)
        return compiled, env, key

    def _field(self, method: str, path: str, env: Environment) -> FieldChoice | None:
        """Answer a field of GraphQL by its route, if it has one."""
        compiled = self._fields.get((method, path))
        if compiled is None:
            return None
        if self._caller is not None:
            env.caller = self._caller(env)
        if compiled.key is not None and compiled.route.entity is not None and env.entity is MISSING:
            key = text_of(compiled.key(env))
            if key is not None:
                env.entity = env.state.get(compiled.route.entity, key)
        chosen, extrapolated = _choose(compiled, env)
        if chosen is None:
            return None, MISSING, True
        env.response = document = chosen.body(env)
        for effect in chosen.effects:
            effect(env)
        return chosen.variant, document, extrapolated


def _asked_route(request: Request, answer: GraphQLAnswer) -> Route:
    """Return the route that an answer of GraphQL is said to be of: the fields that were asked for."""
    pattern = f"{request.path} {answer.name}"
    return Route(method=request.method, path_pattern=pattern, variants=(answer.variant,))


def _choose(
    compiled: _CompiledRoute, env: Environment, status: int | None = None
) -> tuple[_CompiledVariant | None, bool]:
    """Return the variant and whether it is extrapolated: one that holds comes before one that is only
    guarded. Only those of a status, where one is given: then the first of them rather than none."""
    fallback: _CompiledVariant | None = None
    for variant in compiled.variants:
        if status is not None and variant.variant.status != status:
            continue
        if _hold(variant.guards, env):
            if _hold(variant.support, env):
                return variant, False
            fallback = fallback or variant
    if fallback is None and status is not None:
        fallback = next((each for each in compiled.variants if each.variant.status == status), None)
    return fallback, True


def _hold(tests: tuple[Test, ...], env: Environment) -> bool:
    for test in tests:  # noqa: SIM110 -- all() takes twice as long, and this is done for every request
        if not test(env):
            return False
    return True


def _render(
    route: Route, chosen: _CompiledVariant, extrapolated: bool, env: Environment, key: str | None
) -> Answer:
    env.response = document = chosen.body(env)
    env.rendered = chosen.encode(document)
    headers = chosen.headers(env)
    for effect in chosen.effects:
        effect(env)
    body, unsent = (b"", env.rendered) if env.method == "HEAD" else (env.rendered, b"")
    response = Response(chosen.variant.status, headers, body)
    stored = env.entity is not MISSING
    return Answer(response, route, chosen.number, extrapolated, (), document, key, stored, unsent=unsent)


def _modelled(
    route: Route, chosen: _CompiledVariant | None, extrapolated: bool, env: Environment, key: str | None
) -> Answer:
    return _no_variant(route) if chosen is None else _render(route, chosen, extrapolated, env, key)


def _failed(name: str, failure: Failure, route: Route) -> Answer:
    message = f"the handler {name} failed: {failure.reason}"
    document: JsonValue = {"error": "handler", "message": message}
    response = _problem(document, HANDLER_FAILED)
    return Answer(response, route, document=document, handler=name, failure=failure.reason, by="handler")


def _emitted(
    name: str, reply: Reply, route: Route, chosen: _CompiledVariant | None, env: Environment, key: str | None
) -> Answer:
    """Return what a handler emitted as an answer. What it left out is that of the variant in whose place it
    answers: the status; and 200 where there is none."""
    status = reply.status or (chosen.variant.status if chosen is not None else 200)
    body = reply.body or b""
    sent, unsent = (b"", body) if env.method == "HEAD" else (body, b"")
    response = Response(status, reply.headers, sent)
    decoded = decode_body(header(reply.headers, "content-type"), body)
    document = decoded.document if decoded.kind != "empty" else MISSING
    number = chosen.number if chosen is not None else None
    stored = env.entity is not MISSING
    return Answer(response, route, number, False, (), document, key, stored, name, None, "handler", unsent)


def _unknown(request: Request, near: tuple[str, ...]) -> Answer:
    document: JsonValue = {
        "error": "unknown_route",
        "message": f"this twin has no route for {request.method} {request.path}: "
        "nothing like it was recorded",
        "near": list(near),
    }
    return Answer(_problem(document), near=near, document=document, by="miss")


def _no_variant(route: Route) -> Answer:
    document: JsonValue = {
        "error": "no_variant",
        "message": f"{route.name} has no variant whose guards are true for this request",
        "near": [],
    }
    return Answer(_problem(document), route, document=document, by="miss")


def _problem(document: JsonValue, status: int = UNKNOWN_ROUTE) -> Response:
    headers: Headers = (("content-type", "application/json"),)
    return Response(status, headers, encode_json(document))


# --- compiling ----------------------------------------------------------------------------------------------


def _compile_caller(model: Model) -> Compute | None:
    try:
        return compile_expr(model.caller) if model.caller is not None else None
    except InputError as error:
        raise InputError(error.message, where="caller", hint=error.hint) from error


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
        encoder(variant),
        compile_headers(variant.headers),
        tuple(compile_effect(effect) for effect in variant.effects),
    )
