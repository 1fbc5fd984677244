"""Addresses as foreign files write them: the host, and the target that was sent to it.

A target keeps its escapes. What cannot stand in a request line (spaces, letters beyond ASCII: files that show
addresses to people have them) is escaped as clients do, in UTF-8.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

_ADDRESS = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?#]*))?([^#]*)", re.DOTALL)
"""Scheme, authority, path with query: RFC 3986, appendix B."""
_UNSENDABLE = re.compile(r"[^\x21-\x7e]+")
_DEFAULT_PORT: Final = {"http": ":80", "https": ":443"}
_SHOWN: Final = 80


@dataclass(frozen=True, slots=True)
class Address:
    """Where a request went. ``scheme`` and ``host`` are empty where the file does not say."""

    scheme: str
    host: str
    """Lower case, with its port where it is not the scheme's own, without user and password."""
    target: str
    mended: tuple[str, ...] = ()


def read_address(url: str) -> Address | str:
    """Return the address, or why it is none, as a clause."""
    if url == "*":
        return Address("", "", "*")
    found = _ADDRESS.match(url.strip())
    scheme, authority, rest = found.groups() if found else (None, None, "")
    scheme = (scheme or "").lower()
    if scheme not in ("", "http", "https") or (authority is None and not rest.startswith("/")):
        return f"the address is no HTTP one: {shown(url)}"
    user, _, host = (authority or "").rpartition("@")
    if " " in host or not host.isprintable():
        return f"the address names no host: {shown(url)}"
    mended = ["the user and the password in the address are left out"] if user else []
    target = rest if rest.startswith("/") else f"/{rest}"
    sendable = _UNSENDABLE.sub(lambda run: quote(run[0], safe="", errors="replace"), target)
    if sendable != target:
        mended.append("the address holds characters that are escaped on the wire")
    return Address(scheme, normal_host(host, scheme), sendable, tuple(mended))


def normal_host(host: str, scheme: str = "") -> str:
    """Return a host as hosts are compared: lower case, without the scheme's own port."""
    return host.lower().removesuffix(_DEFAULT_PORT.get(scheme, ":")).removesuffix(":")


def below(prefix: str, target: str) -> str | None:
    """Return the target as the recording proxy of a base URL with that path sees it; None for one outside of
    it.

    The proxy puts the path before every target but ``*``, so the recorded target is what follows it.
    """
    if not prefix or target == "*":
        return target
    rest = target.removeprefix(prefix)
    if rest == target or rest[:1] not in ("", "/", "?"):
        return None
    return rest if rest.startswith("/") else f"/{rest}"


def shown(text: str) -> str:
    """Return a text from a file, cut to what fits into a message."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
