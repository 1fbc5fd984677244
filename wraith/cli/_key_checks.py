"""What ``wraith doctor`` looks at in the scrub key: that there is one, and that nobody else has it."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from wraith.cli._patient import Finding, Patient
from wraith.files import read_bytes
from wraith.scrub import find_key

_NAME: Final = "scrub_key"
LEAST_BYTES: Final = 16
"""128 bits where each is random; a made key has 64 characters. Under a shorter one guesses can be
confirmed."""
_GIT_TIMEOUT_S: Final = 10


def scrub_key(patient: Patient) -> Iterator[Finding]:
    project = patient.workspace.project
    path = project.key_path
    key = find_key(project, create=False)
    if key is None:
        if patient.sessions:
            yield Finding(
                _NAME,
                "warning",
                "there is none: a recorded secret is not recognised when a client sends it",
                str(path),
                "set WRAITH_HMAC_KEY, or get the file from whoever recorded",
            )
        return
    where = "WRAITH_HMAC_KEY" if key.path is None else str(path)
    wrong = []
    if len(key.secret) < LEAST_BYTES:
        message = f"it has {len(key.secret)} bytes: who guesses a secret can confirm it by its token"
        hint = f"make one of {LEAST_BYTES} random bytes or more (without one, wraith does), and record again"
        wrong.append(Finding(_NAME, "warning", message, where, hint))
    if key.path is None and path.is_file() and read_bytes(path).strip() not in (b"", key.secret):
        message = "WRAITH_HMAC_KEY is another key than the one that was made for this project"
        hint = "unset it, or remove the file: recordings of the one are not recognised with the other"
        wrong.append(Finding(_NAME, "warning", message, str(path), hint))
    if path.is_file():
        wrong += _exposed(path)
    yield from wrong or [Finding(_NAME, "ok", f"from {where}" if key.path is None else f"kept in {path}")]


def _exposed(path: Path) -> Iterator[Finding]:
    """Yield who else may have the file: other users of the machine, and whoever has the repository."""
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        message = "other users of this machine can read it"
        yield Finding(_NAME, "warning", message, str(path), f"chmod 600 {path}")
    anew = "remove it, have a new one made, and record again: whoever has the repository has this key"
    if _git(path, "ls-files", "--error-unmatch", "--", path.name):
        message = "it is committed: git tracks it"
        yield Finding(_NAME, "error", message, str(path), f"git rm --cached {_from_here(path)}; then {anew}")
    elif _git(path, "log", "--all", "--max-count=1", "--format=%h", "--", path.name):
        yield Finding(_NAME, "error", "it was committed: the history of git has it", str(path), anew)
    elif _git(path, "rev-parse", "--is-inside-work-tree") and not _git(path, "check-ignore", path.name):
        message = "git does not ignore it: the next commit may have it"
        yield Finding(_NAME, "warning", message, str(path), "put .wraith/ into .gitignore")


def _from_here(path: Path) -> str:
    """Return what the file is called in the folder where the command was typed."""
    return os.path.relpath(path)


def _git(path: Path, *arguments: str) -> str:
    """Return what git says of a file in its folder; nothing where it refuses, or is not there."""
    command = ["git", "-C", str(path.parent), *arguments]
    try:
        ran = subprocess.run(command, capture_output=True, timeout=_GIT_TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ran.stdout.decode("utf-8", "replace").strip() if ran.returncode == 0 else ""
