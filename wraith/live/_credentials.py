"""The headers that a person gives for the real service, in the place of what recordings hold of secrets."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from wraith.errors import InputError
from wraith.exchange import Request

REFUSED = 401
"""RFC 9110, 15.5.2: a credential that was no good. Its stand-in is as bad."""

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def read_header(text: str, environ: Mapping[str, str]) -> tuple[str, str]:
    """Return the header that ``Name: value`` says, with ``${VARIABLE}`` from the environment in its value.

    Raises InputError for what is no header, and for a variable that is not set.
    """
    name, colon, value = text.partition(":")
    if not colon or not _NAME.fullmatch(name):
        raise InputError(
            f"not a header: {name[:40]!r}", where="--header", hint="write --header 'Name: value'"
        )

    def variable(found: re.Match[str]) -> str:
        if found[1] not in environ:
            raise InputError(
                f"the environment variable {found[1]} is not set", where=f"--header {name}", hint="export it"
            )
        return environ[found[1]]

    value = _VARIABLE.sub(variable, value).strip()
    if re.search(r"[\r\n\0]", value) or not value.isascii():
        raise InputError(
            "a value of one line of ASCII was expected", where=f"--header {name}", hint="mend the value"
        )
    return name, value


class Credentials:
    """Headers that are set on requests. ``recorded`` are the names of those that recorded requests have."""

    def __init__(
        self,
        given: Mapping[str, str],
        recorded: frozenset[str],
        stands_in: Callable[[str], bool],
    ) -> None:
        self._given = {name.lower(): (name, value) for name, value in given.items()}
        self._everywhere = tuple(
            pair for name, pair in self._given.items() if name not in recorded
        )  # recordings that were made elsewhere may lack what a service needs
        self._stands_in = stands_in

    def on(self, recorded: Request, known: Request, status: int) -> Request:
        """Return a request as it is sent: ``known`` has the secrets that the service gave out itself, in the
        place of what stands in for them in the ``recorded`` one, which was answered with ``status``.

        A header that was given takes the place of the recorded one of that name, but for such a secret. What
        only stands in for a secret is left out, but where it was refused, and is to be refused again.
        """
        headers: list[tuple[str, str]] = []
        for (name, value), (_, before) in zip(known.headers, recorded.headers, strict=True):
            hidden = any(map(self._stands_in, _parts(value)))
            given = self._given.get(name.lower())
            if value != before or (hidden and status == REFUSED):
                headers.append((name, value))
            elif given is not None:
                headers.append(given)
            elif not hidden:
                headers.append((name, value))
        return known._replace(headers=(*headers, *self._everywhere))


def _parts(value: str) -> list[str]:
    """Return the words of a header, as the parts of cookies and credentials stand in it."""
    return re.split(r"[\s;,]+|(?<=[A-Za-z0-9])=(?=.)", value)
