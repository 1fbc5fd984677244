"""Make the newer base that the tests judge overlays on: ``twins/billing-api``, recorded with more routes.

The recordings of the twin stay, sessions of what it learns later (``tools/checkout/later.py``) are added, and
what is learned from all of them is packed. Run it when the engine has moved the digest of billing-api: then
the two differ in what was recorded, and in nothing else.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DEFAULT = ROOT / "tests" / "overlay" / "data" / "newer-billing-api.wraith"
TWIN, LATER = "billing-api", "later"
EXERCISE = (
    '"../../tools/record_checkout.py", "newer-base", "--base-url", "{url}", "--seed", "11", '
    '"--sessions", "16"'
)


def main() -> int:
    parser = argparse.ArgumentParser(description="record, learn and pack the newer base of the tests")
    parser.add_argument("--output", type=Path, default=DEFAULT, help=f"default {DEFAULT.relative_to(ROOT)}")
    output: Path = parser.parse_args().output.resolve()
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        _lay_out(project)
        _wraith(project, "record", LATER, "--exercise")
        for session in (project / "twins" / LATER / "recordings" / "sessions").iterdir():
            shutil.copytree(session, project / "twins" / TWIN / "recordings" / "sessions" / session.name)
        _wraith(project, "synth", TWIN)
        _wraith(project, "pack", TWIN, "--output", str(output))
    return 0


def _lay_out(project: Path) -> None:
    """Write a project with the twin as it is committed, and a second one that records what comes later."""
    source = ROOT / "twins" / TWIN
    shutil.copytree(ROOT / "tools", project / "tools", ignore=shutil.ignore_patterns("__pycache__", "npm"))
    for name in (TWIN, LATER):
        (project / "twins" / name).mkdir(parents=True)
        for file in ("wraith.toml", "scrub.toml"):
            shutil.copy(source / file, project / "twins" / name / file)
    shutil.copytree(source / "recordings", project / "twins" / TWIN / "recordings")
    config = project / "twins" / LATER / "wraith.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(re.sub(r'"\.\./\.\./tools/record_billing\.py", "--base-url".*(?=\])', EXERCISE, text))


def _wraith(project: Path, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "wraith.cli", *arguments], cwd=project, check=True)


if __name__ == "__main__":
    sys.exit(main())
