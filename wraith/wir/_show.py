"""The language as a person reads it: one short text for each expression, guard and effect.

It is written to be understood, not to be read back: the JSON of ``_codec`` is that. Two different expressions
have different texts all the same, as far as their names allow. *Binding* is how tightly a text holds
together; what holds less tightly than its place asks for stands in parentheses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Final, assert_never

from wraith.canonical import JsonValue, compact
from wraith.paths import Path, format_path
from wraith.wir._effects import Delete, Effect, ForEach, Make, Purge, Put, SetField, Sweep
from wraith.wir._expr import (
    Append,
    Ask,
    Call,
    Case,
    Cast,
    Clock,
    Criteria,
    Each,
    Expr,
    Filters,
    First,
    FreshId,
    Given,
    Literal,
    Lookup,
    Mark,
    Merge,
    NextKey,
    Object,
    Query,
    Ref,
    Sum,
    Text,
    Update,
    When,
    Where,
)
from wraith.wir._guards import (
    Absent,
    AtLeast,
    Atom,
    Below,
    Equals,
    Exists,
    IsType,
    KeysBeyond,
    KeysWithin,
    Matches,
    NotMatches,
    NotOneOf,
    OneOfSet,
)

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_$-]+")
_OPERATORS: Final = {"multiply": "×", "divide": "÷", "modulo": "mod"}
_CONDITIONS: Final = {
    "equals": "=",
    "is": "is exactly",
    "differs": "≠",
    "other": "is there and ≠",
    "at_least": "≥",
    "at_most": "≤",
    "above": ">",
    "below": "<",
    "contains": "contains",
    "starts": "starts with",
    "ends": "ends with",
    "has": "is or holds",
    "matches": "matches",
    "exists": "exists as",
}
_UNITS: Final = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))
_TYPES: Final = {"integer": "an integer", "array": "an array", "object": "an object", "null": "null"}


class _Binds(IntEnum):
    """How tightly a text holds together, loosest first."""

    CLAUSE = 0
    CHOICE = 1
    SUM = 2
    PRODUCT = 3
    UNARY = 4
    WHOLE = 5


def show_expr(expr: Expr) -> str:
    """Return an expression as text."""
    return _show(expr)[0]


def show_atom(atom: Atom) -> str:
    """Return a guard as text: a statement that is true or not."""
    of = _tight(atom.of, _Binds.CHOICE)
    match atom:
        case Exists():
            return f"{of} exists"
        case Absent():
            return f"{of} is missing"
        case Equals(value=value):
            return f"{of} = {_json(value)}"
        case OneOfSet(values=texts):
            return f"{of} is one of {_listed(map(_json, texts))}"
        case NotOneOf(values=values):
            return f"{of} is none of {_listed(map(_json, values))}"
        case AtLeast(bound=bound):
            return f"{of} ≥ {_bound(bound)}"
        case Below(bound=bound):
            return f"{of} < {_bound(bound)}"
        case IsType(type=name):
            return f"{of} is {_TYPES.get(name, f'a {name}')}"
        case Matches(pattern=pattern):
            return f"{of} matches /{pattern}/"
        case NotMatches(pattern=pattern):
            return f"{of} does not match /{pattern}/"
        case KeysWithin(keys=keys):
            return f"{of} has no members but {_listed(map(_key, keys))}" if keys else f"{of} has no members"
        case KeysBeyond(keys=keys):
            return f"{of} has members besides {_listed(map(_key, keys))}" if keys else f"{of} has members"
        case _:
            assert_never(atom)


def show_effect(effect: Effect) -> str:
    """Return an effect as text: what is stored or removed, and where."""
    if isinstance(effect, ForEach):
        return f"for each item of {_tight(effect.of, _Binds.CHOICE)}: {show_effect(effect.effect)}"
    if isinstance(effect, Purge):
        return f"delete all of {show_expr(effect.query)}"
    place = f"{effect.entity}[{show_expr(effect.key)}]"
    match effect:
        case Put(_, _, value):
            return f"store {place} = {show_expr(value)}"
        case Delete():
            return f"delete {place}"
        case Sweep(entity, key, ()):
            return f"delete all {entity} under {show_expr(key)}"
        case Sweep(entity, key, field):
            return f"delete all {entity} where {format_path(field)} = {show_expr(key)}"
        case SetField(_, _, at, value):
            return f"set {place}{_below(at)} = {show_expr(value)}"
        case Make(_, _, template, holes):
            return f"make {place} = {show_template(template, dict(holes))}"
        case _:
            assert_never(effect)


def show_template(template: JsonValue, holes: Mapping[str, Expr]) -> str:
    """Return a template as text, its holes filled with their expressions."""
    match template:
        case str() if template.startswith("$$"):
            return _json(template[1:])
        case str() if template.startswith("$"):
            return show_expr(holes[template[1:]]) if template[1:] in holes else template
        case dict():
            members = (
                f"...{show_template(value, holes)}"
                if key == "$spread"
                else f"{_key(key)}: {show_template(value, holes)}"
                for key, value in template.items()
            )
            return f"{{{', '.join(members)}}}"
        case list():
            return f"[{', '.join(show_template(item, holes) for item in template)}]"
    return _json(template)


def _show(expr: Expr) -> tuple[str, _Binds]:
    """Return the text of an expression, and how tightly it holds together."""
    match expr:
        case Literal(value):
            return _json(value), _Binds.WHOLE
        case Ref(path):
            return format_path(path), _Binds.WHOLE
        case Lookup(entity, key, at):
            return f"{entity}[{show_expr(key)}]{_below(at)}", _Binds.WHOLE
        case FreshId(pattern):
            return f"fresh id {pattern}", _Binds.UNARY
        case NextKey(entity, ever, gaps, start):
            first = "" if start == 1 else f" from {start}"
            return f"next key of {entity}{' ever' * ever}{' with gaps' * gaps}{first}", _Binds.UNARY
        case Clock(unit, offset_s):
            return _clock(unit, offset_s)
        case First(options):
            return _joined(" or ", options, _Binds.CHOICE) if options else ("nothing", _Binds.WHOLE)
        case Cast(value, to):
            return f"{to}({show_expr(value)})", _Binds.WHOLE
        case Merge(base, over, deep, typed):
            how = f"{' deeply' * deep}{' with its types' * typed}"
            return (
                f"{_tight(base, _Binds.CHOICE)} changed{how} by {_tight(over, _Binds.CHOICE)}",
                _Binds.CLAUSE,
            )
        case Text(parts):
            return _text(parts), _Binds.UNARY
        case Case(of, cases, default):
            return _case(of, cases, default), _Binds.UNARY
        case Sum(plus, minus):
            return _sum(plus, minus)
        case Given(value):
            return f"non-null {_tight(value, _Binds.UNARY)}", _Binds.UNARY
        case Append(to, item, front):
            where = "front" if front else "end"
            shown = f"{_tight(to, _Binds.CHOICE)} with {_tight(item, _Binds.CHOICE)} at its {where}"
            return shown, _Binds.CLAUSE
        case Call(function, of):
            return _call(function, of)
        case Each(of, item):
            return (
                f"{_tight(item, _Binds.CHOICE)} for each item of {_tight(of, _Binds.CHOICE)}",
                _Binds.CLAUSE,
            )
        case When(test, then, otherwise):
            rest = "" if otherwise is None else f" else {_tight(otherwise, _Binds.CHOICE)}"
            return f"{_tight(then, _Binds.CHOICE)} if {show_atom(test)}{rest}", _Binds.CLAUSE
        case Object(members, base):
            inside = [f"...{show_expr(base)}"] if base is not None else []
            inside += [f"{_key(name)}: {show_expr(value)}" for name, value in members]
            return f"object {{{', '.join(inside)}}}", _Binds.UNARY
        case Update(base, by, words, members):
            done = _listed(f"{_json(word)} {doing}" for word, doing in words)
            rest = f" of objects {_listed(map(_key, members))}" if members else ""
            updated = f"{_tight(base, _Binds.CHOICE)} updated by {_tight(by, _Binds.CHOICE)} ({done}){rest}"
            return updated, _Binds.CLAUSE
        case Ask():
            return _ask(expr), _Binds.CLAUSE
        case Query():
            return _query(expr), _Binds.CLAUSE
        case _:
            assert_never(expr)


def _tight(expr: Expr, least: _Binds) -> str:
    """Return the text of an expression as a part of another: in parentheses where it would fall apart."""
    text, binds = _show(expr)
    return text if binds >= least else f"({text})"


def _joined(operator: str, parts: Iterable[Expr], binds: _Binds) -> tuple[str, _Binds]:
    """Return the parts with an operator between them; one alone is led by it, so that it is not lost."""
    shown = [_tight(part, _Binds(binds + 1)) for part in parts]
    return (operator.join(shown) if len(shown) > 1 else f"{operator.strip()} {shown[0]}"), binds


def _clock(unit: str, offset_s: int) -> tuple[str, _Binds]:
    if not offset_s:
        return f"now ({unit})", _Binds.WHOLE
    size, name = next(each for each in _UNITS if offset_s % each[0] == 0)
    number = abs(offset_s) // size
    return f"now ({unit}) {'-' if offset_s < 0 else '+'} {number} {name}{'s' * (number != 1)}", _Binds.SUM


def _text(parts: tuple[Expr, ...]) -> str:
    done = []
    for part in parts:
        if isinstance(part, Literal) and isinstance(part.value, str):
            done.append(_json(part.value)[1:-1].replace("{", "{{").replace("}", "}}"))
        else:
            done.append(f"{{{show_expr(part)}}}")
    return f'text "{"".join(done)}"'


def _case(of: Expr, cases: tuple[tuple[str, JsonValue], ...], default: Expr | None) -> str:
    entries = [f"{_json(name)}: {_json(value)}" for name, value in cases]
    if default is not None:
        entries.append(f"else: {show_expr(default)}")
    return f"by {_tight(of, _Binds.UNARY)} {{{', '.join(entries)}}}"


def _sum(plus: tuple[Expr, ...], minus: tuple[Expr, ...]) -> tuple[str, _Binds]:
    if not plus and not minus:
        return "sum of nothing", _Binds.UNARY
    added = " + ".join(_tight(term, _Binds.PRODUCT) for term in plus)
    if len(plus) == 1 and not minus:
        added = f"+ {added}"
    return f"{added}{''.join(f' - {_tight(term, _Binds.PRODUCT)}' for term in minus)}".lstrip(), _Binds.SUM


def _call(function: str, of: tuple[Expr, ...]) -> tuple[str, _Binds]:
    if function in _OPERATORS and len(of) > 1:
        return _joined(f" {_OPERATORS[function]} ", of, _Binds.PRODUCT)
    match function, of:
        case "total", (Each(items, item),):
            text = f"sum over each item of {_tight(items, _Binds.CHOICE)} of {_tight(item, _Binds.CHOICE)}"
            return text, _Binds.CLAUSE
    return f"{function}({', '.join(map(show_expr, of))})", _Binds.WHOLE


def _ask(ask: Ask) -> str:
    """Return what a twin asks itself: the request, and which headers of its answer are told."""
    said = [f"own answer to {_tight(ask.method, _Binds.CHOICE)} {_tight(ask.path, _Binds.CHOICE)}"]
    if ask.headers is not None:
        said.append(f" with headers {_tight(ask.headers, _Binds.CHOICE)}")
    if ask.body is not None:
        said.append(f" with body {_tight(ask.body, _Binds.CHOICE)}")
    if ask.names:
        said.append(f", telling headers {_listed(map(_key, ask.names))}")
    return "".join(said)


def _query(query: Query) -> str:
    """Return a query in the order in which it is run: which entities, how ordered, which page of them."""

    def part(expr: Expr) -> str:
        return _tight(expr, _Binds.CHOICE)

    said = [f"elements of {format_path(query.unwind)} of {query.entity}" if query.unwind else query.entity]
    if query.under is not None:
        said.append(f" under {part(query.under)}")
    if query.where:
        said.append(f" where {' and '.join(map(_condition, query.where))}")
    if query.filters is not None:
        said.append(f" filtered by {_filters(query.filters)}")
    said += [f" meeting {_criteria(each)}" for each in query.criteria]
    if query.sort is not None:
        said.append(f" sorted by {part(query.sort)}")
    if query.direction is not None:
        said.append(f" in direction {part(query.direction)}")
    said += [f" {_order(path, descending)}" for path, descending in query.order]
    if query.nulls != "low":
        said.append(f" with nulls {query.nulls}")
    for name, value in (
        ("offset", query.offset),
        ("limit", query.limit),
        ("page", query.page),
        ("page size", query.page_size),
        ("before position", query.end),
        ("after key", query.after),
    ):
        if value is not None:
            said.append(f", {name} {part(value)}")
    if query.first_page != 1:
        said.append(f", pages from {query.first_page}")
    if query.item is not None:
        said.append(f", each as {part(query.item)}")
    return "".join(said)


def _filters(filters: Filters) -> str:
    """Return how parameters name fields: ``min_FIELD`` for what is at least the value, and so on."""
    said = _listed(map(_mark, filters.marks))
    if filters.without:
        said += f" but {_listed(map(_key, filters.without))}"
    return f"{said} (unknown fields: none)" if filters.unknown == "nothing" else said


def _criteria(criteria: Criteria) -> str:
    """Return what a value spells out: the words of its language, with what each means."""
    words = (f"{_json(word)} {_CONDITIONS.get(meaning, meaning)}" for word, meaning in criteria.words)
    said = f"{_tight(criteria.value, _Binds.SUM)} ({_listed(words)})"
    if criteria.members:
        said += f" of objects {_listed(map(_key, criteria.members))}"
    if criteria.names:
        said += f" where {_listed(f'{_key(name)} is {format_path(path)}' for name, path in criteria.names)}"
    if criteria.search:
        said += f" searching {_listed(format_path(path) or 'everywhere' for path in criteria.search)}"
    return said


def _mark(mark: Mark) -> str:
    several = f" (several by {_json(mark.split)})" if mark.split else ""
    lead = f" (behind {_json(mark.lead)})" if mark.lead else ""
    return f"{mark.before}FIELD{mark.after} {_CONDITIONS[mark.op]}{several}{lead}"


def _condition(where: Where) -> str:
    value = _tight(where.value, _Binds.SUM)
    given = " (if given)" if where.when_given and not isinstance(where.value, Literal) else ""
    always = " (always)" if not where.when_given and isinstance(where.value, Literal) else ""
    return f"{format_path(where.field) or 'entity'} {_CONDITIONS[where.op]} {value}{given}{always}"


def _order(path: Path, descending: bool) -> str:
    if not path:
        return "newest first" if descending else "oldest first"
    return f"by {format_path(path)}{' descending' * descending}"


def _below(at: Path) -> str:
    text = format_path(at)
    return f".{text}" if text and not text.startswith("[") else text


def _json(value: JsonValue) -> str:
    try:
        return compact(value).decode()
    except UnicodeEncodeError:  # half of a surrogate pair, which no JSON text holds
        return repr(value)


def _bound(bound: float) -> str:
    return _json(int(bound) if isinstance(bound, float) and bound.is_integer() else bound)


def _key(name: str) -> str:
    return name if _PLAIN_KEY.fullmatch(name) else _json(name)


def _listed(parts: Iterable[str]) -> str:
    return ", ".join(parts) or "nothing"
