"""Evidence: what backs each part of a model. It decides no answer, so it is no part of the model's digest."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from wraith.canonical import JsonValue, pretty


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class VariantEvidence(_Part):
    """How many exchanges a variant was learned from, and what in it nothing explains."""

    status: int
    exchanges: int
    sessions: int
    unexplained: tuple[str, ...] = ()


class RouteEvidence(_Part):
    """One route's share of the recordings."""

    method: str
    path_pattern: str
    exchanges: int
    variants: tuple[VariantEvidence, ...]


class Evidence(_Part):
    """``model/evidence.json``. ``runs`` are the sessions that share a world, oldest first: what one leaves
    behind, the next one finds."""

    format: Literal["wraith.evidence/1"] = "wraith.evidence/1"
    exchanges: int
    sessions: int
    runs: tuple[tuple[str, ...], ...]
    routes: tuple[RouteEvidence, ...]


def dump_evidence(evidence: Evidence) -> bytes:
    """Return the canonical bytes of the evidence."""
    document: JsonValue = evidence.model_dump(mode="json")
    return pretty(document)
