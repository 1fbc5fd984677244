"""The configuration files as frozen documents: read once, validated at the edge."""

from wraith.config._create import checked_url, make_project, make_workspace
from wraith.config._diff import (
    CATEGORIES,
    SYNONYMS,
    Diff,
    FieldRule,
    Override,
    Suppress,
    Thresholds,
    bare_path,
)
from wraith.config._drift import DriftConfig, DriftMatch, DriftSuppress, Reclassify
from wraith.config._fixtures import (
    DEFAULT_NAME,
    DEFAULT_SET,
    NOTHING,
    Entities,
    FixtureSet,
    FixtureSets,
    fixture_names,
    parse_fixtures,
    read_fixtures,
    selected,
)
from wraith.config._project import ProjectConfig
from wraith.config._read import Document, describe, read_toml, validate
from wraith.config._scrub import Action, Allow, Rule, ScrubConfig
from wraith.config._twin import Composite, Record, Serve, SessionMode, Synth, TwinConfig, Upstream, epoch_ms

__all__ = [
    "CATEGORIES",
    "DEFAULT_NAME",
    "DEFAULT_SET",
    "NOTHING",
    "SYNONYMS",
    "Action",
    "Allow",
    "Composite",
    "Diff",
    "Document",
    "DriftConfig",
    "DriftMatch",
    "DriftSuppress",
    "Entities",
    "FieldRule",
    "FixtureSet",
    "FixtureSets",
    "Override",
    "ProjectConfig",
    "Reclassify",
    "Record",
    "Rule",
    "ScrubConfig",
    "Serve",
    "SessionMode",
    "Suppress",
    "Synth",
    "Thresholds",
    "TwinConfig",
    "Upstream",
    "bare_path",
    "checked_url",
    "describe",
    "epoch_ms",
    "fixture_names",
    "make_project",
    "make_workspace",
    "parse_fixtures",
    "read_fixtures",
    "read_toml",
    "selected",
    "validate",
]
