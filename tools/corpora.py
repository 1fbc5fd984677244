"""Import recordings of other tools, learn a twin of each file and check it: prints a table, writes JSON.

The corpus is a folder of files that ``wraith import`` reads. Nothing of it is changed; each file has a
project of its own elsewhere. Ends with 1 where a command failed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.foreign import Twin, document, recordings, table, take_through
from benchmarks.processes import ROOT


def main() -> int:
    arguments = _arguments()
    files = recordings(arguments.corpus)
    if not files:
        print(f"there are no recordings in {arguments.corpus}", file=sys.stderr)
        return 1
    twins: list[Twin] = []
    with tempfile.TemporaryDirectory(prefix="wraith-corpora-") as scratch:
        projects = arguments.projects or Path(scratch)
        for number, file in enumerate(files):
            print(f"{file.name} …", file=sys.stderr, flush=True)
            twins += take_through(
                file, arguments.corpus, projects / f"{number:03d}-{file.name.partition('.')[0]}"
            )
    print(table(twins))
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(
        json.dumps(document(twins), indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    print(f"\nwritten to {arguments.output}", file=sys.stderr)
    return int(any(twin.failure for twin in twins))


def _arguments() -> argparse.Namespace:
    corpus = Path(os.environ.get("WRAITH_CORPUS") or ROOT.parent / "shared" / "corpus")
    output = ROOT / "bench-results" / f"corpora-{time.strftime('%Y%m%d-%H%M%S')}.json"
    parser = argparse.ArgumentParser(description="import, learn and check; the table goes to standard output")
    parser.add_argument("corpus", type=Path, nargs="?", default=corpus, help=f"the folder ({corpus})")
    parser.add_argument("--projects", type=Path, metavar="DIR", help="keep the projects in this new folder")
    parser.add_argument("--output", type=Path, default=output, help="where the JSON goes (bench-results/)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
