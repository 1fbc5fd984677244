"""What a check replays, and on what: a root's own model, an overlay's composite, a composite's overlays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wraith.build._layers import is_overlay
from wraith.errors import InputError
from wraith.workspace import Workspace

if TYPE_CHECKING:
    from wraith.config import Diff
    from wraith.recording import SealedSession
    from wraith.wir import Fixture, Model


@dataclass(frozen=True, slots=True)
class Judged:
    """A model, the sessions that it is held against, and how they are compared."""

    model: Model
    sessions: tuple[SealedSession, ...]
    runs: tuple[tuple[str, ...], ...]
    diff: Diff


def judged(workspace: Workspace, tags: Sequence[str] = ()) -> Judged:
    """Return what a check of a twin is about; ``tags`` choose sessions in place of ``[synth] tags``."""
    from wraith.build.steps import read_evidence, read_model
    from wraith.config import TwinConfig, read_toml
    from wraith.recording import sealed_sessions

    config = read_toml(workspace.require().config_path, TwinConfig)
    sessions = sealed_sessions(workspace, tuple(tags) or config.synth.tags)
    if config.composite is not None and not sessions:
        return _of_composite(workspace, tags)
    model, evidence = read_model(judged_workspace(workspace)), read_evidence(workspace)
    if config.base is not None:
        model = _selected(workspace.composite, model, (workspace.name,))
    return Judged(model, tuple(sessions), evidence.runs, config.diff)


def judged_workspace(workspace: Workspace) -> Workspace:
    """Return the workspace whose model answers for a twin: an overlay answers as its composite does."""
    return workspace.composite if workspace.exists() and is_overlay(workspace) else workspace


def _of_composite(workspace: Workspace, tags: Sequence[str]) -> Judged:
    """Return what a composite is held against: the recordings of its overlays, with their fixtures."""
    from wraith.build.steps import read_evidence, read_model
    from wraith.config import TwinConfig, read_toml
    from wraith.recording import sealed_sessions

    config = read_toml(workspace.config_path, TwinConfig)
    assert config.composite is not None, "Invariant: of a composite"
    names = [pin.partition("@")[0] for pin in config.composite.overlays]
    sessions: list[SealedSession] = []
    for member in map(workspace.project.twin, names):
        if member.exists():
            own = read_toml(member.config_path, TwinConfig)
            sessions += sealed_sessions(member, tuple(tags) or own.synth.tags)
    model = _selected(workspace, read_model(workspace), names)
    return Judged(model, tuple(sessions), read_evidence(workspace).runs, config.diff)


def _selected(workspace: Workspace, model: Model, sets: Sequence[str]) -> Model:
    """Return the model with fixture sets of its workspace over its own fixtures."""
    from wraith.overlay import with_fixtures

    fixtures = model.fixtures
    for name in sets:
        fixtures = with_fixtures(fixtures, _fixtures(workspace, name))
    return model.model_copy(update={"fixtures": fixtures})


def _fixtures(workspace: Workspace, name: str) -> dict[str, tuple[Fixture, ...]]:
    from wraith.canonical import parse
    from wraith.files import read_bytes
    from wraith.wir import Fixture

    found: dict[str, tuple[Fixture, ...]] = {}
    for path in sorted((workspace.state_path / "fixtures" / name).glob("*.json")):
        try:
            document = parse(read_bytes(path))
        except ValueError as error:
            raise InputError(f"not JSON: {error}", where=path, hint="mend the file") from None
        if not isinstance(document, dict):
            raise InputError("expected entities by key", where=path, hint='write {"KEY": {…}}')
        found[path.stem] = tuple(Fixture(key=key, value=value) for key, value in document.items())
    return found
