"""``wraith-project.toml`` as a build reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wraith.workspace import PROJECT_FILE, Project

if TYPE_CHECKING:
    from wraith.config import ProjectConfig


def project_config(project: Project) -> ProjectConfig:
    """Return what ``wraith-project.toml`` says, its defaults where there is none. Raises InputError where it
    is broken."""
    from wraith.config import ProjectConfig, read_toml

    path = project.root / PROJECT_FILE
    return read_toml(path, ProjectConfig) if path.is_file() else ProjectConfig()
