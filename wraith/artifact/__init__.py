"""Packed twins: one file, one byte representation, addressed by the digest of what can change an answer."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from wraith.artifact._contents import COMMANDS, packed_files

if TYPE_CHECKING:
    from wraith.artifact._artifact import Artifact, artifact_of, make_artifact, open_artifact
    from wraith.artifact._install import Installed, install
    from wraith.artifact._keys import make_keys, trusted_keys
    from wraith.artifact._lineage import Pin
    from wraith.artifact._manifest import FileEntry, Manifest
    from wraith.artifact._pack import pack
    from wraith.artifact._reference import Reference, locate, resolve, workspace_at
    from wraith.artifact._signature import Verdict, judge
    from wraith.artifact._store import Packed, keep_file, write_artifact
    from wraith.artifact._unpacked import unpacked
    from wraith.artifact._verify import Verification, verify

__all__ = [
    "COMMANDS",
    "Artifact",
    "FileEntry",
    "Installed",
    "Manifest",
    "Packed",
    "Pin",
    "Reference",
    "Verdict",
    "Verification",
    "artifact_of",
    "install",
    "judge",
    "keep_file",
    "locate",
    "make_artifact",
    "make_keys",
    "open_artifact",
    "pack",
    "packed_files",
    "resolve",
    "trusted_keys",
    "unpacked",
    "verify",
    "workspace_at",
    "write_artifact",
]

_MODULES = {
    "_artifact": ("Artifact", "artifact_of", "make_artifact", "open_artifact"),
    "_install": ("Installed", "install"),
    "_keys": ("make_keys", "trusted_keys"),
    "_lineage": ("Pin",),
    "_manifest": ("FileEntry", "Manifest"),
    "_pack": ("pack",),
    "_reference": ("Reference", "locate", "resolve", "workspace_at"),
    "_signature": ("Verdict", "judge"),
    "_store": ("Packed", "keep_file", "write_artifact"),
    "_unpacked": ("unpacked",),
    "_verify": ("Verification", "verify"),
}
_ON_DEMAND = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import what reads documents when it is first asked for: a ``doit`` that only lists files needs none."""
    if name in _ON_DEMAND:
        return getattr(importlib.import_module(f"{__name__}.{_ON_DEMAND[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
