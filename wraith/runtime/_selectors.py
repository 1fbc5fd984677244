"""The path by which a request is routed: its own, with the operation that a selector finds behind it."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from wraith.exchange import Request
from wraith.runtime._compile import compile_expr
from wraith.runtime._environment import Environment, Ids, split_path
from wraith.runtime._state import State
from wraith.runtime._values import text_of
from wraith.wir import Selector

MARK = "#"
"""What the segment of an operation begins with: a path has none (RFC 3986, 3.5)."""


class Selectors:
    """The selectors of a service, by the path that they stand for."""

    __slots__ = ("_by_path",)

    def __init__(self, selectors: Iterable[Selector]) -> None:
        self._by_path = {tuple(split_path(each.path)): compile_expr(each.of) for each in selectors}

    def __bool__(self) -> bool:
        return bool(self._by_path)

    def segment(self, request: Request) -> str | None:
        """Return the segment that stands for the operation of a request, None where nothing selects one."""
        select = self._by_path.get(tuple(split_path(request.path)))
        if select is None:
            return None
        operation = text_of(select(Environment(request, {}, State(), Ids(""), 0)))
        return None if operation is None else MARK + operation

    def path(self, request: Request) -> str:
        """Return the path that a request is routed by."""
        segment = self.segment(request) if self._by_path else None
        if segment is None:
            return request.path
        return f"{request.path.rstrip('/')}/{quote(segment, safe='')}"
