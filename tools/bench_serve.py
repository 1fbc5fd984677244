"""Measure how fast a twin answers, beside raw ASGI applications and other servers of mocks that send the same
bytes; what it keeps in memory, whether sessions are apart, how long it takes to start, and what a Lua
handler costs.

The load generator is wrk: 32 connections that are kept alive, one process. Rates vary from hour to hour, so
all servers run at once and take turns, and rates are compared within a turn. Run on a quiet machine, with the
interpreter of .venv.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from benchmarks.processes import ROOT, BenchError
from benchmarks.serve_handlers import handlers
from benchmarks.serve_load import Run, Server, has_wrk, ours, reset, wrk
from benchmarks.serve_more import isolation, memory, start
from benchmarks.serve_peers import installed

from wraith.canonical import JsonValue

OURS: Final = ("raw", "quart", "wraith", "raw-granian", "wraith-granian", "wraith-simulation", "wraith-trace")
BASE: Final = "raw"
PARTS: Final = ("rates", "memory", "sessions", "start", "handlers")
WITH_WRK: Final = {"rates", "memory"}
HEADINGS: Final = ("server", "reads/s", "of raw", "p99/p50", "CPU", "creates/s", "of raw", "p99/p50", "CPU")


@dataclass(frozen=True)
class Row:
    """Medians over the rounds; ``of_raw``: the rate as a share of that of the raw application in the same
    round, with the smallest and the largest share."""

    per_s: int
    of_raw: float
    of_raw_spread: tuple[float, float]
    p50_ms: float
    p99_over_p50: float
    cpu_us: float

    @classmethod
    def of(cls, runs: list[Run], base: list[Run]) -> Row:
        shares = [run.per_s / beside.per_s for run, beside in zip(runs, base, strict=True)]
        return cls(
            per_s=round(statistics.median(run.per_s for run in runs)),
            of_raw=round(statistics.median(shares), 3),
            of_raw_spread=(round(min(shares), 3), round(max(shares), 3)),
            p50_ms=round(statistics.median(run.p50_ms for run in runs), 2),
            p99_over_p50=round(statistics.median(run.p99_ms / run.p50_ms for run in runs), 2),
            cpu_us=round(statistics.median(run.cpu_us for run in runs), 1),
        )

    def cells(self) -> tuple[str, ...]:
        return f"{self.per_s:,}", f"{self.of_raw:.2f}", f"{self.p99_over_p50:.1f}", f"{self.cpu_us:.0f} µs"


Rates: TypeAlias = dict[str, dict[str, Row]]
"""By server, and by kind of request."""


def rates(folder: Path, servers: Sequence[Server], rounds: int, seconds: int) -> Rates:
    """Return what each server did; another's that answers wrongly, or hardly, is left out."""
    runs: dict[str, dict[str, list[Run]]] = {server.name: {"reads": [], "creates": []} for server in servers}
    for kind in ("reads", "creates"):
        for number in range(rounds + 1):  # the first is for warming up, which those on a JVM need
            for server in [each for each in servers if each.name in runs]:
                _say(f"{kind}, round {number} of {rounds}: {server.name}")
                try:
                    run = wrk(server, kind, folder, seconds)
                except BenchError as error:
                    if server.name in OURS:
                        raise
                    _say(f"left out: {error}")
                    del runs[server.name]
                    continue
                if number:
                    runs[server.name][kind].append(run)
                if server.name.startswith("wraith"):
                    reset(server)
    return {
        name: {kind: Row.of(each, runs[BASE][kind]) for kind, each in by_kind.items()}
        for name, by_kind in runs.items()
    }


def measured_rates(arguments: argparse.Namespace, folder: Path) -> Rates:
    """Return the rates of our servers, and of others that are installed."""
    with ExitStack() as stack:
        servers = [stack.enter_context(ours(name, folder)) for name in arguments.servers]
        if arguments.others:
            servers += stack.enter_context(installed(folder, arguments.peers, _say))
        return rates(folder, servers, arguments.rounds, arguments.seconds)


