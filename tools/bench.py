"""Measure how fast wraith is, and whether that is fast enough: prints a table, writes JSON.

Rates vary from machine to machine and from hour to hour, so what can be is measured as a ratio against
something that runs beside it. Run on a quiet machine, with the interpreter of .venv and its extra
``upstreams``.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

from benchmarks.measures import MEASURES, Plan
from benchmarks.processes import ROOT, BenchError
from benchmarks.results import Result, document, table


def main() -> int:
    arguments = _arguments()
    plan = Plan(arguments.corpus, arguments.exchanges, arguments.rounds, arguments.requests)
    results: list[Result] = []
    failed = False
    for name in arguments.only or MEASURES:
        print(f"{name} …", file=sys.stderr, flush=True)
        try:
            results += MEASURES[name](plan)
        except BenchError as error:
            print(f"{name} was not measured: {error}", file=sys.stderr)
            failed = True
    print(table(results))
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(
        json.dumps(document(results), indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    print(f"\nwritten to {arguments.output}", file=sys.stderr)
    return int(failed)


def _arguments() -> argparse.Namespace:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wraith-bench"
    output = ROOT / "bench-results" / f"{time.strftime('%Y%m%d-%H%M%S')}.json"
    parser = argparse.ArgumentParser(description="measure wraith; the table goes to standard output")
    parser.add_argument(
        "--only", nargs="+", choices=MEASURES, metavar="NAME", help=f"of: {', '.join(MEASURES)}"
    )
    parser.add_argument(
        "--corpus", type=Path, default=cache, help=f"where recordings are kept between runs ({cache})"
    )
    parser.add_argument("--exchanges", type=int, default=10_000, help="size of the smaller corpus (10,000)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured (5)")
    parser.add_argument(
        "--requests", type=int, default=4_000, help="requests per round to each server (4,000)"
    )
    parser.add_argument("--output", type=Path, default=output, help="where the JSON goes (bench-results/)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
