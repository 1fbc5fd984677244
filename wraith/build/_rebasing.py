"""The steps that judge an overlay: on a newer base, and for being taken over by its base."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wraith.build._layers import (
    found_layer,
    layer_from,
    overlay_config,
    overlay_tables,
    own_layer,
    pinned_layers,
)
from wraith.build._rules import read_drift
from wraith.errors import AnswerIsNo, InputError, PolicyError
from wraith.files import read_bytes, write_json, write_whole
from wraith.workspace import Workspace

if TYPE_CHECKING:
    from wraith.artifact import Artifact
    from wraith.config import TwinConfig
    from wraith.overlay import Promotion, RebaseReport


@dataclass(frozen=True, slots=True)
class RebaseResult:
    """How an overlay would do on a newer base."""

    report: RebaseReport

    @property
    def summary(self) -> str:
        report = self.report
        return f"{report.verdict} with {report.new_base[:40]}…, confidence {report.confidence_bp} bp"


@dataclass(frozen=True, slots=True)
class PromoteResult:
    """Whether an overlay may be taken over, and the folder that says how."""

    promotion: Promotion
    folder: Path

    @property
    def summary(self) -> str:
        promotion = self.promotion
        verdict = "promoted" if promotion.promoted else "not promoted"
        return f"{verdict}, {len(promotion.evidence)} variants, {len(promotion.lacking)} lack evidence"


def candidate(workspace: Workspace, config: TwinConfig) -> str | None:
    """Return the newer base that is on offer, None where there is none: what ``[base] candidate`` names, else
    the base's packed artifact in ``dist/``."""
    base, _ = overlay_tables(config)
    if (named := base.candidate) is not None:
        is_path = named.endswith(".wraith") or "/" in named
        return str((workspace.root / named).resolve()) if is_path else named
    packed = workspace.project.twin(base.artifact).artifact_path
    return str(packed) if packed.is_file() else None


def rebase_check(
    workspace: Workspace, new_base: str | None = None, *, search: Sequence[Path] = ()
) -> RebaseResult:
    """Judge an overlay on a newer base, the one on offer where none is named, and write the report."""
    config = overlay_config(workspace)
    reference = new_base or candidate(workspace, config)
    if reference is None:
        pinned, _ = overlay_tables(config)
        raise InputError(
            f"there is no newer {pinned.artifact} on offer",
            where=workspace.config_path,
            hint=f"pack the base (wraith pack {pinned.artifact}), or name it: --new-base REF",
        )
    from wraith.overlay import rebase_check as judge
    from wraith.recording import sealed_sessions

    base, required = pinned_layers(workspace, config, search)
    newer = found_layer(workspace.project, reference, (workspace.base_path, *search))
    report = judge(
        own_layer(workspace),
        required,
        base,
        newer,
        sealed_sessions(workspace, config.synth.tags),
        diff=config.diff,
        drift=read_drift(workspace),
    )
    write_json(workspace.rebase_report_path, report.model_dump(mode="json"))
    return RebaseResult(report)


def judge_rebase(workspace: Workspace, report: RebaseReport) -> None:
    """Raise AnswerIsNo where an overlay conflicts with a newer base."""
    if report.verdict == "conflict":
        raise AnswerIsNo(
            f"conflicts with {report.new_base}: {report.reasons[0]}",
            where=workspace.rebase_report_path,
            hint="the report there says all of it, with an example request for each overlap",
        )


def rebase(workspace: Workspace, to: str, *, force: bool = False, search: Sequence[Path] = ()) -> str:
    """Move the pin of an overlay to another artifact, of its base or of one that it requires, and keep that
    beside the overlay. Returns the new pin.

    Raises AnswerIsNo where it conflicts, and nothing was moved, unless ``force``.
    """
    from wraith.artifact import resolve

    config = overlay_config(workspace)
    pinned, own = overlay_tables(config)
    artifact = resolve(workspace.project, to, (workspace.base_path, *search))
    pins = {pin.partition("@")[0]: pin for pin in own.requires}
    if artifact.name in pins:
        if not force:
            _composes_with(workspace, config, artifact)
        old = pins[artifact.name].partition("@")[2]
        changes = {pins[artifact.name]: f"{artifact.name}@{artifact.content_digest}"}
    elif artifact.name == pinned.artifact:
        if not force:
            judge_rebase(workspace, rebase_check(workspace, to, search=search).report)
        old = pinned.digest
        changes = {
            pinned.digest: artifact.content_digest,
            pinned.scrub_policy_hash: artifact.manifest.scrub_policy_hash,
        }
    else:
        raise InputError(
            f"{artifact.name} is neither the base of {workspace.name} nor one that it requires",
            where=workspace.config_path,
            hint=f"its base is {pinned.artifact}; another base is another overlay: wraith init",
        )
    keep_artifact(workspace, artifact)
    text = read_bytes(workspace.config_path).decode("utf-8")
    for before, after in changes.items():
        text = re.sub(rf'"{re.escape(before)}"', f'"{after}"', text)
    write_whole(workspace.config_path, text.encode())
    if old != artifact.content_digest:
        _kept_path(workspace, old).unlink(missing_ok=True)
    return f"{artifact.name}@{artifact.content_digest}"


