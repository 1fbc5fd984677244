"""Packed twins: one file, one byte representation, addressed by the digest of what is in it."""

from wraith.artifact._install import install
from wraith.artifact._manifest import FileEntry, Manifest
from wraith.artifact._pack import Packed, pack
from wraith.artifact._verify import verify

__all__ = ["FileEntry", "Manifest", "Packed", "install", "pack", "verify"]
