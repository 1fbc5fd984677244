"""Make ``.venv``, or find it as it should be: the one place where the project's tools install anything.

Standard library only, and nothing outside the checkout is touched. A stamp in ``.venv`` says what was
installed from what, so that the second run has nothing to do.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
CONSTRAINTS = ROOT / "constraints.txt"
STAMP = VENV / "wraith-installed.json"

USERS_MISTAKE, OUTSIDE_WORLD = 1, 4
"""Exit statuses, as ``wraith`` uses them: something to put right here; the network or the disk failed."""

_FOREIGN = ("PYTHONPATH", "PYTHONHOME", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV")
"""Settings of the surrounding shell that would let other packages in, or ours out."""


class SetUpError(Exception):
    """Set-up cannot go on. The message says what is missing and what to do."""

    def __init__(self, message: str, exit_code: int = USERS_MISTAKE) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def say(message: str) -> None:
    print(message, flush=True)


def clean_environment() -> dict[str, str]:
    """Return the environment of what runs in ``.venv``: the caller's, without foreign Python settings."""
    kept = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
    return {**kept, "PYTHONNOUSERSITE": "1", "VIRTUAL_ENV": str(VENV)}


def program(name: str) -> Path:
    """Return the path of a command that is installed in ``.venv``."""
    return VENV / "bin" / name


def prepare(extras: Iterable[str]) -> None:
    """Make sure that ``.venv`` holds this project with these extras, at the pinned versions.

    Raises SetUpError where it cannot: no venv module, no package index, no room on the disk.
    """
    if not _usable():
        _create()
    wanted = _recipe()
    recipe, extras_before = _read_stamp()
    same = recipe == wanted
    installed = set(extras_before) if same else set()
    missing = set(extras) - installed
    if same and not missing:
        say(f"• {VENV.name} is up to date")
        return
    everything = sorted(installed | missing)
    _install(everything)
    STAMP.write_text(json.dumps({"recipe": wanted, "extras": everything}) + "\n", encoding="utf-8")


def _usable() -> bool:
    """Is there an environment whose interpreter still runs, and is this one's version?"""
    python = program("python")
    if not python.exists():
        return False
    asked = [str(python), "-c", "import sys, pip; print(*sys.version_info[:2])"]
    answer = subprocess.run(asked, capture_output=True, text=True, env=clean_environment(), check=False)
    return answer.returncode == 0 and answer.stdout.split() == [str(part) for part in sys.version_info[:2]]


def _create() -> None:
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            raise SetUpError(
                f"this Python ({sys.executable}) has no module {module!r}, which makes environments.\n"
                "Install it (on Debian and Ubuntu: apt install python3-venv), or use another Python."
            )
    say(f"• making {VENV.name} with Python {sys.version.split()[0]}")
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    made = subprocess.run(command, capture_output=True, text=True, env=clean_environment(), check=False)
    if made.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        raise SetUpError(f"{VENV} cannot be made:\n{_tail(made.stdout + made.stderr)}", OUTSIDE_WORLD)


def _install(extras: list[str]) -> None:
    say(f"• installing wraith with what it needs [{', '.join(extras)}], pinned by {CONSTRAINTS.name}")
    started = time.monotonic()
    pip = [str(program("python")), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    target = f"{ROOT}[{','.join(extras)}]"
    # In the environment the pins hold for the build of wraith itself as well: pip builds it apart from .venv.
    pins = {"PIP_CONSTRAINT": str(CONSTRAINTS), "PIP_BUILD_CONSTRAINT": str(CONSTRAINTS)}
    done = subprocess.run(
        [*pip, "--editable", target],
        capture_output=True,
        text=True,
        env={**clean_environment(), **pins},
        check=False,
    )
    if done.returncode != 0:
        raise SetUpError(
            f"pip could not install what is needed; it said:\n{_errors(done.stdout + done.stderr)}\n"
            "Is the package index within reach? Behind a proxy, tell pip (pip config). Then run this again.",
            OUTSIDE_WORLD,
        )
    say(f"  done in {time.monotonic() - started:.0f} s")


def _recipe() -> str:
    """Return a digest of what an installation depends on; the folder is one: ``.venv`` names it."""
    digest = hashlib.sha256()
    for part in (str(ROOT).encode(), (ROOT / "pyproject.toml").read_bytes(), CONSTRAINTS.read_bytes()):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _read_stamp() -> tuple[str, list[str]]:
    """Return the recipe and the extras that were installed, or nothing where that is not known."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
        return str(stamp["recipe"]), [str(extra) for extra in stamp["extras"]]
    except (OSError, ValueError, KeyError, TypeError):
        return "", []


def _errors(output: str) -> str:
    """Return pip's own error lines, each once; all that it said last where it marked none."""
    marked = dict.fromkeys(line.strip() for line in output.splitlines() if line.strip().startswith("ERROR:"))
    return _tail("\n".join(marked) or output)


def _tail(output: str, lines: int = 12) -> str:
    return "\n".join(f"    {line}" for line in output.strip().splitlines()[-lines:])
