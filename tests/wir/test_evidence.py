"""Evidence: the document beside the model."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from wraith.wir import Evidence, RouteEvidence, VariantEvidence, dump_evidence

EVIDENCE = Evidence(
    exchanges=3,
    sessions=2,
    runs=(("s1", "s2"),),
    routes=(
        RouteEvidence(
            method="GET",
            path_pattern="/items",
            exchanges=3,
            variants=(VariantEvidence(status=200, exchanges=3, sessions=2, unexplained=("total",)),),
        ),
    ),
)


def test_evidence_reads_back_as_itself() -> None:
    """The document holds all of it."""
    assert Evidence.model_validate_json(dump_evidence(EVIDENCE)) == EVIDENCE


def test_evidence_names_its_format() -> None:
    """A reader of another version can tell."""
    assert json.loads(dump_evidence(EVIDENCE))["format"] == "wraith.evidence/1"


def test_an_unknown_key_is_refused() -> None:
    """A misspelt key is no evidence."""
    with pytest.raises(ValidationError, match="Extra inputs"):
        Evidence.model_validate({**EVIDENCE.model_dump(), "exchange": 3})
