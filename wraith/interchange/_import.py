"""``wraith import``: files that other tools recorded become sealed sessions, all of them or none.

Files are read one after the other, so that memory does not grow with their number. Their sessions are
scrubbed and sealed in a stage beside the recordings; when the last file has been read and it is certain whose
exchanges they are, the workspace is made where there is none and the sessions are moved into it. An import
that fails, or is killed before that, leaves everything as it was; one that is killed while sessions are moved
leaves whole sessions, and the same command adds the others.

Nothing of the machine or the moment goes into a session: the same files give the same bytes everywhere.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from wraith.config import (
    ScrubConfig,
    TwinConfig,
    Upstream,
    checked_url,
    make_project,
    make_workspace,
    read_toml,
)
from wraith.errors import InputError, OperationError
from wraith.exchange import Exchange
from wraith.interchange._detect import AUTO
from wraith.interchange._hosts import Hosts, host_of
from wraith.interchange._intake import Group, Intake, Taken
from wraith.interchange._report import Imported, ImportedFile
from wraith.interchange._wiremock_folder import source_of
from wraith.recording import SessionWriter, publish, read_index, sealed_sessions, stage, stamp, write_index
from wraith.scrub import Key, Scrubber, draft_key, find_key, keep_key, policy_digest
from wraith.workspace import Workspace, check_name

BY_IMPORT: Final = "import"
"""The ``kind`` in the source of imported sessions."""

_LONGEST_NAME: Final = 200
_Identity = tuple[str, str, str]
"""What makes a session the same one, whenever it is imported: digest of its file, group in it, host."""


def import_files(
    workspace: Workspace,
    files: Sequence[Path],
    *,
    format_name: str = AUTO,
    base_url: str | None = None,
    host: str | None = None,
    tags: Sequence[str] = (),
    environ: Mapping[str, str] = os.environ,
) -> Imported:
    """Import the files and return what became of each.

    The workspace is made where there is none, for ``base_url`` or for the host that the files name. ``host``
    is whose exchanges are imported, that of the base URL where it is None. A session that was imported before
    is not added again. Raises InputError, with nothing written, where a file cannot be read or it is not
    certain whose exchanges are meant; PolicyError where a secret would be written and there is no key;
    OperationError where the disk refuses, or another process records the twin."""
    twin = _Twin.of(workspace, base_url)
    hosts = Hosts(asked=host, expected=None if twin.base_url is None else host_of(twin.base_url))
    prefix = urlsplit(twin.base_url or "").path.rstrip("/")
    digests = [source_of(path).sha256 for path in files]
    key = find_key(workspace.project, create=False, environ=environ)
    draft = draft_key(workspace.project, environ=environ) if key is None else None
    with stage(workspace) as staged:
        desk = _Desk(
            staged=staged,
            scrubber=Scrubber(twin.scrub, key or draft),
            policy_digest=policy_digest(twin.scrub),
            run=_run_id(digests),
            tags=tuple(check_name(tag, "tag") for tag in tags),
            hosts=hosts,
            prefix=prefix,
            present=_identities(workspace),
        )
        intake = Intake(format_name, hosts, prefix, twin.max_body_bytes)
        done = tuple(desk.process(path, digest, intake) for path, digest in zip(files, digests, strict=True))
        hosts.check(workspace.name, files, sum(file.exchanges + file.present_exchanges for file in done))
        _check_something(done)
        created, made_url = twin.make(hosts)
        made_key = _keep(workspace, draft)
        if any(file.sessions for file in done):
            publish(staged, workspace)
    index = read_index(workspace)
    write_index(workspace, index.made_from if index is not None else None)
    return Imported(desk.run, made_url, created, made_key, done)


@dataclass(frozen=True, slots=True)
class _Twin:
    """What the import needs to know of the twin, which may not exist yet."""

    workspace: Workspace
    base_url: str | None
    scrub: ScrubConfig
    max_body_bytes: int

    @classmethod
    def of(cls, workspace: Workspace, base_url: str | None) -> _Twin:
        """Return what is known of a twin. Raises InputError where it has another base URL than the given
        one."""
        given = None if base_url is None else Upstream(base_url=checked_url(base_url)).base_url
        if not workspace.exists():
            unmade = TwinConfig(upstream=Upstream(base_url=given or "https://localhost"))
            return cls(workspace, given, ScrubConfig(), unmade.record.max_body_bytes)
        config = read_toml(workspace.config_path, TwinConfig)
        if given is not None and given != config.upstream.base_url:
            raise InputError(
                f"the twin has another base URL: {config.upstream.base_url}, not {given}",
                where=workspace.config_path,
                hint="leave --base-url out, or change upstream.base_url there first",
            )
        scrub = read_toml(workspace.scrub_path, ScrubConfig)
        return cls(workspace, config.upstream.base_url, scrub, config.record.max_body_bytes)

    def make(self, hosts: Hosts) -> tuple[tuple[Path, ...], str]:
        """Make the workspace where there is none; return its files and its base URL."""
        chosen = hosts.chosen()
        base_url = self.base_url or (hosts.base_url(chosen) if chosen else None)
        if base_url is None:
            raise InputError(
                "the files do not name the host that they were recorded from",
                hint=f"say where the service is: wraith import {self.workspace.name} FILES --base-url URL",
            )
        if self.workspace.exists():
            return (), base_url
        created = make_workspace(self.workspace, base_url) + make_project(self.workspace.project)
        return tuple(created), base_url


@dataclass(slots=True, kw_only=True)
class _Desk:
    """Where one file after the other becomes sealed sessions."""

    staged: Workspace
    scrubber: Scrubber
    policy_digest: str
    run: str
    tags: tuple[str, ...]
    hosts: Hosts
    prefix: str
    present: set[_Identity]
    met: int = 0
    """How many sessions the files have held so far: their order where times are not known."""

    def process(self, path: Path, digest: str, intake: Intake) -> ImportedFile:
        """Stage the sessions of a file, but for those that were imported before."""
        source = source_of(path)
        if source.sha256 != digest:
            raise OperationError("changed while it was imported", where=path, hint="run the command again")
        taken = intake.take(source)
        new: dict[str, int] = {}
        present: list[int] = []
        for name, group in taken.groups.items():
            self.met += 1
            identity = (digest, _storable(name), taken.host)
            size = len(group.exchanges)
            if identity in self.present:
                present.append(size)
            elif not self.hosts.undecided:
                new[self._seal(path, taken, identity, group)] = size
            self.present.add(identity)
        return ImportedFile(
            path=path,
            format=taken.format,
            sha256=digest,
            sessions=tuple(new),
            exchanges=sum(new.values()),
            present_sessions=len(present),
            present_exchanges=sum(present),
            mended=taken.mended,
            left_out=taken.left_out,
        )

    def _seal(self, path: Path, taken: Taken, identity: _Identity, group: Group) -> str:
        """Write one session and return its id."""
        digest, name, host = identity
        started_at_ms = group.exchanges[0].started_at_ms
        source = {"kind": BY_IMPORT, "format": taken.format, "file": _storable(path.name), "sha256": digest}
        if name:
            source["group"] = name
        if host:
            source |= {"host": host, "upstream": self.hosts.base_url(host) + self.prefix}
        unique = hashlib.sha256("\n".join(identity).encode()).hexdigest()[:8]
        writer = SessionWriter(
            self.staged,
            run=self.run,
            source=source,
            policy_digest=self.policy_digest,
            started_at_ms=started_at_ms,
            tags=tuple(dict.fromkeys((*self.tags, *group.tags))),
            session_id=f"{stamp(started_at_ms)}-{self.met:04d}-{unique}",
        )
        for exchange in group.exchanges:
            writer.add(self.scrubber.exchange(exchange))
        writer.seal(max(map(_ended_at_ms, group.exchanges)))
        return writer.id


def _ended_at_ms(exchange: Exchange) -> int:
    return exchange.started_at_ms + exchange.duration_ms


def _run_id(digests: Sequence[str]) -> str:
    return f"import-{hashlib.sha256(' '.join(digests).encode()).hexdigest()[:12]}"


def _identities(workspace: Workspace) -> set[_Identity]:
    """Return what was imported before."""
    sources = [session.manifest.source for session in sealed_sessions(workspace)]
    return {
        (source.get("sha256", ""), source.get("group", ""), source.get("host", ""))
        for source in sources
        if source.get("kind") == BY_IMPORT
    }


def _storable(name: str) -> str:
    """Return a name from outside as a manifest can hold it."""
    text = name.encode("utf-8", "backslashreplace").decode("utf-8")
    if len(text) <= _LONGEST_NAME:
        return text
    return f"{text[:_LONGEST_NAME]}… {hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _check_something(files: Sequence[ImportedFile]) -> None:
    """Raise InputError where no file holds an exchange."""
    if any(file.exchanges or file.present_exchanges for file in files):
        return
    first = next(((file, entry) for file in files for entry in file.left_out), None)
    if first is None:
        raise InputError("there is no exchange to import", where=files[0].path if files else None)
    file, entry = first
    raise InputError(
        f"there is no exchange to import; the first entry is left out because {entry.reason}",
        where=f"{file.path}: {entry.where}",
    )


def _keep(workspace: Workspace, draft: Key | None) -> Path | None:
    """Keep the key that the sessions were scrubbed with, where it is a new one; return its path then."""
    if draft is None:
        return None
    kept = keep_key(workspace.project, draft)
    if kept.secret != draft.secret:
        raise OperationError(
            "another command made the scrub key meanwhile", where=kept.path, hint="run the command again"
        )
    return kept.path
