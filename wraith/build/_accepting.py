"""Accepting drift: a rule written into ``drift.toml`` as a person would, comments and order kept."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from wraith.errors import InputError
from wraith.files import read_bytes, write_whole
from wraith.workspace import Workspace

if TYPE_CHECKING:
    from wraith.conformance import Drift


def accept(workspace: Workspace, drift_id: str, reason: str) -> Path:
    """Add a rule to ``drift.toml`` that accepts a drift of the last report, and return the file.

    Raises InputError where the report does not list that drift, where no reason is given, and where the file
    is broken.
    """
    import tomlkit
    from tomlkit.items import AoT

    from wraith.config import DriftConfig, DriftSuppress, read_toml, validate

    path = workspace.require().drift_path
    known = read_toml(path, DriftConfig) if path.is_file() else DriftConfig()
    rule: dict[str, str | bool] = {"drift_id": drift_id, "reason": reason}
    validate(rule, DriftSuppress, "--accept" if reason.strip() else "--reason")
    found, service = _listed(workspace, drift_id)
    if service:
        rule["service"] = True
    if any(each.drift_id == drift_id for each in known.suppress):
        raise InputError(f"{drift_id} is accepted already", where=path)
    text = read_bytes(path).decode() if path.is_file() else 'format = "wraith.drift/1"\n'
    document = tomlkit.parse(text)
    table = tomlkit.table()
    table.add(tomlkit.comment(f"{found.drift_type}: {found.route}, {found.path or found.category}"))
    table.update(rule)
    rules = document.get("suppress")
    if rules is None:
        document.append("suppress", tomlkit.aot())
        rules = document["suppress"]
    if isinstance(rules, AoT):
        rules.append(table)
    else:  # written as inline tables
        inline = tomlkit.inline_table()
        inline.update(rule)
        rules.append(inline)
    write_whole(path, tomlkit.dumps(document).encode())
    return path


def _listed(workspace: Workspace, drift_id: str) -> tuple[Drift, bool]:
    """Return a drift of the last report, and whether it is one of the live service and not of the twin."""
    from pydantic import ValidationError

    from wraith.conformance import Report, Upstream

    reports: list[Report] = []
    for path, kind in ((workspace.report_path, Report), (workspace.upstream_report_path, Upstream)):
        with contextlib.suppress(FileNotFoundError, ValidationError):
            reports.append(kind.model_validate_json(read_bytes(path)))
    if not reports:
        raise InputError(
            "there is no report that lists drift", hint=f"make one: wraith check {workspace.name}"
        )
    for report in reports:
        for each in report.drifts:
            if each.drift_id == drift_id:
                return each, isinstance(report, Upstream)
    raise InputError(
        f"the last report lists no {drift_id}",
        where=workspace.report_path,
        hint=f"wraith check {workspace.name} --json lists drifts with their ids",
    )
