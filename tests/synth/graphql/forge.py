"""A code host in the style of Relay, in memory, built with graphql-core.

Projects belong to accounts, tickets to projects. Everything has an identifier of one form, by which a root
field finds it; lists are connections with cursors; payloads tell faults beside what they made.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

from graphql import GraphQLError, GraphQLResolveInfo, build_schema

from tests.synth.graphql.serving import Asks, Service, member
from tests.synth.recordings import Document

SCHEMA = build_schema(
    """
    interface Thing { id: ID! }
    union Hit = Account | Project | Ticket
    enum Phase { ACTIVE SETTLED }
    type Account implements Thing {
      id: ID! handle: String! motto: String projects(first: Int, after: String): ProjectConnection!
    }
    type Project implements Thing {
      id: ID! title: String! path: String! summary: String likes: Int! holder: Account!
      tickets(first: Int, after: String, phases: [Phase!]): TicketConnection!
    }
    type Ticket implements Thing {
      id: ID! serial: Int! headline: String! phase: Phase! writer: Account! project: Project!
      topics: [String!]! filedAt: String! settledAt: String
    }
    type PageInfo { hasNextPage: Boolean! endCursor: String }
    type ProjectEdge { cursor: String! node: Project! }
    type ProjectConnection {
      totalCount: Int! edges: [ProjectEdge!]! nodes: [Project!]! pageInfo: PageInfo!
    }
    type TicketEdge { cursor: String! node: Ticket! }
    type TicketConnection { totalCount: Int! edges: [TicketEdge!]! nodes: [Ticket!]! pageInfo: PageInfo! }
    type Fault { at: [String!]! message: String! }
    input ProjectInput { holderHandle: String! title: String! summary: String requestMark: String }
    input TicketInput { projectId: ID! writerHandle: String! headline: String! topics: [String!] }
    type ProjectPayload { project: Project requestMark: String faults: [Fault!]! }
    type TicketPayload { ticket: Ticket faults: [Fault!]! }
    type Query {
      thing(id: ID!): Thing
      account(handle: String!): Account
      project(holder: String!, title: String!): Project
      search(words: String!): [Hit!]!
    }
    type Mutation {
      createAccount(handle: String!, motto: String): Account!
      createProject(input: ProjectInput!): ProjectPayload
      createTicket(input: TicketInput!): TicketPayload
      settleTicket(id: ID!): TicketPayload
      likeProject(projectId: ID!): ProjectPayload
    }
    """
)
"""What the forge offers. The engine never sees it: it sees what is asked and answered."""

PAGE_SIZE = 10


def identifier(kind: str, number: int) -> str:
    """Return the identifier of a thing: its kind and a number, encoded."""
    return b64encode(f"{kind}:{number}".encode()).decode()


@dataclass(eq=False)
class Account:
    __typename = "Account"
    forge: Forge
    id: str
    handle: str
    motto: str | None

    @property
    def words(self) -> str:
        return self.handle

    def projects(self, _info: object, first: int = PAGE_SIZE, after: str | None = None) -> dict[str, object]:
        return page_of([each for each in self.forge.projects if each.holder is self], first, after)


@dataclass(eq=False)
class Project:
    __typename = "Project"
    forge: Forge
    id: str
    title: str
    summary: str | None
    holder: Account
    likes: int = 0

    @property
    def words(self) -> str:
        return self.title

    @property
    def path(self) -> str:
        return f"{self.holder.handle}/{self.title}"

    @property
    def own(self) -> list[Ticket]:
        return [each for each in self.forge.tickets if each.project is self]

    def tickets(
        self,
        _info: object,
        first: int = PAGE_SIZE,
        after: str | None = None,
        phases: Sequence[str] = ("ACTIVE", "SETTLED"),
    ) -> dict[str, object]:
        return page_of([each for each in self.own if each.phase in phases], first, after)


@dataclass(eq=False)
class Ticket:
    __typename = "Ticket"
    id: str
    serial: int
    headline: str
    topics: list[str]
    writer: Account
    project: Project
    filedAt: str
    phase: str = "ACTIVE"
    settledAt: str | None = None

    @property
    def words(self) -> str:
        return self.headline


@dataclass
class Payload:
    project: Project | None = None
    ticket: Ticket | None = None
    faults: list[Document] = field(default_factory=list)
    requestMark: object = None


def page_of(found: Sequence[object], first: int, after: str | None) -> dict[str, object]:
    """Return one page of a connection. A cursor is the place of an element, counted from one."""
    start = int(b64decode(after).decode().removeprefix("place:")) if after is not None else 0
    page = found[start : start + first]
    cursors = [identifier("place", start + number) for number in range(1, len(page) + 1)]
    return {
        "totalCount": len(found),
        "nodes": page,
        "edges": [{"cursor": cursor, "node": node} for cursor, node in zip(cursors, page, strict=True)],
        "pageInfo": {
            "hasNextPage": start + len(page) < len(found),
            "endCursor": cursors[-1] if cursors else None,
        },
    }


def _fault(at: str, message: str) -> list[Document]:
    return [{"at": [at], "message": message}]


def _missing(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": "NOT_FOUND"})


def _time(info: GraphQLResolveInfo) -> str:
    return datetime.fromtimestamp(info.context / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Forge:
    """The resolvers of the root types, and what they change."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self.accounts: list[Account] = []
        self.projects: list[Project] = []
        self.tickets: list[Ticket] = []

    def _new(self, kind: str) -> str:
        return identifier(kind, self._rng.randrange(10**6, 10**7))

    @property
    def _things(self) -> list[Account | Project | Ticket]:
        return [*self.accounts, *self.projects, *self.tickets]

    # --- queries

    def thing(self, _info: object, id: str) -> Account | Project | Ticket:
        found = next((each for each in self._things if each.id == id), None)
        if found is None:
            raise _missing(f"Nothing has the identifier '{id}'.")
        return found

    def account(self, _info: object, handle: str) -> Account:
        found = next((each for each in self.accounts if each.handle == handle), None)
        if found is None:
            raise _missing(f"There is no account with the handle '{handle}'.")
        return found

    def project(self, _info: object, holder: str, title: str) -> Project | None:
        return next((each for each in self.projects if each.path == f"{holder}/{title}"), None)

    def search(self, _info: object, words: str) -> list[Account | Project | Ticket]:
        return [each for each in self._things if words in each.words]

    # --- mutations

    def createAccount(self, _info: object, handle: str, motto: str | None = None) -> Account:
        if any(each.handle == handle for each in self.accounts):
            raise GraphQLError("This handle is taken")
        self.accounts.append(Account(self, self._new("Account"), handle, motto))
        return self.accounts[-1]

    def createProject(self, info: object, input: Document) -> Payload:
        mark, title = input.get("requestMark"), str(input["title"])
        holder = self.account(info, str(input["holderHandle"]))
        if self.project(info, holder.handle, title) is not None:
            return Payload(faults=_fault("title", "The holder has such a project"), requestMark=mark)
        made = Project(self, self._new("Project"), title, input.get("summary"), holder)  # type: ignore[arg-type]  # by the schema
        self.projects.append(made)
        return Payload(made, requestMark=mark)

    def createTicket(self, info: GraphQLResolveInfo, input: Document) -> Payload:
        project, headline = self.thing(info, str(input["projectId"])), str(input["headline"])
        writer = self.account(info, str(input["writerHandle"]))
        assert isinstance(project, Project)
        if not headline.strip():
            return Payload(faults=_fault("headline", "A ticket needs a headline"))
        topics: list[str] = input.get("topics") or []  # type: ignore[assignment]  # by the schema
        serial = len(project.own) + 1
        made = Ticket(self._new("Ticket"), serial, headline, topics, writer, project, _time(info))
        self.tickets.append(made)
        return Payload(ticket=made)

    def settleTicket(self, info: GraphQLResolveInfo, id: str) -> Payload:
        found = self.thing(info, id)
        assert isinstance(found, Ticket)
        if found.phase == "SETTLED":
            return Payload(ticket=found, faults=_fault("id", "This ticket is settled already"))
        found.phase, found.settledAt = "SETTLED", _time(info)
        return Payload(ticket=found)

    def likeProject(self, info: object, projectId: str) -> Payload:
        found = self.thing(info, projectId)
        assert isinstance(found, Project)
        found.likes += 1
        return Payload(found)


