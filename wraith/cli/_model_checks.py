"""What ``wraith doctor`` looks at in the model, its patches, and the report."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from wraith.artifact import Manifest
from wraith.build.steps import fixtures_of, guard_edits, read_findings
from wraith.canonical import sha256
from wraith.cli._derived import read_model
from wraith.cli._output import count
from wraith.cli._patient import Finding, Patient, listed
from wraith.config import describe, fixture_names
from wraith.conformance import Report
from wraith.errors import InputError
from wraith.files import read_bytes
from wraith.wir import Model, load_patch


def model(patient: Patient) -> Iterator[Finding]:
    name, workspace = "model", patient.workspace
    learned = read_model(workspace)
    if learned is None:
        hint = f"doit synth:{patient.name}"
        yield Finding(name, "warning", "nothing was learned yet", str(workspace.symbols_path), hint)
        return
    if patient.installed:
        yield from _against_artifact(patient)
        return
    try:
        guard_edits(workspace)
    except InputError as error:
        yield Finding(name, "warning", error.message, error.where, error.hint)
        return
    yield Finding(name, "ok", f"{count(len(learned.routes), 'route')}")


def _against_artifact(patient: Patient) -> Iterator[Finding]:
    """Compare the files of an installed twin with what its artifact held."""
    workspace = patient.workspace
    try:
        manifest = Manifest.model_validate_json(read_bytes(workspace.origin_path))
    except ValidationError as error:
        hint = "install the artifact again, in the place of this one"
        yield Finding("model", "error", describe(error), str(workspace.origin_path), hint)
        return
    changed = [
        path for path, entry in manifest.entries.items() if _digest(workspace.root / path) != entry.digest
    ]
    if changed:
        yield Finding(
            "model",
            "warning",
            f"other than in the artifact that it came in: {listed(changed)}",
            str(workspace.root),
            "install the artifact again, in the place of this one, unless the change is yours",
        )
    else:
        yield Finding("model", "ok", f"as it was packed, {manifest.content_digest}")


def _digest(path: Path) -> str | None:
    try:
        return sha256(read_bytes(path))
    except FileNotFoundError:
        return None


def fixtures(patient: Patient) -> Iterator[Finding]:
    """Look for fixtures that are broken, and for types that the model does not know."""
    learned = read_model(patient.workspace) or Model()
    sets = fixtures_of(patient.workspace, learned)
    if not sets:
        return
    known = {entity.name for entity in learned.entities}
    folder = patient.workspace.fixtures_path
    for chosen, kinds in sorted(sets.items()) if known else ():
        for kind in sorted(kinds.keys() - known):
            said = f"the model has no entities called {kind}"
            where = str(folder / chosen / f"{kind}.json")  # the default set's name is empty
            yield Finding("fixtures", "warning", said, where, f"it knows {listed(sorted(known))}")
    yield Finding("fixtures", "ok", f"sets: {', '.join(fixture_names(sets))}")


def patches(patient: Patient) -> Iterator[Finding]:
    """Report the patches that synth could not apply; broken ones raise."""
    name, workspace = "patches", patient.workspace
    files = sorted(workspace.patches_path.glob("*.json"))
    loaded = [load_patch(read_bytes(path), path) for path in files]
    learned = read_model(workspace)
    if learned is None or not loaded:
        return
    refused = read_findings(workspace)
    for finding in refused:
        yield Finding(
            name,
            "warning",
            str(finding),
            str(workspace.patches_path),
            "mend or remove the change; it is kept, and has no effect",
        )
    if not refused:
        yield Finding(name, "ok", f"{count(len(files), 'file')}, all of them applied")


def report(patient: Patient) -> Iterator[Finding]:
    name, path = "check_report", patient.workspace.report_path
    try:
        found = Report.model_validate_json(read_bytes(path))
    except FileNotFoundError:
        if patient.installed:
            return
        yield Finding(name, "warning", "nothing was checked yet", str(path), f"doit check:{patient.name}")
        return
    except ValidationError as error:
        yield Finding(
            name, "error", describe(error), str(path), f"write it again: wraith check {patient.name}"
        )
        return
    score = (
        f"{found.score_bp}/10000, exact {found.exact_bp}/10000; {found.sessions_passed} of "
        f"{found.sessions_total} sessions pass, {found.required_score * 100:g} % are required"
    )
    if found.passed:
        yield Finding(name, "ok", f"passed: {score}")
    elif patient.installed and not found.exchanges_total:
        said = "nothing was compared: the twin came packed, without recordings"
        hint = f"record some, if it is to be checked here: wraith record {patient.name}"
        yield Finding(name, "warning", said, str(path), hint)
    else:
        yield Finding(name, "error", f"failed: {score}", str(path), f"see why: wraith check {patient.name}")
