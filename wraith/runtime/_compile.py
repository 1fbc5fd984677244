"""Expressions and guards as closures: compiled once, then a request costs only calls."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias, assert_never

from wraith.canonical import JsonValue
from wraith.errors import InputError
from wraith.paths import MISSING, Found, Path, format_path, get
from wraith.runtime._ask import compile_ask
from wraith.runtime._clock import write_time
from wraith.runtime._environment import Environment
from wraith.runtime._functions import FUNCTIONS, apply
from wraith.runtime._ids import id_maker
from wraith.runtime._query import Compute, compile_query
from wraith.runtime._updates import changed, operations
from wraith.runtime._values import cast, integer_of, is_type, merged, number_of, same, text_of
from wraith.wir import (
    Absent,
    Append,
    Ask,
    AtLeast,
    Atom,
    Below,
    Call,
    Case,
    Cast,
    Clock,
    Each,
    Equals,
    Exists,
    Expr,
    First,
    FreshId,
    Given,
    IsType,
    KeysBeyond,
    KeysWithin,
    Literal,
    Lookup,
    Matches,
    Merge,
    NextKey,
    NotMatches,
    NotOneOf,
    Object,
    OneOfSet,
    Query,
    Ref,
    Sum,
    Text,
    Update,
    When,
)

Test: TypeAlias = Callable[[Environment], bool]
Resolver: TypeAlias = Callable[[Path], Compute]
"""How the paths of a document, ``response.body`` or ``made``, are worked out while it is being rendered."""


def from_response(path: Path) -> Compute:
    """The resolver for what is evaluated after a document is rendered: effects and headers."""
    if path[0] == "made":
        return lambda env: get(env.made, path[1:])
    return lambda env: get(env.response, path[2:])


def compile_expr(expr: Expr, resolve: Resolver = from_response) -> Compute:
    """Return the function that evaluates an expression. Raises InputError for a path without a root."""

    def compiled(part: Expr) -> Compute:
        return compile_expr(part, resolve)

    match expr:
        case Literal(constant):
            return lambda env: constant
        case Ref(path):
            return _reference(path, resolve)
        case Lookup(entity, key, at):
            return _lookup(entity, compiled(key), at)
        case FreshId(pattern):
            return _fresh(pattern)
        case NextKey(entity, ever, _, start):
            return lambda env: env.state.next_key(entity, ever=ever, start=start)
        case Clock(unit, offset_s):
            return _clock(unit, offset_s)
        case First(options):
            return _first(tuple(compiled(option) for option in options))
        case Cast(value, to):
            return _cast(compiled(value), to)
        case Merge(base, over, deep, typed):
            return _merge(compiled(base), compiled(over), deep, typed)
        case Text(parts):
            return _text(tuple(compiled(part) for part in parts))
        case Case(of, cases, default):
            return _case(compiled(of), dict(cases), compiled(default) if default is not None else None)
        case Sum(plus, minus):
            return _sum(tuple(map(compiled, plus)), tuple(map(compiled, minus)))
        case Given(value):
            return _given(compiled(value))
        case Append(to, item, front):
            return _append(compiled(to), compiled(item), front)
        case Call(function, of):
            return _call(function, tuple(map(compiled, of)))
        case Each(Each(_, Ask()) as of, item):
            return _once(repr(expr), _each(compiled(of), compiled(item)))
        case Each(of, item):
            return _each(compiled(of), compiled(item))
        case Object(members, base):
            return _object(
                tuple((name, compiled(member)) for name, member in members),
                compiled(base) if base is not None else None,
            )
        case When(test, then, otherwise):
            return _when(
                compile_atom(test, resolve),
                compiled(then),
                compiled(otherwise) if otherwise is not None else None,
            )
        case Ask(method, path, headers, body, names):
            more, content = (compiled(each) if each is not None else None for each in (headers, body))
            return compile_ask(names, compiled(method), compiled(path), more, content)
        case Update(base, by, words, members):
            return _update(compiled(base), compiled(by), dict(words), members)
        case Query():
            return compile_query(expr, compiled)  # type: ignore[arg-type]  # a query holds expressions only
        case _:
            assert_never(expr)


def _reference(path: Path, resolve: Resolver) -> Compute:
    match path:
        case ("request", "body"):
            return lambda env: env.body
        case ("request", "body", str(key)):
            return lambda env: body.get(key, MISSING) if isinstance(body := env.body, dict) else MISSING
        case ("request", "body", *rest):
            steps = tuple(rest)
            return lambda env: get(env.body, steps)
        case ("request", "query"):
            return lambda env: dict(env.query)
        case ("request", "query", *rest):
            steps = tuple(rest)
            return lambda env: get(env.query, steps)
        case ("request", "path", str(name)):
            return lambda env: env.path.get(name, MISSING)
        case ("request", "header", str(name)):
            lowered = name.lower()  # RFC 9110, 5.1: names are the same in whatever case
            return lambda env: env.headers.get(lowered, MISSING)
        case ("request", "host"):
            return lambda env: env.headers.get("host", MISSING)
        case ("request", "method"):
            return lambda env: env.method
        case ("request", "raw"):
            return lambda env: env.raw
        case ("request", "body_kind"):
            return lambda env: env.body_kind
        case ("caller",):
            return lambda env: env.caller
        case ("entity",):
            return lambda env: env.entity
        case ("entity", *rest):
            steps = tuple(rest)
            return lambda env: get(env.entity, steps)
        case ("item", *rest):
            steps = tuple(rest)
            return lambda env: get(env.item, steps)
        case ("position",):
            return lambda env: env.position
        case ("page", str(name)):
            return lambda env: env.page.get(name, MISSING)
        case ("request", "target"):
            return lambda env: env.request.target
        case ("response", "text"):
            return lambda env: env.rendered.decode("utf-8", "replace")
        case ("response", "body", *_) | ("made", *_):
            return resolve(path)
        case _:
            raise InputError(
                f"path without a root: {format_path(path)!r}",
                hint="paths start at request, entity, caller, response.body, made, page, item or position",
            )


def _lookup(entity: str, key: Compute, at: Path) -> Compute:
    def look(env: Environment) -> Found:
        name = text_of(key(env))
        if name is None:
            return MISSING
        found = env.state.get(entity, name)
        return get(found, at) if at else found

    return look


def _clock(unit: str, offset_s: int) -> Compute:
    try:
        write_time(unit, 0)
    except ValueError as error:
        raise InputError(str(error), hint="write epoch_s, epoch_ms, http or a strftime text") from error

    def clock(env: Environment) -> Found:
        try:
            return write_time(unit, env.now_ms + offset_s * 1000)
        except OverflowError:  # outside the years that a calendar has
            return MISSING

    return clock


def _fresh(pattern: str) -> Compute:
    make = id_maker(pattern)

    def fresh(env: Environment) -> Found:
        env.ids.made += 1
        return make(env.ids.seed, env.ids.made)

    return fresh


def _first(options: tuple[Compute, ...]) -> Compute:
    def first(env: Environment) -> Found:
        for option in options:
            if (value := option(env)) is not MISSING:
                return value
        return MISSING

    return first


def _cast(value: Compute, to: str) -> Compute:
    return lambda env: cast(value(env), to)


def _merge(base: Compute, over: Compute, deep: bool, typed: bool) -> Compute:
    return lambda env: merged(base(env), over(env), deep, typed)


def _text(parts: tuple[Compute, ...]) -> Compute:
    def text(env: Environment) -> Found:
        done = []
        for part in parts:
            value = text_of(part(env))
            if value is None:
                return MISSING
            done.append(value)
        return "".join(done)

    return text


def _case(of: Compute, cases: dict[str, JsonValue], default: Compute | None) -> Compute:
    def case(env: Environment) -> Found:
        value = of(env)
        name = "null" if value is None else text_of(value)
        if name is not None and name in cases:
            return cases[name]
        return default(env) if default is not None else MISSING

    return case


_LARGEST = 1e300
"""Numbers below it add up to finite ones, in whatever mixture of integers and floats."""


def _given(value: Compute) -> Compute:
    return lambda env: MISSING if (found := value(env)) is None else found


def _append(to: Compute, item: Compute, front: bool) -> Compute:
    def append(env: Environment) -> Found:
        present, value = to(env), item(env)
        if value is MISSING or not (present is MISSING or isinstance(present, list)):
            return present
        elements = present if isinstance(present, list) else []
        return [value, *elements] if front else [*elements, value]

    return append


def _sum(plus: tuple[Compute, ...], minus: tuple[Compute, ...]) -> Compute:
    def add(env: Environment) -> Found:
        total: float = 0
        for sign, terms in ((1, plus), (-1, minus)):
            for term in terms:
                value = term(env)
                whole = integer_of(value)
                number = whole if whole is not None else number_of(value)
                if number is None:
                    return MISSING
                if not abs(number) < _LARGEST:
                    return MISSING
                total += sign * number
        return total

    return add


def apply_function(name: str, arguments: Sequence[Found]) -> Found:
    """Return what ``Call`` gives for the values of its arguments."""
    return apply(FUNCTIONS[name], arguments)


def _call(name: str, of: tuple[Compute, ...]) -> Compute:
    function = FUNCTIONS[name]

    def call(env: Environment) -> Found:
        page = env.page  # a query that is counted or added up is not the list that is answered
        arguments = [argument(env) for argument in of]
        env.page = page
        return apply(function, arguments)

    return call


def _update(base: Compute, by: Compute, words: dict[str, str], members: Sequence[str]) -> Compute:
    def update(env: Environment) -> Found:
        document = base(env)
        if document is MISSING:
            return MISSING
        return changed(document, operations(by(env), words, members), words)

    return update


def _each(of: Compute, item: Compute) -> Compute:
    def each(env: Environment) -> Found:
        elements = of(env)
        if not isinstance(elements, list):
            return MISSING
        outer, place, done = env.item, env.position, []
        for env.position, env.item in enumerate(elements):
            if (made := item(env)) is not MISSING:
                done.append(made)
        env.item, env.position = outer, place
        return done

    return each


def _once(name: str, of: Compute) -> Compute:
    """Return what asks once for each request, however often it is referred to: asking changes the state. What
    is asked for an element is another each time."""

    def once(env: Environment) -> Found:
        if env.item is not MISSING:
            return of(env)
        if name not in env.values:
            env.values[name] = of(env)
        return env.values[name]

    return once


def _object(members: tuple[tuple[str, Compute], ...], base: Compute | None) -> Compute:
    def make(env: Environment) -> Found:
        done: dict[str, JsonValue] = {}
        if base is not None and isinstance(found := base(env), dict):
            done.update(found)
        for name, member in members:
            value = member(env)
            if value is MISSING:
                done.pop(name, None)
            else:
                done[name] = value
        return done

    return make


def _when(test: Test, then: Compute, otherwise: Compute | None) -> Compute:
    def when(env: Environment) -> Found:
        if test(env):
            return then(env)
        return otherwise(env) if otherwise is not None else MISSING

    return when


# --- guards -------------------------------------------------------------------------------------------------


def _differs_from_all(value: Found, excluded: tuple[JsonValue, ...]) -> bool:
    return not any(same(value, each) for each in excluded)


def compile_atom(atom: Atom, resolve: Resolver = from_response) -> Test:
    """Return the total function that decides an atom."""
    of, holds = compile_expr(atom.of, resolve), value_test(atom)
    return lambda env: holds(of(env))


def value_test(atom: Atom) -> Callable[[Found], bool]:
    """Return the total function that decides an atom by the value of what it is about."""
    match atom:
        case Exists():
            return lambda found: found is not MISSING
        case Absent():
            return lambda found: found is MISSING
        case Equals(value=value):
            return lambda found: same(found, value)
        case OneOfSet(values=values):
            allowed = frozenset(values)
            return lambda found: isinstance(found, str) and found in allowed
        case NotOneOf(values=values):
            return lambda found: _differs_from_all(found, values)
        case AtLeast(bound=bound):
            return lambda found: (number := number_of(found)) is not None and number >= bound
        case Below(bound=bound):
            return lambda found: (number := number_of(found)) is not None and number < bound
        case IsType(type=name):
            return lambda found: is_type(found, name)
        case Matches(pattern=pattern):
            matches = _pattern(pattern)
            return lambda found: isinstance(found, str) and matches(found) is not None
        case NotMatches(pattern=pattern):
            matches = _pattern(pattern)
            return lambda found: not isinstance(found, str) or matches(found) is None
        case KeysWithin(keys=keys):
            inside = frozenset(keys)
            return lambda found: not isinstance(found, dict) or found.keys() <= inside
        case KeysBeyond(keys=keys):
            inside = frozenset(keys)
            return lambda found: isinstance(found, dict) and not found.keys() <= inside
        case _:
            assert_never(atom)


def _pattern(pattern: str) -> Callable[[str], re.Match[str] | None]:
    try:
        return re.compile(pattern).fullmatch
    except re.error as error:
        raise InputError(
            f"not a pattern: {pattern!r}: {error}", hint="mend the guard in the model"
        ) from error
