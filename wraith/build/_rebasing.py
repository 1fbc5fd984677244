"""The steps that judge an overlay on a newer base, and move it there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wraith.build._layers import (
    found_layer,
    layer_from,
    overlay_config,
    overlay_tables,
    own_layer,
    pinned_layers,
)
from wraith.build._rules import read_drift
from wraith.errors import AnswerIsNo, InputError, PolicyError
from wraith.files import read_bytes, write_json, write_whole
from wraith.workspace import Workspace

if TYPE_CHECKING:
    from wraith.artifact import Artifact
    from wraith.config import TwinConfig
    from wraith.overlay import Layer, RebaseReport


@dataclass(frozen=True, slots=True)
class RebaseResult:
    """How an overlay would do on a newer base."""

    report: RebaseReport

    @property
    def summary(self) -> str:
        report = self.report
        return f"{report.verdict} with {report.new_base[:40]}…, confidence {report.confidence_bp} bp"


@dataclass(frozen=True, slots=True)
class Rebased:
    """What a rebase moved: the new pins, none where the overlay was on them already; and all of its pins."""

    moved: tuple[str, ...]
    pins: tuple[str, ...]


def candidate(workspace: Workspace, config: TwinConfig) -> str | None:
    """Return the newer base that is on offer, None where there is none: what ``[base] candidate`` names, else
    the base's packed artifact in ``dist/``."""
    base, _ = overlay_tables(config)
    if (named := base.candidate) is not None:
        is_path = named.endswith(".wraith") or "/" in named
        return str((workspace.root / named).resolve()) if is_path else named
    return _packed(workspace, base.artifact)


def _packed(workspace: Workspace, name: str) -> str | None:
    path = workspace.project.twin(name).artifact_path
    return str(path) if path.is_file() else None


def rebase_check(
    workspace: Workspace, new_base: str | None = None, *, search: Sequence[Path] = ()
) -> RebaseResult:
    """Judge an overlay on a newer base, the one on offer where none is named, and write the report."""
    config = overlay_config(workspace)
    reference = new_base or candidate(workspace, config)
    if reference is None:
        pinned, _ = overlay_tables(config)
        raise InputError(
            f"there is no newer {pinned.artifact} on offer",
            where=workspace.config_path,
            hint=f"pack the base (wraith pack {pinned.artifact}), or name it: --new-base REF",
        )
    new = found_layer(workspace.project, reference, search)
    return RebaseResult(_judged(workspace, config, new, (), search))


def _judged(
    workspace: Workspace,
    config: TwinConfig,
    new: Layer | None,
    newer: Sequence[Layer],
    search: Sequence[Path],
) -> RebaseReport:
    """Judge an overlay on a newer base, the pinned one where it is None, and with other overlays in the place
    of those of the same names that it requires; and write the report."""
    from wraith.overlay import rebase_check as judge
    from wraith.recording import sealed_sessions

    base, required = pinned_layers(workspace, config, search)
    report = judge(
        own_layer(workspace),
        required,
        base,
        new or base,
        sealed_sessions(workspace, config.synth.tags),
        newer=newer,
        diff=config.diff,
        drift=read_drift(workspace),
    )
    write_json(workspace.rebase_report_path, report.model_dump(mode="json"))
    return report


def judge_rebase(workspace: Workspace, report: RebaseReport) -> None:
    """Raise AnswerIsNo where an overlay conflicts with a newer base."""
    if report.verdict == "conflict":
        raise AnswerIsNo(
            f"conflicts with {report.new_base}: {report.reasons[0]}",
            where=workspace.rebase_report_path,
            hint="the report there says all of it, with an example request for each overlap",
        )


def rebase(
    workspace: Workspace, to: Sequence[str] = (), *, force: bool = False, search: Sequence[Path] = ()
) -> Rebased:
    """Move pins of an overlay to other artifacts, of its base and of overlays that it requires, and keep
    those beside the overlay. They are moved together or not at all; where none is named, to those on offer.

    Raises AnswerIsNo where it conflicts, and nothing was moved, unless ``force``.
    """
    config = overlay_config(workspace)
    base, own = overlay_tables(config)
    pins = {pin.partition("@")[0]: pin for pin in (f"{base.artifact}@{base.digest}", *own.requires)}
    below = _pinned(workspace, pins, search)
    moving = {
        artifact.name: artifact
        for artifact in _targets(workspace, config, to, search)
        if (there := below.get(artifact.name)) is None
        or (_pin(artifact), artifact.manifest.base) != (_pin(there), there.manifest.base)
    }
    if not moving:
        return Rebased((), tuple(pins.values()))
    if not force:
        if base.artifact in moving:
            _judge_layers(workspace, base.artifact, {**below, **moving})
        newer = [layer_from(artifact) for name, artifact in moving.items() if name != base.artifact]
        new = layer_from(moving[base.artifact]) if base.artifact in moving else None
        judge_rebase(workspace, _judged(workspace, config, new, newer, search))
    for name, artifact in moving.items():
        keep_artifact(workspace, artifact)
        pins[name] = _pin(artifact)
    _write_pins(workspace, config, moving)
    kept = {_kept_path(workspace, pin.partition("@")[2]) for pin in pins.values()}
    for path in set(workspace.base_path.glob("*.wraith")) - kept:
        path.unlink()
    return Rebased(tuple(map(_pin, moving.values())), tuple(pins.values()))


