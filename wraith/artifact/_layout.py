"""Which files of a workspace an artifact may hold, what each is for, and which paths are refused.

*Content* is what can change an answer, and what the content digest covers. *Provenance* says where it came
from. *Recordings* and *diagnostics* are provenance that is packed only when asked for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Final, Literal, TypeAlias

Part: TypeAlias = Literal["content", "provenance", "recordings", "diagnostics"]

CONFIG: Final = "wraith.toml"
SCRUB: Final = "scrub.toml"
SYMBOLS: Final = "model/symbols.json"
EVIDENCE: Final = "model/evidence.json"
REQUIRED: Final = frozenset({CONFIG, SCRUB, SYMBOLS})

_PARTS: Final[tuple[tuple[Part, re.Pattern[str]], ...]] = (
    (
        "content",
        re.compile(
            r"model/symbols\.json|state/schema\.json|state/fixtures/.+\.json"
            r"|lua/(?:handlers|lib)/.+\.lua|faults/.+\.toml"
        ),
    ),
    (
        "provenance",
        re.compile(
            r"wraith\.toml|scrub\.toml|drift\.toml|model/evidence\.json|model/patches/.+\.json"
            r"|provenance/.+\.(?:json|md)"
        ),
    ),
    (
        "recordings",
        re.compile(r"recordings/index\.json|recordings/sessions/[^/]+/(?:manifest\.json|\d{6,12}\.wrec)"),
    ),
    ("diagnostics", re.compile(r"reports/.+\.json|build/patch-findings\.json|build/[^/]+-report\.json")),
)

MAX_NAME_BYTES: Final = 100
MAX_PREFIX_BYTES: Final = 155
"""What a header of tar holds without extensions: a name, and the folder before it."""


def part_of(path: str) -> Part | None:
    """Return what the file is for, None where no artifact holds a file of that path."""
    return next((part for part, pattern in _PARTS if pattern.fullmatch(path)), None)


def check_paths(paths: Iterable[str]) -> None:
    """Raise ValueError for a path that could reach outside, that no twin has, or that hides another one."""
    seen: dict[str, str] = {}
    for path in paths:
        _check_path(path)
        # disks that fold case or normalise names would write two such files into one
        folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
        if folded in seen:
            raise ValueError(f"files: {seen[folded]!r} and {path!r} are one file on some disks")
        seen[folded] = path
    for folded, path in seen.items():
        for parent in PurePosixPath(folded).parents:
            if str(parent) in seen:
                raise ValueError(f"files: {seen[str(parent)]!r} is a file and the folder of {path!r}")


def _check_path(path: str) -> None:
    parts = path.split("/")
    if not path.isprintable() or "\\" in path or ":" in path or any(part.strip(". ") == "" for part in parts):
        raise ValueError(f"files: not a path inside a workspace: {path!r}")
    if any(part.startswith(".") or part.endswith((".", " ")) for part in parts):
        raise ValueError(f"files: hidden files and names that end in a dot are never packed: {path!r}")
    if part_of(path) is None:
        raise ValueError(f"files: nothing in a twin has this path: {path!r}")
    if not _fits(parts):
        raise ValueError(f"files: a longer path than an artifact can hold: {path!r}")


def _fits(parts: list[str]) -> bool:
    """Tell whether a header of tar can hold the path, which it divides between two parts."""
    splits = [("/".join(parts[:at]).encode(), "/".join(parts[at:]).encode()) for at in range(len(parts))]
    return any(len(prefix) <= MAX_PREFIX_BYTES and len(name) <= MAX_NAME_BYTES for prefix, name in splits)
