"""The model: entities and routes, as one canonical JSON document.

Everything that decides an answer is here; how often something was seen is in ``_evidence``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator, ValidationError
from pydantic import JsonValue as Json

from wraith.canonical import JsonValue, parse, pretty
from wraith.errors import InputError
from wraith.exchange import LineStyle, XmlStyle
from wraith.paths import Path, format_path, parse_path
from wraith.wir._codec import atom_from_json, atom_to_json, expr_from_json, expr_to_json
from wraith.wir._effects import Effect, effect_from_json, effect_to_json
from wraith.wir._expr import Expr
from wraith.wir._graphql import GraphQL
from wraith.wir._guards import Atom

FORMAT = "wraith.model/1"

BUILD_AGAIN = "drop what is there and learn it again: wraith patch NAME --discard-edits, wraith synth NAME"
"""What to do about a model that cannot be read. Whoever knows the twin puts its name in the place of NAME."""

HoleClass: TypeAlias = Literal[
    "constant", "echoed", "state", "derived", "generated", "timestamp", "enum", "unexplained"
]
"""What kind of source fills a hole. ``generated`` and ``timestamp`` rest on positive evidence;
``unexplained`` is the honest rest: a value that was seen, compared exactly."""

StateOp: TypeAlias = Literal["create", "read", "update", "delete", "list", "action", "none"]
BodyKind: TypeAlias = Literal["empty", "json", "ndjson", "form", "xml", "multipart", "text", "binary"]

if TYPE_CHECKING:
    _JsonExpr = Expr
    _JsonAtom = Atom
    _JsonEffect = Effect
    _JsonPath = Path
else:  # pydantic need not look into the dataclasses: our own readers validate them, with better messages

    def _field(
        read: Callable[[JsonValue], object], write: Callable[[object], JsonValue], kinds: tuple[type, ...]
    ) -> object:
        return Annotated[
            object,
            PlainValidator(lambda v: v if isinstance(v, kinds) else read(v)),
            PlainSerializer(write, return_type=object),
        ]

    def _path(value: JsonValue) -> Path:
        if not isinstance(value, str):
            raise InputError(f"expected a path, found {value!r:.40}")
        return parse_path(value)

    _JsonExpr = _field(expr_from_json, expr_to_json, get_args(Expr))
    _JsonAtom = _field(atom_from_json, atom_to_json, get_args(Atom))
    _JsonEffect = _field(effect_from_json, effect_to_json, get_args(Effect))
    _JsonPath = _field(_path, format_path, (tuple,))


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Hole(_Part):
    """One gap of a template: its class, the JSON type of what fills it, and where that comes from."""

    hole_class: HoleClass = Field(alias="class")
    type: str
    source: _JsonExpr

    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, populate_by_name=True
    )


class Style(_Part):
    """How a service writes JSON: the indent of one level, what stands between elements and behind a name, and
    what it escapes beyond need (``/`` by a backslash, others by number)."""

    indent: str = ""
    item: str = ","
    key: str = ":"
    ascii: bool = False
    """Every character beyond ASCII is escaped."""
    escape: str = ""
    sorted: bool = False
    """Members stand in the order of their names."""
    whole: bool = False
    """Floats that are whole are written as integers."""
    end: str = ""
    """What follows the document."""


class Variant(_Part):
    """One way a route answers. In the template, ``"$hole_1"`` is a gap, ``{"$spread": "$hole_1", …}`` an
    object with the members of the gap's value under its own, and text that begins with ``$`` is written with
    a second one."""

    status: int = Field(ge=100, le=599)
    guards: tuple[_JsonAtom, ...] = ()
    headers: tuple[tuple[str, _JsonExpr], ...] = ()
    body_kind: BodyKind = "json"
    style: Style | None = None
    """How a JSON body is written, or each document of one of many; compact where None."""
    xml: XmlStyle | None = None
    """How a body of XML is written."""
    lines: LineStyle | None = None
    """How the documents of a body of many begin and end."""
    body_template: Json = None
    holes: dict[str, Hole] = {}
    effects: tuple[_JsonEffect, ...] = ()
    support: tuple[_JsonAtom, ...] = ()
    lua_hook: str | None = None


class Route(_Part):
    """A method and a path pattern; ``key`` says where the key of the addressed entity comes from."""

    method: str
    path_pattern: str
    state_op: StateOp = "none"
    entity: str | None = None
    key: _JsonExpr | None = None
    variants: tuple[Variant, ...]

    @property
    def name(self) -> str:
        return f"{self.method} {self.path_pattern}"


class Entity(_Part):
    """A kind of stateful thing. ``key`` is where a representation holds its key."""

    name: str
    key: _JsonPath


class Selector(_Part):
    """What tells the operations behind a path apart: its value is one more segment of the path, behind
    ``#``."""

    path: str
    of: _JsonExpr


