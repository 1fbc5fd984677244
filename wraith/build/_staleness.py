"""Whether what would be served is what would be built today: told before it answers, without building it."""

from __future__ import annotations

from wraith.build._layers import declared_layers, overlay_config, own_layer, pinned_layers
from wraith.errors import WraithError
from wraith.workspace import Project, Workspace


def stale(project: Project, workspace: Workspace) -> str:
    """Return why a twin, an overlay or a composite is not what a build would make of it; ``""`` where it is.

    A twin is stale where sessions were recorded since it was learned, a composite where one of its layers is.
    Edits of a model are none: a build keeps them.
    """
    own = project.twin(workspace.name)
    found = _recorded_since(own) if own.exists() else ""
    if found or workspace.place is None:
        return found
    try:
        return _changed_layers(project, workspace)
    except WraithError as error:  # a layer is not there: it cannot be what it was
        return str(error)


def _recorded_since(workspace: Workspace) -> str:
    from wraith.config import TwinConfig, read_toml
    from wraith.files import read_bytes
    from wraith.recording import sealed_sessions, session_folders
    from wraith.wir import Evidence

    try:
        evidence = Evidence.model_validate_json(read_bytes(workspace.evidence_path))
    except (FileNotFoundError, ValueError):
        return ""  # written by hand, or not learned at all
    learned = {session for run in evidence.runs for session in run}
    if {folder.name for folder in session_folders(workspace)} <= learned:
        return ""
    try:
        tags = read_toml(workspace.config_path, TwinConfig).synth.tags
        new = {session.id for session in sealed_sessions(workspace, tags)} - learned
    except WraithError as error:
        return str(error)
    sessions = "1 session was" if len(new) == 1 else f"{len(new)} sessions were"
    return f"{sessions} recorded since it was learned" if new else ""


def _changed_layers(project: Project, workspace: Workspace) -> str:
    """Return which layers of a composite are not what it was made of any more, ``""`` where all are."""
    from wraith.config import TwinConfig, declared, read_toml

    composed = read_toml(workspace.config_path, TwinConfig).composite
    assert composed is not None, "Invariant: the configuration of a composite"
    if workspace.name in (known := declared(project)):
        base, overlays = declared_layers(project, known[workspace.name])
    else:
        own = project.twin(workspace.name)
        base, required = pinned_layers(own, overlay_config(own))
        overlays = (*required, own_layer(own))
    now, then = [layer.pin for layer in (base, *overlays)], [composed.base, *composed.overlays]
    changed = [pin.partition("@")[0] for pin in now if pin not in then]
    return f"{', '.join(changed)} changed" if changed else ""
