"""Sessions that are sent to where their files cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wraith.files import read_bytes
from wraith.recording._sessions import SealedSession


@dataclass(frozen=True, slots=True)
class CarriedSession(SealedSession):
    """A sealed session with its files. They are held to the manifest as those on a disk are."""

    files: Mapping[str, bytes]

    def _file(self, name: str) -> bytes:
        try:
            return self.files[name]
        except KeyError:
            raise FileNotFoundError(name) from None


def carry(session: SealedSession) -> CarriedSession:
    """Return a session with its files. Raises InputError where one is not what was sealed."""
    session.require_whole()
    files = {entry.file: read_bytes(session.path / entry.file) for entry in session.manifest.exchanges}
    return CarriedSession(session.path, session.manifest, session.digest, files)
