"""What the engines see of recordings: sessions in the order of time, each a way to read its exchanges."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeAlias

from wraith.exchange._message import Exchange


class Session(Protocol):
    """One client conversation. ``read`` may be called again, and yields the same exchanges each time."""

    @property
    def id(self) -> str: ...

    @property
    def started_at_ms(self) -> int: ...

    @property
    def tags(self) -> tuple[str, ...]: ...

    def read(self) -> Iterable[Exchange]: ...


Corpus: TypeAlias = Sequence[Session]
