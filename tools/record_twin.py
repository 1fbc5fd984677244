"""Send the traffic that a twin is recorded from: the scenarios of one package below ``tools/scenarios``."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from recording import Stopped, run

PACKAGES = Path(__file__).resolve().parent / "scenarios"


def main() -> int:
    names = sorted(path.parent.name for path in PACKAGES.glob("*/__init__.py"))
    parser = argparse.ArgumentParser(description="run scenarios against a recording proxy")
    parser.add_argument("scenarios", choices=names, help="the service that they are for")
    parser.add_argument("--base-url", required=True, help="the address of the recording proxy")
    parser.add_argument("--seed", type=int, required=True, help="what every random choice comes from")
    parser.add_argument("--sessions", type=int, required=True, help="how many scenarios to run, in turn")
    arguments = parser.parse_args()
    package = importlib.import_module(f"scenarios.{arguments.scenarios}")
    try:
        run(
            package.SCENARIOS,
            base_url=arguments.base_url,
            seed=arguments.seed,
            sessions=arguments.sessions,
        )
    except Stopped as stopped:
        print(stopped, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
