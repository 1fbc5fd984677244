"""The JSON form of expressions and atoms, which contain each other, and back.

An expression is an object whose first key names its kind; an atom is an object with one key. Readers raise
InputError that says what was expected.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

from wraith.canonical import JsonValue
from wraith.errors import InputError
from wraith.paths import Path, format_path, parse_path
from wraith.wir._codec_parts import (
    filters_from_json,
    filters_to_json,
    list_in,
    number_in,
    one_of,
    text_in,
    texts_in,
)
from wraith.wir._expr import (
    JOINS,
    QUERY_PARTS,
    Append,
    Ask,
    Call,
    Case,
    Cast,
    CastType,
    Clock,
    Criteria,
    Doing,
    Each,
    Expr,
    First,
    FreshId,
    Given,
    Literal,
    Lookup,
    Merge,
    NextKey,
    Nulls,
    Object,
    Query,
    Ref,
    Sum,
    Text,
    Update,
    When,
    Where,
    WhereOp,
    ref,
)
from wraith.wir._functions import FUNCTIONS
from wraith.wir._guards import (
    Absent,
    AtLeast,
    Atom,
    Below,
    Equals,
    Exists,
    IsType,
    JsonType,
    KeysBeyond,
    KeysWithin,
    Matches,
    NotMatches,
    NotOneOf,
    OneOfSet,
)


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
        case NextKey(entity, ever, gaps, start):
            counter: dict[str, JsonValue] = {"next_key": entity, "ever": ever}
            counter |= {"gaps": True} if gaps else {}
            return counter if start == 1 else {**counter, "start": start}
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
        case Call(function, of):
            return {"call": function, "of": [expr_to_json(argument) for argument in of]}
        case Each(of, item):
            return {"each": expr_to_json(of), "item": expr_to_json(item)}
        case Object(members, base):
            made: dict[str, JsonValue] = {"object": {name: expr_to_json(value) for name, value in members}}
            return made if base is None else {**made, "base": expr_to_json(base)}
        case Ask(method, path, headers, body, names):
            asked: dict[str, JsonValue] = {"ask": expr_to_json(path), "method": expr_to_json(method)}
            for name, part in (("headers", headers), ("body", body)):
                if part is not None:
                    asked[name] = expr_to_json(part)
            return {**asked, "names": list(names)} if names else asked
        case Update(base, by, words, members):
            done = {"update": expr_to_json(base), "by": expr_to_json(by), "words": dict(words)}
            return {**done, "members": list(members)} if members else done
        case When(test, then, otherwise):
            done = {"when": atom_to_json(test), "then": expr_to_json(then)}
            return done if otherwise is None else {**done, "otherwise": expr_to_json(otherwise)}


def _query_to_json(query: Query) -> JsonValue:
    done: dict[str, JsonValue] = {"query": query.entity}
    if query.where:
        done["where"] = [_where_to_json(each) for each in query.where]
    if query.order:
        done["order"] = [{"by": format_path(path), "descending": down} for path, down in query.order]
    if query.unwind:
        done["unwind"] = format_path(query.unwind)
    for name in QUERY_PARTS:
        part: Expr | None = getattr(query, name)
        if part is not None:
            done[name] = expr_to_json(part)
    if query.filters is not None:
        done["filters"] = filters_to_json(query.filters)
    if query.criteria:
        done["criteria"] = [_criteria_to_json(each) for each in query.criteria]
    if query.nulls != "low":
        done["nulls"] = query.nulls
    if query.first_page != 1:
        done["first_page"] = query.first_page
    return done


def _where_to_json(where: Where) -> JsonValue:
    done: dict[str, JsonValue] = {
        "field": format_path(where.field),
        "op": where.op,
        "value": expr_to_json(where.value),
        "when_given": where.when_given,
    }
    return {**done, "absent": True} if where.absent else done


def _criteria_to_json(criteria: Criteria) -> JsonValue:
    done: dict[str, JsonValue] = {"value": expr_to_json(criteria.value), "words": dict(criteria.words)}
    if criteria.members:
        done["members"] = list(criteria.members)
    if criteria.names:
        done["names"] = {name: format_path(path) for name, path in criteria.names}
    return {**done, "search": [format_path(path) for path in criteria.search]} if criteria.search else done


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


def _exprs(value: JsonValue) -> tuple[Expr, ...]:
    return tuple(expr_from_json(item) for item in list_in(value))


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
        parse_path(text_in(value["field"])),
        value["op"],  # type: ignore[arg-type]  # checked above
        expr_from_json(value["value"]),
        bool(value.get("when_given", True)),
        bool(value.get("absent")),
    )


def _order(value: JsonValue) -> tuple[Path, bool]:
    if not isinstance(value, dict):
        raise ValueError(f"not an order: {value!r:.60}")
    return parse_path(text_in(value["by"])), bool(value["descending"])


def _query(value: dict[str, JsonValue]) -> Query:
    return Query(
        text_in(value["query"]),
        tuple(_where(each) for each in list_in(value.get("where", []))),
        tuple(_order(each) for each in list_in(value.get("order", []))),
        sort=_optional(value, "sort"),
        direction=_optional(value, "direction"),
        limit=_optional(value, "limit"),
        offset=_optional(value, "offset"),
        page=_optional(value, "page"),
        page_size=_optional(value, "page_size"),
        end=_optional(value, "end"),
        after=_optional(value, "after"),
        under=_optional(value, "under"),
        item=_optional(value, "item"),
        filters=filters_from_json(value["filters"]) if "filters" in value else None,
        criteria=tuple(_criteria(each) for each in list_in(value.get("criteria", []))),
        nulls=one_of(value.get("nulls", "low"), get_args(Nulls)),  # type: ignore[arg-type]  # one of them
        first_page=number_in(value.get("first_page", 1)),
        unwind=parse_path(text_in(value.get("unwind", ""))),
    )


def _criteria(value: JsonValue) -> Criteria:
    if not isinstance(value, dict):
        raise ValueError(f"not criteria: {value!r:.60}")
    words, names = value["words"], value.get("names", {})
    if not isinstance(words, dict) or not isinstance(names, dict):
        raise ValueError(f"words and names: expected objects, found {value!r:.60}")
    meanings = (*JOINS, *get_args(WhereOp))
    return Criteria(
        expr_from_json(value["value"]),
        tuple((word, one_of(meaning, meanings)) for word, meaning in words.items()),  # type: ignore[misc]  # one of them
        texts_in(value.get("members", [])),
        tuple((name, parse_path(text_in(path))) for name, path in names.items()),
        tuple(parse_path(text_in(path)) for path in list_in(value.get("search", []))),
    )


def _object(value: dict[str, JsonValue]) -> Object:
    members = value["object"]
    if not isinstance(members, dict):
        raise ValueError("object: expected an object of expressions")
    made = tuple((name, expr_from_json(member)) for name, member in members.items())
    return Object(made, _optional(value, "base"))


def _call(value: dict[str, JsonValue]) -> Call:
    name, of = text_in(value["call"]), _exprs(value["of"])
    if name not in FUNCTIONS:
        raise ValueError(f"there is no function {name!r}")
    least, most = FUNCTIONS[name]
    if not least <= len(of) <= most:
        raise ValueError(f"{name} takes {least} to {most} arguments, found {len(of)}")
    return Call(name, of)


def _update(value: dict[str, JsonValue]) -> Update:
    words = value["words"]
    if not isinstance(words, dict):
        raise ValueError("words: expected an object")
    return Update(
        expr_from_json(value["update"]),
        expr_from_json(value["by"]),
        tuple((word, one_of(doing, get_args(Doing))) for word, doing in words.items()),  # type: ignore[misc]  # one of them
        texts_in(value.get("members", [])),
    )


_READERS: dict[str, Callable[[dict[str, JsonValue]], Expr]] = {
    "literal": lambda value: Literal(value["literal"]),
    "path": lambda value: ref(text_in(value["path"])),
    "lookup": lambda value: Lookup(
        text_in(value["lookup"]), expr_from_json(value["key"]), parse_path(text_in(value["at"]))
    ),
    "fresh_id": lambda value: FreshId(text_in(value["fresh_id"])),
    "next_key": lambda value: NextKey(
        text_in(value["next_key"]),
        bool(value.get("ever")),
        bool(value.get("gaps")),
        number_in(value.get("start", 1)),
    ),
    "clock": lambda value: Clock(text_in(value["clock"]), number_in(value.get("offset_s", 0))),
    "first": lambda value: First(_exprs(value["first"])),
    "cast": _cast,
    "update": _update,
    "merge": _merge,
    "text": lambda value: Text(_exprs(value["text"])),
    "case": _case,
    "sum": lambda value: Sum(_exprs(value["sum"]), _exprs(value["minus"])),
    "given": lambda value: Given(expr_from_json(value["given"])),
    "append": lambda value: Append(
        expr_from_json(value["to"]), expr_from_json(value["append"]), bool(value.get("front"))
    ),
    "query": _query,
    "call": _call,
    "each": lambda value: Each(expr_from_json(value["each"]), expr_from_json(value["item"])),
    "object": _object,
    "ask": lambda value: Ask(
        expr_from_json(value["method"]),
        expr_from_json(value["ask"]),
        _optional(value, "headers"),
        _optional(value, "body"),
        tuple(text_in(name) for name in list_in(value.get("names", []))),
    ),
    "when": lambda value: When(
        atom_from_json(value["when"]), expr_from_json(value["then"]), _optional(value, "otherwise")
    ),
}


# --- atoms ---

_TAGS: dict[str, type[Atom]] = {
    "exists": Exists,
    "absent": Absent,
    "equals": Equals,
    "in": OneOfSet,
    "not_in": NotOneOf,
    "at_least": AtLeast,
    "below": Below,
    "type": IsType,
    "matches": Matches,
    "not_matches": NotMatches,
    "keys_within": KeysWithin,
    "keys_beyond": KeysBeyond,
}
_NAMES = {kind: tag for tag, kind in _TAGS.items()}


def atom_to_json(atom: Atom) -> JsonValue:
    """Return the JSON form: ``{"exists": operand}``, ``{"equals": [operand, value]}``."""
    operand: JsonValue = format_path(atom.of.path) if isinstance(atom.of, Ref) else expr_to_json(atom.of)
    tag = _NAMES[type(atom)]
    match atom:
        case Exists() | Absent():
            return {tag: operand}
        case Equals(value=value):
            return {tag: [operand, value]}
        case OneOfSet(values=values) | NotOneOf(values=values):
            return {tag: [operand, list(values)]}
        case AtLeast(bound=bound) | Below(bound=bound):
            return {tag: [operand, bound]}
        case IsType(type=name):
            return {tag: [operand, name]}
        case Matches(pattern=pattern) | NotMatches(pattern=pattern):
            return {tag: [operand, pattern]}
        case KeysWithin(keys=keys) | KeysBeyond(keys=keys):
            return {tag: [operand, list(keys)]}


def atom_from_json(value: JsonValue) -> Atom:
    """Return the atom in its JSON form. Raises InputError that says what was expected."""
    if isinstance(value, dict) and len(value) == 1:
        [(tag, rest)] = value.items()
        if tag == "exists":
            return Exists(_operand(rest))
        if tag == "absent":
            return Absent(_operand(rest))
        if tag in _ARGUMENTS and isinstance(rest, list) and len(rest) == 2:
            operand, argument = rest
            return _TAGS[tag](_operand(operand), _argument(tag, argument))  # type: ignore[call-arg,arg-type]  # by tag
    raise InputError(
        f"not a guard: {value!r:.120}", hint=f"expected an object with one of {', '.join(_TAGS)}"
    )


def _argument(tag: str, value: JsonValue) -> JsonValue | tuple[JsonValue, ...]:
    expected, is_right = _ARGUMENTS[tag]
    if not is_right(value):
        raise InputError(f"{tag}: expected {expected}, found {value!r:.80}")
    return tuple(value) if isinstance(value, list) and tag != "equals" else value


def _is_texts(value: JsonValue) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_ARGUMENTS: dict[str, tuple[str, Callable[[JsonValue], bool]]] = {
    "equals": ("a value", lambda value: True),
    "in": ("a list of texts", _is_texts),
    "not_in": ("a list", lambda value: isinstance(value, list)),
    "at_least": ("a number", _is_number),
    "below": ("a number", _is_number),
    "type": ("a JSON type", lambda value: value in get_args(JsonType)),
    "matches": ("a pattern", lambda value: isinstance(value, str)),
    "not_matches": ("a pattern", lambda value: isinstance(value, str)),
    "keys_within": ("a list of texts", _is_texts),
    "keys_beyond": ("a list of texts", _is_texts),
}


def _operand(value: JsonValue) -> Expr:
    return Ref(parse_path(value)) if isinstance(value, str) else expr_from_json(value)
