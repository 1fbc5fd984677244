"""What ``wraith doctor`` looks at in configuration and recordings."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from wraith.cli._output import count
from wraith.cli._patient import Finding, Patient, from_error, listed
from wraith.config import DriftConfig, ProjectConfig, read_toml
from wraith.errors import PolicyError, WraithError
from wraith.recording import Index, read_index
from wraith.scrub import Scrubber, find_key, policy_digest
from wraith.workspace import PROJECT_FILE


def configuration(patient: Patient) -> Iterator[Finding]:
    name = "configuration"
    files: dict[str, Callable[[], object]] = {
        "wraith.toml": lambda: patient.config,
        "scrub.toml": lambda: patient.scrub,
    }
    drift_file = patient.workspace.drift_path
    if drift_file.exists():
        files["drift.toml"] = lambda: read_toml(drift_file, DriftConfig)
    project_file = patient.workspace.project.root / PROJECT_FILE
    if project_file.exists():
        files[PROJECT_FILE] = lambda: read_toml(project_file, ProjectConfig)
    findings = []
    for read in files.values():
        try:
            read()
        except WraithError as error:
            findings.append(from_error(name, error, patient))
    yield from findings or [Finding(name, "ok", f"{', '.join(files)}: valid")]


def recordings(patient: Patient) -> Iterator[Finding]:
    name = "recordings"
    broken = False
    for session in patient.sealed.values():
        try:
            if isinstance(session, WraithError):
                raise session
            session.verify()
        except WraithError as error:
            broken = True
            yield from_error(name, error, patient)
    exchanges = sum(len(session) for session in patient.sessions)
    if patient.installed:
        yield Finding(name, "ok", "none: the twin came packed, and recordings stay where it was made")
    elif not patient.sealed:
        yield Finding(
            name,
            "warning",
            "nothing is recorded",
            str(patient.workspace.sessions_path),
            f"wraith record {patient.name}",
        )
    elif not broken:
        yield Finding(
            name,
            "ok",
            f"{count(len(patient.sessions), 'session')}, {count(exchanges, 'exchange')}, as they were sealed",
        )


def unsealed(patient: Patient) -> Iterator[Finding]:
    for folder in patient.folders:
        if folder.name not in patient.sealed:
            yield Finding(
                "unsealed_sessions",
                "warning",
                "is not sealed: a recorder is writing it, or was killed",
                str(folder),
                f"the next start of `wraith record {patient.name}` seals what a killed one left",
            )


def index(patient: Patient) -> Iterator[Finding]:
    name, path = "index", str(patient.workspace.index_path)
    written = read_index(patient.workspace)
    known = {} if written is None else {session.id: session.digest for session in written.sessions}
    present = {session.id: session.digest for session in patient.sessions}
    differing = sorted(known.items() ^ present.items())
    if differing:
        ids = sorted({session_id for session_id, _ in differing})
        yield Finding(
            name,
            "warning",
            f"does not list the sessions as they are: {listed(ids)}",
            path,
            f"doit record:{patient.name} writes it",
        )
    elif written is not None:
        yield Finding(name, "ok", f"lists {count(len(known), 'session')}, {_origin(written)}")


def _origin(index: Index) -> str:
    return (
        "recorded by hand" if index.made_from is None else f"made from {count(len(index.made_from), 'input')}"
    )


def scrub_policy(patient: Patient) -> Iterator[Finding]:
    name, today = "scrub_policy", policy_digest(patient.scrub)
    older = [session.id for session in patient.sessions if session.manifest.scrub_policy != today]
    if older:
        yield Finding(
            name,
            "warning",
            f"{count(len(older), 'session')} scrubbed by other rules than today's: {listed(older)}",
            str(patient.workspace.scrub_path),
            "record again, so that recordings and requests are scrubbed alike",
        )
    elif patient.sessions:
        yield Finding(name, "ok", "every session was scrubbed by the rules of today")


def secrets(patient: Patient) -> Iterator[Finding]:
    """Scrub every exchange again: scrubbing twice changes nothing, so what changes is a secret in clear."""
    name = "secrets"
    found = list(_in_clear(patient))
    if found:
        yield Finding(
            name,
            "error",
            f"{count(len(found), 'exchange')} with what looks like a secret in clear: {listed(found)}",
            str(patient.workspace.sessions_path),
            f"look at it: wraith inspect {patient.name} {found[0]}; then remove the session and record it "
            "again, or name the value in [[allow]] of scrub.toml",
        )
    elif patient.sessions:
        yield Finding(name, "ok", "no exchange holds what the rules take for a secret")


def _in_clear(patient: Patient) -> Iterator[str]:
    """Yield SESSION/INDEX of each exchange that scrubbing would change."""
    scrubber = Scrubber(patient.scrub, find_key(patient.workspace.project, create=False))
    for session in patient.sessions:
        try:
            for position, exchange in enumerate(session.read(), start=1):
                try:
                    clear = scrubber.exchange(exchange) != exchange
                except PolicyError:  # it would have to write a token, and there is no key
                    clear = True
                if clear:
                    yield f"{session.id}/{position}"
        except WraithError:
            continue  # a file is broken: the check of the recordings says which
