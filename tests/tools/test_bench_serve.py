"""``tools/bench_serve.py``: a quick run measures what it says."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parent.parent.parent / "tools" / "bench_serve.py"


@pytest.mark.skipif(shutil.which("wrk") is None, reason="needs the program wrk")
def test_a_quick_run_measures_rates_and_memory() -> None:
    """Both servers answer without errors, and the document has a ratio for reads and one for creates."""
    quick = ["--rounds", "1", "--seconds", "1", "--memory", "100", "200"]
    ran = subprocess.run([sys.executable, str(TOOL), *quick], capture_output=True, text=True, check=True)
    measured = json.loads(ran.stdout)
    assert all(measured[kind]["ratio"] > 0 for kind in ("reads", "creates"))
    assert measured["memory"].keys() == {"after_100_kb", "after_200_kb"}
