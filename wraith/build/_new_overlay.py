"""A new overlay: its workspace, and beside it the artifacts that it pins."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from wraith.build._rebasing import keep_artifact
from wraith.errors import InputError
from wraith.workspace import Workspace


def make_overlay(
    workspace: Workspace,
    base: str,
    *,
    owner: str,
    requires: Sequence[str] = (),
    base_url: str | None = None,
    search: Sequence[Path] = (),
) -> list[Path]:
    """Write the workspace of an overlay, whole or not at all, and return its files.

    Raises InputError where the workspace exists, where a reference is met by nothing, and where the base is
    an overlay or what is required is none.
    """
    import tomllib

    from wraith.artifact import resolve
    from wraith.config import Base, Overlay, make_workspace

    found = resolve(workspace.project, base, search)
    if found.kind == "overlay":
        raise InputError(
            f"{found.name} is an overlay; overlays stand on a root twin or a composite",
            where="--base",
            hint=f"take its base, and --requires {base}",
        )
    needed = [resolve(workspace.project, each, search) for each in requires]
    for artifact in needed:
        if artifact.kind != "overlay":
            raise InputError(
                f"{artifact.name} is no overlay", where="--requires", hint="only overlays are required"
            )
    tables = tomllib.loads(found.files["wraith.toml"].decode())
    pinned = Base(
        artifact=found.name,
        digest=found.content_digest,
        model_schema_version=found.manifest.model_schema_version,
        scrub_policy_hash=found.manifest.scrub_policy_hash,
    )
    own = Overlay(owner=owner, requires=tuple(f"{each.name}@{each.content_digest}" for each in needed))
    made = make_workspace(
        workspace,
        base_url or str(tables["upstream"]["base_url"]),
        base=pinned,
        overlay=own,
        scrub=found.files["scrub.toml"],
    )
    return [*made, *(keep_artifact(workspace, artifact) for artifact in (found, *needed))]
