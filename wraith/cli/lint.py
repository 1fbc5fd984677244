"""List what is wrong with a twin's model, found in its text alone: files, names that stand for two things,
variants that nothing reaches, guards that never hold, holes that nothing fills, placeholders. Nothing is
changed. Ends with 0 where nothing is an error, with 2 where something is."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from wraith.cli._args import add_reading_twin, reading_twin
from wraith.cli._output import Block, Line, Output, count
from wraith.errors import AnswerIsNo

if TYPE_CHECKING:
    from wraith.canonical import JsonValue
    from wraith.wir import LintFinding


def configure(parser: argparse.ArgumentParser) -> None:
    add_reading_twin(parser)


def run(args: argparse.Namespace, out: Output) -> int:
    from wraith.cli._linting import findings_of

    with reading_twin(args) as workspace:
        findings = findings_of(workspace, args.artifact_paths)
    errors = sum(finding.is_error for finding in findings)
    warnings = len(findings) - errors
    documents: list[JsonValue] = [_document(finding) for finding in findings]
    summary = f"{count(errors, 'error')}, {count(warnings, 'warning')}"
    out.answer(
        {
            "schema": "wraith.lint/1",
            "twin": workspace.name,
            "errors": errors,
            "warnings": warnings,
            "findings": documents,
        },
        *(block for finding in findings for block in _blocks(finding)),
        Line(f"{workspace.name}: {summary}", "title"),
    )
    return AnswerIsNo.exit_code if errors else 0


def _blocks(finding: LintFinding) -> list[Block]:
    said = f"{finding.code}  {'ERROR' if finding.is_error else 'WARNING'}  {finding.message}"
    return [
        Line(said, "bad" if finding.is_error else "warn"),
        Line(f"         where: {finding.where}"),
        Line(f"         hint:  {finding.remedy}; docs/reference/lint.md#{finding.code}"),
    ]


def _document(finding: LintFinding) -> dict[str, JsonValue]:
    return {
        "code": finding.code,
        "level": "error" if finding.is_error else "warning",
        "where": finding.where,
        "message": finding.message,
        "hint": finding.remedy,
        "page": f"docs/reference/lint.md#{finding.code}",
    }
