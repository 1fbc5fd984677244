"""``drift.toml`` as the steps read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wraith.workspace import Workspace

if TYPE_CHECKING:
    from wraith.config import DriftConfig


def read_drift(workspace: Workspace) -> DriftConfig:
    """Return the rules of ``drift.toml``, none where there is no such file. Raises InputError where it is
    broken, with file and line."""
    from wraith.config import DriftConfig, read_toml

    return read_toml(workspace.drift_path, DriftConfig) if workspace.drift_path.is_file() else DriftConfig()
