"""What a check replays, and on what: a root's own model, an overlay's composite, a composite's overlays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wraith.build._layers import is_overlay
from wraith.workspace import Workspace

if TYPE_CHECKING:
    from wraith.config import Diff, FixtureSet
    from wraith.recording import SealedSession
    from wraith.wir import Model


@dataclass(frozen=True, slots=True)
class Judged:
    """A model, the fixtures that sessions begin with, and the recordings that they are held against."""

    model: Model
    fixtures: FixtureSet
    selected: str | None
    """The one set that a client selects to begin so; None for the default fixtures alone."""
    sessions: Sequence[SealedSession]
    runs: tuple[tuple[str, ...], ...]
    diff: Diff


def judged(
    workspace: Workspace,
    tags: Sequence[str] = (),
    *,
    sessions: Sequence[str] = (),
    fixture: str | None = None,
) -> Judged:
    """Return what a check of a twin is about.

    ``tags`` choose sessions in place of ``[synth] tags``; ``sessions`` are those that will be judged;
    ``fixture`` is the set that sessions begin with, of an overlay its own where none is named. Raises
    InputError where there is no such set or session.
    """
    from wraith.build.steps import chosen_sessions, fixtures_of, read_evidence, read_model
    from wraith.config import DEFAULT_SET, TwinConfig, read_toml, selected

    config = read_toml(workspace.require().config_path, TwinConfig)
    answers = judged_workspace(workspace)
    model, runs = read_model(answers), read_evidence(workspace).runs
    sets = fixtures_of(answers, model)
    own = [workspace.name] if config.base is not None else []
    recorded = chosen_sessions(workspace, tuple(tags) or config.synth.tags, sessions)
    if config.composite is not None and not recorded:
        own = [pin.partition("@")[0] for pin in config.composite.overlays]
        recorded = [each for name in own for each in _recorded(workspace.project.twin(name), tags)]
    begun = selected(sets, fixture)
    chosen = [name for name in own if name in sets] if fixture is None else [fixture]
    for name in chosen if fixture is None else ():
        begun = selected({DEFAULT_SET: begun, name: sets[name]}, name)
    return Judged(model, begun, chosen[0] if len(chosen) == 1 else None, recorded, runs, config.diff)


def judged_workspace(workspace: Workspace) -> Workspace:
    """Return the workspace whose model answers for a twin: an overlay answers as its composite does."""
    return workspace.composite if workspace.exists() and is_overlay(workspace) else workspace


def _recorded(member: Workspace, tags: Sequence[str]) -> Sequence[SealedSession]:
    """Return the recordings of an overlay; none where it is no twin of this project."""
    from wraith.config import TwinConfig, read_toml
    from wraith.recording import sealed_sessions

    if not member.exists():
        return ()
    return sealed_sessions(member, tuple(tags) or read_toml(member.config_path, TwinConfig).synth.tags)
