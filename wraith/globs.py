"""The patterns of rules: ``*`` stands for any text, ``?`` for one character, everything else for itself.

Brackets and braces are literal, because paths (``items[0]``) and routes (``/v1/{id}``) have them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache


@lru_cache(maxsize=1024)
def glob(pattern: str) -> Callable[[str], bool]:
    """Return the test of whether a whole text matches the pattern."""
    if not set(pattern) & {"*", "?"}:
        return pattern.__eq__
    written = "".join({"*": ".*", "?": "."}.get(part, re.escape(part)) for part in pattern)
    match = re.compile(written, re.DOTALL).fullmatch
    return lambda text: match(text) is not None
