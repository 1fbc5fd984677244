"""Expressions: what fills a hole. Small, total, terminating; a value, or ``MISSING``.

In JSON an expression is an object with one key that names it (``{"path": "request.body.email"}``), so that a
model can be read without this file beside it. Paths start at one of these roots:

``request.method``, ``request.path.<parameter>``, ``request.query``, ``request.header``, ``request.body``
    the request, decoded; header names are lower case
``request.body_kind``, ``request.host``
    how the body decoded (``json``, ``form``, …), the address the client used
``entity``
    the stored entity that the route's key addresses
``response.body``
    what is being answered: another part of the same template
``page``
    what a query left behind: ``page.total``, ``page.has_more``, ``page.count``
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal as OneOf
from typing import TypeAlias, get_args

from wraith.canonical import JsonValue
from wraith.errors import InputError
from wraith.paths import Path, format_path, parse_path

WhereOp: TypeAlias = OneOf["equals", "differs", "at_least", "at_most", "contains"]
CastType: TypeAlias = OneOf["integer", "number", "boolean", "string", "scalar"]


@dataclass(frozen=True, slots=True)
class Literal:
    """Always this value."""

    value: JsonValue


@dataclass(frozen=True, slots=True)
class Ref:
    """The value at a path; ``MISSING`` where nothing stands there."""

    path: Path


@dataclass(frozen=True, slots=True)
class Lookup:
    """The value at ``at`` of the entity of that name under a key; ``MISSING`` where there is none."""

    entity: str
    key: Expr
    at: Path = ()


@dataclass(frozen=True, slots=True)
class FreshId:
    """A new identifier of a learned format: literal text and classes with counts, ``cus_[A-Za-z0-9]{14}``."""

    pattern: str


@dataclass(frozen=True, slots=True)
class NextKey:
    """One more than the greatest integer key that is stored, or that ever was; 1 where there is none."""

    entity: str
    ever: bool = False


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

    ``when_given``: where the value is missing, the condition holds for everything.
    """

    field: Path
    op: WhereOp
    value: Expr
    when_given: bool = True


@dataclass(frozen=True, slots=True)
class Query:
    """Entities of a name: filtered, ordered, paged. Binds ``page`` for the rest of the answer."""

    entity: str
    where: tuple[Where, ...] = ()
    order: tuple[tuple[Path, bool], ...] = ()
    """Field and whether descending; an empty path is the order of creation."""
    sort: Expr | None = None
    """Names of fields to order by before ``order``, comma between them; a dash before one turns it round."""
    direction: Expr | None = None
    """For each name of ``sort``: ``desc`` turns it round."""
    limit: Expr | None = None
    offset: Expr | None = None
    page: Expr | None = None
    """The number of the page, from 1; with ``limit`` as its size."""
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
)


def ref(text: str) -> Ref:
    """Return the reference to a path given as text."""
    return Ref(parse_path(text))


# --- JSON ---------------------------------------------------------------------------------------------------


def expr_to_json(expr: Expr) -> JsonValue:
    """Return the JSON form of an expression, the inverse of ``expr_from_json``."""
    match expr:
        case Literal(value):
            return {"literal": value}
        case Ref(path):
            return {"path": format_path(path)}
        case Lookup(entity, key, at):
            return {"lookup": entity, "key": expr_to_json(key), "at": format_path(at)}
        case FreshId(pattern):
            return {"fresh_id": pattern}
        case NextKey(entity, ever):
            return {"next_key": entity, "ever": ever}
        case Clock(unit, offset_s):
            return {"clock": unit, "offset_s": offset_s} if offset_s else {"clock": unit}
        case First(options):
            return {"first": [expr_to_json(option) for option in options]}
        case Cast(value, to):
            return {"cast": expr_to_json(value), "to": to}
        case Merge(base, over, deep, typed):
            return {"merge": [expr_to_json(base), expr_to_json(over)], "deep": deep, "typed": typed}
        case Text(parts):
            return {"text": [expr_to_json(part) for part in parts]}
        case Case(of, cases, default):
            done: dict[str, JsonValue] = {"case": expr_to_json(of), "of": dict(cases)}
            return done if default is None else {**done, "default": expr_to_json(default)}
        case Sum(plus, minus):
            return {
                "sum": [expr_to_json(term) for term in plus],
                "minus": [expr_to_json(term) for term in minus],
            }
        case Given(value):
            return {"given": expr_to_json(value)}
        case Append(to, item, front):
            return {"append": expr_to_json(item), "to": expr_to_json(to), "front": front}
        case Query():
            return _query_to_json(expr)