# --- a client -----------------------------------------------------------------------------------------------

WORDS = ("amber", "birch", "cedar", "elm", "fir", "hazel", "iris", "kelp", "larch", "maple", "oak", "pine")

CREATE_ACCOUNT = (
    "mutation New($handle: String!, $motto: String) "
    "{ createAccount(handle: $handle, motto: $motto) { FIELDS } }"
)
CREATE_PROJECT = (
    "mutation New($input: ProjectInput!) "
    "{ createProject(input: $input) { requestMark project { FIELDS } faults { at message } } }"
)
CREATE_TICKET = (
    "mutation New($input: TicketInput!) "
    "{ createTicket(input: $input) { ticket { FIELDS } faults { at message } } }"
)
SETTLE = "mutation Settle($id: ID!) { settleTicket(id: $id) { ticket { FIELDS } faults { message } } }"
PROJECT = "query P($holder: String!, $title: String!) { project(holder: $holder, title: $title) { FIELDS } }"
THING = (
    "query T($id: ID!) { thing(id: $id) { __typename id ... on Ticket { headline phase } "
    "... on Project { path likes } ... on Account { handle } } }"
)
SEARCH = (
    "query S($words: String!) { search(words: $words) { __typename ... on Account { handle } "
    "... on Project { path } ... on Ticket { serial headline } } }"
)
PAGE = (
    "tickets(first: 2, after: $after) { edges { cursor node { FIELDS } } pageInfo { hasNextPage endCursor } }"
)
NEXT = PROJECT.replace("$title: String!", "$title: String!, $after: String").replace("FIELDS", PAGE)


