"""The handlers of a twin, as files below ``lua/``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from wraith.errors import InputError
from wraith.files import read_bytes
from wraith.lua._sandbox import Limits, compile_problem, run
from wraith.runtime import Handlers


@dataclass(frozen=True, slots=True)
class Scripts:
    """Sources by name: what ``lua/handlers/NAME.lua`` and ``lua/lib/NAME.lua`` hold."""

    handlers: Mapping[str, str]
    libraries: Mapping[str, str]

    def problems(self) -> dict[str, str]:
        """Return what is wrong with the sources that do not compile, by file."""
        named = {f"lua/handlers/{name}.lua": source for name, source in self.handlers.items()}
        named |= {f"lua/lib/{name}.lua": source for name, source in self.libraries.items()}
        found = {place: compile_problem(source, place) for place, source in sorted(named.items())}
        return {place: problem for place, problem in found.items() if problem is not None}


def read_scripts(folder: Path) -> Scripts:
    """Return the scripts below a twin's ``lua/``, none where there is no such folder.

    Raises InputError for a file that is not UTF-8.
    """
    return Scripts(_sources(folder / "handlers"), _sources(folder / "lib"))


def _sources(folder: Path) -> dict[str, str]:
    found = {}
    for path in sorted(folder.rglob("*.lua")) if folder.is_dir() else ():
        name = PurePosixPath(path.relative_to(folder).as_posix()).with_suffix("").as_posix()
        try:
            found[name] = read_bytes(path).decode("utf-8")
        except UnicodeDecodeError as error:
            raise InputError(f"not UTF-8 at byte {error.start}", where=path) from None
    return found


def lua_handlers(scripts: Scripts, limits: Limits | None = None) -> Handlers:
    """Return the scripts as handlers of a twin, each invocation in a sandbox of its own."""
    bounds = limits or Limits()
    return Handlers(
        frozenset(scripts.handlers),
        lambda name, invocation: run(
            scripts.handlers[name], f"lua/handlers/{name}.lua", invocation, scripts.libraries, bounds
        ),
    )
