"""References to artifacts: a name, a name with a digest, a workspace, a file; and where they are found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wraith.artifact._artifact import Artifact, artifact_of, open_artifact
from wraith.artifact._read import read_manifest
from wraith.artifact._store import stored_path
from wraith.errors import InputError, PolicyError, WraithError
from wraith.workspace import Project, Workspace, check_name

SUFFIX: Final = ".wraith"

_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Reference:
    """What a reference says: a name or a path, and the content digest that it must have, if one is given."""

    name: str | None = None
    path: Path | None = None
    digest: str | None = None

    @classmethod
    def parse(cls, text: str) -> Reference:
        """Return what the text means. Raises InputError for what is no reference.

        What ends in ``.wraith`` is a file, what has a slash (or is ``.``) a path, everything else a name.
        """
        target, at, digest = text.partition("@sha256:")
        pinned = f"sha256:{digest}" if at else None
        if pinned is not None and not _DIGEST.fullmatch(pinned):
            raise InputError(f"not a digest: {pinned!r}", where=text, hint="write sha256: and 64 hex digits")
        if target.endswith(SUFFIX) or "/" in target or target in (".", ".."):
            return cls(path=Path(target), digest=pinned)
        return cls(name=check_name(target), digest=pinned)

    @property
    def is_file(self) -> bool:
        """Tell whether it means a packed twin, by its file or by its digest, not a workspace."""
        return self.digest is not None or (self.path is not None and self.path.suffix == SUFFIX)

    def __str__(self) -> str:
        text = self.name if self.name is not None else str(self.path)
        return f"{text}@{self.digest}" if self.digest is not None else text


def workspace_at(project: Project, reference: Reference) -> Workspace:
    """Return the workspace that a reference without a digest means, existing or not."""
    if reference.path is None:
        assert reference.name is not None, "Invariant: a reference has a name or a path"
        return project.twin(reference.name)
    path = reference.path.resolve()
    home = Project.find(path)
    name = check_name(path.name)
    return home.twin(name) if path == home.twin(name).root else Workspace(home, name, path)


def resolve(project: Project, reference: Reference | str, search: Sequence[Path] = ()) -> Artifact:
    """Return the artifact that a reference means, verified.

    A name alone is the twin as it stands, else ``dist/NAME.wraith``, else one of that name in the folders
    of ``search``. With a digest it is looked for in ``search`` (an overlay's ``base/``,
    ``--artifact-path``), the store, ``dist/``, and last in the twin itself. Raises InputError where
    nothing meets the reference, PolicyError where what bears the name or the digest is other than the
    digest says.
    """
    wanted = Reference.parse(reference) if isinstance(reference, str) else reference
    if wanted.path is not None:
        return _pinned(_at(project, wanted, wanted.path), wanted)
    assert wanted.name is not None, "Invariant: a reference has a name or a path"
    if wanted.digest is None:
        return _by_name(project, wanted.name, search)
    return _by_digest(project, wanted.name, wanted.digest, search)


def _at(project: Project, wanted: Reference, path: Path) -> Artifact:
    return open_artifact(path) if path.suffix == SUFFIX else artifact_of(workspace_at(project, wanted))


def _pinned(artifact: Artifact, wanted: Reference) -> Artifact:
    if wanted.digest not in (None, artifact.content_digest):
        raise _mismatch(str(wanted.path or wanted.name), wanted.digest or "", artifact.content_digest)
    return artifact


def _by_name(project: Project, name: str, search: Sequence[Path]) -> Artifact:
    workspace = project.twin(name)
    if workspace.exists():
        return artifact_of(workspace)
    for folder in (project.dist_path, *search):
        for path in _named(folder, name):
            return open_artifact(path)
    known = ", ".join(twin.name for twin in project.twins()) or "none"
    raise InputError(
        f"there is no twin and no artifact {name!r} (twins: {known})",
        where=project.root,
        hint="name a twin, a workspace, or a .wraith file; --artifact-path DIR adds a folder of artifacts",
    )


def _by_digest(project: Project, name: str, digest: str, search: Sequence[Path]) -> Artifact:
    hexadecimal = digest.removeprefix("sha256:")
    for path in (*(folder / f"{hexadecimal}{SUFFIX}" for folder in search), stored_path(project, digest)):
        if path.is_file():
            return _pinned(open_artifact(path), Reference(path=path, digest=digest))
    others: list[str] = []
    for folder in (project.dist_path, *search):
        for path in _named(folder, name):
            found = read_manifest(path).content_digest
            if found == digest:
                return _pinned(open_artifact(path), Reference(path=path, digest=digest))
            others.append(found)
    workspace = project.twin(name)
    if workspace.symbols_path.is_file():
        artifact = artifact_of(workspace)
        if artifact.content_digest == digest:
            return artifact
        others.append(artifact.content_digest)
    if others:
        raise _mismatch(name, digest, others[0])
    raise InputError(
        f"there is no artifact {name}@{digest}",
        where=project.root,
        hint="install it, put it into dist/, or name its folder: --artifact-path DIR",
    )


def _named(folder: Path, name: str) -> Iterator[Path]:
    """Yield the artifacts in a folder whose manifest bears the name, that of the name itself first."""
    paths = sorted(folder.glob(f"*{SUFFIX}"), key=lambda path: (path.stem != name, path.name))
    for path in paths:
        try:
            found = read_manifest(path).twin
        except WraithError:
            if path.stem == name:
                raise
            continue  # somebody else's broken file does not stand in the way
        if found == name:
            yield path


def _mismatch(what: str, expected: str, found: str) -> PolicyError:
    return PolicyError(
        f"{what} is another artifact than the one that is pinned: expected {expected}, found {found}",
        where=what,
        hint="get the artifact of that digest, or move the pin: wraith rebase",
    )
