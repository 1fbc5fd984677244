"""What ``lint`` finds in a model: one broken part, one finding; a sound model, none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wraith.canonical import JsonValue
from wraith.wir import LintFinding, Model, lint, model_from_json

PAGE = Path(__file__).parents[2] / "docs/reference/lint.md"
FILES = ("wir/_lint.py", "wir/_lint_graphql.py", "cli/_linting.py")
"""Below ``wraith``: what yields findings."""

NAME = {"path": "request.body.name"}
SOUND: dict[str, JsonValue] = {
    "status": 200,
    "guards": [{"exists": "entity"}],
    "body_template": {"name": "$name"},
    "holes": {"name": {"class": "echoed", "type": "string", "source": NAME}},
}
MISSING: dict[str, JsonValue] = {"status": 404, "guards": [{"absent": "entity"}], "body_template": {"no": 1}}


def findings(*variants: dict[str, JsonValue], **more: JsonValue) -> list[LintFinding]:
    """Lint a model of one route with these variants, and with other parts in the place of its own."""
    return list(lint(shop(*variants, **more), lambda text: text == "{{name}}"))


def shop(*variants: dict[str, JsonValue], **more: JsonValue) -> Model:
    """Return a model of one route with these variants, and with other parts in the place of its own."""
    route: JsonValue = {
        "method": "GET",
        "path_pattern": "/cups/{id}",
        "entity": "cup",
        "key": {"path": "request.path.id"},
        "variants": list(variants or (SOUND, MISSING)),
    }
    document: JsonValue = {
        "format": "wraith.model/1",
        "entities": [{"name": "cup", "key": "id"}],
        "routes": [route],
        **more,
    }
    return model_from_json(document)


def variant(**changed: JsonValue) -> dict[str, JsonValue]:
    return {**SOUND, **changed}


def hole(source: JsonValue, kind: str = "echoed") -> JsonValue:
    return {"name": {"class": kind, "type": "string", "source": source}}


def test_a_sound_model_has_no_findings() -> None:
    """Two variants that tell each other apart, a hole with a source: nothing is wrong."""
    assert findings() == []


ROUTE: JsonValue = {"method": "GET", "path_pattern": "/cups/{id}", "variants": [MISSING]}
OTHER: JsonValue = {"method": "GET", "path_pattern": "/cups/{cup}", "variants": [MISSING]}
CUP: JsonValue = {"name": "cup", "key": "id"}
FIXTURE: JsonValue = {"key": "c1", "value": {"id": "c1"}}


@pytest.mark.parametrize(
    ("more", "where"),
    [
        pytest.param({"routes": [ROUTE, OTHER]}, "route GET /cups/{}", id="routes of one shape"),
        pytest.param({"entities": [CUP, CUP]}, "entity cup", id="entities of one name"),
        pytest.param({"fixtures": {"cup": [FIXTURE, FIXTURE]}}, "fixture cup c1", id="keys of fixtures"),
    ],
)
def test_a_name_that_stands_for_two_things_is_found(more: dict[str, JsonValue], where: str) -> None:
    """Routes are one by their shape, whatever their parameters are called."""
    assert [(found.code, found.where) for found in findings(**more)] == [("duplicate-id", where)]


STRING: JsonValue = {"type": ["request.body.name", "string"]}
NUMBER: JsonValue = {"type": ["request.body.name", "number"]}


@pytest.mark.parametrize(
    ("variants", "code", "place"),
    [
        pytest.param((variant(guards=[]), MISSING), "unreachable-variant", "variant 1", id="after all"),
        pytest.param(
            (SOUND, variant(guards=[{"exists": "entity"}, STRING])),
            "unreachable-variant",
            "variant 1",
            id="after one that asks for less",
        ),
        pytest.param(
            (variant(guards=[STRING, NUMBER]),), "guards-never-hold", "variant 0", id="contradiction"
        ),
        pytest.param(
            (variant(body_template={"a": "$b"}),), "hole-without-source", "variant 0, a", id="no hole"
        ),
        pytest.param(
            (variant(holes=hole({"path": "request.path.cup"})),),
            "hole-without-source",
            "variant 0, request.path.cup",
            id="a parameter that the path has not",
        ),
        pytest.param(
            (variant(holes=hole({"literal": "tea"}, "unexplained")),),
            "hole-unexplained",
            "variant 0, name",
            id="a source that was not learned",
        ),
        pytest.param(
            (variant(body_template={"name": "$name", "a": {"b": ["{{name}}"]}}),),
            "placeholder-constant",
            "variant 0, a.b[0]",
            id="a placeholder in the template",
        ),
        pytest.param(
            (variant(holes=hole({"literal": "{{name}}"}, "constant")),),
            "placeholder-constant",
            "variant 0, $name",
            id="a placeholder in a hole",
        ),
        pytest.param(
            (variant(headers=[["x-name", {"literal": "{{name}}"}]]),),
            "placeholder-constant",
            "variant 0, header x-name",
            id="a placeholder in a header",
        ),
        pytest.param(
            (variant(effects=[{"delete": "mug", "key": {"path": "request.path.id"}}]),),
            "unknown-entity",
            "variant 0",
            id="an effect on an entity that there is not",
        ),
    ],
)
def test_a_broken_part_is_found_where_it_stands(
    variants: tuple[dict[str, JsonValue], ...], code: str, place: str
) -> None:
    """The finding has the code, and the place in words of the model."""
    assert [(found.code, found.where) for found in findings(*variants)] == [
        (code, f"GET /cups/{{id}}, {place}")
    ]


def test_support_may_make_a_later_variant_reachable() -> None:
    """A variant that was only ever seen with more than its guards leaves the rest to one after it."""
    narrow = variant(support=[STRING])
    assert findings(narrow, variant(status=201)) == []


def test_every_code_has_a_section_of_the_page() -> None:
    """The reference explains each code that the source can yield, and no other."""
    root = PAGE.parents[2] / "wraith"
    source = "".join((root / name).read_text() for name in FILES)
    codes = set(re.findall(r'LintFinding\(\s*"([a-z-]+)"', source))
    sections = set(re.findall(r"^## ([a-z-]+)$", PAGE.read_text(), flags=re.MULTILINE))
    assert codes == sections


def test_what_is_kept_beside_entities_needs_no_declaration() -> None:
    """It is stored by one variant and looked for by another; what is only stored, or only looked for, is a
    slip."""
    key = {"path": "request.path.id"}
    put = {"put": "cup.kept", "key": key, "value": {"literal": 1}}
    read = hole({"lookup": "cup.kept", "key": key, "at": "name"}, "derived")
    first = variant(effects=[put], guards=[{"exists": "request.query.x"}])
    assert findings(first, variant(holes=read)) == []
    for alone in (variant(effects=[put]), variant(holes=read)):
        assert [found.code for found in findings(alone)] == ["unknown-entity"]


def test_entities_of_what_an_overlay_stands_on_are_its_own() -> None:
    """What no model of them has is unknown still."""
    base = model_from_json(
        {"format": "wraith.model/1", "entities": [{"name": "pot", "key": "id"}], "routes": []}
    )
    read = hole({"lookup": "pot", "key": {"path": "request.path.id"}, "at": "name"}, "derived")
    over = shop(variant(holes=read))
    assert [found.code for found in lint(over, lambda text: False)] == ["unknown-entity"]
    assert [*lint(over, lambda text: False, [base])] == []


ENDPOINT: dict[str, JsonValue] = {
    "path": "/graphql",
    "schema": [
        "type Query {",
        "  cup(id: ID!): Cup",
        "}",
        "type Mutation {",
        "  fill(id: ID!, with: [Tea!]): Cup",
        "}",
        "type Cup {",
        "  name: String",
        "  saucer: Saucer",
        "}",
    ],
}
FIELDS = [("query", "/graphql/cup"), ("mutation", "/graphql/fill"), ("field", "/graphql/Cup/saucer")]


def spoken(*routes: tuple[str, str], **more: JsonValue) -> list[tuple[str, str]]:
    """Lint a model with an endpoint and routes of fields."""
    made: list[JsonValue] = [
        {"method": method, "path_pattern": pattern, "variants": [{"status": 200, "body_template": 1}]}
        for method, pattern in routes
    ]
    found = findings(graphql=[{**ENDPOINT, **more}], routes=made)
    return [(each.code, each.where) for each in found]


def test_fields_that_have_routes_are_sound() -> None:
    """One for each field of a root type; types may have routes, and may have none."""
    assert spoken(*FIELDS) == []
    assert spoken(*FIELDS[:2]) == []


def test_a_field_that_nothing_answers_is_found() -> None:
    """Of root types; a field that does another for each element needs that one's route."""
    assert spoken(FIELDS[0]) == [("hole-without-source", "/graphql, Mutation.fill")]
    bulk = {"fill": {"of": "with", "does": "fillOne"}}
    assert spoken(FIELDS[0], ("mutation", "/graphql/fillOne"), bulk=bulk) == []
    assert spoken(*FIELDS[:2], bulk=bulk) == [("hole-without-source", "/graphql, Mutation.fill")]


