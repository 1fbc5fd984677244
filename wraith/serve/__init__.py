"""A twin over HTTP, with its control plane and its access log, and what is simulated before it answers."""

from wraith.serve._access import AccessLog
from wraith.serve._faults import Faults
from wraith.serve._latency import Latency, Recorded, durations
from wraith.serve._limits import Limits
from wraith.serve._loaded import Loaded
from wraith.serve._mask import Mask, Unmask, masking
from wraith.serve._page import Backing
from wraith.serve._passthrough import Passthrough
from wraith.serve._serve import serve_twin
from wraith.serve._simulation import Simulation
from wraith.serve._trace import TracedTwin, TraceLog
from wraith.serve._watch import Watch

__all__ = [
    "AccessLog",
    "Backing",
    "Faults",
    "Latency",
    "Limits",
    "Loaded",
    "Mask",
    "Passthrough",
    "Recorded",
    "Simulation",
    "TraceLog",
    "TracedTwin",
    "Unmask",
    "Watch",
    "durations",
    "masking",
    "serve_twin",
]
