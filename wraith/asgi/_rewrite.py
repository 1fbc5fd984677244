"""Addresses of the upstream in an answer's headers, turned into addresses of ours for the client.

Only what points at the upstream is touched, and only in the client's copy: a recording keeps what came.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

from wraith.exchange import Headers

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_LINK_TARGET = re.compile(r"<([^>]*)>")


class Rewriter:
    """Turns the addresses of one upstream."""

    def __init__(self, base_url: str) -> None:
        base = urlsplit(base_url)
        self._scheme = base.scheme
        self._host = base.hostname or ""
        self._port = base.port or _DEFAULT_PORTS[base.scheme]
        self._prefix = base.path.rstrip("/")

    def for_client(self, headers: Headers, ours: str, prefix: str = "") -> Headers:
        """Return the headers as a client gets them that knows us as ``ours`` (host and port), and whose paths
        all begin with ``prefix``."""
        if not any(name.lower() in _TURNED for name, _ in headers):
            return headers
        return tuple((name, self._turn(name.lower(), value, ours, prefix)) for name, value in headers)

    def _turn(self, key: str, value: str, ours: str, prefix: str) -> str:
        if key in ("location", "content-location"):
            return self.address(value, ours, prefix)
        if key == "link":
            return _LINK_TARGET.sub(lambda found: f"<{self.address(found[1], ours, prefix)}>", value)
        return self._cookie(value) if key == "set-cookie" else value

    def address(self, value: str, ours: str, prefix: str = "") -> str:
        """Return the address as the client reaches it through us; one of elsewhere stays as it is."""
        try:
            parts = urlsplit(value)
            is_upstream = self._is_upstream(parts)
        except ValueError:
            return value  # not an address at all; whoever reads it will judge
        inside = f"{parts.path}/".startswith(f"{self._prefix}/")
        if parts.netloc:
            if not is_upstream or not inside:
                return value
            start = value.index(parts.netloc) + len(parts.netloc)
            return f"http://{ours}{prefix}{value[start + len(self._prefix) :]}"
        if parts.path.startswith("/"):
            return prefix + ((value[len(self._prefix) :] or "/") if inside else value)
        return value

    def _is_upstream(self, parts: SplitResult) -> bool:
        """A service behind TLS that names itself ``http://`` means itself; the reverse is another place."""
        if parts.hostname != self._host:
            return False
        scheme = parts.scheme or self._scheme
        port = parts.port or _DEFAULT_PORTS.get(scheme)
        if scheme == self._scheme:
            return port == self._port
        return (scheme, port) == ("http", 80) and self._port == _DEFAULT_PORTS["https"]

    def _cookie(self, value: str) -> str:
        """Return the cookie for our host: no Domain of the upstream, no Secure that http could not
        return."""
        first, *attributes = value.split(";")
        kept = [attribute for attribute in attributes if not self._names_upstream(attribute)]
        return ";".join([first, *kept])

    def _names_upstream(self, attribute: str) -> bool:
        name, _, value = attribute.partition("=")
        if name.strip().lower() == "secure":
            return self._scheme == "https"
        domain = value.strip().lower().removeprefix(".")
        return name.strip().lower() == "domain" and f".{self._host}".endswith(f".{domain}")


_TURNED: Final = frozenset({"location", "content-location", "link", "set-cookie"})
