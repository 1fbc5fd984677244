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
    draft = draft_key(project, environ=environ) if create else None
    return None if draft is None else keep_key(project, draft)


def draft_key(project: Project, *, environ: Mapping[str, str] = os.environ) -> Key | None:
    """Return a new key that is not kept yet, for a command that may end with nothing written; None in CI."""
    if environ.get("CI", "").lower() in ("true", "1"):
        return None
    return Key(secrets.token_hex(32).encode(), "made", project.key_path)


def keep_key(project: Project, draft: Key) -> Key:
    """Keep a new key, and return the project's: another process may have been first, and then it is that
    one's."""
    path = project.key_path
    kept = _keep(path, draft.secret)
    found = _read(path)
    if found is None:
        raise OperationError("vanished while it was made", where=path, hint="run the command again")
    return draft if kept and found == draft.secret else Key(found, "file", path)


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
