"""What the answers of one variant are explained with, besides the places of each row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from wraith.paths import Found, Path
from wraith.synth._evidence.rows import Row, Values
from wraith.synth._guards.features import Feature
from wraith.synth._guards.laws import Laws
from wraith.wir import Expr, Query

Made = TypeVar("Made")


class Known:
    """What was worked out about some rows, whatever else is known of their answers: it is the same for the
    next part of them, and when their route is learned again."""

    __slots__ = ("_found", "rows")

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows  # kept, so that no other row has their identity
        self._found: dict[tuple[str, Path], Any] = {}

    def once(self, what: str, make: Callable[[], Made], at: Path = ()) -> Made:
        """Return what is made, for the part of the answers at a place; it is made the first time."""
        place = (what, at)
        if place not in self._found:
            self._found[place] = make()
        found: Made = self._found[place]
        return found


AllKnown: TypeAlias = dict[tuple[int, ...], Known]
"""What is known, by the identities of the rows."""

ANSWER: Path = ("response", "body")
"""Where the parts of an answer see each other."""

MADE: Path = ("made",)
"""Where the parts of a document see each other that is made beside an answer."""


@dataclass(slots=True)
class Context:
    """What is known beforehand of the answers, and of what stands in them."""

    own: Path = ANSWER
    """Where the parts of what is made see each other."""
    envelope: Path | None = None
    """Where the representation of the addressed entity stands in an answer."""
    addressed: bool = False
    """Whether answers show the entity that the request names by its key."""
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
    all_known: AllKnown = field(default_factory=dict)
    """What was worked out about rows before."""
    list_values: list[tuple[Expr, list[Found]]] = field(default_factory=list)
    """What queries bind (``page.total``), with the values that they have on the rows."""
    elsewhere: Mapping[Path, Expr] = field(default_factory=dict)
    """What other routes say in a place: it may be what looks like a constant here."""
    results: Path | None = None
    """Where an answer lists what became of each element of the request."""
    found: Query | None = None
    """What the list of the answer finds, before it is cut into pages."""
    page: list[tuple[Expr, list[Found]]] = field(default_factory=list)
    """What addresses of other pages are built from."""

    def known(self, rows: Sequence[Row]) -> Known:
        """Return what is known of some rows."""
        same = tuple(map(id, rows))
        if same not in self.all_known:
            self.all_known[same] = Known(rows)
        return self.all_known[same]


@dataclass(frozen=True, slots=True)
class Open:
    """A part of the answers that no place explains: its hole, where it stands, its values."""

    hole: str
    at: Path
    values: Values
