"""What learning one route comes to."""

from __future__ import annotations

from dataclasses import dataclass

from wraith.wir import Variant, VariantEvidence


@dataclass(frozen=True, slots=True)
class LearnedRoute:
    """The variants of a route, in the order in which their guards are asked, and what each was seen with."""

    variants: tuple[Variant, ...]
    evidence: tuple[VariantEvidence, ...]
