"""How much of an answer is the representation, where its key stands in a part of it.

``{"data": {"id": 7, …}}`` wraps a representation, ``{"metadata": {"id": 7, …}, "spec": {…}}`` is one that
keeps its key and the times of its life in a part of its own. Lists tell the two apart, because they show
representations without what wraps a single one; where there are none, writes do: what a client sends for a
new entity stands in the answer beside the part with the key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from wraith.paths import Found, Path, get
from wraith.runtime import text_of
from wraith.synth._exchanges.seen import Seen
from wraith.synth._roles.bases import lists_in


def key_within(key: Path, listed: Iterable[Found], writes: Iterable[Seen]) -> Path:
    """Return the part of a path in answers that leads to the key within a representation.

    ``key`` is the path in answers about one entity, ``listed`` the answers about many, ``writes`` those to
    what creates or changes one.
    """
    if len(key) < 2:
        return key
    by_lists = _as_listed(key, listed)
    if by_lists is not None:
        return by_lists
    return key if _stand_beside(key[0], [*writes]) else key[-1:]


def _as_listed(key: Path, listed: Iterable[Found]) -> Path | None:
    """Return the shortest end of the path that leads to a key in the elements of all lists, None where no
    list has elements."""
    fits: list[set[Path]] = []
    for document in listed:
        shown = [{*_ends(key, items)} for _, items in lists_in(document) if items]
        fits += [ends for ends in shown if ends][:1]
    common = set.intersection(*fits) if fits else set()
    return min(common, key=len, default=None)


def _ends(key: Path, items: Sequence[Found]) -> Iterator[Path]:
    for size in range(1, len(key) + 1):
        if all(text_of(get(item, key[-size:])) is not None for item in items):
            yield key[-size:]


def _stand_beside(part: object, writes: Sequence[Seen]) -> bool:
    """Whether what clients send stands in the answers beside a part, and never that part itself."""
    sent = [seen for seen in writes if isinstance(seen.sent, dict) and isinstance(seen.document, dict)]
    if any(isinstance(seen.sent, dict) and part in seen.sent for seen in sent):
        return False
    kept = sum(
        any(get(seen.document, (str(name),)) == value for name, value in seen.sent.items())
        for seen in sent
        if isinstance(seen.sent, dict)
    )
    return kept * 2 > len(sent)
