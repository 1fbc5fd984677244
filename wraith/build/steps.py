"""The steps: one plain function each, which reads a workspace, calls one engine and writes the outputs whole.

``wraith synth NAME`` and the task ``synth:NAME`` both call ``synth`` here: there is one way to do each thing.
The functions decide no freshness, print nothing and return what a summary needs. Heavy imports stand inside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wraith.build._accepting import accept
from wraith.build._edits import (
    discard_edits,
    guard_edits,
    load_patches,
    patch,
    write_model,
)
from wraith.build._handlers import handlers_of, patient_handlers
from wraith.build._judged import judged_workspace
from wraith.build._layers import (
    found_layer,
    is_overlay,
    is_twin_name,
    keep_pinned,
    layers_below,
    missing_pins,
    pinned_layers,
    trusted_layer,
)
from wraith.build._new_overlay import make_overlay
from wraith.build._overlay_steps import (
    ComposeResult,
    DeltaResult,
    FullResult,
    compose_declared,
    compose_layers,
    compose_overlay,
    composed_report,
    delta,
    exit_code_of,
    full,
    keep_full,
)
from wraith.build._promoting import PromoteResult, judge_promotion, promote
from wraith.build._rebasing import Rebased, RebaseResult, judge_rebase, keep_artifact, rebase, rebase_check
from wraith.build._recording import RecordResult, record
from wraith.build._rules import read_drift
from wraith.build._staleness import stale
from wraith.build._upstream import upstream
from wraith.build._wire import wire
from wraith.canonical import sha256
from wraith.errors import AnswerIsNo, InputError
from wraith.files import read_bytes, write_json, write_whole
from wraith.workspace import Workspace

if TYPE_CHECKING:
    import datetime

    from wraith.artifact import Packed
    from wraith.config import FixtureSets
    from wraith.conformance import Gallery, Generalization, Report, Tampering
    from wraith.recording import SealedSession
    from wraith.synth import Learned
    from wraith.wir import Evidence, Model, PatchFinding

__all__ = [
    "CheckResult",
    "ComposeResult",
    "DeltaResult",
    "FullResult",
    "PackResult",
    "PromoteResult",
    "RebaseResult",
    "Rebased",
    "RecordResult",
    "SynthResult",
    "accept",
    "check",
    "chosen_sessions",
    "compose",
    "compose_layers",
    "composed_report",
    "corpus_digest",
    "delta",
    "discard_edits",
    "exit_code_of",
    "fixtures_of",
    "found_layer",
    "full",
    "guard_edits",
    "handlers_of",
    "holdout",
    "is_overlay",
    "is_twin_name",
    "judge_promotion",
    "judge_rebase",
    "judged_workspace",
    "keep_artifact",
    "keep_full",
    "keep_pinned",
    "known_generalization",
    "layers_below",
    "make_overlay",
    "measure",
    "missing_pins",
    "pack",
    "patch",
    "pinned_layers",
    "promote",
    "read_drift",
    "read_evidence",
    "read_findings",
    "read_model",
    "rebase",
    "rebase_check",
    "record",
    "stale",
    "synth",
    "tamper",
    "trusted_layer",
    "upstream",
    "wire",
]


@dataclass(frozen=True, slots=True)
class SynthResult:
    """What was learned, the model with patches applied, and which patches no longer apply."""

    learned: Learned
    model: Model
    findings: tuple[PatchFinding, ...]

    @property
    def summary(self) -> str:
        variants = sum(len(route.variants) for route in self.model.routes)
        text = f"{len(self.model.routes)} routes, {variants} variants"
        return f"{text}{_told(self.findings)}"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What the replay came to, and which patches the model under test lacks."""

    report: Report
    findings: tuple[PatchFinding, ...]

    @property
    def summary(self) -> str:
        return f"score {self.report.score_bp} bp, exact {self.report.exact_bp} bp{_told(self.findings)}"


@dataclass(frozen=True, slots=True)
class PackResult:
    """The artifact that was written."""

    packed: Packed

    @property
    def summary(self) -> str:
        return f"{self.packed.files} files, {self.packed.size_bytes} bytes, {self.packed.digest[:19]}…"


def synth(
    workspace: Workspace, *, tags: Sequence[str] = (), jobs: int | None = None, cluster: str | None = None
) -> SynthResult:
    """Learn the model from the recordings, apply the patches, and write model and evidence.

    ``tags`` choose sessions in place of ``[synth] tags``; ``jobs`` processes or a ``cluster`` share the work.
    Raises InputError where the model was edited by hand.
    """
    from wraith.build._findings import write_findings
    from wraith.build._memo import FileMemo
    from wraith.build._workers import spread_of
    from wraith.canonical import parse
    from wraith.config import TwinConfig, read_toml
    from wraith.recording import sealed_sessions
    from wraith.synth import learn
    from wraith.wir import apply_patches, dump_evidence, dump_model, model_from_json

    config = read_toml(workspace.require().config_path, TwinConfig)
    guard_edits(workspace)
    patches = load_patches(workspace)
    memo = FileMemo(workspace.project.state_path / "memo")
    sessions = sealed_sessions(workspace, tuple(tags) or config.synth.tags)
    for session in sessions:
        session.require_whole()  # what the memo knows of a session is not read again
    learned = learn(sessions, spread=spread_of(workspace.project, jobs, cluster), memo=memo)
    memo.trim()
    document, findings = apply_patches(parse(dump_model(learned.model)), patches)
    # a patch can name what no model may hold: then the patches are to blame, and nothing is written
    model = model_from_json(document, workspace.patches_path) if patches else learned.model
    write_findings(workspace, findings)
    write_whole(workspace.evidence_path, dump_evidence(learned.evidence))
    write_model(workspace, dump_model(model))
    return SynthResult(learned, model, findings)


