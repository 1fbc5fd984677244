"""Lua handlers: answers that people wrote, in a sandbox that keeps nothing and is bounded in everything."""

from wraith.lua._handlers import Scripts, lua_handlers, read_scripts
from wraith.lua._sandbox import PATIENT, Limits

__all__ = ["PATIENT", "Limits", "Scripts", "lua_handlers", "read_scripts"]
