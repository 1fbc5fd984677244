"""Where representations hold their keys: where the parameter of a path stands in answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from wraith.paths import Found, Path
from wraith.runtime import text_of
from wraith.synth._shared.priors import PRIOR_KEYS

KEY_DEPTH = 3
"""How deep below an envelope a key may stand; deeper ones are references."""


def key_path(rows: Iterable[tuple[str, Found]]) -> Path | None:
    """Return the path at which the parameter's value stands in most answers: most often, then shortest."""
    counts: Counter[Path] = Counter()
    for value, document in rows:
        counts.update(paths_of(value, document))
    if not counts:
        return None
    return min(counts, key=lambda path: (-counts[path], len(path), _prior(path), str(path)))


def _prior(path: Path) -> int:
    name = path[-1] if path else ""
    return PRIOR_KEYS.index(name) if isinstance(name, str) and name in PRIOR_KEYS else len(PRIOR_KEYS)


def paths_of(value: str, document: Found, at: Path = ()) -> list[Path]:
    """Return the paths of members, not of list elements, whose scalar reads as the value."""
    if isinstance(document, dict) and len(at) < KEY_DEPTH:
        found = []
        for key, member in document.items():
            found.extend(paths_of(value, member, (*at, key)))
        return found
    return [at] if at and text_of(document) == value else []
