"""What the answers of one variant are explained with, besides the places of each row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from wraith.paths import Found, Path
from wraith.synth._evidence.aggregates import Aggregates
from wraith.synth._evidence.rows import Values
from wraith.synth._guards.features import Feature
from wraith.synth._guards.laws import Laws
from wraith.wir import Expr, Query

Totals: TypeAlias = dict[tuple[int, ...], Aggregates]

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
    totals: Totals = field(default_factory=dict)
    """What adds up what is stored, by the rows that it was made for."""
    list_values: list[tuple[Expr, list[Found]]] = field(default_factory=list)
    """What queries bind (``page.total``), with the values that they have on the rows."""
    elsewhere: Mapping[Path, Expr] = field(default_factory=dict)
    """What other routes say in a place: it may be what looks like a constant here."""
    found: Query | None = None
    """What the list of the answer finds, before it is cut into pages."""
    page: list[tuple[Expr, list[Found]]] = field(default_factory=list)
    """What addresses of other pages are built from."""


@dataclass(frozen=True, slots=True)
class Open:
    """A part of the answers that no place explains: its hole, where it stands, its values."""

    hole: str
    at: Path
    values: Values