class Fixture(_Part):
    """An entity that the service had before the first request."""

    key: str
    value: Json


class Model(_Part):
    """A twin as a program: ``model/symbols.json``."""

    format: Literal["wraith.model/1"] = "wraith.model/1"
    entities: tuple[Entity, ...] = ()
    fixtures: dict[str, tuple[Fixture, ...]] = {}
    caller: _JsonExpr | None = None
    """Who asks: the identity that the service gives to the credential of a request."""
    selectors: tuple[Selector, ...] = ()
    routes: tuple[Route, ...] = ()
    graphql: tuple[GraphQL, ...] = ()
    unknown: tuple[Variant, ...] = ()
    """What is answered to a path that no route has; the whole path is the parameter ``path``."""
    refused: tuple[Variant, ...] = ()
    """What is answered to a method that no route has, on a path that some route has."""
    xml_lists: dict[str, dict[str, tuple[str, ...]]] = {}
    """Elements of XML that are lists: by parent, the child with the names that may stand behind it."""


OPTIONAL = ("caller", "selectors", "unknown", "refused", "graphql", "xml_lists")
"""Parts of a model that are written only where there is something in them."""


def model_to_json(model: Model) -> JsonValue:
    """Return the model's JSON document."""
    document: dict[str, JsonValue] = model.model_dump(mode="json", by_alias=True)
    for route in _objects(document["routes"]):
        for variant in _objects(route["variants"]):
            for name in ("xml", "lines"):
                if variant[name] is None:
                    del variant[name]
    return {name: part for name, part in document.items() if part or name not in OPTIONAL}


def _objects(dumped: JsonValue) -> list[dict[str, JsonValue]]:
    assert isinstance(dumped, list)  # Invariant: what a tuple of models is dumped as
    return [each for each in dumped if isinstance(each, dict)]


def dump_model(model: Model) -> bytes:
    """Return the canonical bytes of a model: what digests are made of.

    Members stand in the order of this module, those of a body in the order of the service, which it keeps.
    """
    return pretty(model_to_json(model), sort=False)


def model_from_json(document: JsonValue, where: object = None) -> Model:
    """Return the model in a document. Raises InputError with file and key."""
    place = str(where) if where is not None else "model"
    if isinstance(document, dict) and document.get("format") != FORMAT:
        raise InputError(
            f"format: expected {FORMAT!r}, found {document.get('format')!r}",
            where=place,
            hint=BUILD_AGAIN,
        )
    try:
        return Model.model_validate(document)
    except ValidationError as error:
        lines = [
            f"{'.'.join(str(part) for part in each['loc']) or '(top)'}: {each['msg']}"
            for each in error.errors(include_url=False)[:5]
        ]
        raise InputError(
            "; ".join(lines), where=place, hint=f"mend the key named; or {BUILD_AGAIN}"
        ) from None
    except RecursionError:
        raise InputError("nested too deeply", where=place, hint=BUILD_AGAIN) from None


def load_model(data: bytes, where: object = None) -> Model:
    """Return the model in canonical bytes. Raises InputError with file and key or offset."""
    place = str(where) if where is not None else "model"
    try:
        document = parse(data)
    except ValueError as error:
        raise InputError(f"not JSON: {error}", where=place, hint=BUILD_AGAIN) from error
    return model_from_json(document, place)
