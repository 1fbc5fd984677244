"""The key that tokens are made with: given, kept, or made."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from wraith.errors import InputError, OperationError
from wraith.files import read_bytes, write_whole
from wraith.workspace import Project

VARIABLE = "WRAITH_HMAC_KEY"


@dataclass(frozen=True, slots=True)
class Key:
    """A key, and where it came from: ``made`` is to be said to the user, once, with the path."""

    secret: bytes = field(repr=False)
    origin: Literal["environment", "file", "made"]
    path: Path | None = None

    @property
    def made(self) -> bool:
        return self.origin == "made"


def find_key(project: Project, *, create: bool, environ: Mapping[str, str] = os.environ) -> Key | None:
    """Return the key of the environment, else of the project's ``.wraith/hmac.key``, else a new one kept
    there.

    None is made where ``create`` is false, or in CI (``CI=true``), whose key would be another one each time.
    Then None is returned, and the scrubber refuses only where it would write a new token.
    """
    given = environ.get(VARIABLE, "")
    if given:
        return Key(given.encode("utf-8", "surrogateescape"), "environment")
    path = project.key_path
    kept = _read(path)
    if kept is not None:
        return Key(kept, "file", path)
    if not create or environ.get("CI", "").lower() in ("true", "1"):
        return None
    if not _keep(path, secrets.token_hex(32).encode()):
        kept = _read(path)  # another process was first, and its key is the project's
        if kept is not None:
            return Key(kept, "file", path)
    made = _read(path)
    if made is None:
        raise OperationError("vanished while it was made", where=path, hint="run the command again")
    return Key(made, "made", path)


def _read(path: Path) -> bytes | None:
    try:
        secret = read_bytes(path).strip()
    except FileNotFoundError:
        return None
    if not secret:
        raise InputError(
            "holds no key",
            where=path,
            hint=f"restore it, set {VARIABLE}, or remove it to have a new one made",
        )
    return secret


def _keep(path: Path, secret: bytes) -> bool:
    """Write the key whole, readable by its owner alone; False where there is one already."""
    ours = path.with_name(f".{path.name}.{os.getpid()}.part")
    write_whole(ours, secret + b"\n", mode=0o600)
    try:
        os.link(ours, path)  # unlike a rename, fails where the name is taken
    except FileExistsError:
        return False
    except OSError as error:
        raise OperationError(f"cannot be written: {error.strerror}", where=path) from error
    finally:
        ours.unlink(missing_ok=True)
    return True
