"""From references to layers: what an overlay pins, what it is itself, what a composite is declared to be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from wraith.errors import InputError, PolicyError
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


def layers_below(workspace: Workspace, search: Sequence[Path] = ()) -> tuple[Layer, ...]:
    """Return what a twin stands on, as it pins it: none below a root. Raises as ``pinned_layers`` does."""
    if not workspace.config_path.is_file() or not is_overlay(workspace):
        return ()
    base, required = pinned_layers(workspace, overlay_config(workspace), search)
    return base, *required


def own_layer(workspace: Workspace) -> Layer:
    """Return the layer that an overlay is as it stands: what ``pack`` would write of it. Raises InputError
    where it was not built yet."""
    from wraith.artifact import artifact_of

    if not workspace.symbols_path.is_file():
        raise InputError(
            f"{workspace.name} is not built yet",
            where=workspace.symbols_path,
            hint=f"doit delta:{workspace.name}, or wraith synth {workspace.name}",
        )
    return layer_from(artifact_of(workspace))


def pinned_files(workspace: Workspace, tables: Mapping[str, object]) -> list[Path]:
    """Return the files that the pins of an overlay mean, beside it or in the project's store, unread. Where
    one is nowhere, the step that needs it says which."""
    found = (_pinned_file(workspace, pin) for pin in _pins(tables))
    return [path for path in found if path is not None]


def keep_pinned(project: Project, search: Sequence[Path]) -> None:
    """Put what overlays of the project pin, and what is neither beside them nor in the project's store, there
    from the folders given. What is not in them either is missed by the step that needs it."""
    from wraith.artifact import Reference, keep_file, locate

    for workspace in project.twins():
        for pin in missing_pins(workspace):
            with suppress(InputError, PolicyError):
                found = locate(project, Reference.parse(pin), search)
                if isinstance(found, Path):
                    keep_file(project, found)


def missing_pins(workspace: Workspace) -> list[str]:
    """Return what an overlay pins that is neither beside it nor in the project's store; nothing for any other
    twin."""
    pins = _pins(read_tables(workspace.config_path))
    return [pin for pin in pins if _pinned_file(workspace, pin) is None]


def _pins(tables: Mapping[str, object]) -> list[str]:
    """Return what the tables of an overlay pin: ``NAME@sha256:…``; nothing for any other twin."""
    base, overlay = tables.get("base"), tables.get("overlay")
    pins = [f"{base.get('artifact')}@{base.get('digest')}"] if isinstance(base, dict) else []
    requires = overlay.get("requires") if isinstance(overlay, dict) else None
    return pins + (list(map(str, requires)) if isinstance(requires, list) else [])


def _pinned_file(workspace: Workspace, pin: str) -> Path | None:
    return _first_file((workspace.base_path, workspace.project.store_path), pin)


def _first_file(folders: Iterable[Path], pin: str) -> Path | None:
    name = f"{pin.partition('@')[2].removeprefix('sha256:')}.wraith"
    return next((folder / name for folder in folders if (folder / name).is_file()), None)


def declared_layers(project: Project, composed: ComposedTwin) -> tuple[Layer, tuple[Layer, ...]]:
    """Return base and overlays of a composite. What they pin is what stands beside them, before what the
    store has of the same content, which may have been made for another base."""
    base, *overlays = pinned_references(project, (composed.base, *composed.overlays))
    search = [twin.base_path for twin in project.twins()]
    return found_layer(project, base, search), tuple(found_layer(project, each, search) for each in overlays)


def pinned_references(project: Project, references: Sequence[str]) -> list[str]:
    """Return the references of a composite as they are meant: one without a digest is the one that its
    overlays pin, where they pin it (the last of them, where they differ), else the twin as it stands."""
    members = [project.twin(each) for each in references if is_twin_name(each)]
    tables = [read_tables(member.config_path) for member in members if member.exists()]
    pins = {pin.partition("@")[0]: pin for each in tables for pin in _pins(each)}
    return [pins.get(each, each) for each in references]


def kept_files(project: Project, references: Sequence[str]) -> list[Path]:
    """Return the files that references with a digest mean, beside an overlay or in the project's store."""
    folders = [*(twin.base_path for twin in project.twins()), project.store_path]
    found = (_first_file(folders, reference) for reference in references if "@" in reference)
    return [path for path in found if path is not None]


def is_twin_name(reference: str) -> bool:
    """Whether a reference is a name alone: no path, no file, no digest."""
    return "@" not in reference and "/" not in reference and not reference.endswith(".wraith")
