"""An endpoint of GraphQL: documents against a schema, fields by routes, answers as they were selected."""

from __future__ import annotations

import subprocess
import sys

import pytest

from wraith.canonical import JsonValue, parse
from wraith.errors import InputError
from wraith.exchange import Headers, Request, Response, encode_json
from wraith.runtime import Session, Twin
from wraith.wir import Model, model_from_json

SCHEMA = [
    "type Query { book(id: ID!): Book books(limit: Int): [Book] broken: Book! }",
    "type Mutation { add(title: String, pages: Int): Book addMany(data: [BookInput]): [Book] }",
    "type Book { id: ID title: String pages: Int author: Author }",
    "type Author { id: ID name: String books: [Book] }",
    "input BookInput { title: String pages: Int }",
]


def hole(source: JsonValue, kind: str = "state") -> JsonValue:
    return {"class": kind, "type": "any", "source": source}


def answered(template: JsonValue, *, status: int = 200, **more: JsonValue) -> JsonValue:
    return {"status": status, "body_template": template, **more}


def route(method: str, path: str, *variants: JsonValue) -> JsonValue:
    return {"method": method, "path_pattern": f"/g/{path}", "variants": list(variants)}


ADDED: JsonValue = answered(
    {"id": "$h1", "title": "$h2", "pages": "$h3", "author_id": 1},
    holes={
        "h1": hole({"next_key": "Book"}, "derived"),
        "h2": hole({"first": [{"path": "request.body.title"}, {"literal": None}]}, "echoed"),
        "h3": hole({"path": "request.body.pages"}, "echoed"),
    },
    effects=[{"put": "Book", "key": {"path": "response.body.id"}, "value": {"path": "response.body"}}],
)

ENDPOINT: dict[str, JsonValue] = {
    "path": "/g",
    "methods": ["GET", "POST"],
    "schema": list(SCHEMA),
    "bulk": {"addMany": {"of": "data", "does": "add"}},
}


def model(**more: JsonValue) -> Model:
    """Return the model of two books and an author."""
    query: JsonValue = {"query": "Book", "limit": {"path": "request.body.limit"}}
    written: JsonValue = {
        "query": "Book",
        "where": [
            {"field": "author_id", "op": "equals", "value": {"path": "entity.id"}, "when_given": False}
        ],
    }
    return model_from_json(
        {
            "format": "wraith.model/1",
            "entities": [{"name": "Book", "key": "id"}],
            "fixtures": {
                "Book": [
                    {"key": "1", "value": {"id": 1, "title": "Ash", "pages": 90, "author_id": 1}},
                    {"key": "2", "value": {"id": 2, "title": "Oak", "pages": 30, "author_id": 1}},
                ],
                "Author": [{"key": "1", "value": {"id": 1, "name": "Ada"}}],
            },
            "routes": [
                route(
                    "query",
                    "book",
                    answered(
                        "$h",
                        holes={"h": hole({"lookup": "Book", "key": {"path": "request.body.id"}, "at": ""})},
                    ),
                ),
                route("query", "books", answered("$h", holes={"h": hole(query)})),
                route("query", "broken", answered({"message": "out of print", "code": 7}, status=400)),
                route("mutation", "add", ADDED),
                route(
                    "field",
                    "Book/author",
                    answered(
                        "$h",
                        holes={
                            "h": hole({"lookup": "Author", "key": {"path": "entity.author_id"}, "at": ""})
                        },
                    ),
                ),
                route("field", "Author/books", answered("$h", holes={"h": hole(written)})),
            ],
            "graphql": [{**ENDPOINT, **more}],
        }
    )


class Client:
    """One client of a twin."""

    def __init__(self, **more: JsonValue) -> None:
        self.twin = Twin(model(**more))
        self.session: Session = self.twin.open_session()

    def send(self, body: JsonValue, *headers: tuple[str, str]) -> Response:
        sent: Headers = (("content-type", "application/json"), *headers)
        return self.twin.respond(
            Request("POST", "/g", sent, encode_json(body)), self.session, now_ms=0
        ).response

    def ask(self, query: str, **variables: JsonValue) -> JsonValue:
        return parse(self.send({"query": query, "variables": variables}).body)


