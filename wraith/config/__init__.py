"""The configuration files as frozen documents: read once, validated at the edge."""

from wraith.config._create import checked_url, make_project, make_workspace
from wraith.config._project import ProjectConfig
from wraith.config._read import Document, describe, read_toml, validate
from wraith.config._scrub import Action, Allow, Rule, ScrubConfig
from wraith.config._twin import Diff, Record, Serve, Synth, TwinConfig, Upstream

__all__ = [
    "Action",
    "Allow",
    "Diff",
    "Document",
    "ProjectConfig",
    "Record",
    "Rule",
    "ScrubConfig",
    "Serve",
    "Synth",
    "TwinConfig",
    "Upstream",
    "checked_url",
    "describe",
    "make_project",
    "make_workspace",
    "read_toml",
    "validate",
]
