"""Services from npm: installed once, started with fresh data, ended with their script."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

FAKE_NPM = """\
#!/bin/sh
echo "$@" >> "$FAKE_LOG"
[ -z "$FAKE_BROKEN" ] || { echo "npm ERR! no network" >&2; exit 1; }
mkdir -p node_modules/.bin
cp "$FAKE_SERVICE" node_modules/.bin/json-server
"""
FAKE_SERVICE = """\
#!/bin/sh
echo "$@"
exec sleep 60
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of what npm_upstream.py needs, with the fake npm first on the path."""
    tools = tmp_path / "tools"
    packages = tools / "npm" / "posts-api"
    packages.mkdir(parents=True)
    (tools / "npm_upstream.py").write_bytes((ROOT / "tools" / "npm_upstream.py").read_bytes())
    for file in (ROOT / "tools" / "npm" / "posts-api").iterdir():
        (packages / file.name).write_bytes(file.read_bytes())
    bin = tmp_path / "bin"
    bin.mkdir()
    for name, text in (("npm", FAKE_NPM), ("service", FAKE_SERVICE)):
        (bin / name).write_text(text)
        (bin / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{bin}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("FAKE_LOG", str(tmp_path / "npm.log"))
    monkeypatch.setenv("FAKE_SERVICE", str(bin / "service"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


@contextmanager
def starting(project: Path) -> Iterator[subprocess.Popen[str]]:
    """Run the script for as long as the block lasts. What the fake service was started with is its output."""
    command = [sys.executable, str(project / "tools" / "npm_upstream.py"), "posts-api", "--port", "1"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def started_with(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    return process.stdout.readline().split()


def test_it_is_installed_once_and_started_with_fresh_data(project: Path) -> None:
    """The second start asks npm for nothing; each has its own copy of the data, gone when it has ended."""
    original, copies = ROOT / "tools" / "npm" / "posts-api" / "db.json", []
    for _ in range(2):
        with starting(project) as process:
            data, *address = started_with(process)
            assert Path(data).read_bytes() == original.read_bytes()
            assert address == ["--host", "127.0.0.1", "--port", "1"]
            copies.append(data)
        assert process.returncode == 128 + signal.SIGTERM
    assert (project / "npm.log").read_text() == "ci --ignore-scripts --no-audit --no-fund\n"
    assert copies[0] != copies[1]
    assert not any(Path(data).parent.exists() for data in copies)


def test_another_lock_file_is_installed_anew(project: Path) -> None:
    """What is installed is what the lock file of today says."""
    for change in ("", "\n"):
        with (project / "tools" / "npm" / "posts-api" / "package-lock.json").open("a") as lock:
            lock.write(change)
        with starting(project) as process:
            assert started_with(process)
    assert (project / "npm.log").read_text().count("ci ") == 2


def test_what_npm_says_is_shown(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where npm fails, nothing is started, and the next run tries again."""
    monkeypatch.setenv("FAKE_BROKEN", "1")
    with starting(project) as process:
        _, said = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "npm cannot install posts-api" in said
    assert "no network" in said
    monkeypatch.delenv("FAKE_BROKEN")
    with starting(project) as process:
        assert started_with(process)


def test_without_npm_it_says_what_to_install(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names npm and where it comes from."""
    monkeypatch.setenv("PATH", str(project / "tools"))
    with starting(project) as process:
        _, said = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "npm is needed" in said


def test_lock_files_pin_everything_by_its_content() -> None:
    """Each package of a lock file has its digest, and none an address."""
    for lock in (ROOT / "tools" / "npm").glob("*/package-lock.json"):
        packages = {name: entry for name, entry in json.loads(lock.read_bytes())["packages"].items() if name}
        assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
        assert not any("resolved" in entry for entry in packages.values())
