"""Which host's exchanges are imported. A twin is the copy of one host; a file may hold several."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from wraith.errors import InputError
from wraith.interchange._address import normal_host

_SHOWN: Final = 8
_FEW: Final = 3
"""So many files are named in a hint; more are FILES…"""


def host_of(base_url: str) -> str:
    """Return the host of a base URL, as hosts are compared."""
    parts = urlsplit(base_url)
    return normal_host(parts.netloc.rpartition("@")[2], parts.scheme)


class Hosts:
    """The hosts that were met, each with its exchanges; and which of them is imported.

    ``asked`` is what ``--host`` names, ``expected`` the host of the twin's base URL where there is one.
    """

    def __init__(self, *, asked: str | None, expected: str | None) -> None:
        self.asked = None if asked is None else normal_host(asked)
        self.wanted = self.asked if self.asked is not None else expected
        self._counts: Counter[str] = Counter()
        self._secure: dict[str, bool] = {}

    def meet(self, scheme: str, host: str) -> None:
        """Count one exchange. A host that nothing names is no host."""
        if host:
            self._counts[host] += 1
            self._secure[host] = self._secure.get(host, False) or scheme != "http"

    def takes(self, host: str) -> bool:
        """Whether exchanges of the host are imported: all are while it is not known whose."""
        return not host or self.wanted is None or host == self.wanted

    @property
    def undecided(self) -> bool:
        """Whether nothing can be imported, for there are several hosts and none is wanted."""
        return self.wanted is None and len(self._counts) > 1

    def chosen(self) -> str:
        """Return the host that is imported so far, ``""`` where none is known."""
        return self.wanted or next(iter(self._counts), "")

    def base_url(self, host: str) -> str:
        """Return the address of a host, with the safer of the schemes that it was reached by."""
        return f"https://{host}" if self._secure.get(host, True) else f"http://{host}"

    def check(self, twin: str, files: Sequence[Path], exchanges: int) -> None:
        """Raise InputError, with the commands that help, where no choice was made or the wrong one.

        ``exchanges`` is how many there are of the chosen host, or of none.
        """
        if self.undecided:
            raise InputError(
                f"there are exchanges of several hosts: {self._listing()}", hint=self._ways(twin, files)
            )
        if self.wanted is not None and self._counts and self.wanted not in self._counts and not exchanges:
            whose = "" if self.asked is not None else ", which the twin records"
            raise InputError(
                f"there is no exchange of {self.wanted}{whose}; there are: {self._listing()}",
                hint=self._ways(twin, files),
            )

    def _listing(self) -> str:
        listed = [f"{host} ({count})" for host, count in self._ranked()[:_SHOWN]]
        more = len(self._counts) - len(listed)
        return ", ".join(listed) + (f" and {more} more" if more else "")

    def _ways(self, twin: str, files: Sequence[Path]) -> str:
        named = shlex.join(map(str, files)) if len(files) <= _FEW else "FILES…"
        ranked = [host for host, _ in self._ranked()]
        first = f"wraith import {twin} {named} --host {shlex.quote(ranked[0])}"
        if len(ranked) == 1:
            return f"if they belong to this twin all the same: {first}"
        other = "".join(c if c.isalnum() or c in ".-" else "-" for c in ranked[1])
        second = f"wraith import {twin}-{other} {named} --host {shlex.quote(ranked[1])}"
        return f"choose one: {first}; another host is a twin of its own: {second}"

    def _ranked(self) -> list[tuple[str, int]]:
        """Return the hosts, the one with most exchanges first."""
        return sorted(self._counts.items(), key=lambda item: (-item[1], item[0]))
