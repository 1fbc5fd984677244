"""Which laws of a collection hold in some answers of one route."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from wraith.paths import Path, get
from wraith.runtime import compile_expr
from wraith.synth._evidence.rows import Row, Values, equal
from wraith.synth._guards.context import Context
from wraith.synth._guards.laws import is_of_state, mentioned, rooted
from wraith.wir import Expr


@dataclass(frozen=True, slots=True)
class Obeyed:
    """The laws that may hold of representations in the answers of some rows."""

    rows: Sequence[Row]
    values: Values
    context: Context
    used: dict[Path, Expr] = field(default_factory=dict)
    """What parts of the answers are worked out by, said of the answer: no two of them from each other."""

    def law(self, values: Values, at: Path) -> Expr | None:
        """Return what the other routes of the collection teach of a part, where it is right here as well."""
        law = self.known(at)
        root = ("entity",) if self.context.element else ("response", "body", *(self.context.envelope or ()))
        expr = rooted(law, root) if law is not None else None
        if expr is None:
            return None
        compute = compile_expr(expr)
        for row, whole, value in zip(self.rows, self.values, values, strict=True):
            answered, row.env.response = row.env.response, whole
            made, row.env.response = compute(row.env), answered
            if not equal(made, value):
                return None
        if any(self.needs(path, at) for path in mentioned(expr)):
            return None
        self.used[at] = expr
        return expr

    def needs(self, path: Path, other: Path) -> bool:
        """Whether a part of the answer is, or is worked out from, another part, or one above or below it."""
        ahead, met = [path], set()
        while ahead:
            here = ahead.pop()
            if here[: len(other)] == other or other[: len(here)] == here:
                return True
            if here not in met:
                met.add(here)
                ahead += [each for at, by in self.used.items() if at == here for each in mentioned(by)]
        return False

    def known(self, at: Path) -> Expr | None:
        """Return the law of a part of the representation, if there is one."""
        envelope = self.context.envelope
        if envelope is None or at[: len(envelope)] != envelope:
            return None
        return self.context.laws.get(at[len(envelope) :])

    def of_state(self, at: Path) -> list[str]:
        """Return the members of an object that are worked out from other entities, as other routes teach."""
        envelope = self.context.envelope
        if envelope is None or at[: len(envelope)] != envelope:
            return []
        return list(dict.fromkeys(str(path[0]) for path in self._laws_below(at)))

    def _laws_below(self, at: Path) -> list[Path]:
        """Return the paths below a part at which something is worked out from other entities."""
        envelope = self.context.envelope or ()
        inner = at[len(envelope) :]
        return [
            path[len(inner) :]
            for path, law in self.context.laws.items()
            if path[: len(inner)] == inner and len(path) > len(inner) and is_of_state(law)
        ]

    def has_lawful_part(self, values: Values, at: Path) -> bool:
        """Whether something below a part is as other routes teach: then it is no copy of what is stored."""
        if self.context.envelope is None or not all(isinstance(value, dict) for value in values):
            return False
        return any(
            self.law([get(value, path) for value in values], (*at, *path)) is not None
            for path in self._laws_below(at)
        )
