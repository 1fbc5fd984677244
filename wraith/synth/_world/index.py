"""An index from values to the expressions that give them: each document that an observation sees is filed
once for all that see it, and expressions are made when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from wraith.paths import Path
from wraith.synth._world.filed import Filed, is_numeric
from wraith.wir import Expr, Lookup, Ref


@dataclass(frozen=True, slots=True)
class Root:
    """Where a document stands, such as the entity that the route's key addresses, or one that the path
    addresses."""

    expr: Ref | Lookup

    def at(self, path: Path) -> Ref | Lookup:
        if isinstance(self.expr, Ref):
            return _ref((*self.expr.path, *path))
        return Lookup(self.expr.entity, self.expr.key, path)


@lru_cache(maxsize=65_536)
def _ref(path: Path) -> Ref:
    """Return the reference to a path: each is asked for again and again, and made once."""
    return Ref(path)


class Index:
    """Expressions by what their values are filed under: own ones, those of documents, those of an index
    around it; whoever was added first stands first."""

    __slots__ = ("_documents", "_found", "_numbers", "_outer", "_own")

    def __init__(self, outer: Index | None = None) -> None:
        self._own: dict[object, list[Expr]] = {}
        self._documents: list[tuple[Root, Filed]] = []
        self._outer = outer
        self._found: dict[object, Sequence[Expr]] = {}
        self._numbers: Set[Expr] | None = None

    def file(self, key: object, expr: Expr) -> None:
        """Add an expression, before those of all documents."""
        self._own.setdefault(key, []).append(expr)
        self._found.pop(key, None)

    def add(self, document: Filed, root: Root) -> None:
        """Add a document behind the others."""
        self._documents.append((root, document))
        self._found.clear()

    def get(self, key: object) -> Sequence[Expr]:
        """Return the expressions under a key, none where nothing has it."""
        found = self._found.get(key)
        if found is None:
            made = list(self._own.get(key, ()))
            for root, document in self._documents:
                if key in document.by_key:
                    made += map(root.at, document.by_key[key])
            if self._outer is not None:
                made += self._outer.get(key)
            found = self._found[key] = made
        return found

    def own(self) -> Iterator[tuple[object, Sequence[Expr]]]:
        """Yield what is of no document, by key; what is around an index is its own as well."""
        yield from self._own.items()
        if self._outer is not None:
            yield from ((key, self._outer.get(key)) for key in self._outer)

    def documents(self) -> Iterator[tuple[Root, Mapping[object, Sequence[Path]]]]:
        """Yield the documents: where each stands, and the paths in it by key."""
        return ((root, document.by_key) for root, document in self._documents)

    @property
    def numbers(self) -> Set[Expr]:
        """The expressions of what reads as a number; asked for when nothing is added any more."""
        if self._numbers is None:
            found = {expr for key, exprs in self._own.items() if is_numeric(key) for expr in exprs}
            for root, document in self._documents:
                found.update(map(root.at, document.numbers))
            self._numbers = found | self._outer.numbers if self._outer is not None else found
        return self._numbers

    def __contains__(self, key: object) -> bool:
        return (
            key in self._own
            or any(key in document.by_key for _, document in self._documents)
            or (self._outer is not None and key in self._outer)
        )

    def __iter__(self) -> Iterator[object]:
        """Yield the keys, each once, in the order in which they were filed."""
        inner = chain(self._own, *(document.by_key for _, document in self._documents))
        return iter(dict.fromkeys(chain(inner, self._outer or ())))

    def items(self) -> Iterator[tuple[object, Sequence[Expr]]]:
        """Yield each key with its expressions, for searches that look at all of them."""
        return ((key, self.get(key)) for key in self)
