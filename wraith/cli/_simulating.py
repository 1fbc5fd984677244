"""What ``wraith serve`` simulates: its options, and what they and ``wraith.toml`` make together."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from wraith.errors import InputError

if TYPE_CHECKING:
    from wraith.config import FaultProfile, TwinConfig
    from wraith.config import Latency as LatencyConfig
    from wraith.runtime import Twin
    from wraith.serve import Recorded, Simulation
    from wraith.workspace import Workspace


def add_simulating(parser: argparse.ArgumentParser) -> None:
    """Add ``--fault-profile``, ``--latency-mode`` and ``--trace``."""
    from wraith.config import LatencyMode

    parser.add_argument(
        "--fault-profile",
        metavar="F",
        help="what goes wrong on purpose: faults/F.toml of the twin, or a file that ends in .toml",
    )
    parser.add_argument(
        "--latency-mode",
        choices=get_args(LatencyMode),
        help="how long answers are held back; default as in wraith.toml",
    )
    parser.add_argument(
        "--trace",
        action="store_true",
        help="keep how the last answers came about, at /__wraith/trace/log",
    )


class Simulating:
    """Makes what is simulated of the configuration; the same again, with what it has counted, where that is
    as it was."""

    def __init__(self) -> None:
        self._made: tuple[object, Simulation] | None = None

    def of(
        self, workspace: Workspace, config: TwinConfig, twin: Twin, args: argparse.Namespace
    ) -> Simulation:
        """Return what is on. Raises InputError for a profile that there is none of, and for recorded latency
        without recordings."""
        from wraith.serve import Faults, Latency, Limits, Simulation

        profile = _profile(workspace, args.fault_profile) if args.fault_profile is not None else None
        limits, latency = config.serve.rate_limits, _latency(config, args)
        said = (profile, limits, latency)
        if self._made is not None and self._made[0] == said:
            return self._made[1]
        modes = {latency.mode, *(route.mode for route in latency.routes)}
        recorded = _recorded(workspace, config, twin) if "recorded" in modes else {}
        made = Simulation(
            limits=Limits(limits, time.monotonic) if limits else None,
            faults=Faults(profile) if profile is not None else None,
            latency=Latency(latency, recorded) if modes != {"off"} else None,
        )
        self._made = said, made
        return made


def _latency(config: TwinConfig, args: argparse.Namespace) -> LatencyConfig:
    """Return ``[serve.latency]`` with the mode of the command line in the place of its own."""
    latency = config.serve.latency
    if args.latency_mode is None:
        return latency
    routes = () if args.latency_mode == "off" else latency.routes
    return latency.model_copy(update={"mode": args.latency_mode, "routes": routes})


def _profile(workspace: Workspace, name: str) -> FaultProfile:
    from wraith.config import FaultProfile, read_toml

    folder = workspace.faults_path
    path = Path(name) if name.endswith(".toml") else folder / f"{name}.toml"
    if not path.is_file():
        there = sorted(each.stem for each in folder.glob("*.toml"))
        known = f"there are {', '.join(there)}, or name a file that ends in .toml"
        hint = known if there else "write it; docs/reference/overlays.md#fault-profiles of wraith shows one"
        raise InputError(f"there is no fault profile {name!r}", where=path, hint=hint)
    return read_toml(path, FaultProfile)


def _recorded(workspace: Workspace, config: TwinConfig, twin: Twin) -> Recorded:
    """Return how long the service took, by route."""
    from wraith.recording import sealed_sessions
    from wraith.serve import durations

    found = durations(
        (route.name if route is not None else None, exchange.duration_ms)
        for session in sealed_sessions(workspace, config.synth.tags)
        for exchange in session.read()
        for route in [twin.route_of(exchange.request.method, exchange.request.path)]
    )
    if not found[None]:
        raise InputError(
            "there are no recordings to take latency from",
            where=workspace.sessions_path,
            hint="choose another --latency-mode",
        )
    return found