def compose(workspace: Workspace) -> ComposeResult:
    """Link an overlay with its base and its requirements, or a composite as the project declares it."""
    if workspace.place is not None:
        return compose_declared(workspace.project, workspace.name)
    return compose_overlay(workspace)


def check(workspace: Workspace) -> CheckResult:
    """Replay the recordings on the model and write the report, which has no date: rules do not expire in it.

    Raises AnswerIsNo, with the report written, where the answer is no.
    """
    report = measure(workspace)
    if not report.passed:
        raise _answer_is_no(workspace, report)
    return CheckResult(report, read_findings(workspace))


def measure(
    workspace: Workspace,
    *,
    tags: Sequence[str] = (),
    sessions: Sequence[str] = (),
    route: str | None = None,
    fixture: str | None = None,
    handlers: bool = True,
    jobs: int | None = None,
    cluster: str | None = None,
    today: datetime.date | None = None,
    gallery: Gallery | None = None,
) -> Report:
    """Replay the recordings on the model and return the report, which is written where it is of all sessions
    and routes, and of the whole twin.

    ``tags`` choose sessions in place of ``[synth] tags``; ``sessions`` and ``route``, a pattern, choose what
    is judged; ``fixture`` is the set that sessions begin with; without ``handlers`` the model alone answers;
    ``today`` is what rules expire by; ``jobs`` processes or a ``cluster`` share the work. What is to be
    looked at is put into the ``gallery``. Raises InputError where there is no such set or session.
    """
    from wraith.build._judged import judged
    from wraith.build._workers import spread_of
    from wraith.conformance import check as replay

    about = judged(workspace, tags, sessions=sessions, fixture=fixture)
    # no scrubber: recorded requests are scrubbed already, and scrubbing twice changes nothing
    report = replay(
        about.model,
        about.sessions,
        twin=workspace.name,
        diff=about.diff,
        drift=read_drift(workspace),
        today=today,
        runs=about.runs,
        counted=frozenset(sessions) or None,
        route=route,
        fixtures=about.fixtures,
        handlers=patient_handlers(workspace) if handlers else None,
        spread=spread_of(workspace.project, jobs, cluster),
        gallery=gallery,
    )
    if not sessions and route is None and handlers:
        write_json(workspace.report_path, report.to_json())
    return report


def chosen_sessions(
    workspace: Workspace, tags: Sequence[str], counted: Sequence[str]
) -> Sequence[SealedSession]:
    """Return the sessions with one of the tags. Raises InputError where one that is to be judged is not among
    them."""
    from wraith.recording import sealed_sessions

    recorded = sealed_sessions(workspace, tags)
    unknown = set(counted) - {session.id for session in recorded}
    if unknown:
        raise InputError(
            f"there is no session {sorted(unknown)[0]!r} among those that are replayed",
            where="--session",
            hint=f"wraith inspect {workspace.name} lists the sessions",
        )
    return recorded


def _answer_is_no(workspace: Workspace, report: Report) -> AnswerIsNo:
    """Return the error of a report that is no pass."""
    if report.verdict == "no-evidence":
        blind = f" on {report.no_evidence[0]}" if report.no_evidence else ""
        error = AnswerIsNo(
            f"no-evidence: nothing was compared{blind}, and that is never a pass",
            where=workspace.report_path,
            hint=_why_not(workspace, report),
        )
        error.code = "no-evidence"
        return error
    return AnswerIsNo(
        f"{report.sessions_passed} of {report.sessions_total} sessions pass, and "
        f"{report.required_score * 100:g} % are required; score {report.score_bp} bp",
        where=workspace.report_path,
        hint=_why_not(workspace, report),
    )


def tamper(
    workspace: Workspace, *, tags: Sequence[str] = (), fixture: str | None = None, seed: int = 0
) -> Tampering:
    """Change constants of the model one at a time, and return which changes a replay does not notice.
    ``fixture`` is the set that sessions begin with. Nothing is written."""
    from wraith.build._judged import judged
    from wraith.conformance import tamper as try_changes

    about = judged(workspace, tags, fixture=fixture)
    return try_changes(
        about.model,
        about.sessions,
        diff=about.diff,
        runs=about.runs,
        fixtures=about.fixtures,
        seed=seed,
    )


