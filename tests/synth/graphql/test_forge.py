"""What is learned of a code host in the style of Relay: one whole service, and one fact after the other."""

from __future__ import annotations

from functools import cache

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLUnionType,
    build_schema,
)

from tests.synth.graphql.forge import CREATE_ACCOUNT, FORGE, PROJECT, SEARCH, SETTLE, THING, identifier
from tests.synth.graphql.serving import PATH, member
from tests.synth.recordings import JSON, Document, findings, replayed
from wraith.canonical import JsonValue, parse
from wraith.conformance import check
from wraith.exchange import Request, encode_json
from wraith.runtime import Twin
from wraith.synth import Learned, learn
from wraith.wir import dump_model, load_model

START = (
    "mutation M($input: ProjectInput!) { createProject(input: $input) { project { id } faults { message } } }"
)
FILE = (
    "mutation M($input: TicketInput!) "
    "{ createTicket(input: $input) { ticket { id serial } faults { message } } }"
)


@cache
def forge() -> Learned:
    return learn(FORGE.record(10, "training"))


class Talk:
    """Talks to a fresh twin of the forge, in which two accounts have a project of the same title each."""

    def __init__(self) -> None:
        self._twin = Twin(forge().model)
        self._session = self._twin.open_session()
        self.projects: dict[str, str] = {}
        """By the handle of the holder: the identifier."""
        self.accounts = {
            handle: str(self.made(CREATE_ACCOUNT, {"handle": handle, "motto": f"{handle} first"})["id"])
            for handle in ("ada", "bea")
        }
        for handle in self.accounts:
            made = self.made(START, {"input": {"holderHandle": handle, "title": "loom"}})
            self.projects[handle] = str(member(made, "project")["id"])

    def answer(self, query: str, variables: Document | None = None) -> Document:
        """Return the whole answer. FIELDS in a query are the identifier."""
        body: Document = {"query": query.replace("FIELDS", "id"), "variables": variables or {}}
        request = Request("POST", PATH, (JSON,), encode_json(body))
        return member(parse(self._twin.respond(request, self._session, now_ms=0).response.body))

    def made(self, query: str, variables: Document | None = None) -> Document:
        """Return what the only field of an operation answers; an empty document where that is nothing."""
        data = member(self.answer(query, variables), "data")
        return member(data, *data)

    def search(self, words: str) -> JsonValue:
        """Return what a search for words finds."""
        return member(self.answer(SEARCH, {"words": words}), "data")["search"]

    def file(self, handle: str, *headlines: str) -> list[str]:
        """Write tickets for the project of an account; return their identifiers."""
        project = self.projects[handle]
        done = [
            self.made(FILE, {"input": {"projectId": project, "writerHandle": "bea", "headline": each}})
            for each in headlines
        ]
        return [str(member(each, "ticket")["id"]) for each in done]

    def tickets(self, handle: str, selection: str) -> Document:
        """Return what is selected of the tickets of the project of an account."""
        finds: Document = {"holder": handle, "title": "loom"}
        return member(self.made(PROJECT.replace("FIELDS", f"tickets{selection}"), finds), "tickets")


def offered(name: str) -> GraphQLNamedType:
    """Return a type of the learned schema."""
    return build_schema("\n".join(forge().model.graphql[0].definitions)).type_map[name]


def field_type(of: str, name: str) -> str:
    """Return the type of a field in the learned schema, as it is written."""
    found = offered(of)
    assert isinstance(found, GraphQLObjectType)
    return str(found.fields[name].type)


# --- the whole service --------------------------------------------------------------------------------------


def test_a_forge_is_predicted_in_queries_that_were_never_recorded() -> None:
    """Clients that draw other names, selections and orders are answered as the forge answers them."""
    report = check(forge().model, FORGE.record(10, "others"))
    assert report.score_bp >= 9_500, findings(report)
    assert report.exchanges_total > 250


def test_the_recordings_are_replayed() -> None:
    """In-sample is at least as good as held-out."""
    report = replayed(forge(), FORGE.record(10, "training"))
    assert report.score_bp >= 9_800, findings(report)


def test_the_order_of_sessions_changes_no_byte() -> None:
    """A model is a function of the set of sessions, with unions and cursors as well."""
    assert dump_model(learn(FORGE.record(10, "training")[::-1]).model) == dump_model(forge().model)


def test_the_model_is_read_as_it_was_written() -> None:
    """Unions, interfaces, cursors and finders survive the file."""
    assert load_model(dump_model(forge().model)) == forge().model


# --- types --------------------------------------------------------------------------------------------------


def test_what_stands_for_several_types_is_a_union_or_an_interface() -> None:
    """An interface has a field that all its members were asked for alike; a union has none."""
    union, interface = offered("Search"), offered("Thing")
    assert isinstance(union, GraphQLUnionType)
    assert isinstance(interface, GraphQLInterfaceType)
    assert [each.name for each in union.types] == ["Account", "Project", "Ticket"]
    assert list(interface.fields) == ["id"]
    for kind in union.types:
        assert [each.name for each in kind.interfaces] == ["Thing"]
    assert (field_type("Query", "search"), field_type("Query", "thing")) == ("[Search]", "Thing")


