"""``wraith.toml``: one twin. Each table is read by one step, and is an input of that step alone."""

from __future__ import annotations

from typing import Literal, Self

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


class Serve(Document):
    """``[serve]``: how the twin is served."""

    fidelity: Literal["synth", "strict"] = "synth"
    lua: ServeLua = ServeLua()
    latency: Latency = Latency()
    rate_limits: tuple[RateLimit, ...] = ()


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
