"""References to artifacts: a name, a name with a digest, a workspace, a file; and where they are found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wraith.artifact._artifact import Artifact, artifact_of, open_artifact
from wraith.artifact._read import read_manifest
from wraith.config import declared
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
    def is_packed(self) -> bool:
        """Tell whether it means a packed twin, by its file or by its digest, not a workspace."""
        return self.digest is not None or (self.path is not None and self.path.suffix == SUFFIX)

    def __str__(self) -> str:
        text = self.name if self.name is not None else str(self.path)
        return f"{text}@{self.digest}" if self.digest is not None else text


def workspace_at(project: Project, reference: Reference) -> Workspace:
    """Return the workspace that a reference without a digest means, existing or not: a twin of the project,
    else a composite that the project declares.

    One by its path is of the project that it lies in, else of the given one.
    """
    if reference.path is None:
        assert reference.name is not None, "Invariant: a reference has a name or a path"
        twin = project.twin(reference.name)
        is_composite = not twin.exists() and reference.name in declared(project)
        return project.composite(reference.name) if is_composite else twin
    path = reference.path.resolve()
    found = Project.find(path)
    home = project if found.root == path else found
    name = check_name(path.name)
    return home.twin(name) if path == home.twin(name).root else Workspace(home, name, path)


def resolve(project: Project, reference: Reference | str, search: Sequence[Path] = ()) -> Artifact:
    """Return the artifact that a reference means, verified: of a workspace what ``pack`` would write.

    Raises what ``locate`` and ``open_artifact`` raise.
    """
    wanted = Reference.parse(reference) if isinstance(reference, str) else reference
    found = locate(project, wanted, search)
    artifact = artifact_of(found) if isinstance(found, Workspace) else open_artifact(found)
    _compare(wanted, artifact.content_digest)
    return artifact


def locate(project: Project, wanted: Reference, search: Sequence[Path] = ()) -> Workspace | Path:
    """Return the workspace or the file that a reference means. A file is not verified yet.

    A name alone is the twin or composite of the project, else the artifact of that name in ``dist/`` or the
    folders of ``search``. With a digest it is looked for in ``search`` (``--artifact-path``), the store, the
    ``base/`` folders of the project's overlays, ``dist/``, and last in the twin itself. Raises InputError
    where nothing meets the reference, PolicyError where what bears the name is other than the digest says.
    """
    if wanted.path is not None and wanted.path.suffix == SUFFIX:
        _compare(wanted, read_manifest(wanted.path).content_digest)
        return wanted.path
    workspace = workspace_at(project, wanted)
    if wanted.path is not None:
        if wanted.digest is not None:
            _compare(wanted, artifact_of(workspace).content_digest)
        return workspace.require()
    if wanted.digest is not None:
        return _by_digest(workspace, wanted, wanted.digest, search)
    known = workspace.exists() or workspace.place is not None
    folders = () if known else (project.dist_path, *search)
    packed = next((path for folder in folders for path in _named(folder, workspace.name)), None)
    return packed or workspace.require()


def _by_digest(
    workspace: Workspace, wanted: Reference, digest: str, search: Sequence[Path]
) -> Workspace | Path:
    project = workspace.project
    exact = f"{digest.removeprefix('sha256:')}{SUFFIX}"
    kept = (twin.base_path for twin in project.twins())
    folders = (*search, project.store_path, *kept)
    for path in (folder / exact for folder in folders):
        if path.is_file():
            _compare(Reference(path=path, digest=digest), read_manifest(path).content_digest)
            return path
    others: list[str] = []
    for folder in (project.dist_path, *search):
        for path in _named(folder, workspace.name):
            found = read_manifest(path).content_digest
            if found == digest:
                return path
            others.append(found)
    with suppress(InputError):  # a twin that cannot be packed as it stands meets no reference
        others.append(artifact_of(workspace).content_digest)
    if digest in others:
        return workspace
    if others:
        _compare(wanted, others[0])
    raise InputError(
        f"there is no artifact {wanted}",
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


def _compare(wanted: Reference, found: str) -> None:
    """Raise PolicyError where what was found is other than the reference pins."""
    if wanted.digest not in (None, found):
        raise PolicyError(
            f"it is another artifact than the one that is pinned: expected {wanted.digest}, found {found}",
            where=str(wanted.path or wanted.name),
            hint="get the artifact of that digest, or move the pin",
        )
