"""What connections are held to, on every server."""

from __future__ import annotations

from typing import Final

MAX_HEAD_BYTES: Final = 128 * 1024
"""Larger than any browser or proxy sends (nginx stops at 32 KiB), small enough to be no burden."""
KEEP_ALIVE_S: Final = 75.0
"""nginx's default: longer than clients keep idle connections, so that they, not we, close them."""
BACKLOG: Final = 512
GRACE_S: Final = 2.0
"""How long the server itself may take to end once the time for draining is over."""
