"""Which fault happens to a request: the first of the profile that applies to it."""

from __future__ import annotations

from collections import Counter
from typing import Final

from wraith.config import Fault, FaultProfile
from wraith.globs import glob
from wraith.serve._asked import Asked, PerSession
from wraith.serve._chance import draw

SESSION: Final = "x-wraith-session"
"""What ``when`` calls the session, however that is named."""


class _Told:
    """What happened to a session: by the fault's position, the requests it could happen to, and those it
    did."""

    def __init__(self) -> None:
        self.came: Counter[int] = Counter()
        self.struck: Counter[int] = Counter()


class Faults:
    """A fault profile with what has happened so far."""

    def __init__(self, profile: FaultProfile) -> None:
        self._profile = profile
        self._told = PerSession(_Told)
        self.forget = self._told.forget

    def next(self, asked: Asked) -> Fault | None:
        """Return what happens to this request, None where nothing does."""
        told = self._told.of(asked.session)
        for number, fault in enumerate(self._profile.faults):
            if not asked.is_for(fault.route) or not _meets(fault, asked):
                continue
            told.came[number] += 1
            came = told.came[number]
            if came <= fault.after or (fault.count is not None and told.struck[number] >= fault.count):
                continue
            if draw(self._profile.seed, asked.session, number, came) * 100.0 < fault.percentage:
                told.struck[number] += 1
                return fault
        return None


def _meets(fault: Fault, asked: Asked) -> bool:
    headers = (*asked.headers, (SESSION, asked.session)) if fault.when else ()
    return all(
        any(key.lower() == name.lower() and glob(pattern)(value) for key, value in headers)
        for name, pattern in fault.when.items()
    )
