"""``wraith verify``: whether a file is an artifact, whole and unchanged, and who vouches for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wraith.artifact._artifact import verified
from wraith.artifact._keys import trusted_keys
from wraith.artifact._manifest import Manifest
from wraith.artifact._read import file_bytes
from wraith.artifact._signature import Verdict, judge


@dataclass(frozen=True, slots=True)
class Verification:
    """An artifact whose every byte is what its manifest says, and what its signature is worth."""

    manifest: Manifest
    signature: Verdict
    size_bytes: int

    @property
    def digest(self) -> str:
        """The content digest: what others pin."""
        return self.manifest.content_digest


def verify(file: Path, trust_store: Path | None = None) -> Verification:
    """Return what an artifact is and who vouches for it. Without a trust store no key is trusted.

    A signature that does not hold is an answer here, and an error everywhere else. Raises InputError for
    what is no artifact, PolicyError where it is not what it says.
    """
    trusted = {} if trust_store is None else trusted_keys(trust_store)
    data = file_bytes(file)
    manifest = verified(data, file).manifest
    return Verification(manifest, judge(manifest, trusted), len(data))
