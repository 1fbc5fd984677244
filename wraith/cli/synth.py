"""Learn the twin's model from its recordings, now and whether it is fresh or not: routes, symbols (holes and
constants) and state operations. The same as the task synth:NAME. Patches are applied; a model that was edited
by hand is not overwritten (wraith patch keeps the edits).

Of an overlay, what its base answers already is subtracted: the same as the tasks synth:NAME and
delta:NAME."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wraith.cli._args import add_jobs, add_tags, add_twin, find_twin
from wraith.cli._output import Block, Line, Output, count
from wraith.errors import InputError

if TYPE_CHECKING:
    from wraith.canonical import JsonValue
    from wraith.conformance import Generalization
    from wraith.wir import Evidence, PatchFinding
    from wraith.workspace import Workspace


def configure(parser: argparse.ArgumentParser) -> None:
    add_twin(parser)
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--delta", action="store_true", help="of an overlay: learn, then subtract the base (the default)"
    )
    which.add_argument(
        "--full",
        action="store_true",
        help="of an overlay: keep all that was learned, whatever the base answers",
    )
    parser.add_argument(
        "--base-path", type=Path, metavar="PATH", help="subtract this base instead of the pinned one"
    )
    add_jobs(parser)
    add_tags(parser, "learn only from sessions with this tag; may be given again")


def run(args: argparse.Namespace, out: Output) -> int:
    from wraith.build import steps
    from wraith.cli._model_view import (
        count_symbols,
        route_documents,
        route_table,
        state_operation_documents,
        summary_blocks,
    )

    workspace = find_twin(args)
    if steps.is_overlay(workspace):
        return _overlay(workspace, args, out)
    if args.delta or args.full or args.base_path is not None:
        raise InputError(
            "--delta, --full and --base-path belong to an overlay",
            where=workspace.config_path,
            hint="an overlay has a [base]: wraith init NAME --base REF --owner TEAM",
        )
    with out.working(f"learning {workspace.name}"):
        result = steps.synth(workspace, tags=args.tags, jobs=args.jobs, cluster=args.cluster)
    model, evidence = result.model, result.learned.evidence
    known = steps.known_generalization(workspace, tags=args.tags)
    symbols: dict[str, JsonValue] = dict(count_symbols(model))
    changes: list[JsonValue] = [str(finding) for finding in result.findings]
    out.answer(
        {
            "schema": "wraith.synth/1",
            "twin": workspace.name,
            "model": str(workspace.symbols_path),
            "sessions": evidence.sessions,
            "exchanges": evidence.exchanges,
            "symbols": symbols,
            "routes": route_documents(model, evidence),
            "state_operations": state_operation_documents(model),
            "refused_patches": changes,
            "generalization_bp": known.generalization_bp if known is not None else None,
        },
        _headline(workspace, evidence, len(model.routes)),
        *([route_table(model, evidence)] if model.routes else []),
        *summary_blocks(model),
        _predicted(workspace, known),
        *_refused(workspace, result.findings),
    )
    return 0


def _overlay(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Learn from an overlay's recordings, and subtract its base."""
    from wraith.build import steps
    from wraith.cli._overlay_view import delta_blocks

    if args.full and args.base_path is not None:
        raise InputError("--full subtracts nothing", where="--base-path", hint="leave one of them out")
    with out.working(f"learning {workspace.name}"):
        full = steps.full(workspace, tags=args.tags, jobs=args.jobs, cluster=args.cluster)
        if args.full:
            steps.keep_full(workspace)
            document: dict[str, JsonValue] = {
                "schema": "wraith.synth/1",
                "twin": workspace.name,
                "full": True,
            }
            out.answer(document, Line(f"{workspace.name}: {full.summary}, nothing subtracted", "title"))
            return 0
        result = steps.delta(workspace, tags=args.tags, base_path=args.base_path)
    report = result.delta.report
    changes: list[JsonValue] = [str(finding) for finding in result.findings]
    out.answer(
        {
            "schema": "wraith.delta/1",
            "twin": workspace.name,
            "model": str(workspace.symbols_path),
            **report.model_dump(mode="json", exclude={"format"}),
            "refused_patches": changes,
        },
        *delta_blocks(report),
        *_refused(workspace, result.findings),
    )
    return 0


def _predicted(workspace: Workspace, known: Generalization | None) -> Line:
    if known is None:
        return Line(f"how it does on what was never seen: wraith check {workspace.name} --holdout 5", "dim")
    return Line(f"{known.generalization_bp}/10000 exact on sessions held out, in {known.folds} folds")


def _headline(workspace: Workspace, evidence: Evidence, routes: int) -> Line:
    if not evidence.exchanges:
        return Line(
            f"{workspace.name}: nothing to learn from; wraith record {workspace.name} records", "warn"
        )
    seen = f"{count(evidence.sessions, 'session')}, {count(evidence.exchanges, 'exchange')}"
    return Line(f"{workspace.name}: {count(routes, 'route')} learned from {seen}", "title")


def _refused(workspace: Workspace, findings: Sequence[PatchFinding]) -> list[Block]:
    if not findings:
        return []
    title = (
        f"{count(len(findings), 'change')} of {workspace.patches_path} without effect; mend or remove them:"
    )
    return [Line(title, "warn"), *(Line(f"  {finding}") for finding in findings)]
