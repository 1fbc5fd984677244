"""Expressions: what fills a hole. Small, total, terminating; a value, or ``MISSING``.

In JSON an expression is an object with one key that names it (``{"path": "request.body.email"}``), so that a
model can be read without this file beside it. Paths start at one of these roots:

``request.method``, ``request.path.<parameter>``, ``request.query``, ``request.header``, ``request.body``
    the request, decoded; header names are lower case
``request.raw``
    the bytes of the body, as base64
``request.body_kind``, ``request.host``, ``request.target``
    how the body decoded (``json``, ``form``, …), the address the client used, path and query as they came
``entity``
    the stored entity that the route's key addresses
``response.body``
    what is being answered: another part of the same template
``caller``
    who asks: what the model's ``caller`` makes of the request's credential
``response.text``
    the body as it is written, for headers that say something about it
``page``
    what a query left behind: ``page.total``, ``page.has_more``, ``page.count``
``item``, ``position``
    the element that an ``Each`` is at, and its place in the list, counted from 0
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias
from typing import Literal as OneOf

from wraith.canonical import JsonValue
from wraith.paths import Path, parse_path

if TYPE_CHECKING:
    from wraith.wir._guards import Atom

WhereOp: TypeAlias = OneOf[
    "equals",
    "is",
    "differs",
    "other",
    "at_least",
    "at_most",
    "above",
    "below",
    "contains",
    "starts",
    "ends",
    "has",
    "matches",
    "exists",
]
Meaning: TypeAlias = WhereOp | OneOf["all", "any", "none"]
"""What a word of a language of conditions is: an operator, or how conditions are joined."""

Doing: TypeAlias = OneOf[
    "set",
    "insert",
    "unset",
    "clear",
    "append",
    "prepend",
    "push",
    "include",
    "exclude",
    "merge",
    "increase",
    "decrease",
    "multiply",
    "least",
    "most",
    "toggle",
    "copy",
    "move",
    "keep",
]
"""What an operation of an update does at its place."""

JOINS = ("all", "any", "none")
"""The ways to join conditions: which of them have to hold."""

Nulls: TypeAlias = OneOf["low", "high", "first", "last"]
CastType: TypeAlias = OneOf["integer", "number", "boolean", "string", "scalar"]


@dataclass(frozen=True, slots=True)
class Literal:
    """Always this value."""

    value: JsonValue


@dataclass(frozen=True, slots=True)
class Ref:
    """The value at a path; ``MISSING`` where nothing stands there."""

    path: Path

    def __repr__(self) -> str:
        """As dataclasses write it, without their guard against cycles: synthesis ranks by it."""
        return f"Ref(path={self.path!r})"


@dataclass(frozen=True, slots=True)
class Lookup:
    """The value at ``at`` of the entity of that name under a key; ``MISSING`` where there is none."""

    entity: str
    key: Expr
    at: Path = ()

    def __repr__(self) -> str:
        """As dataclasses write it, like that of ``Ref``."""
        return f"Lookup(entity={self.entity!r}, key={self.key!r}, at={self.at!r})"


@dataclass(frozen=True, slots=True)
class FreshId:
    """A new identifier of a learned format: literal text and classes with counts, ``cus_[A-Za-z0-9]{14}``."""

    pattern: str


@dataclass(frozen=True, slots=True)
class NextKey:
    """One more than the greatest integer key that is stored, or that ever was, or than the greatest number
    that a key ends with where none is an integer; ``start`` where there is neither."""

    entity: str
    ever: bool = False
    gaps: bool = False
    """The service leaves gaps, because it counts for others as well: only that keys grow can be told."""
    start: int = 1
    """The first key where there is none."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The present, moved by ``offset_s``: ``epoch_s``, ``epoch_ms``, ``http``, or a strftime text with ``%L``
    for ms."""

    unit: str
    offset_s: int = 0


@dataclass(frozen=True, slots=True)
class First:
    """The first of the options that is not ``MISSING``."""

    options: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Cast:
    """The value as another type, ``MISSING`` where it cannot be; ``scalar`` reads a text as JSON would."""

    value: Expr
    to: CastType


@dataclass(frozen=True, slots=True)
class Merge:
    """The first object with the members of the second over it (RFC 7396 where ``deep``: null removes)."""

    base: Expr
    over: Expr
    deep: bool = False
    typed: bool = False
    """Text in ``over`` takes the type of the member it replaces, as services that read forms do."""


@dataclass(frozen=True, slots=True)
class Text:
    """The parts as text, one after the other; ``MISSING`` where one part is."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A finite learned map: the value for what ``of`` is (as text), else the default, else ``MISSING``."""

    of: Expr
    cases: tuple[tuple[str, JsonValue], ...]
    default: Expr | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum of the terms, each with a sign; ``MISSING`` where one is not a number."""

    plus: tuple[Expr, ...]
    minus: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """The value, unless it is null: then ``MISSING``, so that the next option of a ``First`` is taken."""

    value: Expr


@dataclass(frozen=True, slots=True)
class Append:
    """The list with one more element: at its end, or at its front. A missing list is an empty one."""

    to: Expr
    item: Expr
    front: bool = False


@dataclass(frozen=True, slots=True)
class Where:
    """One condition of a query: a field of the entity against a value of the request.

    ``when_given``: where the value is missing, the condition holds for everything. ``absent``: it holds for
    what has no such field.
    """

    field: Path
    op: WhereOp
    value: Expr
    when_given: bool = True
    absent: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands before and behind the name of a field in the name of a parameter, and the condition that it
    stands for; where ``split`` is not empty, it parts alternatives in one value. ``absent``: what has no such
    field meets the condition. ``lead``: the value begins with this text, ``gte:`` in ``size=gte:3``."""

    before: str
    after: str
    op: WhereOp
    split: str = ""
    absent: bool = False
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions by parameters of the request that name any field of the entities.

    Names in brackets are one name: ``filter[size]`` is ``size`` with ``filter[`` before and ``]`` behind it.
    """

    marks: tuple[Mark, ...]
    without: tuple[str, ...] = ()
    """Parameters that mean something else."""
    unknown: OneOf["ignored", "nothing"] = "ignored"
    """What a parameter does that names no field of any entity."""
    every: tuple[str, ...] = ()
    """Words that stand for every value: with them a condition holds for everything."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """Conditions that one value of a request spells out: a text, ``size gt 3 and name eq "a"``, or a
    document, ``{"size": {"$gt": 3}}``. A value that is none of that language is no condition."""

    value: Expr
    words: tuple[tuple[str, Meaning], ...]
    """What its words and signs mean, each once; one that ends with ``(`` is written as a function, and
    ``""`` is what stands between two conditions where nothing does."""
    members: tuple[str, ...] = ()
    """What the members of conditions are called that are objects of field, operator and value; or of their
    field alone, with operators that are names of members."""
    names: tuple[tuple[str, Path], ...] = ()
    """Where the fields stand that have another name there."""
    search: tuple[Path, ...] = ()
    """Where a value is looked for that stands alone; the empty path is everywhere."""


@dataclass(frozen=True, slots=True)
class Query:
    """Entities of a name: filtered, ordered, paged. Binds ``page`` for the rest of the answer."""

    entity: str
    where: tuple[Where, ...] = ()
    order: tuple[tuple[Path, bool], ...] = ()
    """Field and whether descending; an empty path is the order of creation."""
    sort: Expr | None = None
    """Names of fields to order by before ``order``, comma between them; a dash before one, or ``desc`` behind
    it, turns it round."""
    direction: Expr | None = None
    """For each name of ``sort``: ``desc`` turns it round."""
    limit: Expr | None = None
    offset: Expr | None = None
    page: Expr | None = None
    """The number of the page; with ``limit`` as its size."""
    page_size: Expr | None = None
    """The size of a page where one is asked for by number and no limit is given."""
    end: Expr | None = None
    """The position before which the page ends, counted from 0."""
    after: Expr | None = None
    """The key after which the page starts."""
    under: Expr | None = None
    """Only entities whose key begins with this text and a slash: the children of a parent."""
    item: Expr | None = None
    """What stands for each entity, with ``entity`` bound to it; the entity itself where None."""
    unwind: Path = ()
    """Where each entity has a list: the query is over its elements. Each is seen in the place of the list,
    so that conditions and ``item`` see the element and what it is part of."""
    filters: Filters | None = None
    criteria: tuple[Criteria, ...] = ()
    nulls: Nulls = "low"
    """Where null and missing values are sorted: as less or more than any other, or always first or last."""
    first_page: int = 1
    """The number of the first page."""


@dataclass(frozen=True, slots=True)
class Call:
    """A pure function of values: ``wir.FUNCTIONS`` names them; ``MISSING`` where an argument does not fit."""

    function: str
    of: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Each:
    """The list with each element as ``item`` says, which sees the element at the root ``item``.

    Elements for which it is ``MISSING`` are left out; what is no list gives ``MISSING``. Their place in the
    list stands at the root ``position``.
    """

    of: Expr
    item: Expr


@dataclass(frozen=True, slots=True)
class Object:
    """An object with these members, those that are ``MISSING`` left out; over the members of ``base``, where
    that is an object."""

    members: tuple[tuple[str, Expr], ...]
    base: Expr | None = None


@dataclass(frozen=True, slots=True)
class When:
    """One expression where the atom is true, the other (``MISSING`` where None) where it is not."""

    test: Atom
    then: Expr
    otherwise: Expr | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """A document changed by the operations that a part of a request says: a list of them, or an object in
    which words stand for what is done."""

    base: Expr
    by: Expr
    words: tuple[tuple[str, Doing], ...]
    """What each word does; ``""`` is what a member without one does."""
    members: tuple[str, ...] = ()
    """What the members of operations are called that are objects: word, path, operand."""


@dataclass(frozen=True, slots=True)
class Ask:
    """The twin's own answer to another request: an object of ``status``, ``headers``, ``body``, ``path`` and
    ``asked``, the element that was asked about.

    The request has the headers of the one that is being answered, and those of ``headers`` over them; of the
    answer's headers those in ``names`` are told, spelled so. An answer that asks is not asked again.
    """

    method: Expr
    path: Expr
    headers: Expr | None = None
    body: Expr | None = None
    names: tuple[str, ...] = ()


QUERY_PARTS = ("sort", "direction", "limit", "offset", "page", "page_size", "end", "after", "under", "item")
"""The optional expressions of a query, in the order of its fields."""

Expr: TypeAlias = (
    Append
    | Given
    | Literal
    | Ref
    | Lookup
    | FreshId
    | NextKey
    | Clock
    | First
    | Cast
    | Merge
    | Text
    | Case
    | Sum
    | Query
    | Call
    | Each
    | Object
    | When
    | Ask
    | Update
)


def ref(text: str) -> Ref:
    """Return the reference to a path given as text."""
    return Ref(parse_path(text))
