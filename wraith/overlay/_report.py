"""``build/compose-report.json``: what was composed, what stands in the way, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from wraith.config import Document
from wraith.overlay._layer import Kind, Layer
from wraith.overlay._overlaps import Overlap
from wraith.overlay._policy import Finding

Verdict = Literal["composed", "conflict", "refused"]
"""It may be used; variants overlap (exit status 2); policy forbids it (exit status 3)."""


class LayerPart(Document):
    """A layer, and how much of the composite is its."""

    artifact: str
    digest: str
    kind: Kind
    routes: int
    variants: int

    @classmethod
    def of(cls, layer: Layer, position: int, parts: tuple[int, int]) -> LayerPart:
        kind: Kind = layer.kind if position == 0 else "overlay"
        return cls(artifact=layer.name, digest=layer.digest, kind=kind, routes=parts[0], variants=parts[1])


class ComposeReport(Document):
    """The whole of ``build/compose-report.json``."""

    format: Literal["wraith.compose/1"] = "wraith.compose/1"
    composite: str
    verdict: Verdict
    strict: bool
    layers: tuple[LayerPart, ...]
    policy: tuple[Finding, ...]
    overlaps: tuple[Overlap, ...]
    overlaps_total: int
    pairs_total: int = 0
    """Pairs of variants of different layers that could meet: all but the overlaps were proved disjoint."""
    warnings: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        name: str,
        layers: Sequence[LayerPart],
        policy: Sequence[Finding],
        overlaps: Sequence[Overlap],
        more: int,
        *,
        pairs: int,
        strict: bool,
    ) -> ComposeReport:
        """Return the report. ``more`` are overlaps beyond those that are listed."""
        total = len(overlaps) + more
        refused = any(finding.severity == "error" for finding in policy)
        verdict: Verdict = "refused" if refused else "conflict" if overlaps and strict else "composed"
        warnings = []
        if overlaps and not strict:
            warnings.append(
                f"{total} overlaps: where both variants hold, that of the lower layer answers, because "
                "composing was not strict"
            )
        return cls(
            composite=name,
            verdict=verdict,
            strict=strict,
            layers=tuple(layers),
            policy=tuple(policy),
            overlaps=tuple(overlaps),
            overlaps_total=total,
            pairs_total=pairs,
            warnings=tuple(warnings),
        )
