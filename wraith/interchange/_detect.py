"""The formats that recordings come in, and which of them a file is in.

A reader is a module with two functions: ``looks_like(source)``, cheap and never raising, and
``read(source)``, a ``Reader``. It is imported when a file of its format is looked for."""

from __future__ import annotations

import importlib
from typing import Final, Protocol, cast

from wraith.errors import InputError
from wraith.interchange._entry import Reader
from wraith.interchange._source import Source

AUTO: Final = "auto"

FORMATS: Final[dict[str, str]] = {
    "har": "HAR 1.2, of browsers, proxies and Polly.JS",
    "vcr": "VCR cassettes in YAML or JSON: Ruby VCR, vcrpy, go-vcr",
    "betamax": "Betamax cassettes",
    "wiremock": "WireMock mappings, with their __files",
    "hoverfly": "Hoverfly simulations, version 5",
    "mitmproxy": "mitmproxy flows",
    "jsonl": "JSON Lines, one exchange per line",
}
"""What ``--format`` takes besides ``auto``, each with what it reads: ``docs/reference/import-formats.md``."""

_ORDER: Final = ("jsonl", "mitmproxy", "har", "hoverfly", "wiremock", "betamax", "vcr")
"""The order in which ``auto`` asks: whom a name or the first bytes tell comes first; whoever accepts most,
last."""


class ReaderModule(Protocol):
    """What the module of a format provides."""

    read: Reader

    def looks_like(self, source: Source) -> bool: ...


def reader_of(format_name: str) -> ReaderModule:
    """Return the reader of a format. Raises InputError for a name that is none."""
    if format_name not in FORMATS:
        raise InputError(f"there is no format {format_name!r}", hint=f"one of: {', '.join(FORMATS)}")
    return cast(ReaderModule, importlib.import_module(f"wraith.interchange._{format_name}"))


def detect(source: Source) -> str:
    """Return the format of a file. Raises InputError where it is in none that is known."""
    for name in _ORDER:
        if reader_of(name).looks_like(source):
            return name
    raise InputError(
        "is in no format that is known" if source.data.strip() else "is empty",
        where=source.path,
        hint=f"name its format, if it is one of these: --format {'|'.join(FORMATS)}",
    )
