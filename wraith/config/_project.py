"""``wraith-project.toml``: what the twins of a project share."""

from __future__ import annotations

from typing import Literal

from wraith.config._read import Document


class ProjectConfig(Document):
    """The whole of ``wraith-project.toml``. Composites join it with overlays."""

    format: Literal["wraith.project/1"] = "wraith.project/1"
