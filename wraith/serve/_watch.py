"""``--watch``: another twin answers on the same socket when model, handlers, fixtures, faults or settings
change.

What does not load is said, and the twin that answers goes on: a file is often saved half done.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wraith.errors import WraithError
from wraith.serve._loaded import Loaded

if TYPE_CHECKING:
    from hypercorn.typing import Scope

    from wraith.asgi import App, Receive, Send

FOLDERS: Final = frozenset({"faults", "lua", "model", "state"})
"""Folders of a workspace that an answer depends on."""
_ENDINGS: Final = frozenset({"", ".json", ".lua", ".toml"})
"""Of files in them; and of a folder, which may have come with its files."""
FILES: Final = frozenset({"scrub.toml", "wraith.toml"})
"""Files of a workspace that an answer depends on."""


@dataclass(frozen=True, slots=True)
class Watch:
    """The folder of a workspace, what loads a twin from it, and who is told what came of a change."""

    folder: Path
    load: Callable[[], Loaded]
    tell: Callable[[str], None]

    async def changes(self) -> AsyncIterator[Loaded]:
        """Yield a twin after each change, once the files are quiet."""
        from watchfiles import Change, awatch

        def matters(_: Change, name: str) -> bool:
            path = Path(name)
            inside = path.relative_to(folder)
            if len(inside.parts) == 1 and path.name in FILES:
                return True
            hidden = path.name.startswith(".")
            return inside.parts[0] in FOLDERS and path.suffix in _ENDINGS and not hidden

        folder = self.folder.resolve()
        async for changed in awatch(folder, watch_filter=matters):
            files = ", ".join(sorted(Path(name).relative_to(folder).as_posix() for _, name in changed)[:3])
            try:
                loaded = await asyncio.to_thread(self.load)
            except WraithError as error:
                self.tell(f"{files}: {error}; the twin answers as before")
                continue
            self.tell(f"{files}: loaded")
            yield loaded


class Switch:
    """The ASGI application of now. A request that has begun ends where it began."""

    def __init__(self, app: App) -> None:
        self.app = app
        self._first = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        app = self.app if scope["type"] == "http" else self._first  # which the server has started
        return app(scope, receive, send)
