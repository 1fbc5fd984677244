"""What ``wraith doctor`` looks at in derived files: whether they are what today's inputs come to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from wraith.build import NEVER_BUILT, Planned, explain
from wraith.cli._derived import read_evidence
from wraith.cli._patient import Finding, Patient, listed

_NAME: Final = "freshness"


def freshness(patient: Patient) -> Iterator[Finding]:
    """Compare the model with the sessions that are there, and each step with what doit remembers of it."""
    if patient.installed or patient.workspace.place is not None:
        return
    yield from _other_sessions(patient)
    tasks = [
        each
        for each in explain(patient.workspace.project, [f"check:{patient.name}"])
        if each.task.twin == patient.name
    ]
    for each in tasks:
        if each.standing == "stale" and NEVER_BUILT not in each.changes:
            yield _stale(each, patient)
    unknown = [each.task.name for each in tasks if NEVER_BUILT in each.changes]
    if unknown:
        said = f"doit has not built {', '.join(unknown)} here: whether they are stale is not known"
        yield Finding(_NAME, "info", said)
    elif all(each.standing == "fresh" for each in tasks):
        yield Finding(_NAME, "ok", f"{', '.join(each.task.step for each in tasks)}: up to date")


def _stale(each: Planned, patient: Patient) -> Finding:
    why = listed([change.reason for change in each.changes])
    hint = f"doit {each.task.name}"
    return Finding(_NAME, "warning", f"{each.task.name} is stale: {why}", str(patient.workspace.root), hint)


def _other_sessions(patient: Patient) -> Iterator[Finding]:
    evidence = read_evidence(patient.workspace)
    if evidence is None:
        return
    tags = frozenset(patient.config.synth.tags)
    there = {session.id for session in patient.sessions if not tags or not tags.isdisjoint(session.tags)}
    known = {session_id for run in evidence.runs for session_id in run}
    if there != known:
        changed = f"{len(there - known)} new, {len(known - there)} gone"
        yield Finding(
            _NAME,
            "warning",
            f"the model was learned from other sessions than are there ({changed})",
            str(patient.workspace.evidence_path),
            f"doit synth:{patient.name}",
        )