def _pinned(workspace: Workspace, pins: Mapping[str, str], search: Sequence[Path]) -> dict[str, Artifact]:
    """Return what an overlay pins, by name, as far as it is there; of one content the artifact beside it,
    because the base that an overlay pins changes no answer of it, and is in no content digest."""
    from wraith.artifact import resolve

    found = {}
    for name, pin in pins.items():
        with suppress(InputError):  # lost: moving on with --force is the way out
            found[name] = resolve(workspace.project, pin, (workspace.base_path, *search))
    return found


def _judge_layers(workspace: Workspace, base: str, artifacts: Mapping[str, Artifact]) -> None:
    """Raise InputError where what an overlay would require stands on another base than it would itself."""
    digest = artifacts[base].content_digest
    for name, artifact in artifacts.items():
        stands_on = artifact.manifest.base
        if name != base and stands_on is not None and stands_on.digest != digest:
            raise InputError(
                f"{name}, which {workspace.name} requires, stands on another {base}: {stands_on.digest}",
                where=workspace.config_path,
                hint=f"move that one first and pack it (wraith rebase {name}; wraith build pack:{name}), "
                f"then both: --to {base}@{digest} --to {name}",
            )


def _pin(artifact: Artifact) -> str:
    return f"{artifact.name}@{artifact.content_digest}"


def _targets(
    workspace: Workspace, config: TwinConfig, to: Sequence[str], search: Sequence[Path]
) -> list[Artifact]:
    """Return what an overlay is to be moved to. Raises InputError where that is nothing that it pins."""
    from wraith.artifact import resolve

    base, own = overlay_tables(config)
    required = [pin.partition("@")[0] for pin in own.requires]
    offered = (candidate(workspace, config), *(_packed(workspace, name) for name in required))
    named = to or [each for each in offered if each is not None]
    found = [resolve(workspace.project, each, search) for each in named]
    if not found:
        raise InputError(
            f"nothing newer than what {workspace.name} pins is on offer",
            where=workspace.config_path,
            hint=f"pack the base (wraith pack {base.artifact}), or name what to move to: --to REF",
        )
    names = [artifact.name for artifact in found]
    for name in names:
        if name not in (base.artifact, *required):
            raise InputError(
                f"{name} is neither the base of {workspace.name} nor one that it requires",
                where=workspace.config_path,
                hint=f"its base is {base.artifact}; another base is another overlay: wraith init",
            )
        if names.count(name) > 1:
            raise InputError(f"{name} is named twice", where="--to", hint="one of them is the one to move to")
    return found


def _write_pins(workspace: Workspace, config: TwinConfig, moving: Mapping[str, Artifact]) -> None:
    """Write the new pins into ``wraith.toml``; comments and order stay."""
    base, own = overlay_tables(config)
    changes: dict[str, str] = {}
    for name, artifact in moving.items():
        if name == base.artifact:
            changes[base.digest] = artifact.content_digest
            changes[base.scrub_policy_hash] = artifact.manifest.scrub_policy_hash
        changes |= {pin: _pin(artifact) for pin in own.requires if pin.partition("@")[0] == name}
    text = read_bytes(workspace.config_path).decode("utf-8")
    for before, after in changes.items():
        text = text.replace(f'"{before}"', f'"{after}"')
    write_whole(workspace.config_path, text.encode())


def keep_artifact(workspace: Workspace, artifact: Artifact) -> Path:
    """Write an artifact beside an overlay, without recordings, so that a fresh clone can build."""
    from wraith.artifact import make_artifact, write_artifact

    kept = artifact
    if set(artifact.manifest.entries) != set(artifact.files):
        kept = make_artifact(artifact.name, artifact.files)
        if kept.content_digest != artifact.content_digest:
            raise PolicyError(
                "was packed with its recordings, by a version of wraith whose built-in scrub rules differ",
                where=artifact.name,
                hint="ask its owner for one that is packed without --include-recordings",
            )
    path = _kept_path(workspace, artifact.content_digest)
    write_artifact(kept, path)
    return path


def _kept_path(workspace: Workspace, digest: str) -> Path:
    return workspace.base_path / f"{digest.removeprefix('sha256:')}.wraith"