def _query_to_json(query: Query) -> JsonValue:
    done: dict[str, JsonValue] = {"query": query.entity}
    if query.where:
        done["where"] = [
            {
                "field": format_path(each.field),
                "op": each.op,
                "value": expr_to_json(each.value),
                "when_given": each.when_given,
            }
            for each in query.where
        ]
    if query.order:
        done["order"] = [{"by": format_path(path), "descending": down} for path, down in query.order]
    for name in QUERY_PARTS:
        part: Expr | None = getattr(query, name)
        if part is not None:
            done[name] = expr_to_json(part)
    return done


def expr_from_json(value: JsonValue) -> Expr:
    """Return the expression in its JSON form. Raises InputError that says what was expected."""
    if isinstance(value, dict):
        for tag, read in _READERS.items():
            if tag in value:
                try:
                    return read(value)
                except (KeyError, TypeError, AttributeError, ValueError) as error:
                    raise InputError(f"not a {tag!r} expression ({error}): {value!r:.120}") from error
    raise InputError(
        f"not an expression: {value!r:.120}", hint=f"expected an object with one of {', '.join(_READERS)}"
    )


def _text(value: JsonValue) -> str:
    if not isinstance(value, str):
        raise ValueError(f"expected text, found {value!r:.40}")
    return value


def _list(value: JsonValue) -> list[JsonValue]:
    if not isinstance(value, list):
        raise ValueError(f"expected a list, found {value!r:.40}")
    return value


def _number(value: JsonValue) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"expected an integer, found {value!r:.40}")
    return value


def _exprs(value: JsonValue) -> tuple[Expr, ...]:
    return tuple(expr_from_json(item) for item in _list(value))


def _optional(value: dict[str, JsonValue], name: str) -> Expr | None:
    return expr_from_json(value[name]) if name in value else None


def _cast(value: dict[str, JsonValue]) -> Cast:
    to = value["to"]
    if to not in get_args(CastType):
        raise ValueError(f"cannot cast to {to!r}")
    return Cast(expr_from_json(value["cast"]), to)  # type: ignore[arg-type]  # checked above


def _merge(value: dict[str, JsonValue]) -> Merge:
    base, over = _exprs(value["merge"])
    return Merge(base, over, bool(value.get("deep")), bool(value.get("typed")))


def _case(value: dict[str, JsonValue]) -> Case:
    cases = value["of"]
    if not isinstance(cases, dict):
        raise ValueError("of: expected an object")
    return Case(expr_from_json(value["case"]), tuple(cases.items()), _optional(value, "default"))


def _where(value: JsonValue) -> Where:
    if not isinstance(value, dict) or value["op"] not in get_args(WhereOp):
        raise ValueError(f"not a condition: {value!r:.60}")
    return Where(
        parse_path(_text(value["field"])),
        value["op"],  # type: ignore[arg-type]  # checked above
        expr_from_json(value["value"]),
        bool(value.get("when_given", True)),
    )


def _order(value: JsonValue) -> tuple[Path, bool]:
    if not isinstance(value, dict):
        raise ValueError(f"not an order: {value!r:.60}")
    return parse_path(_text(value["by"])), bool(value["descending"])


def _query(value: dict[str, JsonValue]) -> Query:
    return Query(
        _text(value["query"]),
        tuple(_where(each) for each in _list(value.get("where", []))),
        tuple(_order(each) for each in _list(value.get("order", []))),
        *(_optional(value, name) for name in QUERY_PARTS),
    )


_READERS: dict[str, Callable[[dict[str, JsonValue]], Expr]] = {
    "literal": lambda value: Literal(value["literal"]),
    "path": lambda value: ref(_text(value["path"])),
    "lookup": lambda value: Lookup(
        _text(value["lookup"]), expr_from_json(value["key"]), parse_path(_text(value["at"]))
    ),
    "fresh_id": lambda value: FreshId(_text(value["fresh_id"])),
    "next_key": lambda value: NextKey(_text(value["next_key"]), bool(value.get("ever"))),
    "clock": lambda value: Clock(_text(value["clock"]), _number(value.get("offset_s", 0))),
    "first": lambda value: First(_exprs(value["first"])),
    "cast": _cast,
    "merge": _merge,
    "text": lambda value: Text(_exprs(value["text"])),
    "case": _case,
    "sum": lambda value: Sum(_exprs(value["sum"]), _exprs(value["minus"])),
    "given": lambda value: Given(expr_from_json(value["given"])),
    "append": lambda value: Append(
        expr_from_json(value["to"]), expr_from_json(value["append"]), bool(value.get("front"))
    ),
    "query": _query,
}
