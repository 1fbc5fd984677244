"""The checks of ``wraith doctor``: each looks at one thing and yields findings, and none stops the others.

A finding is an *error* where a command would fail or answer wrongly, a *warning* where something is
missing or about to surprise, *info* where there is something to know, and *ok* where all is well. A check
that raises has found an error, with the place and the hint that the command itself would give.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from wraith.cli import _freshness_checks as freshness
from wraith.cli import _handler_checks as handlers
from wraith.cli import _model_checks as model
from wraith.cli import _overlay_checks as overlays
from wraith.cli import _recordings_checks as recordings
from wraith.cli._key_checks import scrub_key
from wraith.cli._patient import Check, Finding, Patient, from_error
from wraith.errors import WraithError
from wraith.workspace import Workspace

CHECKS: Final[tuple[tuple[str, Check], ...]] = (
    ("configuration", recordings.configuration),
    ("recordings", recordings.recordings),
    ("unsealed_sessions", recordings.unsealed),
    ("index", recordings.index),
    ("scrub_key", scrub_key),
    ("scrub_policy", recordings.scrub_policy),
    ("secrets", recordings.secrets),
    ("model", model.model),
    ("patches", model.patches),
    ("fixtures", model.fixtures),
    ("fault_profiles", overlays.fault_profiles),
    ("lua_handlers_valid", handlers.handlers),
    ("overlay", overlays.overlay),
    ("check_report", model.report),
    ("freshness", freshness.freshness),
)
"""The checks in the order in which a twin is made, by the code of what they find."""


def examine(workspace: Workspace) -> list[Finding]:
    """Return the findings of every check, in the order of the table; what two checks say alike, once."""
    patient = Patient(workspace)
    findings = [finding for name, check in CHECKS for finding in _findings(name, check, patient)]
    seen: dict[tuple[str, str | None], Finding] = {}
    for finding in findings:
        seen.setdefault((finding.message, finding.where), finding)
    return list(seen.values())


def _findings(name: str, check: Check, patient: Patient) -> Iterator[Finding]:
    try:
        yield from check(patient)
    except WraithError as error:
        yield from_error(name, error, patient)
