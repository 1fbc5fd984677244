"""What is known of the answers of one variant before their parts are explained, and what comes of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path
from wraith.runtime import compile_expr
from wraith.synth._features import Feature
from wraith.synth._laws import Laws, is_of_state, rooted
from wraith.synth._rows import Row, Values, equal
from wraith.wir import Expr, Hole


@dataclass(slots=True)
class Context:
    """What the answers of one variant are explained with, besides the places of each row."""

    envelope: Path | None = None
    """Where the representation of the addressed entity stands in an answer."""
    key_path: Path | None = None
    """Where an answer holds the key of what it created."""
    sequence: str | None = None
    """The collection whose keys may count up."""
    form: bool = False
    """Requests are forms, whose values are text and take a type when they are stored."""
    lists: dict[Path, Expr] = field(default_factory=dict)
    """Lists that a query explains, and what the query binds for their neighbours."""
    questions: Callable[[], Sequence[Feature]] | None = None
    """What may be asked about the rows, to tell when a part of an answer is as it is; answered for the rows
    and then for ``others``."""
    others: int = 0
    """Observations of the route whose answers are of another kind: they have none of these parts."""
    laws: Laws = field(default_factory=dict)
    """What is worked out in every representation of the collection, by its member."""
    element: bool = False
    """What is explained is an element of a list: it cannot refer to other parts of its answer."""
    likely: dict[Path, Expr] = field(default_factory=dict)
    """Expressions that are known to give a part of most answers, and are taken where they do."""
    list_values: list[tuple[Expr, list[Found]]] = field(default_factory=list)
    """What queries bind (``page.total``), with the values that they have on the rows."""
    page: list[tuple[Expr, list[Found]]] = field(default_factory=list)
    """What addresses of other pages are built from."""

    def law(self, rows: Sequence[Row], wholes: Values, values: Values, at: Path) -> Expr | None:
        """Return what the other routes of the collection teach of a part, where it is right here as well."""
        envelope = self.envelope
        if envelope is None or at[: len(envelope)] != envelope:
            return None
        law = self.laws.get(at[len(envelope) :])
        root = ("entity",) if self.element else ("response", "body", *envelope)
        expr = rooted(law, root) if law is not None else None
        if expr is None:
            return None
        compute = compile_expr(expr)
        for row, whole, value in zip(rows, wholes, values, strict=True):
            row.env.response = whole
            made = compute(row.env)
            row.env.response = MISSING
            if not equal(made, value):
                return None
        return expr

    def of_state(self, at: Path) -> list[str]:
        """Return the members of an object that are worked out from other entities, as other routes teach."""
        if self.envelope is None or at[: len(self.envelope)] != self.envelope:
            return []
        inner = at[len(self.envelope) :]
        return [str(path[-1]) for path, law in self.laws.items() if path[:-1] == inner and is_of_state(law)]


@dataclass(slots=True)
class Induced:
    """A template with its holes, and the paths that nothing explains."""

    template: JsonValue
    holes: dict[str, Hole]
    unexplained: tuple[str, ...]
    conflicts: tuple[Path, ...]
    """Paths whose kind differs from answer to answer without a reason that an expression can say."""
