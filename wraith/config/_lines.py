"""Where a rule stands in a TOML file: the line, from the place that validation names.

The reader of the standard library keeps no lines, so the text is looked through for the header of the table:
the n-th ``[[diff.suppress]]``, and below it the key. What cannot be told apart so (rules that are written as
inline tables) is given the line of their key.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]#]+?)\s*\]\]?\s*(?:#.*)?$")


def line_of(text: str, place: Sequence[str | int]) -> int | None:
    """Return the line, from 1, of the rule at a place such as ``("diff", "suppress", 1, "reason")``; None
    where the place is in no list of rules."""
    number = next((at for at, step in enumerate(place) if isinstance(step, int)), None)
    if number is None:
        return None
    table, nth = [str(step) for step in place[:number]], place[number]
    lines = text.split("\n")
    headers = [at for at, line in enumerate(lines) if _names(line) == ("[[", table)]
    if isinstance(nth, int) and nth < len(headers):
        began = headers[nth]
        return 1 + (_key_line(lines, began + 1, [str(step) for step in place[number + 1 :]]) or began)
    return _inline(lines, table)


def _key_line(lines: list[str], start: int, keys: list[str]) -> int | None:
    """Return where one of the keys is set between a header and the next."""
    for at in range(start, len(lines)):
        if _HEADER.match(lines[at]):
            break
        if any(_sets(lines[at], key) for key in keys):
            return at
    return None


def _inline(lines: list[str], table: list[str]) -> int | None:
    return next((at + 1 for at, line in enumerate(lines) if _sets(line, table[-1])), None)


def _sets(line: str, key: str) -> bool:
    return re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[.=]", line) is not None


def _names(line: str) -> tuple[str, list[str]] | None:
    found = _HEADER.match(line)
    if found is None:
        return None
    return found[1], [part.strip().strip("\"'") for part in found[2].split(".")]
