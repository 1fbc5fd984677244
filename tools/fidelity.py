"""Learn the committed twins anew and measure how well they predict: prints a table, writes JSON.

In sample, held out in five folds, and for the order ledger on fresh sessions with another seed; for it also
how many divergences there are without what is derived. Takes a few minutes.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from benchmarks.processes import ROOT
from benchmarks.twins import TWINS, document, measured, table


def main() -> int:
    output = ROOT / "bench-results" / f"fidelity-{time.strftime('%Y%m%d-%H%M%S')}.json"
    parser = argparse.ArgumentParser(
        description="measure the committed twins; the table goes to standard output"
    )
    parser.add_argument("twins", nargs="*", metavar="TWIN", help=f"of {', '.join(TWINS)} (all)")
    parser.add_argument("--output", type=Path, default=output, help="where the JSON goes (bench-results/)")
    arguments = parser.parse_args()
    unknown = sorted({*arguments.twins} - {*TWINS})
    if unknown:
        parser.error(f"no such twin: {', '.join(unknown)}")
    twins = []
    for name in arguments.twins or TWINS:
        print(f"{name} …", file=sys.stderr, flush=True)
        twins.append(measured(name))
    print(table(twins))
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(
        json.dumps(document(twins), indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    print(f"\nwritten to {arguments.output}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
