"""Conformance: how far a twin may be trusted. A pure engine: recordings and a model in, a report out."""

from wraith.conformance._beside import Row
from wraith.conformance._causes import Cause
from wraith.conformance._compare import How, compare
from wraith.conformance._differences import Comparison, Difference
from wraith.conformance._exhibit import Exhibit
from wraith.conformance._follow import Followed, follow
from wraith.conformance._gallery import Blame, Gallery
from wraith.conformance._holdout import Fold, folds, generalization
from wraith.conformance._identity import Identities
from wraith.conformance._replay import check
from wraith.conformance._report import (
    MAX_LISTED,
    Dependence,
    Disagreement,
    Divergence,
    Drift,
    Generalization,
    NotSent,
    Prediction,
    Report,
    RouteScore,
    RuleFinding,
    SessionScore,
    Suppressed,
    Tampering,
    Unnoticed,
    Upstream,
    Wire,
)
from wraith.conformance._schema import SCHEMA, UPSTREAM_SCHEMA, check_schema, upstream_schema
from wraith.conformance._scoring import Component, Components, components, passes
from wraith.conformance._tamper import MAX_CHANGES, tamper
from wraith.conformance._upstream import Ask, Unsent, check_upstream
from wraith.conformance._wire import Send, check_wire

__all__ = [
    "MAX_CHANGES",
    "MAX_LISTED",
    "SCHEMA",
    "UPSTREAM_SCHEMA",
    "Ask",
    "Blame",
    "Cause",
    "Comparison",
    "Component",
    "Components",
    "Dependence",
    "Difference",
    "Disagreement",
    "Divergence",
    "Drift",
    "Exhibit",
    "Fold",
    "Followed",
    "Gallery",
    "Generalization",
    "How",
    "Identities",
    "NotSent",
    "Prediction",
    "Report",
    "RouteScore",
    "Row",
    "RuleFinding",
    "Send",
    "SessionScore",
    "Suppressed",
    "Tampering",
    "Unnoticed",
    "Unsent",
    "Upstream",
    "Wire",
    "check",
    "check_schema",
    "check_upstream",
    "check_wire",
    "compare",
    "components",
    "folds",
    "follow",
    "generalization",
    "passes",
    "tamper",
    "upstream_schema",
]
