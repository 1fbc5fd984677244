"""Overlays: a consumer's behaviour layered on a provider's twin. A pure engine: layers in, values out."""

from wraith.overlay._compose import Composition, compose
from wraith.overlay._delta import Delta, delta
from wraith.overlay._delta_report import DeltaReport
from wraith.overlay._files import REPORT, overlay_sets
from wraith.overlay._layer import Kind, Layer, layer_of
from wraith.overlay._linked import linked, with_fixtures
from wraith.overlay._origins import ORIGINS, Origin, Origins
from wraith.overlay._overlaps import Overlap, Side
from wraith.overlay._policy import Finding, judge_policy
from wraith.overlay._promote import Backing, Promotion, promote, suggestion
from wraith.overlay._rebase import RebaseReport, rebase_check, selected
from wraith.overlay._report import ComposeReport
from wraith.overlay._schema import EntityType, FieldType, Schema

__all__ = [
    "ORIGINS",
    "REPORT",
    "Backing",
    "ComposeReport",
    "Composition",
    "Delta",
    "DeltaReport",
    "EntityType",
    "FieldType",
    "Finding",
    "Kind",
    "Layer",
    "Origin",
    "Origins",
    "Overlap",
    "Promotion",
    "RebaseReport",
    "Schema",
    "Side",
    "compose",
    "delta",
    "judge_policy",
    "layer_of",
    "linked",
    "overlay_sets",
    "promote",
    "rebase_check",
    "selected",
    "suggestion",
    "with_fixtures",
]
