"""One part of a program in the words of another: names of path parameters and of entities.

Two teams call the same segment ``{id}`` and ``{customer}``; in a composite it has one name, and what refers
to it follows. Literals are left alone: they hold what services answer, not names of ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import lru_cache
from typing import Any, TypeAlias, TypeVar

from wraith.wir import Atom, Literal, Ref, Route, Variant

Shape: TypeAlias = tuple[str | None, ...]
"""The segments of a path pattern; None is a parameter."""

_PARAMETER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
T = TypeVar("T")


@lru_cache(maxsize=65536)
def shape_of(pattern: str) -> Shape:
    """Return the segments of a path pattern, without the names of parameters."""
    return tuple(
        None if _PARAMETER.fullmatch(each) else each for each in pattern.removeprefix("/").split("/")
    )


def parameters_of(pattern: str) -> tuple[str, ...]:
    """Return the names of the parameters of a path pattern, in their order."""
    return tuple(_PARAMETER.findall(pattern))


@dataclass(frozen=True, slots=True)
class Terms:
    """New names for path parameters and entities; others stay as they are."""

    parameters: Mapping[str, str]
    entities: Mapping[str, str]

    @property
    def nothing(self) -> bool:
        return all(old == new for names in (self.parameters, self.entities) for old, new in names.items())

    def route(self, route: Route) -> Route:
        """Return the route in the new words; its path pattern as well."""
        if self.nothing:
            return route
        pattern = _PARAMETER.sub(
            lambda found: f"{{{self.parameters.get(found[1], found[1])}}}", route.path_pattern
        )
        return route.model_copy(
            update={
                "path_pattern": pattern,
                "entity": self.entities.get(route.entity or "", route.entity),
                "key": self._of(route.key),
                "variants": tuple(map(self.variant, route.variants)),
            }
        )

    def variant(self, variant: Variant) -> Variant:
        """Return the variant in the new words."""
        if self.nothing:
            return variant
        holes = {
            name: hole.model_copy(update={"source": self._of(hole.source)})
            for name, hole in variant.holes.items()
        }
        return variant.model_copy(
            update={
                "guards": self._of(variant.guards),
                "support": self._of(variant.support),
                "headers": self._of(variant.headers),
                "effects": self._of(variant.effects),
                "holes": holes,
            }
        )

    def atoms(self, atoms: tuple[Atom, ...]) -> tuple[Atom, ...]:
        return atoms if self.nothing else self._of(atoms)

    def _of(self, part: T) -> T:
        return _rewritten(part, self._renamed)  # type: ignore[no-any-return]  # of the same type

    def _renamed(self, part: Any) -> Any:
        if isinstance(part, Ref) and part.path[:2] == ("request", "path") and len(part.path) == 3:
            name = str(part.path[2])
            return Ref(("request", "path", self.parameters.get(name, name)))
        entity = getattr(part, "entity", None)
        if isinstance(entity, str) and entity in self.entities:
            return replace(part, entity=self.entities[entity])
        return part


def _rewritten(part: Any, change: Callable[[Any], Any]) -> Any:
    """Return a part of a program with each of its nodes changed, innermost first. Shares what stays."""
    if isinstance(part, tuple):
        done = tuple(_rewritten(each, change) for each in part)
        return done if any(new is not old for new, old in zip(done, part, strict=True)) else part
    if not is_dataclass(part) or isinstance(part, Literal):
        return part
    new = {}
    for each in fields(part):
        old = getattr(part, each.name)
        if (done := _rewritten(old, change)) is not old:
            new[each.name] = done
    return change(replace(part, **new) if new else part)  # type: ignore[type-var]  # a node, not its class
