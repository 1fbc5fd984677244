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
from wraith.config._faults import Fault, FaultProfile
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
from wraith.config._overlay import Base, Capabilities, Overlay, Policy, Promote
from wraith.config._project import ComposedTwin, ProjectConfig
from wraith.config._read import Document, describe, read_toml, validate
from wraith.config._scrub import Action, Allow, Rule, ScrubConfig
from wraith.config._simulation import Delays, Latency, LatencyMode, RateLimit, RouteLatency
from wraith.config._toml import toml_bytes
from wraith.config._twin import Composite, Passthrough, Record, Serve, Synth, TwinConfig, Upstream

__all__ = [
    "CATEGORIES",
    "DEFAULT_NAME",
    "DEFAULT_SET",
    "NOTHING",
    "SYNONYMS",
    "Action",
    "Allow",
    "Base",
    "Capabilities",
    "ComposedTwin",
    "Composite",
    "Delays",
    "Diff",
    "Document",
    "DriftConfig",
    "DriftMatch",
    "DriftSuppress",
    "Entities",
    "Fault",
    "FaultProfile",
    "FieldRule",
    "FixtureSet",
    "FixtureSets",
    "Latency",
    "LatencyMode",
    "Overlay",
    "Override",
    "Passthrough",
    "Policy",
    "ProjectConfig",
    "Promote",
    "RateLimit",
    "Reclassify",
    "Record",
    "RouteLatency",
    "Rule",
    "ScrubConfig",
    "Serve",
    "Suppress",
    "Synth",
    "Thresholds",
    "TwinConfig",
    "Upstream",
    "bare_path",
    "checked_url",
    "describe",
    "fixture_names",
    "make_project",
    "make_workspace",
    "parse_fixtures",
    "read_fixtures",
    "read_toml",
    "selected",
    "toml_bytes",
    "validate",
]