def holdout(
    workspace: Workspace,
    count: int,
    *,
    tags: Sequence[str] = (),
    fixture: str | None = None,
    jobs: int | None = None,
    cluster: str | None = None,
) -> Generalization:
    """Predict each of so many folds of the sessions from the others, and write what came out. ``fixture`` is
    the set that sessions begin with.

    Raises InputError where there are fewer sessions than folds.
    """
    from wraith.build._workers import spread_of
    from wraith.config import TwinConfig, read_toml, selected
    from wraith.conformance import generalization
    from wraith.recording import sealed_sessions

    config = read_toml(workspace.require().config_path, TwinConfig)
    sessions = sealed_sessions(workspace, tuple(tags) or config.synth.tags)
    result = generalization(
        sessions,
        count,
        runs=read_evidence(workspace).runs,
        diff=config.diff,
        drift=read_drift(workspace),
        fixtures=selected(fixtures_of(workspace, read_model(workspace)), fixture),
        spread=spread_of(workspace.project, jobs, cluster),
    ).model_copy(update={"corpus": corpus_digest(sessions)})
    write_json(workspace.holdout_path, result.to_json())
    return result


def known_generalization(workspace: Workspace, *, tags: Sequence[str] = ()) -> Generalization | None:
    """Return the result of the last hold-out, if it was of the sessions that are there now."""
    from pydantic import ValidationError

    from wraith.config import TwinConfig, read_toml
    from wraith.conformance import Generalization
    from wraith.recording import sealed_sessions

    try:
        result = Generalization.model_validate_json(read_bytes(workspace.holdout_path))
    except (FileNotFoundError, ValidationError):  # never made, or by another version
        return None
    config = read_toml(workspace.config_path, TwinConfig)
    sessions = sealed_sessions(workspace, tuple(tags) or config.synth.tags)
    return result if result.corpus == corpus_digest(sessions) else None


def corpus_digest(sessions: Sequence[SealedSession]) -> str:
    """Return the digest of the sessions, whatever their order."""
    return sha256("\n".join(sorted(session.digest for session in sessions)).encode())


def _why_not(workspace: Workspace, report: Report) -> str:
    """Return what to do about a check whose answer is no."""
    if report.exchanges_total:
        return f"see what differs: wraith check {workspace.name} --in-memory"
    came = "the twin came packed, without recordings; " if workspace.origin_path.is_file() else ""
    return f"{came}nothing was compared: record something with wraith record {workspace.name}"


def pack(
    workspace: Workspace,
    *,
    output: Path | None = None,
    recordings: bool = False,
    diagnostics: bool = False,
    sign: Path | None = None,
) -> PackResult:
    """Write the twin as one file, ``dist/NAME.wraith`` where no other is named, and keep a copy in the
    project's store. ``sign`` is the file of a private key.

    Raises PolicyError, with nothing written, where scrubbing again finds a secret.
    """
    from wraith.artifact import pack as write

    path = output or workspace.artifact_path
    return PackResult(write(workspace, path, recordings=recordings, diagnostics=diagnostics, sign=sign))


def read_model(workspace: Workspace) -> Model:
    """Return the model of a twin. Raises InputError where it was not learned yet, or is broken."""
    from wraith.wir import load_model

    try:
        return load_model(read_bytes(workspace.symbols_path), workspace.symbols_path)
    except FileNotFoundError:
        raise _not_learned(workspace, workspace.symbols_path) from None
    except InputError as error:
        hint = (error.hint or "").replace("NAME", workspace.name) or None
        raise InputError(error.message, where=error.where, hint=hint) from error


def fixtures_of(workspace: Workspace, model: Model) -> FixtureSets:
    """Return the fixture sets of a twin. Raises InputError, with file and line, where one is broken, or an
    entity is filed under another key than its own."""
    from wraith.config import read_fixtures

    return read_fixtures(workspace.fixtures_path, {entity.name: entity.key for entity in model.entities})


def read_evidence(workspace: Workspace) -> Evidence:
    """Return what backs the model. Raises InputError where it was not learned yet, or is broken."""
    from pydantic import ValidationError

    from wraith.config import describe
    from wraith.wir import Evidence

    try:
        return Evidence.model_validate_json(read_bytes(workspace.evidence_path))
    except FileNotFoundError:
        raise _not_learned(workspace, workspace.evidence_path) from None
    except ValidationError as error:
        raise InputError(
            describe(error),
            where=workspace.evidence_path,
            hint=f"build it again: wraith synth {workspace.name}",
        ) from None


def read_findings(workspace: Workspace) -> tuple[PatchFinding, ...]:
    """Return which changes of patches did not apply when synth last ran; none where it never did."""
    from wraith.build._findings import read_findings as read

    return read(workspace)


def _told(findings: tuple[PatchFinding, ...]) -> str:
    """Return what a summary says about patches that do not apply, nothing where all do."""
    if not findings:
        return ""
    return f"; {len(findings)} changes of patches do not apply, the first: {findings[0]}"


def _not_learned(workspace: Workspace, path: Path) -> InputError:
    return InputError("the model was not learned yet", where=path, hint=f"wraith synth {workspace.name}")
