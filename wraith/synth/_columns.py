"""The values of expressions on some observations, column by column: what several questions are about is worked
out once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wraith.paths import Found
from wraith.runtime import Environment, apply_function, compile_expr, value_test
from wraith.wir import Atom, Call, Expr, Literal, Ref


class Columns:
    """The columns of some environments, which must not change while they are asked."""

    def __init__(self, envs: Iterable[Environment]) -> None:
        self._envs = list(envs)
        self._known: dict[Expr, Sequence[Found]] = {}

    def of(self, expr: Expr) -> Sequence[Found]:
        """Return the value of an expression in each environment."""
        if isinstance(expr, Literal):
            return [expr.value] * len(self._envs)
        known = self._known.get(expr)
        if known is None:
            known = self._known[expr] = self._worked_out(expr)
        return known

    def answers(self, atom: Atom) -> tuple[bool, ...]:
        """Return in which environments an atom is true."""
        if isinstance(atom.of, Call):  # asked by this atom alone
            return tuple(map(value_test(atom), self._worked_out(atom.of)))
        return tuple(map(value_test(atom), self.of(atom.of)))

    def _worked_out(self, expr: Expr) -> Sequence[Found]:
        if isinstance(expr, Call) and all(isinstance(each, Ref | Literal) for each in expr.of):
            arguments = [self.of(each) for each in expr.of]
            return [apply_function(expr.function, each) for each in zip(*arguments, strict=True)]
        compute = compile_expr(expr)
        return [compute(env) for env in self._envs]
