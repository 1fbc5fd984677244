"""What ``wraith doctor`` looks at in overlays and fault profiles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from wraith.build.steps import composed_report, is_overlay
from wraith.cli._derived import read_model
from wraith.cli._output import count
from wraith.cli._patient import Finding, Patient, from_error
from wraith.config import FaultProfile, read_toml
from wraith.errors import WraithError
from wraith.globs import glob
from wraith.runtime import Twin
from wraith.wir import METHODS

_OVERLAY: Final = "overlay"
_FAULTS: Final = "fault_profiles"


def overlay(patient: Patient) -> Iterator[Finding]:
    """Look whether an overlay has its base, keeps to policy, and composes; a missing model is
    told elsewhere."""
    workspace = patient.workspace
    if workspace.place is not None or not is_overlay(workspace) or read_model(workspace) is None:
        return
    report = composed_report(workspace)
    policy = "docs/reference/overlays.md says what it may do, and who grants more"
    for finding in report.policy:
        yield Finding(
            _OVERLAY, finding.severity, f"{finding.capability}: {finding.reason}", finding.path, policy
        )
    if report.overlaps:
        first = report.overlaps[0]
        said = count(report.overlaps_total, "pair") + " of variants not provably disjoint, the first: "
        place = f"{first.first.route}, variant {first.first.variant}"
        guard = first.separate_by_text
        hint = f"this guard would tell them apart: {guard}" if guard else f"wraith compose {patient.name}"
        yield Finding(_OVERLAY, "error", said + place, str(workspace.symbols_path), hint)
    if report.verdict == "composed":
        base, *_ = report.layers
        yield Finding(
            _OVERLAY, "ok", f"composes with {base.artifact}, {count(report.pairs_total, 'pair')} judged"
        )


def fault_profiles(patient: Patient) -> Iterator[Finding]:
    """Look for profiles that are broken, and for faults that no request can meet."""
    paths = sorted(patient.workspace.faults_path.glob("*.toml"))
    model = read_model(patient.workspace) if paths else None
    twin = Twin(model) if model is not None and not is_overlay(patient.workspace) else None
    wrong = []
    for path in paths:
        try:
            profile = read_toml(path, FaultProfile)
        except WraithError as error:
            wrong.append(from_error(_FAULTS, error, patient))
            continue
        if twin is not None:
            wrong += _unmet(path, profile, twin)
    yield from wrong
    if paths and not wrong:
        yield Finding(_FAULTS, "ok", ", ".join(path.stem for path in paths))


def _unmet(path: Path, profile: FaultProfile, twin: Twin) -> Iterator[Finding]:
    for number, fault in enumerate(profile.faults, start=1):
        if not _names_a_route(fault.route, twin):
            message = f"fault {number} is for {fault.route!r}, which names no route of the model"
            hint = "patterns are METHOD /path, as wraith inspect lists them, with * for any text"
            yield Finding(_FAULTS, "warning", message, str(path), hint)


def _names_a_route(pattern: str, twin: Twin) -> bool:
    """Whether a pattern names a route, or a request that takes one. Fields of GraphQL are no requests."""
    matches = glob(pattern)
    if any(matches(route.name) for route in twin.model.routes if route.method not in METHODS):
        return True
    method, _, path = pattern.replace("*", "x").replace("?", "x").partition(" ")
    return twin.route_of(method, path) is not None