ANSWERS: dict[str, tuple[str, JsonValue]] = {
    "fields in the order asked": ("{ book(id: 1) { pages title } }", {"book": {"pages": 90, "title": "Ash"}}),
    "an identifier is text": ("{ book(id: 2) { id } }", {"book": {"id": "2"}}),
    "nothing there": ("{ book(id: 9) { id } }", {"book": None}),
    "an alias": ("{ b: book(id: 1) { t: title } }", {"b": {"t": "Ash"}}),
    "a fragment": (
        "{ book(id: 1) { ...F } } fragment F on Book { title __typename }",
        {"book": {"title": "Ash", "__typename": "Book"}},
    ),
    "a relation and back": (
        "{ book(id: 2) { author { name books { title } } } }",
        {"book": {"author": {"name": "Ada", "books": [{"title": "Ash"}, {"title": "Oak"}]}}},
    ),
    "several fields": (
        "{ a: book(id: 1) { id } books(limit: 1) { id } }",
        {"a": {"id": "1"}, "books": [{"id": "1"}]},
    ),
    "a directive": ("{ book(id: 1) { title @include(if: false) pages } }", {"book": {"pages": 90}}),
    "a mutation and what it made": (
        'mutation { add(title: "Elm", pages: 5) { id title author { name } } }',
        {"add": {"id": "3", "title": "Elm", "author": {"name": "Ada"}}},
    ),
    "one for each": (
        'mutation { addMany(data: [{title: "a"}, {title: "b"}]) { id title } }',
        {"addMany": [{"id": "3", "title": "a"}, {"id": "4", "title": "b"}]},
    ),
    "the schema itself": ('{ __type(name: "Author") { kind } }', {"__type": {"kind": "OBJECT"}}),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_has_what_was_selected(name: str) -> None:
    """No more, no less, in the order of the query."""
    query, expected = ANSWERS[name]
    assert encode_json(Client().ask(query)) == encode_json({"data": expected})


def test_a_write_is_seen_by_reads() -> None:
    """Mutations and queries share one state."""
    client = Client()
    client.ask('mutation { add(title: "Elm") { title } }')
    assert client.ask("{ books { title } }") == {
        "data": {"books": [{"title": "Ash"}, {"title": "Oak"}, {"title": "Elm"}]}
    }


def test_an_error_of_a_field_has_its_path_and_its_members() -> None:
    """Null goes up to what may be null; the members of the route's template stand beside the text."""
    assert Client().ask("{ x: broken { id } }") == {
        "data": None,
        "errors": [
            {"message": "out of print", "locations": [{"line": 1, "column": 3}], "path": ["x"], "code": 7}
        ],
    }


REFUSALS: dict[str, tuple[str, str]] = {
    "syntax": ("{ books { ", "Syntax Error: Expected Name, found <EOF>."),
    "validation": ("{ books { isbn } }", 'Cannot query field "isbn" on type "Book".'),
    "variables": (
        "query($i: ID!) { book(id: $i) { id } }",
        'Variable "$i" of required type "ID!" was not provided.',
    ),
    "operation": (
        "query A { books { id } } query B { books { id } }",
        "Must provide operation name if query contains multiple operations.",
    ),
}


@pytest.mark.parametrize("stage", REFUSALS)
def test_a_refusal_is_said_as_its_stage_says_it(stage: str) -> None:
    """Status, constant members and whether data is null are the endpoint's own."""
    query, message = REFUSALS[stage]
    form: JsonValue = {
        "status": 422,
        "members": ["code", "message"],
        "constants": {"code": stage},
        "message": None,
        "data": True,
    }
    response = Client(errors={stage: form}).send({"query": query})
    assert response.status == 422
    assert parse(response.body) == {"data": None, "errors": [{"code": stage, "message": message}]}


def test_texts_of_errors_are_the_endpoints_own() -> None:
    """Where it says the same of every request, and with its own quotation marks."""
    form: JsonValue = {"status": 400, "members": ["message"], "message": "no such operation"}
    client = Client(errors={"operation": form}, quote="'")
    assert client.ask("query A { books { id } } query B { books { id } }") == {
        "errors": [{"message": "no such operation"}]
    }
    assert "field 'isbn' on" in str(client.ask("{ books { isbn } }"))


def test_a_media_type_is_as_accepted() -> None:
    """Refusals may have a status of their own for it, and other requests are left to the routes of HTTP."""
    other = "application/graphql-response+json"
    client = Client(
        accepted={other: {"media_type": other, "refused": 400}},
        left={"accept": ["text/html"]},
        errors={"validation": {"status": 200}},
    )
    asked: JsonValue = {"query": "{ books { isbn } }"}
    assert client.send(asked).status == 200
    response = client.send(asked, ("accept", other))
    assert (response.status, dict(response.headers)["content-type"]) == (400, other)
    assert client.send(asked, ("accept", "text/html")).status == 501


def test_a_batch_is_answered_where_batches_are() -> None:
    """A list with a list; elsewhere it is no request of GraphQL."""
    batch: JsonValue = [{"query": "{ book(id: 1) { id } }"}, {"query": "{ book(id: 2) { id } }"}]
    assert parse(Client(batches=True).send(batch).body) == [
        {"data": {"book": {"id": "1"}}},
        {"data": {"book": {"id": "2"}}},
    ]
    assert Client().send(batch).status == 501


def test_a_document_too_deep_is_refused() -> None:
    """What would exhaust the interpreter is an error like any other."""
    deep = "{ book(id: 1) " + "{ author { books " * 4_000 + "{ id }" + "} }" * 4_000 + " }"
    assert "errors" in str(Client().ask(deep))


def test_a_model_whose_schema_is_none_does_not_compile() -> None:
    """The error names the endpoint."""
    with pytest.raises(InputError, match="no schema"):
        Twin(model(schema=["type Query {"]))


def test_only_models_with_graphql_need_its_library() -> None:
    """Importing the interpreter and the learner does not import graphql-core."""
    code = "import sys, wraith.runtime, wraith.synth; sys.exit('graphql' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
