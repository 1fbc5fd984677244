"""From references to layers: what an overlay pins, what it is itself, what a composite is declared to be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wraith.errors import InputError
from wraith.files import read_tables
from wraith.workspace import Project, Workspace

if TYPE_CHECKING:
    from wraith.artifact import Artifact
    from wraith.config import Base, ComposedTwin, Overlay, TwinConfig
    from wraith.overlay import Layer


def is_overlay(workspace: Workspace) -> bool:
    """Whether a twin has a base. Raises InputError where its ``wraith.toml`` is missing or no TOML."""
    return "base" in read_tables(workspace.config_path)


def overlay_config(workspace: Workspace) -> TwinConfig:
    """Return the configuration of an overlay. Raises InputError where the twin is none."""
    from wraith.config import TwinConfig, read_toml

    config = read_toml(workspace.require().config_path, TwinConfig)
    if config.base is None or config.overlay is None:
        raise InputError(
            "is no overlay: it has no [base]",
            where=workspace.config_path,
            hint=f"make one: wraith init NAME --base {workspace.name} --owner TEAM",
        )
    return config


def overlay_tables(config: TwinConfig) -> tuple[Base, Overlay]:
    """Return the tables that make a twin an overlay."""
    assert config.base is not None, "Invariant: the configuration of an overlay"
    assert config.overlay is not None, "Invariant: [base] and [overlay] stand together"
    return config.base, config.overlay


def layer_from(artifact: Artifact, *, signed: bool = False) -> Layer:
    """Return the layer that an artifact is."""
    from wraith.overlay import layer_of

    return layer_of(
        artifact.files,
        name=artifact.name,
        kind=artifact.kind,
        digest=artifact.content_digest,
        scrub_policy_hash=artifact.manifest.scrub_policy_hash,
        signed=signed,
    )


def found_layer(project: Project, reference: str, search: Sequence[Path] = ()) -> Layer:
    """Return the layer that a reference means. Raises InputError where nothing meets it, PolicyError where
    what bears its name has another digest."""
    from wraith.artifact import resolve

    return layer_from(resolve(project, reference, search))


def trusted_layer(
    project: Project, reference: str, search: Sequence[Path] = (), trust_store: Path | None = None
) -> Layer:
    """Return the layer that a reference means, which knows whether a key of the trust store signed it."""
    from wraith.artifact import Reference, judge, resolve, trusted_keys

    artifact = resolve(project, Reference.parse(reference), search)
    if trust_store is None:
        return layer_from(artifact)
    answer = judge(artifact.manifest, trusted_keys(trust_store)).answer
    return layer_from(artifact, signed=answer == "ok")


def pinned_layers(
    workspace: Workspace, config: TwinConfig, search: Sequence[Path] = ()
) -> tuple[Layer, tuple[Layer, ...]]:
    """Return the base of an overlay and what it requires, as it pins them."""
    pinned, own = overlay_tables(config)
    folders = (workspace.base_path, *search)
    base = found_layer(workspace.project, f"{pinned.artifact}@{pinned.digest}", folders)
    required = tuple(found_layer(workspace.project, pin, folders) for pin in own.requires)
    return base, required


def own_layer(workspace: Workspace) -> Layer:
    """Return the layer that an overlay is as it stands: what ``pack`` would write of it."""
    from wraith.artifact import artifact_of

    return layer_from(artifact_of(workspace))


def pinned_files(workspace: Workspace, tables: Mapping[str, object]) -> list[Path]:
    """Return the files that the pins of an overlay mean, beside it or in the project's store, unread. Where
    one is nowhere, the step that needs it says which."""
    base, overlay = tables.get("base"), tables.get("overlay")
    pins = [base.get("digest")] if isinstance(base, dict) else []
    requires = overlay.get("requires") if isinstance(overlay, dict) else None
    pins += [str(pin).partition("@")[2] for pin in requires] if isinstance(requires, list) else []
    names = [f"{str(pin).removeprefix('sha256:')}.wraith" for pin in pins]
    folders = (workspace.base_path, workspace.project.store_path)
    places = [[folder / name for folder in folders if (folder / name).is_file()] for name in names]
    return [found[0] for found in places if found]


def declared(project: Project) -> dict[str, ComposedTwin]:
    """Return the composites of a project.

    Raises InputError where ``wraith-project.toml`` is broken, and where one bears the name of a twin."""
    from wraith.config import ProjectConfig, read_toml
    from wraith.workspace import PROJECT_FILE

    path = project.root / PROJECT_FILE
    composites = read_toml(path, ProjectConfig).composites if path.is_file() else {}
    for name in composites:
        if project.twin(name).exists():
            raise InputError(
                f"composites.{name}: there is a twin of that name", where=path, hint="rename the composite"
            )
    return composites


def declared_layers(project: Project, composed: ComposedTwin) -> tuple[Layer, tuple[Layer, ...]]:
    """Return base and overlays of a composite; the ``base/`` folders of its overlays are looked into."""
    search = [
        project.twin(name).base_path for name in composed.overlays if "@" not in name and "/" not in name
    ]
    base = found_layer(project, composed.base, search)
    return base, tuple(found_layer(project, name, search) for name in composed.overlays)


def changed_layers(project: Project, workspace: Workspace) -> str:
    """Return which layers of a composite are not what it was made of any more, ``""`` where all are."""
    from wraith.config import TwinConfig, read_toml

    composed = read_toml(workspace.config_path, TwinConfig).composite
    assert composed is not None, "Invariant: the configuration of a composite"
    if workspace.name in declared(project):
        base, overlays = declared_layers(project, declared(project)[workspace.name])
    else:
        own = project.twin(workspace.name)
        base, required = pinned_layers(own, overlay_config(own))
        overlays = (*required, own_layer(own))
    now, then = [layer.pin for layer in (base, *overlays)], [composed.base, *composed.overlays]
    changed = [pin.partition("@")[0] for pin in now if pin not in then]
    return f"{', '.join(changed)} changed" if changed else ""