def test_objects_without_a_key_are_of_the_class_whose_values_they_have() -> None:
    """A writer and a holder were shown by their handle alone: both are accounts."""
    assert field_type("Ticket", "writer") == field_type("Project", "holder") == "Account"
    assert sorted(each.name for each in forge().model.entities) == ["Account", "Project", "Ticket"]


@pytest.mark.parametrize("kind", ["Account", "Project", "Ticket"])
def test_an_identifier_finds_a_thing_of_each_kind(kind: str) -> None:
    """One field finds what is of different classes, each with the fields of its own."""
    talk = Talk()
    (ticket,) = talk.file("ada", "warp breaks")
    expected: dict[str, Document] = {
        "Account": {"id": talk.accounts["ada"], "handle": "ada"},
        "Project": {"id": talk.projects["bea"], "path": "bea/loom", "likes": 0},
        "Ticket": {"id": ticket, "headline": "warp breaks", "phase": "ACTIVE"},
    }
    found = talk.made(THING, {"id": expected[kind]["id"]})
    assert found == {"__typename": kind, **expected[kind]}


def test_what_no_identifier_finds_is_an_error() -> None:
    """The error quotes the identifier that was asked for, and has the extensions of the forge."""
    wanted = identifier("Ticket", 77)
    answer = Talk().answer(THING, {"id": wanted})
    assert answer["data"] == {"thing": None}
    assert answer["errors"] == [
        {
            "message": f"Nothing has the identifier '{wanted}'.",
            "locations": [{"line": 1, "column": 21}],
            "path": ["thing"],
            "extensions": {"code": "NOT_FOUND"},
        }
    ]


def test_a_search_looks_into_all_classes() -> None:
    """A word is looked for in the handles, titles and headlines of one union, class by class."""
    talk = Talk()
    talk.file("ada", "load the loom", "adapt the warp")
    assert talk.search("ada") == [
        {"__typename": "Account", "handle": "ada"},
        {"__typename": "Ticket", "serial": 2, "headline": "adapt the warp"},
    ]
    assert talk.search("loom") == [
        {"__typename": "Project", "path": "ada/loom"},
        {"__typename": "Project", "path": "bea/loom"},
        {"__typename": "Ticket", "serial": 1, "headline": "load the loom"},
    ]


# --- finding and joining ------------------------------------------------------------------------------------


@pytest.mark.parametrize("handle", ["ada", "bea"])
def test_two_arguments_find_a_project_where_one_is_of_another_entity(handle: str) -> None:
    """The handle is that of the account that the project refers to."""
    talk = Talk()
    found = talk.made(PROJECT.replace("FIELDS", "id path"), {"holder": handle, "title": "loom"})
    assert found == {"id": talk.projects[handle], "path": f"{handle}/loom"}


@pytest.mark.parametrize("finds", [{"holder": "cleo", "title": "loom"}, {"holder": "ada", "title": "mill"}])
def test_both_arguments_must_fit(finds: Document) -> None:
    """A project of another holder, or of another title, is not meant."""
    assert Talk().answer(PROJECT, finds) == {"data": {"project": None}}


def test_an_account_that_was_shown_without_its_key_is_joined() -> None:
    """Below a ticket, the writer has all that is known of the account, also what was never shown there."""
    talk = Talk()
    talk.file("ada", "warp breaks")
    found = talk.tickets("ada", " { nodes { writer { id motto projects { nodes { path } } } } }")
    assert found["nodes"] == [
        {
            "writer": {
                "id": talk.accounts["bea"],
                "motto": "bea first",
                "projects": {"nodes": [{"path": "bea/loom"}]},
            }
        }
    ]


# --- refusals -----------------------------------------------------------------------------------------------


def test_a_handle_that_is_taken_is_an_error() -> None:
    """Nothing is stored: the account that has the handle stays as it was."""
    talk = Talk()
    answer = talk.answer(CREATE_ACCOUNT, {"handle": "ada", "motto": "second"})
    assert answer["data"] is None
    assert isinstance(answer["errors"], list)
    assert member(answer["errors"][0])["message"] == "This handle is taken"
    found = talk.made('{ account(handle: "ada") { id motto } }')
    assert found == {"id": talk.accounts["ada"], "motto": "ada first"}
    assert talk.search("ada") == [{"__typename": "Account", "handle": "ada"}]


def test_a_title_that_is_taken_is_a_fault_in_the_payload() -> None:
    """Title and holder together are what is taken; nothing is stored, and the request's mark comes back."""
    talk = Talk()
    query = "mutation M($input: ProjectInput!) { createProject(input: $input) "
    query += "{ requestMark project { id } faults { at message } } }"
    given: Document = {"holderHandle": "ada", "title": "loom", "requestMark": "m1"}
    assert talk.made(query, {"input": given}) == {
        "requestMark": "m1",
        "project": None,
        "faults": [{"at": ["title"], "message": "The holder has such a project"}],
    }
    count = '{ account(handle: "ada") { projects { totalCount } } }'
    assert talk.made(count) == {"projects": {"totalCount": 1}}
    assert talk.made(START, {"input": {"holderHandle": "ada", "title": "mill"}})["faults"] == []
    assert talk.made(count) == {"projects": {"totalCount": 2}}


