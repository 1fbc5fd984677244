"""The step that judges whether the base may take an overlay over, and writes what is suggested to it."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wraith.build._layers import overlay_config, own_layer, pinned_layers
from wraith.build._rules import read_drift
from wraith.errors import AnswerIsNo, PolicyError
from wraith.files import write_whole
from wraith.workspace import Workspace

if TYPE_CHECKING:
    from wraith.overlay import Promotion


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
