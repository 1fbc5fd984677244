"""Start a service from npm that a twin is recorded from: one of the folders below ``tools/npm``.

Each holds what to install, pinned, and the data that the service begins with. It is installed once, below
``.wraith/npm``; the data is copied for each start, so that nothing of one recording is seen by the next.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "tools" / "npm"
INSTALLED = ROOT / ".wraith" / "npm"
MANIFESTS = ("package.json", "package-lock.json")
STAMP = "installed-from"


class NotInstalled(Exception):
    """The service cannot be installed. The message says what npm said, or what is missing."""


def main() -> int:
    names = sorted(path.parent.name for path in PACKAGES.glob("*/package.json"))
    parser = argparse.ArgumentParser(description="serve a package from npm on loopback, with fresh data")
    parser.add_argument("name", choices=names, help="the folder below tools/npm")
    parser.add_argument("--port", type=int, required=True, help="the port to listen on, on 127.0.0.1")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, _leave)
    try:
        folder = installed(arguments.name)
    except NotInstalled as error:
        print(error, file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="wraith-upstream-") as scratch:
        data = shutil.copy(PACKAGES / arguments.name / "db.json", scratch)
        address = ["--host", "127.0.0.1", "--port", str(arguments.port)]
        # These services answer failures with the stack of the error, which names paths of this machine.
        environ = {**os.environ, "NODE_OPTIONS": "--stack-trace-limit=0"}
        with subprocess.Popen([program(folder), data, *address], cwd=scratch, env=environ) as service:
            try:
                return service.wait()
            finally:
                service.terminate()


def installed(name: str) -> Path:
    """Return the folder where a package is installed as its lock file says; install it if it is not yet."""
    source, folder = PACKAGES / name, INSTALLED / name
    stamp = folder / STAMP
    digest = hashlib.sha256(b"".join((source / file).read_bytes() for file in MANIFESTS)).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == digest:
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    for file in MANIFESTS:
        shutil.copy(source / file, folder)
    command = [npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NotInstalled(f"npm cannot install {name}; it said:\n{done.stdout}{done.stderr}")
    stamp.write_text(digest, encoding="utf-8")
    return folder


def program(folder: Path) -> Path:
    """Return the command of what is installed: it has the name of the package, the only one asked for."""
    (package,) = json.loads((folder / "package.json").read_bytes())["dependencies"]
    return folder / "node_modules" / ".bin" / str(package)


def npm() -> str:
    """Return the path of npm. Raises NotInstalled where there is none."""
    found = shutil.which("npm")
    if found is None:
        raise NotInstalled("npm is needed to record this twin; install Node.js 20 or newer (nodejs.org)")
    return found


def _leave(number: int, frame: FrameType | None) -> None:
    """Leave by way of the ``finally`` clauses, which end the service and remove its data."""
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
