"""What is served, as the files of a workspace say it: a twin, and how it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from wraith.config import Serve
from wraith.runtime import Twin
from wraith.serve._mask import Mask
from wraith.serve._passthrough import Passthrough
from wraith.serve._replay import Recording
from wraith.serve._simulation import Simulation


@dataclass(frozen=True, slots=True)
class Loaded:
    """A twin, the digest of its model, and the settings that it is served with."""

    twin: Twin
    model_digest: str
    mask: Mask
    settings: Serve = field(default_factory=Serve)
    recordings: Sequence[Recording] = ()
    """What strict fidelity answers with."""
    upstream_url: str = ""
    """Whose addresses become the twin's."""
    passthrough: Passthrough | None = None
    simulation: Simulation = field(default_factory=Simulation)
    """What comes before every answer."""
