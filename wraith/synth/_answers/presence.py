"""When a part of an answer is there at all: because of a parameter of the request, or of the page shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from wraith.runtime import compile_atom, named_parameters
from wraith.synth._evidence.list_cases import parameter_path
from wraith.synth._evidence.rows import Row
from wraith.wir import AtLeast, Atom, Equals, Exists, Expr, Ref, When

Gate = Callable[[Expr], Expr]
"""What makes of an expression one that is missing where the part is."""

MORE = Equals(Ref(("page", "has_more")), True)
BEFORE = Equals(Ref(("page", "has_previous")), True)
SEVERAL = AtLeast(Ref(("page", "pages")), 2)
SOME = AtLeast(Ref(("page", "count")), 1)

PAGE_CONDITIONS: tuple[tuple[Atom, ...], ...] = (
    (),
    (MORE,),
    (BEFORE,),
    (SEVERAL,),
    (SOME,),
    (SEVERAL, SOME),
    (BEFORE, SOME),
    (MORE, SOME),
)
"""Conditions on the page shown, simplest first: all of a tuple."""


MAX_WRONG = 10
"""One page in so many may contradict what is said of pages: a total counts what no recording shows."""


def by_page(rows: Sequence[Row], there: Sequence[bool]) -> Gate | None:
    """Return the condition on the page that says best where a part is there, None where even that is wrong
    too often."""
    best, fewest = None, len(rows) // MAX_WRONG + 1
    for atoms in PAGE_CONDITIONS:
        tests = [compile_atom(atom) for atom in atoms]
        wrong = sum(
            all(test(row.env) for test in tests) != flag for row, flag in zip(rows, there, strict=True)
        )
        if wrong < fewest:
            best, fewest = atoms, wrong
    return _all_of(best) if best is not None else None


def _all_of(atoms: tuple[Atom, ...]) -> Gate:
    def gate(expr: Expr) -> Expr:
        for atom in reversed(atoms):
            expr = When(atom, expr)
        return expr

    return gate


def by_parameters(rows: Sequence[Row], there: Sequence[bool]) -> Gate | None:
    """Return the condition that one of some parameters is given, where that says when a part is there."""
    if all(there) or not any(there):
        return None
    given = [{name for name, _ in named_parameters(dict(row.env.query))} for row in rows]
    absent = {name for names, flag in zip(given, there, strict=True) if not flag for name in names}
    left = [names - absent for names, flag in zip(given, there, strict=True) if flag]
    chosen: list[str] = []
    while left:
        best = max(_names(left), key=lambda name: sum(name in names for names in left), default=None)
        if best is None:
            return None
        chosen.append(best)
        left = [names for names in left if best not in names]

    def gate(expr: Expr) -> Expr:
        done: Expr | None = None
        for name in reversed(chosen):
            done = When(Exists(Ref(parameter_path(name))), expr, done)
        return done if done is not None else expr

    return gate


def _names(sets: Sequence[set[str]]) -> Iterator[str]:
    yield from sorted({name for names in sets for name in names})
