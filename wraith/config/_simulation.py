"""``[serve.latency]`` and ``[[serve.rate_limits]]``: how slow the twin is, and how often it may be asked."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, JsonValue, model_validator

from wraith.config._read import Document

LatencyMode = Literal["off", "fixed", "uniform", "normal", "percentile", "recorded"]


class Delays(Document):
    """How long answers are held back. Only what the mode names is read; times are in milliseconds."""

    mode: LatencyMode = "off"
    ms: float = Field(default=100.0, ge=0.0, le=600_000.0)
    """Of ``fixed``."""
    min_ms: float = Field(default=50.0, ge=0.0, le=600_000.0)
    """Of ``uniform``, as ``max_ms``."""
    max_ms: float = Field(default=150.0, ge=0.0, le=600_000.0)
    mean_ms: float = Field(default=100.0, ge=0.0, le=600_000.0)
    """Of ``normal``, as ``deviation_ms``; what would be less than nothing is nothing."""
    deviation_ms: float = Field(default=20.0, gt=0.0, le=600_000.0)
    p50_ms: float = Field(default=50.0, ge=0.0, le=600_000.0)
    """Of ``percentile``: half of the requests take no longer. Between the points, times lie on a line."""
    p90_ms: float = Field(default=120.0, ge=0.0, le=600_000.0)
    p99_ms: float = Field(default=400.0, ge=0.0, le=600_000.0)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min_ms > self.max_ms:
            raise ValueError("min_ms is above max_ms")
        if not self.p50_ms <= self.p90_ms <= self.p99_ms:
            raise ValueError("p50_ms, p90_ms and p99_ms do not rise")
        return self


class RouteLatency(Delays):
    """One of ``[[serve.latency.routes]]``: the delays of the routes that a pattern names."""

    route: str
    """A pattern for ``METHOD /path``: of the route as it was learned, or of the request."""


class Latency(Delays):
    """``[serve.latency]``; the first of its routes that names a request comes before the rest."""

    seed: int = 0
    routes: tuple[RouteLatency, ...] = ()


class RateLimit(Document):
    """One of ``[[serve.rate_limits]]``: how many requests a session has in a window, or each caller in it."""

    route: str = "*"
    """A pattern for ``METHOD /path``: of the route as it was learned, or of the request."""
    header: str = ""
    """Requests are counted apart by the value of this header, such as ``Authorization``; empty: all alike."""
    limit: int = Field(ge=1)
    window_s: float = Field(default=60.0, gt=0.0, le=86_400.0)
    algorithm: Literal["fixed", "sliding"] = "fixed"
    """``fixed``: a window begins with its first request, and then all of it is free again; ``sliding``: each
    request is free again after a window of its own."""
    status: int = Field(default=429, ge=400, le=599)
    body: JsonValue = None
    """What is answered beyond the limit; none: a JSON error that names the limit."""
