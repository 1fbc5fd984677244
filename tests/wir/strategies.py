"""Generated values of the WIR: documents, paths, expressions, atoms, effects, models.

Names come from a small stock, so that references meet what they refer to; values are hostile on purpose:
integers beyond 64 bits, digits that are no digits, text that looks like a template.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from wraith.canonical import JsonValue
from wraith.exchange import LineStyle
from wraith.paths import EACH, Path
from wraith.wir import (
    FUNCTIONS,
    JOINS,
    Absent,
    Append,
    AtLeast,
    Atom,
    Below,
    Call,
    Case,
    Cast,
    Clock,
    Criteria,
    Delete,
    Each,
    Effect,
    Entity,
    Equals,
    Exists,
    Expr,
    Filters,
    First,
    Fixture,
    ForEach,
    FreshId,
    Given,
    Hole,
    IsType,
    KeysBeyond,
    KeysWithin,
    Literal,
    Lookup,
    Make,
    Mark,
    Matches,
    Merge,
    Model,
    NextKey,
    NotMatches,
    NotOneOf,
    Object,
    OneOfSet,
    Purge,
    Put,
    Query,
    Ref,
    Route,
    SetField,
    Style,
    Sum,
    Sweep,
    Text,
    Update,
    Variant,
    When,
    Where,
)
from wraith.wir._expr import CastType, Doing, Nulls, WhereOp
from wraith.wir._guards import JsonType
from wraith.wir._model import BodyKind, HoleClass, StateOp

law = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
"""For laws over large values: how long one example takes says how busy the machine is."""

ENTITIES = ("thing", "other")
names = st.sampled_from(["a", "b", "id", "a.b", "é", "", "0", "$x"])
hostile_texts = st.sampled_from(
    [
        *(
            "",
            "0",
            "1",
            "-1",
            "007",
            "2.50",
            "1e3",
            "1e999",
            "nan",
            "inf",
            "1_000",
            "²",
            "٣",
            " 1 ",
            "9" * 30,
        ),
        *("true", "TRUE", "null", "$hole_1", "$$", "a/b", "a,-b", "desc", "\x00", "2024-01-01"),
    ]
)
texts = hostile_texts | st.text(max_size=8)
integers = st.integers(-3, 3) | st.integers(-(2**70), 2**70) | st.just(10**400)
numbers = integers | st.floats(allow_nan=False, allow_infinity=False)
scalars: st.SearchStrategy[JsonValue] = st.none() | st.booleans() | numbers | texts


def documents(leaves: int = 6) -> st.SearchStrategy[JsonValue]:
    """JSON documents of at most so many leaves."""
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
        max_leaves=leaves,
    )


values = documents()


def escaped(document: JsonValue) -> JsonValue:
    """Return the template that renders as the document."""
    match document:
        case str():
            return f"${document}" if document.startswith("$") else document
        case list():
            return [escaped(item) for item in document]
        case dict():
            return {key: escaped(value) for key, value in document.items()}
    return document


HOLES = ("hole_1", "hole_2")
templates: st.SearchStrategy[JsonValue] = st.recursive(
    scalars.map(escaped) | st.sampled_from([f"${name}" for name in HOLES]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(names, inner, max_size=3)
        | st.builds(
            lambda rest, base: {**rest, "$spread": base}, st.dictionaries(names, inner, max_size=2), inner
        )
    ),
    max_leaves=6,
)
"""Templates over the holes of that name, spreads included."""
small_paths: st.SearchStrategy[Path] = st.lists(names | st.integers(0, 2), max_size=2).map(tuple)
paths: st.SearchStrategy[Path] = st.lists(st.text() | st.integers(0, 10**9 - 1) | st.just(EACH)).map(tuple)

_ROOTS: list[Path] = [
    ("request", "body"),
    ("request", "query"),
    ("entity",),
    ("response", "body"),
]
_WHOLE: list[Path] = [
    ("request", "method"),
    ("request", "host"),
    ("request", "body_kind"),
    ("request", "raw"),
    ("request", "path", "id"),
    ("request", "header", "x-name"),
    ("caller",),
    ("page", "total"),
    ("page", "last_key"),
    ("page", "next_token"),
    ("item",),
    ("item", "a"),
]
refs = st.builds(lambda root, rest: Ref(root + rest), st.sampled_from(_ROOTS), small_paths) | st.sampled_from(
    [Ref(path) for path in _WHOLE]
)

identifiers = st.sampled_from(
    ["id_[a-z]{8}", "[0-9]{4}", "x", "[A-Za-z0-9_\\-]{60}", "\\[[ab]{2}\\]", "[é-ë]{3}"]
)
units = st.sampled_from(
    [
        "epoch_s",
        "epoch_ms",
        "epoch_float",
        "text_epoch_s",
        "text_epoch_ms",
        "http",
        "%Y-%m-%d",
        "%Y-%m-%dT%H:%M:%S.%LZ",
    ]
)
_leaves: st.SearchStrategy[Expr] = (
    refs
    | st.builds(Literal, values)
    | st.builds(FreshId, identifiers)
    | st.builds(NextKey, st.sampled_from(ENTITIES), st.booleans(), st.booleans(), st.integers(-3, 3))
    | st.builds(Clock, units, st.integers(-(10**6), 10**6) | st.just(10**15))
)


filters = st.builds(
    Filters,
    st.lists(
        st.builds(
            Mark,
            st.sampled_from(["", "min_", "filter["]),
            st.sampled_from(["", "_gte", "]"]),
            st.sampled_from(get_args(WhereOp)),
            st.sampled_from(["", ","]),
            st.booleans(),
            st.sampled_from(["", "gte:"]),
        ),
        max_size=2,
    ).map(tuple),
    st.lists(names, max_size=2).map(tuple),
    st.sampled_from(["ignored", "nothing"]),
    st.lists(st.sampled_from(["all", "*"]), max_size=1).map(tuple),
)


def _larger(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    several = st.lists(inner, max_size=3).map(tuple)
    maybe = st.none() | inner
    where = st.builds(
        Where, small_paths, st.sampled_from(get_args(WhereOp)), inner, st.booleans(), st.booleans()
    )
    return st.one_of(
        st.builds(Lookup, st.sampled_from(ENTITIES), inner, small_paths),
        st.builds(First, several),
        st.builds(Cast, inner, st.sampled_from(get_args(CastType))),
        st.builds(Merge, inner, inner, st.booleans(), st.booleans()),
        st.builds(Text, several),
        st.builds(
            Case, inner, st.dictionaries(texts, values, max_size=3).map(lambda of: tuple(of.items())), maybe
        ),
        st.builds(Sum, several, several),
        st.builds(Given, inner),
        st.builds(Append, inner, inner, st.booleans()),
        st.builds(
            Query,
            st.sampled_from(ENTITIES),
            st.lists(where, max_size=2).map(tuple),
            st.lists(st.tuples(small_paths, st.booleans()), max_size=2).map(tuple),
            *[maybe] * 10,
            unwind=small_paths,
            filters=st.none() | filters,
            criteria=st.lists(
                st.builds(
                    Criteria,
                    inner,
                    st.dictionaries(
                        st.sampled_from(["", "eq", ">", "in(", "and", "-"]),
                        st.sampled_from([*JOINS, *get_args(WhereOp)]),
                        max_size=3,
                    ).map(lambda words: tuple(words.items())),
                    st.just(()) | st.tuples(names, names, names),
                    st.dictionaries(names, small_paths, max_size=1).map(lambda of: tuple(of.items())),
                    st.lists(small_paths, max_size=2).map(tuple),
                ),
                max_size=1,
            ).map(tuple),
            nulls=st.sampled_from(get_args(Nulls)),
            first_page=st.integers(0, 1),
        ),
        st.sampled_from(sorted(FUNCTIONS)).flatmap(
            lambda name: st.builds(
                Call,
                st.just(name),
                st.lists(inner, min_size=FUNCTIONS[name][0], max_size=min(FUNCTIONS[name][1], 3)).map(tuple),
            )
        ),
        st.builds(Each, inner, inner),
        st.builds(
            Update,
            inner,
            inner,
            st.dictionaries(
                st.sampled_from(["", "add", "$inc", "_push"]), st.sampled_from(get_args(Doing)), max_size=3
            ).map(lambda words: tuple(words.items())),
            st.just(()) | st.tuples(names, names, names),
        ),
        st.builds(
            Object,
            st.lists(st.tuples(names, inner), max_size=2, unique_by=lambda each: each[0]).map(tuple),
            st.none() | inner,
        ),
        st.builds(When, st.builds(Exists, inner) | st.builds(Below, inner, numbers), inner, maybe),
    )


expressions: st.SearchStrategy[Expr] = st.recursive(_leaves, _larger, max_leaves=6)
patterns = st.sampled_from([".*", "[a-z]+", "-?[0-9]+", "\\$.*", ""])
_ATOMS: list[Callable[[st.SearchStrategy[Expr]], st.SearchStrategy[Atom]]] = [
    lambda of: st.builds(Exists, of),
    lambda of: st.builds(Absent, of),
    lambda of: st.builds(Equals, of, values),
    lambda of: st.builds(OneOfSet, of, st.lists(texts, max_size=3).map(tuple)),
    lambda of: st.builds(NotOneOf, of, st.lists(values, max_size=3).map(tuple)),
    lambda of: st.builds(AtLeast, of, numbers),
    lambda of: st.builds(Below, of, numbers),
    lambda of: st.builds(IsType, of, st.sampled_from(get_args(JsonType))),
    lambda of: st.builds(Matches, of, patterns),
    lambda of: st.builds(NotMatches, of, patterns),
    lambda of: st.builds(KeysWithin, of, st.lists(names, max_size=4).map(tuple)),
    lambda of: st.builds(KeysBeyond, of, st.lists(names, max_size=4).map(tuple)),
]


def atoms_about(operands: st.SearchStrategy[Expr]) -> st.SearchStrategy[Atom]:
    """Atoms of every kind about such operands."""
    return st.one_of([make(operands) for make in _ATOMS])


atoms = atoms_about(expressions)
entity_names = st.sampled_from(ENTITIES)
effects: st.SearchStrategy[Effect] = (
    st.builds(Put, entity_names, expressions, expressions)
    | st.builds(Delete, entity_names, expressions)
    | st.builds(Purge, st.builds(Query, entity_names))
    | st.builds(ForEach, expressions, st.builds(Delete, entity_names, expressions))
    | st.builds(Sweep, entity_names, expressions, small_paths)
    | st.builds(SetField, entity_names, expressions, small_paths, expressions)
    | st.builds(
        Make,
        entity_names,
        expressions,
        templates,
        st.tuples(*(st.tuples(st.just(name), expressions) for name in HOLES)),
    )
)

holes = st.builds(
    Hole,
    hole_class=st.sampled_from(get_args(HoleClass)),
    type=st.sampled_from(["string", "integer"]),
    source=expressions,
)
styles = st.builds(
    Style,
    indent=st.sampled_from(["", "  ", "\t"]),
    item=st.sampled_from([",", ", "]),
    key=st.sampled_from([":", ": "]),
    ascii=st.booleans(),
    escape=st.sampled_from(["", "/", "<>&"]),
    sorted=st.booleans(),
    whole=st.booleans(),
    end=st.sampled_from(["", "\n"]),
)
variants = st.builds(
    Variant,
    status=st.integers(100, 599),
    guards=st.lists(atoms, max_size=2).map(tuple),
    headers=st.lists(st.tuples(names, expressions), max_size=2).map(tuple),
    body_kind=st.sampled_from(get_args(BodyKind)),
    style=st.none() | styles,
    lines=st.none()
    | st.builds(LineStyle, start=st.sampled_from(["", "\x1e"]), end=st.sampled_from(["", "\n"])),
    body_template=values,
    holes=st.dictionaries(st.sampled_from(HOLES), holes, max_size=2),
    effects=st.lists(effects, max_size=2).map(tuple),
    support=st.lists(atoms, max_size=2).map(tuple),
    lua_hook=st.none() | texts,
)
routes = st.builds(
    Route,
    method=st.sampled_from(["GET", "POST"]),
    path_pattern=st.sampled_from(["/", "/things/{id}", "/é"]),
    state_op=st.sampled_from(get_args(StateOp)),
    entity=st.none() | entity_names,
    key=st.none() | expressions,
    variants=st.lists(variants, max_size=2).map(tuple),
)
models = st.builds(
    Model,
    entities=st.lists(st.builds(Entity, name=entity_names, key=paths), max_size=2).map(tuple),
    fixtures=st.dictionaries(
        entity_names, st.lists(st.builds(Fixture, key=texts, value=values), max_size=2).map(tuple), max_size=2
    ),
    routes=st.lists(routes, max_size=2).map(tuple),
)
