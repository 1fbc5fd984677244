"""``wraith.toml``: one twin. Each table is read by one step, and is an input of that step alone."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Self, TypeAlias

from pydantic import Field, field_validator, model_validator

from wraith.config._diff import Diff
from wraith.config._overlay import Base, Capabilities, Overlay, Promote
from wraith.config._read import Document
from wraith.config._simulation import Latency, RateLimit


class Upstream(Document):
    """``[upstream]``: the real service."""

    base_url: str

    @field_validator("base_url")
    @classmethod
    def _http(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("expected an address that starts with http:// or https://")
        return value.rstrip("/")


class Record(Document):
    """``[record]``: how ``doit record:NAME`` makes the recordings by itself.

    In ``start`` and ``exercise``, ``{python}`` is the running interpreter, ``{port}`` the upstream's free
    port, ``{url}`` the recording proxy's address, ``{project}`` the project's folder. Both run in the twin's
    folder.
    """

    start: tuple[str, ...] = ()
    """The command that starts the upstream; empty: it runs already, at base_url."""
    exercise: tuple[str, ...] = ()
    """The command that sends the traffic; empty: recorded by hand with ``wraith record``."""
    ready: str = "/"
    """A path of the upstream that answers, with any status, once it is up."""
    inputs: tuple[str, ...] = ()
    """Files the recordings are made from besides the configuration, relative to the twin's folder."""
    preserve_host: bool = False
    max_body_bytes: int = Field(default=10 * 2**20, gt=0)
    timeout_s: float = Field(default=600.0, gt=0)


class Synth(Document):
    """``[synth]``: what is learned from."""

    tags: tuple[str, ...] = ()
    """Only sessions with one of these tags; empty: all."""


class ServeLua(Document):
    """``[serve.lua]``: what the server does with handlers."""

    on_error: Literal["fallback", "fail"] = "fallback"
    """Where a handler fails: the model answers instead, or the answer is a 500 that says why."""


class Idempotency(Document):
    """``[serve.idempotency]``: requests that are done once for each key."""

    header: str = "Idempotency-Key"
    """The header that holds the key; empty: none does."""
    methods: tuple[str, ...] = ("POST",)
    max_keys: int = Field(default=1000, gt=0)
    """Of each session; the oldest are forgotten first."""
    reused_status: int = Field(default=422, ge=400, le=499)
    """What a key is answered with that comes with another request."""


SessionMode: TypeAlias = Literal["header", "cookie", "path"]


class Serve(Document):
    """``[serve]``: how the twin is served."""

    fidelity: Literal["synth", "strict"] = "synth"
    clock: Literal["deterministic", "fixed", "real"] = "deterministic"
    clock_epoch: str = "2026-01-01T00:00:00Z"
    """Where the clock of every session begins that is not real: an instant of RFC 3339."""
    session_mode: SessionMode = "header"
    """What names the session of a request; the header does in every mode."""
    max_sessions: int = Field(default=10_000, gt=0)
    max_entities: int = Field(default=1_000_000, gt=0)
    """In all sessions together."""
    max_bytes: int = Field(default=512 * 2**20, gt=0)
    """Of all that sessions hold besides fixtures, as JSON."""
    seed: str = ""
    """Decides fresh identifiers, together with the name of the session."""
    strip_headers: bool = True
    """Leave out headers of servers, caches and gateways."""
    rewrite_urls: bool = True
    """Turn addresses of the upstream into the twin's."""
    unknown_entity: Literal["not_found", "synthesize"] = "not_found"
    """What there is under a key that was never seen: nothing, or what others are."""
    cors: bool = True
    """Web pages of other origins may use the twin."""
    lua: ServeLua = ServeLua()
    latency: Latency = Latency()
    rate_limits: tuple[RateLimit, ...] = ()
    idempotency: Idempotency = Idempotency()

    @field_validator("clock_epoch")
    @classmethod
    def _instant(cls, value: str) -> str:
        epoch_ms(value)
        return value

    @property
    def epoch_ms(self) -> int:
        """``clock_epoch`` in milliseconds since 1970."""
        return epoch_ms(self.clock_epoch)


def epoch_ms(text: str) -> int:
    """Return an instant in milliseconds since 1970. Raises ValueError for what has no date and zone."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = datetime.min
    if at.tzinfo is None:
        raise ValueError("expected an instant such as 2026-01-01T00:00:00Z")
    return int(at.timestamp() * 1000)


class Passthrough(Document):
    """``[passthrough]``: what no route matches is forwarded to the upstream. Never in an overlay."""

    enabled: bool = False
    allow: tuple[str, ...] = ()
    """Patterns of ``METHOD /path``; what none of them matches is not forwarded."""


class Composite(Document):
    """``[composite]``: what a composed twin was made of, each as ``name@sha256:<64 hex digits>``."""

    base: str
    overlays: tuple[str, ...] = ()
    """In the order in which they were applied."""


class TwinConfig(Document):
    """The whole of ``wraith.toml``. With ``[base]`` the twin is an overlay."""

    format: Literal["wraith.twin/1"] = "wraith.twin/1"
    upstream: Upstream
    record: Record = Record()
    synth: Synth = Synth()
    diff: Diff = Diff()
    serve: Serve = Serve()
    composite: Composite | None = None
    passthrough: Passthrough = Passthrough()
    base: Base | None = None
    overlay: Overlay | None = None
    capabilities: Capabilities = Capabilities()
    promote: Promote = Promote()

    @model_validator(mode="after")
    def _overlay_with_base(self) -> Self:
        if (self.base is None) != (self.overlay is None):
            raise ValueError("[base] and [overlay] stand together: an overlay has both, a root twin neither")
        return self
