"""What runs a twin's Lua handlers: on its server, and in a check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wraith.build._judged import judged_workspace

if TYPE_CHECKING:
    from wraith.lua import Limits
    from wraith.runtime import Handlers
    from wraith.workspace import Workspace


def handlers_of(workspace: Workspace, limits: Limits | None = None) -> Handlers | None:
    """Return what runs the twin's Lua handlers; None where it has none. Raises InputError for a file that is
    no text."""
    from wraith.lua import lua_handlers, read_scripts

    scripts = read_scripts(workspace.lua_path)
    return lua_handlers(scripts, limits) if scripts.handlers else None


def patient_handlers(workspace: Workspace) -> Handlers | None:
    """Return what runs the handlers in a check, whose result does not depend on how busy the machine is."""
    from wraith.lua import PATIENT

    return handlers_of(judged_workspace(workspace), PATIENT)
