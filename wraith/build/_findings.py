"""``build/patch-findings.json``: which changes of patches did not apply when synth last ran.

A patch that no longer applies is never dropped; synth writes it down here, and whoever reports on the model
later reads it.
"""

from __future__ import annotations

from typing import Literal

from pydantic import ValidationError

from wraith.config import Document, describe
from wraith.errors import InputError
from wraith.files import read_bytes, write_json
from wraith.wir import PatchFinding
from wraith.workspace import Workspace


class Findings(Document):
    """The whole of the file."""

    format: Literal["wraith.patch-findings/1"] = "wraith.patch-findings/1"
    findings: tuple[PatchFinding, ...]


def write_findings(workspace: Workspace, findings: tuple[PatchFinding, ...]) -> None:
    write_json(workspace.patch_findings_path, Findings(findings=findings).model_dump(mode="json"))


def read_findings(workspace: Workspace) -> tuple[PatchFinding, ...]:
    """Return what synth wrote, none where it never ran. Raises InputError where the file is broken."""
    try:
        return Findings.model_validate_json(read_bytes(workspace.patch_findings_path)).findings
    except FileNotFoundError:
        return ()
    except ValidationError as error:
        raise InputError(
            describe(error),
            where=workspace.patch_findings_path,
            hint=f"write it again: wraith synth {workspace.name}",
        ) from None