def _composes_with(workspace: Workspace, config: TwinConfig, artifact: Artifact) -> None:
    """Raise where an overlay does not compose with another version of one that it requires."""
    from dataclasses import replace

    from wraith.build._overlay_steps import judge_report
    from wraith.overlay import compose

    base, required = pinned_layers(workspace, config)
    newer = layer_from(artifact)
    moved = [newer if layer.name == newer.name else layer for layer in required]
    own = own_layer(workspace)
    told = overlay_tables(own.config)[1].model_copy(update={"requires": tuple(layer.pin for layer in moved)})
    own = replace(own, config=own.config.model_copy(update={"overlay": told}))
    judge_report(compose(base, (*moved, own), name=workspace.name).report, workspace.name)


def keep_artifact(workspace: Workspace, artifact: Artifact) -> Path:
    """Write an artifact beside an overlay, without recordings, so that a fresh clone can build."""
    from wraith.artifact import make_artifact, write_artifact

    kept = artifact
    if set(artifact.manifest.entries) != set(artifact.files):
        kept = make_artifact(artifact.name, artifact.files)
        if kept.content_digest != artifact.content_digest:
            raise PolicyError(
                "was packed with its recordings, by a version of wraith whose built-in scrub rules differ",
                where=artifact.name,
                hint="ask its owner for one that is packed without --include-recordings",
            )
    path = _kept_path(workspace, artifact.content_digest)
    write_artifact(kept, path)
    return path


def _kept_path(workspace: Workspace, digest: str) -> Path:
    return workspace.base_path / f"{digest.removeprefix('sha256:')}.wraith"


def promote(workspace: Workspace, *, output: Path | None = None) -> PromoteResult:
    """Judge whether an overlay may be taken over by its base, and write what is suggested to its owner."""
    from wraith.artifact import make_artifact
    from wraith.build.steps import corpus_digest
    from wraith.conformance import check as replay
    from wraith.overlay import compose, selected, suggestion
    from wraith.overlay import promote as judge
    from wraith.recording import sealed_sessions

    config = overlay_config(workspace)
    base, required = pinned_layers(workspace, config)
    own = own_layer(workspace)
    composition = compose(base, (*required, own), name=workspace.name)
    sessions = sealed_sessions(workspace, config.synth.tags)
    drift = read_drift(workspace)
    report = replay(
        selected(composition, own),
        sessions,
        twin=workspace.name,
        diff=config.diff,
        drift=drift,
        runs=own.evidence.runs,
    )
    promotion = judge(
        composition,
        report,
        sessions,
        required=config.promote,
        composite_digest=make_artifact(workspace.name, composition.files).content_digest,
        recordings_digest=corpus_digest(sessions),
        diff=config.diff,
        drift=drift,
        made_at=_source_date(),
    )
    folder = output or workspace.promotion_path
    files = suggestion(composition, promotion)
    if output is None:
        shutil.rmtree(folder, ignore_errors=True)  # what an earlier judgement suggested
    for name, data in files.items():
        write_whole(folder / name, data)
    return PromoteResult(promotion, folder)


def judge_promotion(promotion: Promotion, where: Path) -> None:
    """Raise PolicyError or AnswerIsNo where an overlay may not be taken over."""
    refused = [finding for finding in promotion.policy if finding.severity == "error"]
    if refused:
        raise PolicyError(
            f"not promoted: {len(refused)} finding(s) of policy, the first: {refused[0].path}: "
            f"{refused[0].reason}",
            where=where,
            hint="summary.md lists what is missing",
        )
    if promotion.promoted:
        return
    lacking = promotion.lacking
    if promotion.overlaps:
        why = f"{promotion.overlaps} pairs of variants are not provably disjoint"
    elif promotion.conformance != "pass":
        why = (
            f"{promotion.sessions_passed} of {promotion.sessions_total} sessions pass on the composite, "
            "which is too few"
        )
    elif lacking:
        first = lacking[0]
        why = (
            f"{len(lacking)} variants lack evidence, the first: {first.route}, status {first.status}: "
            f"{first.exchanges} exchanges in {first.sessions} sessions, and {promotion.min_exchanges} in "
            f"{promotion.min_sessions} are required"
        )
    else:
        why = "it adds nothing to its base"
    raise AnswerIsNo(f"not promoted: {why}", where=where, hint="record more, then judge again: doit promote")


def _source_date() -> int | None:
    """Return the date of the sources, where the environment gives one: https://reproducible-builds.org."""
    text = os.environ.get("SOURCE_DATE_EPOCH", "")
    return int(text) if text.isascii() and text.isdigit() else None
