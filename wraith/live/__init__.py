"""Servers that a replay talks to: one of our own, started for it, and what sends requests to any."""

from wraith.live._client import Client
from wraith.live._server import served

__all__ = ["Client", "served"]
