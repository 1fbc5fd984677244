"""A twin over HTTP, with its control plane and its access log."""

from wraith.serve._access import AccessLog
from wraith.serve._mask import Mask, Unmask, masking
from wraith.serve._page import Backing
from wraith.serve._passthrough import Passthrough
from wraith.serve._serve import serve_twin
from wraith.serve._twin import Fidelity

__all__ = ["AccessLog", "Backing", "Fidelity", "Mask", "Passthrough", "Unmask", "masking", "serve_twin"]
