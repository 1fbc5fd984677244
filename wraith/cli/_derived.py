"""The derived documents of a workspace, as far as they exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wraith.build import steps
from wraith.workspace import Workspace

if TYPE_CHECKING:
    from wraith.conformance import Report
    from wraith.wir import Evidence, Model


def read_model(workspace: Workspace) -> Model | None:
    """Return the model of a twin, None before it was learned. Raises InputError where it is broken."""
    return steps.read_model(workspace) if workspace.symbols_path.exists() else None


def read_evidence(workspace: Workspace) -> Evidence | None:
    """Return what backs the model, None before it was learned. Raises InputError where it is broken."""
    return steps.read_evidence(workspace) if workspace.evidence_path.exists() else None


def read_report(workspace: Workspace) -> Report | None:
    """Return the report of the last check, None where there is none that this version can read."""
    from pydantic import ValidationError

    from wraith.conformance import Report
    from wraith.files import read_bytes

    try:
        return Report.model_validate_json(read_bytes(workspace.report_path))
    except (FileNotFoundError, ValidationError):
        return None
