"""Packed twins: one file, one byte representation, addressed by the digest of what can change an answer."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from wraith.artifact._contents import packed_files

if TYPE_CHECKING:
    from wraith.artifact._artifact import Artifact, artifact_of, make_artifact, open_artifact
    from wraith.artifact._install import Installed, install
    from wraith.artifact._lineage import Pin
    from wraith.artifact._manifest import FileEntry, Manifest
    from wraith.artifact._pack import pack
    from wraith.artifact._reference import Reference, resolve, workspace_at
    from wraith.artifact._store import Packed, write_artifact

__all__ = [
    "Artifact",
    "FileEntry",
    "Installed",
    "Manifest",
    "Packed",
    "Pin",
    "Reference",
    "artifact_of",
    "install",
    "make_artifact",
    "open_artifact",
    "pack",
    "packed_files",
    "resolve",
    "workspace_at",
    "write_artifact",
]

_MODULES = {
    "_artifact": ("Artifact", "artifact_of", "make_artifact", "open_artifact"),
    "_install": ("Installed", "install"),
    "_lineage": ("Pin",),
    "_manifest": ("FileEntry", "Manifest"),
    "_pack": ("pack",),
    "_reference": ("Reference", "resolve", "workspace_at"),
    "_store": ("Packed", "write_artifact"),
}
_ON_DEMAND = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import what reads documents when it is first asked for: a ``doit`` that only lists files needs none."""
    if name in _ON_DEMAND:
        return getattr(importlib.import_module(f"{__name__}.{_ON_DEMAND[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
