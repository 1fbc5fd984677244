"""List what is wrong with a twin, and what to do about it: configuration, recordings, scrubbing, model,
patches, report. Nothing is changed. Ends with 0 where nothing is an error, with 2 where something is, with 3
where --security-audit finds what is surely a secret or personal."""

from __future__ import annotations

import argparse
from collections import Counter
from typing import TYPE_CHECKING, Final

from wraith.cli._args import add_reading_twin, reading_twin
from wraith.cli._output import Block, Kind, Line, Output, count
from wraith.errors import AnswerIsNo, PolicyError

if TYPE_CHECKING:
    from wraith.canonical import JsonValue
    from wraith.cli._patient import Finding, Level

LOOKS: Final[dict[Level, Kind]] = {
    "ok": "good",
    "info": "plain",
    "warning": "warn",
    "error": "bad",
}


def configure(parser: argparse.ArgumentParser) -> None:
    add_reading_twin(parser)
    parser.add_argument(
        "--security-audit",
        action="store_true",
        help="scan every recording, model and report for secrets and personal data",
    )


def run(args: argparse.Namespace, out: Output) -> int:
    from wraith.cli._audit import audit
    from wraith.cli._checkup import examine
    from wraith.cli._patient import Patient

    with reading_twin(args) as workspace:
        findings = examine(workspace)
        found = list(audit(Patient(workspace))) if args.security_audit else []
        findings += found
    counts = Counter(finding.level for finding in findings)
    summary = f"{count(counts['error'], 'error')}, {count(counts['warning'], 'warning')}, {counts['ok']} ok"
    documents: list[JsonValue] = [_document(finding) for finding in findings]
    out.answer(
        {
            "schema": "wraith.doctor/2",
            "twin": workspace.name,
            "errors": counts["error"],
            "warnings": counts["warning"],
            "findings": documents,
        },
        *(block for finding in findings for block in _blocks(finding)),
        Line(f"{workspace.name}: {summary}", "title"),
    )
    if any(finding.level == "error" for finding in found):
        return PolicyError.exit_code
    return AnswerIsNo.exit_code if counts["error"] else 0


def _blocks(finding: Finding) -> list[Block]:
    blocks: list[Block] = [
        Line(f"{finding.code}  {finding.level.upper()}  {finding.message}", LOOKS[finding.level])
    ]
    if finding.where is not None:
        blocks.append(Line(f"         where: {finding.where}"))
    if finding.hint is not None:
        blocks.append(Line(f"         hint:  {finding.hint}; {_page(finding)}"))
    return blocks


def _document(finding: Finding) -> dict[str, JsonValue]:
    return {
        "code": finding.code,
        "level": finding.level,
        "message": finding.message,
        "where": finding.where,
        "hint": finding.hint,
        "page": _page(finding),
    }


def _page(finding: Finding) -> str:
    """Return where it is said what such findings mean."""
    return f"docs/reference/doctor.md#{finding.code}"
