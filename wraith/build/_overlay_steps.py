"""The steps of overlays: what their recordings teach beyond the base, and the composites that come of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wraith.build._edits import guard_edits, load_patches, write_model
from wraith.build._layers import declared_layers, overlay_config, own_layer, pinned_layers
from wraith.canonical import parse
from wraith.errors import AnswerIsNo, InputError, PolicyError
from wraith.files import read_bytes, write_json, write_whole
from wraith.workspace import Project, Workspace

if TYPE_CHECKING:
    from wraith.config import Policy
    from wraith.overlay import ComposeReport, Composition, Delta, Layer, Side
    from wraith.synth import Learned
    from wraith.wir import Evidence, Model, PatchFinding


@dataclass(frozen=True, slots=True)
class FullResult:
    """What an overlay's recordings teach by themselves."""

    learned: Learned

    @property
    def summary(self) -> str:
        routes = self.learned.model.routes
        return f"{len(routes)} routes, {sum(len(route.variants) for route in routes)} variants"


@dataclass(frozen=True, slots=True)
class DeltaResult:
    """What an overlay adds, with its patches applied, and which of them no longer apply."""

    delta: Delta
    model: Model
    findings: tuple[PatchFinding, ...]

    @property
    def summary(self) -> str:
        report = self.delta.report
        return (
            f"{report.covered_by_base} exchanges covered by the base, {report.delta} by added variants, "
            f"{report.new_route} by new routes, {report.unreplayable} by neither"
        )


@dataclass(frozen=True, slots=True)
class ComposeResult:
    """A composite, and the workspace that it was written to."""

    composition: Composition
    workspace: Workspace

    @property
    def summary(self) -> str:
        model = self.composition.model
        return (
            f"{len(self.composition.layers)} layers, {len(model.routes)} routes, "
            f"{sum(len(route.variants) for route in model.routes)} variants"
        )


def full(
    workspace: Workspace, *, tags: Sequence[str] = (), jobs: int | None = None, cluster: str | None = None
) -> FullResult:
    """Learn from an overlay's recordings alone, and write that beside its build."""
    from wraith.build._memo import FileMemo
    from wraith.build._workers import spread_of
    from wraith.recording import sealed_sessions
    from wraith.synth import learn
    from wraith.wir import dump_evidence, dump_model

    config = overlay_config(workspace)
    memo = FileMemo(workspace.project.state_path / "memo")
    sessions = sealed_sessions(workspace, tuple(tags) or config.synth.tags)
    for session in sessions:
        session.require_whole()  # what the memo knows of a session is not read again
    learned = learn(sessions, spread=spread_of(workspace.project, jobs, cluster), memo=memo)
    memo.trim()
    write_whole(workspace.full_evidence_path, dump_evidence(learned.evidence))
    write_whole(workspace.full_path, dump_model(learned.model))
    return FullResult(learned)


def delta(workspace: Workspace, *, tags: Sequence[str] = (), base_path: Path | None = None) -> DeltaResult:
    """Subtract the base from what was learned, apply the patches, and write model, evidence and report.

    ``base_path`` is a base in the place of the pinned one. Raises InputError where the model was edited by
    hand, and where nothing was learned yet.
    """
    from wraith.build._findings import write_findings
    from wraith.build._layers import found_layer
    from wraith.build._rules import read_drift
    from wraith.overlay import compose
    from wraith.overlay import delta as subtract
    from wraith.recording import sealed_sessions
    from wraith.wir import apply_patches, dump_evidence, dump_model, model_from_json

    config = overlay_config(workspace)
    guard_edits(workspace)
    base, required = pinned_layers(workspace, config)
    if base_path is not None:
        base = found_layer(workspace.project, str(base_path.resolve()))
    below = compose(base, required, name=workspace.name).model if required else base.model
    model, evidence = read_full(workspace)
    found = subtract(
        workspace.name,
        model,
        evidence,
        below,
        sealed_sessions(workspace, tuple(tags) or config.synth.tags),
        pins=[layer.pin for layer in (base, *required)],
        diff=config.diff,
        drift=read_drift(workspace),
    )
    patches = load_patches(workspace)
    document, findings = apply_patches(parse(dump_model(found.model)), patches)
    patched = model_from_json(document, workspace.patches_path) if patches else found.model
    write_findings(workspace, findings)
    write_json(workspace.delta_report_path, found.report.model_dump(mode="json"))
    write_whole(workspace.evidence_path, dump_evidence(found.evidence))
    write_model(workspace, dump_model(patched))
    return DeltaResult(found, patched, findings)