def test_a_headline_of_spaces_is_refused() -> None:
    """No ticket is made, and the next one has the next number."""
    talk = Talk()
    given: Document = {"projectId": talk.projects["ada"], "writerHandle": "ada", "headline": " "}
    refused = talk.made(FILE, {"input": given})
    assert refused == {"ticket": None, "faults": [{"message": "A ticket needs a headline"}]}
    made = talk.made(FILE, {"input": {**given, "headline": "warp breaks"}})
    assert member(made, "ticket")["serial"] == 1


def test_a_payload_that_refuses_shows_the_entity_as_it_is() -> None:
    """A ticket is settled once; the second time, the payload shows it and tells the fault."""
    talk = Talk()
    (ticket,) = talk.file("ada", "warp breaks")
    settle = SETTLE.replace("FIELDS", "serial phase")
    done: JsonValue = {"serial": 1, "phase": "SETTLED"}
    assert talk.made(settle, {"id": ticket}) == {"ticket": done, "faults": []}
    again = talk.made(settle, {"id": ticket})
    assert again == {"ticket": done, "faults": [{"message": "This ticket is settled already"}]}


# --- connections --------------------------------------------------------------------------------------------


def test_cursors_are_written_and_read() -> None:
    """A cursor is the encoded place of an element; a page goes on behind the one that is sent."""
    talk = Talk()
    talk.file("ada", "one", "two", "three")
    page = "(first: 2FROM) { edges { cursor node { headline } } pageInfo { hasNextPage endCursor } }"
    first = talk.tickets("ada", page.replace("FROM", ""))
    assert first == {
        "edges": [
            {"cursor": identifier("place", 1), "node": {"headline": "one"}},
            {"cursor": identifier("place", 2), "node": {"headline": "two"}},
        ],
        "pageInfo": {"hasNextPage": True, "endCursor": identifier("place", 2)},
    }
    after = f', after: "{identifier("place", 2)}"'
    assert talk.tickets("ada", page.replace("FROM", after)) == {
        "edges": [{"cursor": identifier("place", 3), "node": {"headline": "three"}}],
        "pageInfo": {"hasNextPage": False, "endCursor": identifier("place", 3)},
    }


def test_an_empty_page_has_no_end() -> None:
    """Where nothing is listed, the cursor of the last element is null."""
    selection = (
        "(first: 2) { totalCount edges { cursor node { headline } } pageInfo { hasNextPage endCursor } }"
    )
    page: JsonValue = {"hasNextPage": False, "endCursor": None}
    assert Talk().tickets("bea", selection) == {"totalCount": 0, "edges": [], "pageInfo": page}


@pytest.mark.parametrize(
    ("arguments", "total", "more"),
    [
        ("(first: 1)", 3, True),
        ("(first: 3)", 3, False),
        ("(phases: [SETTLED])", 1, False),
        ("(phases: [ACTIVE])", 2, False),
        ("(phases: [ACTIVE, SETTLED])", 3, False),
        ("(first: 1, phases: [ACTIVE])", 2, True),
        ("(first: 2, phases: [ACTIVE])", 2, False),
    ],
)
def test_counts_are_of_what_a_filter_leaves(arguments: str, total: int, *, more: bool) -> None:
    """The total is that of all pages; a filter and the size of a page that were never sent together work."""
    talk = Talk()
    _, second, _ = talk.file("ada", "one", "two", "three")
    talk.made(SETTLE, {"id": second})
    found = talk.tickets("ada", f"{arguments} {{ totalCount nodes {{ id }} pageInfo {{ hasNextPage }} }}")
    assert (found["totalCount"], member(found, "pageInfo")["hasNextPage"]) == (total, more)


# --- counters -----------------------------------------------------------------------------------------------


def test_the_number_of_a_ticket_counts_in_its_project() -> None:
    """Each project counts for itself, however tickets of several are written in turn."""
    talk = Talk()
    for handle, headline in (("ada", "one"), ("bea", "two"), ("ada", "three"), ("ada", "four")):
        talk.file(handle, headline)
    serials = "{ nodes { serial headline } }"
    assert talk.tickets("bea", serials)["nodes"] == [{"serial": 1, "headline": "two"}]
    assert talk.tickets("ada", serials)["nodes"] == [
        {"serial": number, "headline": headline}
        for number, headline in enumerate(("one", "three", "four"), 1)
    ]


def test_likes_are_counted() -> None:
    """A mutation that is given the identifier alone adds one to what is stored."""
    talk = Talk()
    like = f'mutation {{ likeProject(projectId: "{talk.projects["ada"]}") {{ project {{ likes }} }} }}'
    assert [talk.made(like) for _ in range(3)] == [{"project": {"likes": number}} for number in (1, 2, 3)]
    assert talk.made(THING, {"id": talk.projects["bea"]})["likes"] == 0