@pytest.mark.parametrize(
    "route",
    [("query", "/graphql/fill"), ("field", "/graphql/Cup/tea"), ("query", "/other/cup")],
    ids=["of another root type", "of no field", "of no endpoint"],
)
def test_a_field_that_nobody_can_ask_for_is_found(route: tuple[str, str]) -> None:
    """The schema refuses what asks for it."""
    assert spoken(*FIELDS, route) == [("unreachable-field", " ".join(route))]


def test_root_types_may_have_other_names() -> None:
    """As ``schema`` says."""
    schema = ["schema {", "  query: Root", "}", "type Root {", "  cup: String", "}"]
    assert spoken(FIELDS[0], schema=schema) == []


def test_placeholders_of_an_endpoint_are_found() -> None:
    """In headers, messages and constants of errors."""
    form = {"status": 400, "message": "{{name}}", "constants": {"extensions": {"codes": ["a", "{{name}}"]}}}
    found = spoken(*FIELDS, headers={"x-by": "{{name}}"}, errors={"syntax": form})
    assert found == [
        ("placeholder-constant", "/graphql, header x-by"),
        ("placeholder-constant", "/graphql, errors.syntax.message"),
        ("placeholder-constant", "/graphql, errors.syntax.extensions.codes[1]"),
    ]
