"""What holds for every test.

No deadline for generated examples, because the machines that run them are shared; and under ``CI`` the same
examples each time, so that a red run is a change's and not chance's.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("shared", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "shared")
