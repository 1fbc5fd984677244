"""What ``wraith serve`` serves: a twin and how it answers, as the files of its workspace are now and as the
command line says."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from wraith.cli._simulating import Simulating

if TYPE_CHECKING:
    from wraith.config import Serve, TwinConfig
    from wraith.recording import SealedSession
    from wraith.runtime import Twin
    from wraith.serve import Loaded, Mask, TraceLog
    from wraith.workspace import Workspace


@dataclass
class Loading:
    """Loads a twin from its workspace, as often as it is called. What is simulated goes on counting where
    nothing was changed about it."""

    workspace: Workspace
    args: argparse.Namespace
    trace: TraceLog | None
    tell: Callable[[str], None]
    """Is told of handlers that do not compile: the twin serves without them."""
    simulating: Simulating = field(default_factory=Simulating)

    def __call__(self) -> Loaded:
        """Return what the files come to. Raises InputError for what is wrong with them, where there is no
        such fixture set or fault profile, and where fidelity is strict and there are no recordings."""
        from wraith.canonical import sha256
        from wraith.config import TwinConfig, read_toml
        from wraith.serve import Loaded, Passthrough
        from wraith.wir import dump_model

        workspace, args = self.workspace, self.args
        config = read_toml(workspace.config_path, TwinConfig)
        settings = _settings(config.serve, args)
        twin = self._twin(settings)
        passing = config.passthrough
        return Loaded(
            twin,
            sha256(dump_model(twin.model)),
            _mask(workspace),
            settings,
            _recordings(workspace, config) if settings.fidelity == "strict" else (),
            config.upstream.base_url,
            Passthrough(config.upstream.base_url, passing.allow) if passing.enabled else None,
            self.simulating.of(workspace, config, twin, args),
        )

    def _twin(self, settings: Serve) -> Twin:
        from wraith.build.steps import fixtures_of, handlers_of, read_model
        from wraith.config import selected
        from wraith.lua import read_scripts
        from wraith.runtime import Twin
        from wraith.serve import TracedTwin

        model = read_model(self.workspace)
        sets = fixtures_of(self.workspace, model)
        selected(sets, self.args.fixture)
        for problem in read_scripts(self.workspace.lua_path).problems().values():
            self.tell(f"a handler does not compile: {problem}")
        handlers = handlers_of(self.workspace)
        if handlers is not None and settings.lua.on_error == "fail":
            handlers = replace(handlers, falls_back=False)
        if self.trace is not None:
            return TracedTwin(self.trace, model, sets, handlers)
        return Twin(model, sets, handlers)


def _settings(configured: Serve, args: argparse.Namespace) -> Serve:
    """Return ``[serve]`` with what the command line says in its place."""
    from wraith.config import Serve, validate

    names = ("fidelity", "clock", "clock_epoch", "seed", "session_mode", "unknown_entity")
    given = {name: value for name in names if (value := getattr(args, name)) is not None}
    if args.as_recorded:
        given |= {"rewrite_urls": False, "strip_headers": False, "cors": False, "idempotency": {"header": ""}}
    return validate({**configured.model_dump(), **given}, Serve, "wraith serve") if given else configured


def _recordings(workspace: Workspace, config: TwinConfig) -> Sequence[SealedSession]:
    from wraith.errors import InputError
    from wraith.recording import sealed_sessions

    recordings = sealed_sessions(workspace, config.synth.tags)
    if not recordings:
        raise InputError(
            f"{workspace.name} has no recordings here, and strict fidelity answers with nothing else",
            hint="serve with --fidelity synth, record the twin, or pack it with --include-recordings",
        )
    return recordings


def _mask(workspace: Workspace) -> Mask:
    """Return how requests are scrubbed before they are matched, as they were when they were recorded."""
    from wraith.config import ScrubConfig, read_toml
    from wraith.scrub import Scrubber, find_key, restore
    from wraith.serve import masking

    scrub = read_toml(workspace.scrub_path, ScrubConfig)
    scrubber = Scrubber(scrub, find_key(workspace.project, create=False))
    return masking(scrubber.request, restore, scrubber.secrets)