def keep_full(workspace: Workspace) -> None:
    """Write all that the recordings taught as the overlay's model, whatever the base answers of it."""
    from wraith.build._findings import write_findings

    overlay_config(workspace)
    guard_edits(workspace)
    write_findings(workspace, ())
    write_whole(workspace.evidence_path, read_bytes(workspace.full_evidence_path))
    write_model(workspace, read_bytes(workspace.full_path))


def read_full(workspace: Workspace) -> tuple[Model, Evidence]:
    """Return what ``full`` wrote. Raises InputError where it never ran."""
    from wraith.wir import Evidence, load_model

    try:
        model = load_model(read_bytes(workspace.full_path), workspace.full_path)
        return model, Evidence.model_validate_json(read_bytes(workspace.full_evidence_path))
    except FileNotFoundError as error:
        raise InputError(
            "nothing was learned from the recordings yet",
            where=error.filename or workspace.full_path,
            hint=f"wraith synth {workspace.name}",
        ) from None


def compose_overlay(workspace: Workspace) -> ComposeResult:
    """Link an overlay with its base and its requirements, into ``build/composite``.

    Raises AnswerIsNo where variants overlap and PolicyError where policy forbids it, with the report written.
    """
    return _written(_composed(workspace), workspace.composite, workspace.compose_report_path)


def composed_report(workspace: Workspace) -> ComposeReport:
    """Return what composing an overlay comes to today; nothing is written."""
    return _composed(workspace).report


def _composed(workspace: Workspace) -> Composition:
    from wraith.overlay import compose

    base, required = pinned_layers(workspace, overlay_config(workspace))
    return compose(base, (*required, own_layer(workspace)), name=workspace.name)


def compose_declared(project: Project, name: str) -> ComposeResult:
    """Link a composite of the project, as ``wraith-project.toml`` declares it."""
    from wraith.config import declared
    from wraith.overlay import compose

    composed = declared(project)[name]
    base, overlays = declared_layers(project, composed)
    workspace = project.composite(name)
    composition = compose(base, overlays, name=name)
    # the report of its check stays: where the composite comes out as it was, so does that
    return _written(composition, workspace, workspace.compose_report_path, keep=workspace.report_path)


def compose_layers(
    base: Layer,
    overlays: Sequence[Layer],
    workspace: Workspace,
    *,
    strict: bool = True,
    policy: Policy | None = None,
) -> ComposeResult:
    """Link layers into a workspace, which is written where they compose."""
    from wraith.overlay import compose

    composition = compose(base, overlays, name=workspace.name, strict=strict, policy=policy)
    return _written(composition, workspace, workspace.compose_report_path)


def _written(
    composition: Composition, workspace: Workspace, report_path: Path, *, keep: Path | None = None
) -> ComposeResult:
    """Write report and files; what an earlier composite left goes, but for one file to keep. Raises where the
    answer is no."""
    report = composition.report
    write_json(report_path, report.model_dump(mode="json"))
    judge_report(report, report_path)
    root = workspace.root
    kept = {root / path for path in composition.files} | {report_path, keep}
    for path in sorted(root.rglob("*")) if root.is_dir() else ():
        if path.is_file() and path not in kept:
            path.unlink()
    for name, data in composition.files.items():
        write_whole(root / name, data)
    return ComposeResult(composition, workspace)


def _findings(number: int) -> str:
    return "1 finding of policy" if number == 1 else f"{number} findings of policy"


def judge_report(report: ComposeReport, where: Path | str) -> None:
    """Raise what a report says where a composite may not be used: PolicyError, else AnswerIsNo."""
    errors = [finding for finding in report.policy if finding.severity == "error"]
    if errors:
        raise PolicyError(
            f"{_findings(len(errors))}, the first: {errors[0].path}: {errors[0].reason}",
            where=where,
            hint="the report lists all of them; docs/reference/overlays.md says what each means",
        )
    if report.verdict == "conflict":
        first = report.overlaps[0]
        guard = f"; this guard would tell them apart: {first.separate_by_text}" if first.separate_by else ""
        raise AnswerIsNo(
            f"{report.overlaps_total} pair(s) of variants not provably disjoint, the first: "
            f"{first.first.route}, {_side(first.first)} and {_side(first.second)}{guard}",
            where=where,
            hint="the report has an example of each; add a guard, or compose with --no-strict",
        )


def exit_code_of(report: ComposeReport) -> int:
    """Return the exit status that a report stands for."""
    codes = {"composed": 0, "conflict": AnswerIsNo.exit_code, "refused": PolicyError.exit_code}
    return codes[report.verdict]


def _side(side: Side) -> str:
    return f"variant {side.variant} of {side.origin.partition('@')[0]}"