def ticket_fields(rng: Random) -> str:
    """Return a selection of a ticket, of a shape of its own."""
    names = ["id", *rng.sample(["serial", "headline", "phase", "topics", "settledAt"], rng.randint(2, 4))]
    if rng.random() < 0.6:
        names.append("filedAt writer { handle motto }")
    if rng.random() < 0.4:
        names.insert(1, "project { path }")
    return " ".join(names)


def project_fields(rng: Random) -> str:
    """Return a selection of a project, of a shape of its own."""
    names = ["id", "title", *rng.sample(["path", "likes", "summary"], rng.randint(1, 3))]
    return " ".join([*names, "holder { handle }"] if rng.random() < 0.6 else names)


@dataclass
class Client:
    """One client, and what it knows of the forge."""

    ask: Asks
    rng: Random
    handles: list[str] = field(default_factory=list)
    projects: list[tuple[str, Document]] = field(default_factory=list)
    """The identifier of each, with the arguments that find it."""
    tickets: list[tuple[str, Document]] = field(default_factory=list)
    """The identifier of each, with the arguments that find its project."""

    def fill(self) -> None:
        """Make accounts, projects and tickets; some are refused."""
        rng = self.rng
        self.handles = rng.sample(WORDS, 3)
        for handle in [*self.handles, *self.handles[: rng.randint(0, 1)]]:
            motto: Document = {"motto": " ".join(rng.sample(WORDS, 2))} if rng.random() < 0.6 else {}
            shown = rng.choice(["id handle", "handle id motto"])
            self.ask(CREATE_ACCOUNT.replace("FIELDS", shown), {"handle": handle, **motto})
        for title in rng.sample(WORDS, rng.randint(3, 4)):
            self._project({"holderHandle": rng.choice(self.handles), "title": title})
        _, taken = rng.choice(self.projects)
        for holder in (taken["holder"], rng.choice(self.handles)):
            self._project({"holderHandle": holder, "title": taken["title"]})
        for _ in range(rng.randint(4, 7)):
            self._ticket(*rng.choice(self.projects[:2]))

    def _project(self, given: Document) -> None:
        rng = self.rng
        if rng.random() < 0.5:
            given["summary"] = " ".join(rng.sample(WORDS, 3))
        if rng.random() < 0.4:
            given["requestMark"] = str(rng.randint(1, 99))
        done = self.ask(CREATE_PROJECT.replace("FIELDS", project_fields(rng)), {"input": given})
        made = member(done, "createProject", "project")
        if made:
            finds: Document = {"holder": given["holderHandle"], "title": given["title"]}
            self.projects.append((str(made["id"]), finds))

    def _ticket(self, project: str, finds: Document) -> None:
        rng = self.rng
        headline = (
            " ".join(rng.sample(WORDS, rng.randint(1, 3))) if rng.random() < 0.9 or not self.tickets else " "
        )
        given: Document = {
            "projectId": project,
            "writerHandle": rng.choice(self.handles),
            "headline": headline,
        }
        if rng.random() < 0.5:
            given["topics"] = [*rng.sample(["bug", "docs", "help"], 2)]
        done = self.ask(CREATE_TICKET.replace("FIELDS", ticket_fields(rng)), {"input": given})
        made = member(done, "createTicket", "ticket")
        if made:
            self.tickets.append((str(made["id"]), finds))

    def change(self) -> None:
        """Settle tickets, one of them twice, and like projects."""
        some = [id for id, _ in self.rng.sample(self.tickets, 2)]
        for id in (*some, some[0]):
            self.ask(SETTLE.replace("FIELDS", ticket_fields(self.rng)), {"id": id})
        for _ in range(2):
            id, _ = self.rng.choice(self.projects)
            self.ask(f'mutation {{ likeProject(projectId: "{id}") {{ project {{ likes path }} }} }}')

    def look(self) -> None:
        """Read projects and their tickets page by page, find things, and ask for what is not there."""
        rng = self.rng
        _, finds = self.tickets[0]
        inner = f"nodes {{ {ticket_fields(rng)} }} pageInfo {{ hasNextPage endCursor }}"
        shown = f"{project_fields(rng)} tickets(first: {rng.randint(1, 3)}) {{ totalCount {inner} }}"
        self.ask(PROJECT.replace("FIELDS", shown), finds)
        page = self.ask(NEXT.replace("FIELDS", ticket_fields(rng)), finds)
        info = member(page, "project", "tickets", "pageInfo")
        if info["hasNextPage"]:
            self.ask(NEXT.replace("FIELDS", ticket_fields(rng)), {**finds, "after": info["endCursor"]})
        phases = rng.choice(["ACTIVE", "SETTLED", "ACTIVE, SETTLED"])
        chosen = f"tickets(phases: [{phases}]) {{ totalCount nodes {{ serial phase settledAt }} }}"
        self.ask(PROJECT.replace("FIELDS", chosen), finds)
        held = f"projects {{ totalCount nodes {{ {project_fields(rng)} }} }}"
        self.ask(f'{{ account(handle: "{rng.choice(self.handles)}") {{ id motto {held} }} }}')
        for id, _ in (rng.choice(self.tickets), rng.choice(self.projects)):
            self.ask(THING, {"id": id})
        self.ask(SEARCH, {"words": rng.choice([*self.handles, str(finds["title"])])[:3]})

    def miss(self) -> None:
        """Ask for what is not there, and for what the schema does not have."""
        self.ask(f'{{ account(handle: "nobody{self.rng.randint(1, 9)}") {{ id }} }}')
        self.ask(PROJECT.replace("FIELDS", "id"), {"holder": self.handles[0], "title": "nothing"})
        self.ask(THING, {"id": identifier("Ticket", self.rng.randint(1, 99))})
        self.ask(f'{{ account(handle: "{self.handles[0]}") {{ {self.rng.choice(WORDS)} }} }}')


def visit(ask: Asks, rng: Random) -> None:
    """Talk to the forge as one client: make things, change them, and look around."""
    client = Client(ask, rng)
    client.fill()
    client.change()
    client.look()
    client.miss()


FORGE = Service(SCHEMA, Forge, visit)
