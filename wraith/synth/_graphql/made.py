"""What a field gives, as it is put together: a template with its holes."""

from __future__ import annotations

from dataclasses import dataclass, field

from wraith.canonical import JsonValue
from wraith.wir import Atom, Expr, Hole, HoleClass


@dataclass(slots=True)
class Made:
    """A template with its holes, and what in it nothing explains."""

    template: JsonValue = None
    holes: dict[str, Hole] = field(default_factory=dict)
    unexplained: list[str] = field(default_factory=list)
    questions: list[tuple[float, Atom]] = field(default_factory=list)
    """What may tell its outcomes apart, with the price of each in bits."""

    def hole(self, kind: HoleClass, type_name: str, source: Expr) -> str:
        """Add a hole; return what stands for it in a template."""
        name = f"hole_{len(self.holes) + 1}"
        self.holes[name] = Hole(hole_class=kind, type=type_name, source=source)
        return f"${name}"

    def take(self, template: JsonValue, holes: dict[str, Hole]) -> JsonValue:
        """Take over a template that was learned by itself, its holes under new names."""
        names = {
            f"${name}": self.hole(each.hole_class, each.type, each.source) for name, each in holes.items()
        }
        return renamed(template, names)


def renamed(template: JsonValue, names: dict[str, str]) -> JsonValue:
    """Return a template with its holes under other names."""
    if isinstance(template, str):
        return names.get(template, template)
    if isinstance(template, list):
        return [renamed(each, names) for each in template]
    if isinstance(template, dict):
        return {key: renamed(each, names) for key, each in template.items()}
    return template
