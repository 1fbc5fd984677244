"""``docs/reference/configuration.md`` against the models: every key, its default, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from wraith.canonical import JsonValue
from wraith.config import DriftConfig, ProjectConfig, ScrubConfig, TwinConfig
from wraith.config._templates import OVERLAY_TABLES, PROJECT_TOML, SCRUB_TOML, WRAITH_TOML

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "configuration.md"
FILES: dict[str, type[BaseModel]] = {
    "wraith.toml": TwinConfig,
    "scrub.toml": ScrubConfig,
    "drift.toml": DriftConfig,
    "wraith-project.toml": ProjectConfig,
}
TEMPLATES = {
    "wraith.toml": WRAITH_TOML + OVERLAY_TABLES,
    "scrub.toml": SCRUB_TOML,
    "wraith-project.toml": PROJECT_TOML,
}


NEVER_BY_HAND = frozenset({"composite"})
"""Tables that only composing writes."""


def _model_in(field: FieldInfo) -> type[BaseModel] | None:
    """The model of a table or of an array of tables."""
    kinds = [field.annotation, *getattr(field.annotation, "__args__", ())]
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)


def _keys(model: type[BaseModel], prefix: str = "") -> dict[str, str]:
    """Every key of a model with its default as the reference writes it."""
    keys: dict[str, str] = {}
    for attribute, field in model.model_fields.items():
        name = field.alias or attribute
        inner = _model_in(field)
        is_table = inner is not None and field.annotation is inner
        if not is_table:
            keys[prefix + name] = _default(field)
        if inner is not None:
            keys |= _keys(inner, f"{prefix}{name}.")
    return keys


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined:
        return "required"
    default: JsonValue = list(field.default) if isinstance(field.default, tuple) else field.default
    return "none" if default is None else f"`{json.dumps(default)}`"


def _documented(file: str) -> dict[str, str]:
    section = re.split(rf"^## {re.escape(file)}\n", REFERENCE.read_text(), flags=re.MULTILINE)[1]
    section = re.split(r"^## ", section, flags=re.MULTILINE)[0]
    rows = re.findall(r"^\| `([a-z0-9_.]+)` \| (.+?) \| .+ \|$", section, flags=re.MULTILINE)
    return dict(rows)


@pytest.mark.parametrize("file", FILES)
def test_every_key_is_documented_with_its_default(file: str) -> None:
    """The tables of the reference and the fields of the models are the same keys with the same defaults."""
    assert _documented(file) == _keys(FILES[file])


@pytest.mark.parametrize("file", TEMPLATES)
def test_every_key_stands_in_the_template(file: str) -> None:
    """What ``wraith init`` writes shows every key at the top and in the tables, in comments or set."""
    shown = TEMPLATES[file]
    for key in _keys(FILES[file]):
        table, _, name = key.rpartition(".")
        if key.partition(".")[0] in NEVER_BY_HAND:
            continue
        if key == "diff.overrides":
            name = 'diff.overrides."GET /v1/search"'
        elif key in ("diff.suppress", "serve.latency.routes", "serve.rate_limits"):
            name = key
        elif key == "composites":
            name = "composites.checkout"
        if table not in ("rules", "allow", "diff.fields", "diff.overrides"):  # of these, one example each
            assert re.search(rf"^(# )?\[*{re.escape(name)}(\]| =)", shown, flags=re.MULTILINE), key
