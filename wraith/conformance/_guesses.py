"""What a field's name says of it: the last resort, and a guess.

``updated_at`` and ``view_count`` change from run to run in most services. Where synthesis found nothing that
explains such a field, another value of the same type is no evidence against the twin. What the model does
predict is never left out for its name.
"""

from __future__ import annotations

import re

from wraith.canonical import JsonValue
from wraith.conformance._leaves import is_count
from wraith.paths import Path
from wraith.runtime import any_fraction, read_time

_AT = re.compile(r"(?:.*[_-]at|.*[a-z0-9]At)")
_COUNT = re.compile(r"(?:.*[_-]count|.*[a-z0-9]Count)")


def may_differ(at: Path, recorded: JsonValue, replayed: JsonValue) -> bool:
    """Whether a field may have another value of the same type, by its name: a time that the service took, or
    how often something was counted."""
    name = next((step for step in reversed(at) if isinstance(step, str)), "")
    if _AT.fullmatch(name):
        then, now = read_time(recorded), read_time(replayed)
        return then is not None and now is not None and time_form(then[0]) == time_form(now[0])
    return _COUNT.fullmatch(name) is not None and is_count(recorded) and is_count(replayed)


def time_form(unit: str) -> str:
    """Return a unit of time, whatever fraction of the second is written."""
    return any_fraction(unit) if "%S" in unit else unit
