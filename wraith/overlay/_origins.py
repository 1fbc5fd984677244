"""``provenance/origins.json``: which artifact each route and variant of a composite came from.

It stands beside the model, not in it: where a part came from changes no answer, and so no digest that others
pin.
"""

from __future__ import annotations

from typing import Literal

from wraith.config import Document

ORIGINS = "provenance/origins.json"


class Origin(Document):
    """An artifact, by name and digest of its content."""

    artifact: str
    digest: str

    def __str__(self) -> str:
        return f"{self.artifact}@{self.digest}"


class RouteOrigin(Document):
    """Where a route and its variants came from, each as a position in ``origins``; variants in the order of
    the model."""

    route: str
    origin: int
    variants: tuple[int, ...]


class Origins(Document):
    """The whole of ``provenance/origins.json``. Routes stand in the order of the model."""

    format: Literal["wraith.origins/1"] = "wraith.origins/1"
    origins: tuple[Origin, ...]
    """The base first, then the overlays as they were applied."""
    routes: tuple[RouteOrigin, ...]
