"""The values of expressions on some observations, column by column: what several questions are about is
worked out once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wraith.paths import Found
from wraith.runtime import Environment, apply_function, compile_expr, number_of, value_test
from wraith.wir import Atom, Below, Call, Equals, Expr, Literal, Lookup, Ref


class Columns:
    """The columns of some environments, which must not change while they are asked."""

    def __init__(self, envs: Iterable[Environment]) -> None:
        self._envs = list(envs)
        self._known: dict[Expr, Sequence[Found]] = {}
        self._read: dict[Expr, Sequence[float | None]] = {}

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
        match atom:
            case Below(of, bound):
                return tuple([number is not None and number < bound for number in self._numbers(of)])
            case Equals(Call("less", (of, Literal(int() | float() as bound))), bool() as less) if (
                not isinstance(bound, bool)
            ):
                numbers = self._numbers(of)
                return tuple([number is not None and (number < bound) is less for number in numbers])
        return tuple(map(value_test(atom), self.of(atom.of)))

    def _numbers(self, expr: Expr) -> Sequence[float | None]:
        known = self._read.get(expr)
        if known is None:
            known = self._read[expr] = list(map(number_of, self.of(expr)))
        return known

    def _worked_out(self, expr: Expr) -> Sequence[Found]:
        if isinstance(expr, Call) and _is_plain(expr):
            arguments = [self.of(each) for each in expr.of]
            return [apply_function(expr.function, each) for each in zip(*arguments, strict=True)]
        compute = compile_expr(expr)
        return [compute(env) for env in self._envs]


def _is_plain(expr: Expr) -> bool:
    """Whether an expression is made of places and functions of them."""
    if isinstance(expr, Call):
        return all(map(_is_plain, expr.of))
    return isinstance(expr, Ref | Lookup | Literal)
