"""Layers for tests: small programs, said in as few words as possible."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wraith.canonical import JsonValue, compact
from wraith.config import ScrubConfig, TwinConfig
from wraith.exchange import Exchange, Request, Response
from wraith.overlay import Layer
from wraith.paths import parse_path
from wraith.wir import (
    Atom,
    Entity,
    Equals,
    Evidence,
    Hole,
    Literal,
    Model,
    Ref,
    Route,
    Variant,
    ref,
)

POLICY = f"sha256:{'a' * 64}"
V = ref("request.body.v")


def digest(name: str) -> str:
    """Return a digest that is different for each name."""
    return f"sha256:{name.encode().hex()[:64]:0<64}"


def answer(
    *guards: Atom, status: int = 200, says: JsonValue = "done", support: Sequence[Atom] = (), **more: object
) -> Variant:
    """Return a variant that says one thing."""
    return Variant.model_validate(
        {
            "status": status,
            "guards": guards,
            "support": tuple(support),
            "body_template": {"said": says},
            "headers": (("content-type", Literal("application/json")),),
            **more,
        }
    )


def echo(*guards: Atom, support: Sequence[Atom] = ()) -> Variant:
    """Return a variant that says what it was sent."""
    hole = Hole(hole_class="echoed", type="string", source=V)
    return Variant(
        status=200,
        guards=guards,
        support=tuple(support),
        headers=(("content-type", Literal("application/json")),),
        body_template={"said": "$hole_1"},
        holes={"hole_1": hole},
    )


def route(name: str, *variants: Variant, entity: str | None = None, key: Ref | None = None) -> Route:
    method, _, pattern = name.partition(" ")
    return Route(method=method, path_pattern=pattern, variants=variants, entity=entity, key=key)


def root(
    *routes: Route,
    name: str = "base",
    version: str = "",
    entities: Iterable[str] = (),
    scrub: ScrubConfig | None = None,
    **more: object,
) -> Layer:
    """Return a root twin as a layer; ``entities`` are written ``name:key``."""
    return Layer(
        name=name,
        kind="root",
        digest=digest(f"{name}{version}"),
        scrub_policy_hash=POLICY,
        model=Model(routes=routes, entities=tuple(map(_entity, entities))),
        config=TwinConfig.model_validate({"upstream": {"base_url": "http://service.test"}}),
        scrub=scrub or ScrubConfig(),
        **more,  # type: ignore[arg-type]  # other parts of a layer
    )


def overlay(
    *routes: Route,
    name: str = "over",
    base: Layer | None = None,
    requires: Sequence[str] = (),
    tables: dict[str, object] | None = None,
    entities: Iterable[str] = (),
    scrub: ScrubConfig | None = None,
    runs: Sequence[Sequence[str]] = (),
    **more: object,
) -> Layer:
    """Return an overlay as a layer, on the base that ``root`` makes where no other is given."""
    under = base or root()
    config = {
        "upstream": {"base_url": "http://service.test"},
        "base": {
            "artifact": under.name,
            "digest": under.digest,
            "scrub_policy_hash": under.scrub_policy_hash,
        },
        "overlay": {"owner": "team", "requires": tuple(requires)},
        **(tables or {}),
    }
    return Layer(
        name=name,
        kind="overlay",
        digest=digest(name),
        scrub_policy_hash=under.scrub_policy_hash,
        model=Model(routes=routes, entities=tuple(map(_entity, entities))),
        config=TwinConfig.model_validate(config),
        scrub=scrub or ScrubConfig(),
        evidence=Evidence(exchanges=0, sessions=0, runs=tuple(map(tuple, runs)), routes=()),
        **more,  # type: ignore[arg-type]  # other parts of a layer
    )


def _entity(text: str) -> Entity:
    name, _, key = text.partition(":")
    return Entity(name=name, key=parse_path(key or "id"))


def is_v(value: JsonValue) -> Equals:
    return Equals(V, value)


class Sessions:
    """One recorded session, in memory."""

    def __init__(self, name: str, exchanges: Sequence[Exchange]) -> None:
        self.id = name
        self.started_at_ms = 1_700_000_000_000
        self.tags: tuple[str, ...] = ()
        self._exchanges = tuple(exchanges)

    def read(self) -> tuple[Exchange, ...]:
        return self._exchanges


def recorded(name: str, *pairs: tuple[str, JsonValue, int, JsonValue]) -> Sessions:
    """Return a session of exchanges: method and path, body, status, what was said."""
    exchanges = []
    for asked, body, status, said in pairs:
        method, _, target = asked.partition(" ")
        request = Request(method, target, (("content-type", "application/json"),), compact(body))
        headers = (("content-type", "application/json"),)
        response = Response(status, headers, compact({"said": said}))
        exchanges.append(Exchange(request, response, started_at_ms=1_700_000_000_000))
    return Sessions(name, exchanges)
