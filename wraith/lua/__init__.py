"""Lua handlers: answers that people wrote, in a sandbox that keeps nothing and is bounded in everything."""

from wraith.lua._handlers import Scripts, lua_handlers, read_scripts
from wraith.lua._sandbox import Limits

__all__ = ["Limits", "Scripts", "lua_handlers", "read_scripts"]
