"""The corpora: recordings of localstripe by further seeds, made once and kept in a cache folder."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from benchmarks.processes import ROOT, TOOLS, WRAITH, BenchError, free_port, run, running

TWIN = "bench"
SEED = 9_000
"""Far from the seed of the committed recordings; each part of a corpus adds its number."""
PART = 2_500
"""Exchanges per run of the service: lists of localstripe walk all it holds, so one long run would crawl."""


def corpus(cache: Path, exchanges: int) -> Path:
    """Return a project with at least so many recorded exchanges, recorded now if the cache has none."""
    project = cache / f"{exchanges}"
    if (project / "complete.json").is_file():
        return project
    shutil.rmtree(project, ignore_errors=True)
    project.mkdir(parents=True)
    shutil.copy(ROOT / "twins" / "billing-api" / "scrub.toml", project)
    run([*WRAITH, "init", TWIN, "--base-url", "http://127.0.0.1:9"], project)
    (project / "scrub.toml").replace(project / "twins" / TWIN / "scrub.toml")
    left, part = exchanges, 0
    while left > 0:
        print(f"  recording {exchanges:,} exchanges, {left:,} to go", file=sys.stderr, flush=True)
        _record(project, seed=SEED + exchanges + part, exchanges=min(left, PART))
        left, part = left - PART, part + 1
    (project / "complete.json").write_text(json.dumps({"asked": exchanges}) + "\n", encoding="utf-8")
    return project


def recorded_bytes(project: Path) -> int:
    """Return the size of the recordings, all files together."""
    return sum(
        path.stat().st_size for path in (project / "twins" / TWIN / "recordings").rglob("*") if path.is_file()
    )


def _record(project: Path, *, seed: int, exchanges: int) -> None:
    upstream, proxy = free_port(), free_port()
    config = project / "twins" / TWIN / "wraith.toml"
    lines = config.read_text(encoding="utf-8").splitlines()
    addressed = [
        f'base_url = "http://127.0.0.1:{upstream}"' if line.startswith("base_url") else line for line in lines
    ]
    config.write_text("\n".join(addressed) + "\n", encoding="utf-8")
    serve = [sys.executable, str(TOOLS / "billing_upstream.py"), "--port", str(upstream)]
    record = [*WRAITH, "record", TWIN, "--port", str(proxy)]
    url = f"http://127.0.0.1:{proxy}"
    drive = [
        sys.executable,
        str(TOOLS / "record_billing.py"),
        "--base-url",
        url,
        "--seed",
        str(seed),
        "--fast",
    ]
    try:
        with (
            running(serve, f"http://127.0.0.1:{upstream}/v1/balance"),
            running(record, f"{url}/__wraith/ready", project),
        ):
            run([*drive, "--exchanges", str(exchanges), "--quiet"])
    except BenchError:
        shutil.rmtree(project, ignore_errors=True)
        raise
