"""What recordings made by a command are made from. Same digests, same recordings: nothing has to be
recorded."""

from __future__ import annotations

from wraith.canonical import JsonValue, compact, sha256
from wraith.config import TwinConfig
from wraith.errors import InputError
from wraith.files import read_bytes
from wraith.workspace import Workspace


def recording_inputs(workspace: Workspace, config: TwinConfig, policy_digest: str) -> dict[str, str]:
    """Return the digest of each input by its name: ``config``, ``scrub`` and the files of ``[record]
    inputs``.

    Only the tables that recording reads count, not the whole file. Raises InputError where a file is missing.
    """
    tables: dict[str, JsonValue] = {
        "record": config.record.model_dump(mode="json"),
        "upstream": config.upstream.model_dump(mode="json"),
    }
    digests = {"config": sha256(compact(tables)), "scrub": policy_digest}
    for name in config.record.inputs:
        path = workspace.root / name
        try:
            digests[f"file:{name}"] = sha256(read_bytes(path))
        except FileNotFoundError:
            raise InputError(
                f"[record] inputs names {name}, and there is no such file",
                where=path,
                hint=f"mend inputs in {workspace.config_path}; names are relative to the twin's folder",
            ) from None
    return digests
