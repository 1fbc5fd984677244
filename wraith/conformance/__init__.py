"""Conformance: how far a twin may be trusted. A pure engine: recordings and a model in, a report out."""

from wraith.conformance._compare import Comparison, Difference, compare
from wraith.conformance._holdout import Fold, folds, generalization
from wraith.conformance._identity import Identities
from wraith.conformance._replay import check
from wraith.conformance._report import Dependence, Divergence, Generalization, Prediction, Report, RouteScore

__all__ = [
    "Comparison",
    "Dependence",
    "Difference",
    "Divergence",
    "Fold",
    "Generalization",
    "Identities",
    "Prediction",
    "Report",
    "RouteScore",
    "check",
    "compare",
    "folds",
    "generalization",
]