def measured_rest(arguments: argparse.Namespace, folder: Path) -> dict[str, JsonValue]:
    """Return what was asked for besides rates."""
    measured: dict[str, JsonValue] = {}
    if "memory" in arguments.only:
        with ours("wraith-limited", folder) as server:
            measured["memory"] = memory(server, folder, tuple(arguments.memory))
    if "sessions" in arguments.only:
        with ours("wraith", folder) as server:
            measured["sessions"] = isolation(server, arguments.sessions)
    if "start" in arguments.only:
        taken = [start(arguments.routes) for _ in range(arguments.rounds)]
        s, cpu_s = (round(statistics.median(each), 3) for each in zip(*taken, strict=True))
        measured["start"] = {
            "routes": arguments.routes,
            "s": s,
            "best_s": round(min(taken)[0], 3),
            "cpu_s": cpu_s,
        }
    if "handlers" in arguments.only:
        measured["handlers"] = handlers(arguments.rounds, arguments.handlers)
    return measured


def table(rates: Rates) -> str:
    """Return the rates as a Markdown table."""
    lines = ["| " + " | ".join(HEADINGS) + " |", "| --- |" + " ---: |" * (len(HEADINGS) - 1)]
    for name, kinds in rates.items():
        lines.append("| " + " | ".join((name, *kinds["reads"].cells(), *kinds["creates"].cells())) + " |")
    return "\n".join(lines)


def main() -> int:
    """Measure, print the tables, write the JSON."""
    arguments = _arguments()
    if WITH_WRK & {*arguments.only} and not has_wrk():
        raise SystemExit("needs the program wrk: apt-get install wrk")
    document: dict[str, Any] = {"format": "wraith.bench-serve/1", "cores": os.cpu_count()}
    with tempfile.TemporaryDirectory() as name:
        try:
            if "rates" in arguments.only:
                rates = measured_rates(arguments, Path(name))
                print(table(rates) + "\n")
                document["rates"] = {
                    name: {kind: asdict(row) for kind, row in each.items()} for name, each in rates.items()
                }
            rest = measured_rest(arguments, Path(name))
        except BenchError as error:
            raise SystemExit(str(error)) from None
    for part, told in rest.items():
        print(f"{part}: {json.dumps(told)}")
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(document | rest, indent=2) + "\n", encoding="utf-8")
    _say(f"written to {arguments.output}")
    return 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    output = ROOT / "bench-results" / f"serve-{time.strftime('%Y%m%d-%H%M%S')}.json"
    parser = argparse.ArgumentParser(description="measure the twin's server; a table goes to standard output")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="of: " + ", ".join(PARTS))
    parser.add_argument(
        "--servers", nargs="+", choices=OURS, default=OURS, metavar="NAME", help=", ".join(OURS)
    )
    parser.add_argument("--no-others", dest="others", action="store_false", help="measure no other programs")
    parser.add_argument(
        "--peers",
        type=Path,
        nargs="*",
        default=[],
        metavar="FOLDER",
        help="where else they are installed: a folder of npm, or a virtual environment",
    )
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured (5)")
    parser.add_argument("--seconds", type=int, default=3, help="how long each run takes (3)")
    parser.add_argument("--memory", type=int, nargs=2, default=[20_000, 200_000], help="(20000 200000)")
    parser.add_argument("--sessions", type=int, default=1_000, help="sessions that take turns (1000)")
    parser.add_argument("--routes", type=int, default=2_000, help="of the model that is started (2000)")
    parser.add_argument("--handlers", type=int, default=1_000, help="that are loaded (1000)")
    parser.add_argument("--output", type=Path, default=output, help="where the JSON goes (bench-results/)")
    arguments = parser.parse_args()
    if BASE not in arguments.servers:
        parser.error(f"--servers: {BASE} is what the others are compared with")
    arguments.peers = [folder.resolve() for folder in arguments.peers]
    return arguments


if __name__ == "__main__":
    sys.exit(main())
