"""Small honest services of kinds that public APIs have, each with a client that draws from a seed.

A service answers a request from its state alone; a client walks through it as people do: it creates, reads
back, tries what is refused. ``record`` gives the sessions of some seeds, each on a service of its own.
"""

from __future__ import annotations

import hashlib
import random
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import urlencode

from tests.synth.recordings import FORM, HOUR_MS, JSON, START_MS, STEP_MS, Document, Recorded
from wraith.canonical import JsonValue
from wraith.exchange import Exchange, Headers, Request, Response, encode_json

WORDS = "amber birch cedar dogwood elm fir ginkgo hazel iris juniper kelp larch maple oak pine sage".split()  # noqa: SIM905

SESSIONS = 10
"""Sessions of one seed."""


@dataclass(frozen=True)
class Asked:
    """A request as a service looks at it."""

    method: str
    path: list[str]
    query: dict[str, str]
    body: Document
    headers: dict[str, str]
    raw: bytes
    now_ms: int


@dataclass(frozen=True)
class Said:
    """An answer: nothing, bytes as they are, or a document."""

    status: int
    document: JsonValue | bytes = None
    headers: Headers = ()


class Service(ABC):
    """A service, and the client that a recording is made with."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.stored: dict[str, Document] = {}

    @abstractmethod
    def answer(self, asked: Asked) -> Said: ...

    @staticmethod
    @abstractmethod
    def walk(client: Client) -> None: ...

    def fresh(self, prefix: str) -> str:
        """Return a new identifier."""
        return prefix + "".join(self.rng.choices("abcdefghkmnpqrstuvwxyzABCDEFGH23456789", k=12))


@dataclass
class Client:
    """Sends requests to a service and keeps the exchanges."""

    service: Service
    rng: random.Random
    now_ms: int
    exchanges: list[Exchange] = field(default_factory=list)

    def word(self) -> str:
        return self.rng.choice(WORDS)

    def send(
        self,
        method: str,
        path: str,
        json: JsonValue = None,
        *,
        form: dict[str, object] | None = None,
        headers: Headers = (),
        **query: object,
    ) -> Document:
        """Send a request; return the document of the answer, empty where it is none."""
        raw = encode_json(json) if json is not None else urlencode(form or {}).encode()
        kind = (JSON,) if json is not None else (FORM,) if form is not None else ()
        body = json if isinstance(json, dict) else {name: str(value) for name, value in (form or {}).items()}
        target = f"{path}?{urlencode(query)}" if query else path
        self.now_ms += STEP_MS
        said = self.service.answer(
            Asked(
                method,
                path.strip("/").split("/"),
                {name: str(value) for name, value in query.items()},
                body,
                dict(headers),
                raw,
                self.now_ms,
            )
        )
        content = said.document if isinstance(said.document, bytes) else b""
        told: Headers = said.headers
        if said.document is not None and not isinstance(said.document, bytes):
            content, told = encode_json(said.document), (JSON, *told)
        request = Request(method, target, (*kind, *headers), raw)
        self.exchanges.append(Exchange(request, Response(said.status, told, content), self.now_ms, 5))
        return said.document if isinstance(said.document, dict) else {}


def record(kind: type[Service], seeds: Sequence[int], sessions: int = SESSIONS) -> list[Recorded]:
    """Return what clients and services of a kind do, by seed."""
    corpus = []
    for seed in seeds:
        rng = random.Random(seed)
        for number in range(sessions):
            began = START_MS + (seed * sessions + number) * HOUR_MS
            client = Client(kind(random.Random(f"{seed}-{number}")), rng, began)
            kind.walk(client)
            corpus.append(Recorded(f"{seed}-{number:02d}", began, tuple(client.exchanges)))
    return corpus


class Jobs(Service):
    """A queue of jobs: leases hand out the first that is pending, failures put it back until it is dead."""

    def answer(self, asked: Asked) -> Said:
        match asked.method, asked.path:
            case "POST", ["jobs"]:
                job: Document = {
                    "id": self.fresh("job_"),
                    "payload": asked.body["payload"],
                    "state": "pending",
                    "attempts": 0,
                    "lease_until": None,
                }
                self.stored[str(job["id"])] = job
                return Said(201, {**job})
            case "GET", ["jobs"]:
                wanted = asked.query.get("state")
                return Said(200, {"jobs": [dict(job) for job in self._in(wanted)]})
            case "POST", ["lease"]:
                pending = self._in("pending")
                if not pending:
                    return Said(204)
                attempts = int(str(pending[0]["attempts"])) + 1
                pending[0] |= {
                    "state": "leased",
                    "attempts": attempts,
                    "lease_until": asked.now_ms // 1000 + 60,
                }
                return Said(200, {**pending[0]})
            case "GET", ["stats"]:
                return Said(
                    200, {state: len(self._in(state)) for state in ("pending", "leased", "done", "dead")}
                )
        job = self.stored.get(asked.path[1], {})
        if not job:
            return Said(404, {"error": f"no job {asked.path[1]}"})
        if len(asked.path) > 2:
            if job["state"] != "leased":
                return Said(409, {"error": "job is not leased", "state": job["state"]})
            over = "done" if asked.path[2] == "ack" else "dead" if job["attempts"] == 2 else "pending"
            job |= {"state": over, "lease_until": None}
        return Said(200, {**job})

    def _in(self, state: str | None) -> list[Document]:
        return [job for job in self.stored.values() if state in (None, job["state"])]

    @staticmethod
    def walk(client: Client) -> None:
        for _ in range(client.rng.randint(2, 4)):
            client.send("POST", "/jobs", {"payload": {"to": client.word()}})
        for _ in range(6):
            leased = client.send("POST", "/lease")
            if leased:
                how = client.rng.choice(["ack", "fail", "fail"])
                client.send("POST", f"/jobs/{leased['id']}/{how}")
                client.send("POST", f"/jobs/{leased['id']}/ack")
                client.send("GET", f"/jobs/{leased['id']}")
            client.send("GET", "/stats")
        client.send("GET", "/jobs", state=client.rng.choice(["pending", "done", "dead"]))
        client.send("GET", f"/jobs/job_{client.word()}")


class Chat(Service):
    """Rooms with members, whom a header names; the latest messages first, by pages with a cursor."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__(rng)
        self.messages: list[Document] = []

    def answer(self, asked: Asked) -> Said:
        who = asked.headers.get("x-user")
        if who is None:
            return Said(401, {"error": {"code": "unauthenticated", "message": "who are you?"}})
        if asked.path == ["rooms"] and asked.method == "POST":
            room: Document = {
                "id": self.fresh("r_"),
                "name": asked.body["name"],
                "owner": who,
                "members": [who],
            }
            self.stored[str(room["id"])] = room
            return Said(201, room)
        if asked.path == ["rooms"]:
            return Said(200, [room for room in self.stored.values() if who in _list(room["members"])])
        room = self.stored.get(asked.path[1], {})
        if not room:
            return Said(404, {"error": {"code": "no_room", "message": f"no room {asked.path[1]}"}})
        if asked.path[2:] == ["join"]:
            if who in _list(room["members"]):
                return Said(409, {"error": {"code": "member", "message": f"{who} is a member"}})
            room = self.stored[asked.path[1]] = {**room, "members": [*_list(room["members"]), who]}
            return Said(200, room)
        if who not in _list(room["members"]):
            return Said(403, {"error": {"code": "forbidden", "message": "members only"}})
        if asked.method == "POST":
            number = 100 + len(self.messages)
            message: Document = {"id": number, "room": room["id"], "by": who, "text": asked.body["text"]}
            self.messages.append(message)
            return Said(201, message)
        before, limit = int(asked.query.get("before", 10_000)), int(asked.query.get("limit", 3))
        found = [message for message in self.messages[::-1] if int(str(message["id"])) < before]
        more = len(found) > limit
        cursor = str(found[limit - 1]["id"]) if more else None
        return Said(200, {"messages": [*found[:limit]], "has_more": more, "next": cursor})

    @staticmethod
    def walk(client: Client) -> None:
        users = client.rng.sample(["ann", "bob", "cat", "dan"], 3)
        ann, bob, cat = ((("x-user", user),) for user in users)
        room = f"/rooms/{client.send('POST', '/rooms', {'name': client.word()}, headers=ann)['id']}"
        client.send("POST", "/rooms", {"name": client.word()})
        client.send("POST", f"{room}/messages", {"text": client.word()}, headers=bob)
        client.send("POST", f"{room}/join", headers=bob)
        client.send("POST", f"{room}/join", headers=bob)
        for _ in range(client.rng.randint(3, 7)):
            client.send(
                "POST", f"{room}/messages", {"text": client.word()}, headers=client.rng.choice([ann, bob])
            )
        page = client.send("GET", f"{room}/messages", headers=ann)
        while page["next"]:
            page = client.send("GET", f"{room}/messages", headers=bob, limit=2, before=page["next"])
        client.send("GET", "/rooms", headers=bob)
        client.send("GET", "/rooms", headers=cat)
        client.send("GET", f"/rooms/r_{client.word()}/messages", headers=ann)


class Accounts(Service):
    """JSON-RPC 2.0: many operations behind one path, told apart by the method that the body names."""

    def answer(self, asked: Asked) -> Said:
        given = asked.body.get("params")
        method, params = str(asked.body["method"]), given if isinstance(given, dict) else {}
        account = self.stored.get(str(params.get("id")), {})
        if method == "account.create":
            account = {
                "id": self.fresh("acc_"),
                "owner": params["owner"],
                "balance": params.get("balance", 0),
            }
            self.stored[str(account["id"])] = account
        elif method == "account.list":
            return self._said(asked, result=[*self.stored.values()])
        elif method not in ("account.get", "account.deposit"):
            return self._said(asked, error={"code": -32601, "message": f"no method {method}"})
        elif not account:
            return self._said(asked, error={"code": -32004, "message": "no account", "data": params["id"]})
        elif method == "account.deposit":
            balance = int(str(account["balance"])) + int(str(params["amount"]))
            account = self.stored[str(account["id"])] = {**account, "balance": balance}
        return self._said(asked, result=account)

    def _said(self, asked: Asked, **told: JsonValue) -> Said:
        return Said(200, {"jsonrpc": "2.0", **told, "id": asked.body["id"]})

    @staticmethod
    def walk(client: Client) -> None:
        numbers: Iterator[int] = iter(range(1, 100))

        def call(method: str, **params: JsonValue) -> JsonValue:
            body = {"jsonrpc": "2.0", "id": next(numbers), "method": f"account.{method}", "params": params}
            result = client.send("POST", "/rpc", body).get("result")
            return result.get("id") if isinstance(result, dict) else None

        opened = [call("create", owner=client.word()), call("create", owner=client.word(), balance=500)]
        for _ in range(3):
            call("deposit", id=client.rng.choice(opened), amount=client.rng.randint(1, 90))
        call("get", id=opened[0])
        call("get", id=f"acc_{client.word()}")
        call("deposit", id=f"acc_{client.word()}", amount=5)
        call("list")
        call(client.word())


class Carts(Service):
    """Forms; prices from a catalogue, amounts, totals, a discount that is not always there."""

    PRICES: ClassVar[dict[str, int]] = {word: 100 + 37 * at for at, word in enumerate(WORDS)}

    def answer(self, asked: Asked) -> Said:
        if asked.path == ["articles"]:
            return Said(200, [{"sku": sku, "price": price} for sku, price in self.PRICES.items()])
        if asked.path == ["carts"]:
            cart: Document = {"id": self.fresh("cart_"), "status": "open", "items": [], "percent": None}
            self.stored[str(cart["id"])] = cart
            return Said(201, self._shown(cart))
        cart = self.stored.get(asked.path[1], {})
        if not cart:
            return Said(404, {"error": f"no such cart: {asked.path[1]}"})
        if asked.method == "POST" and cart["status"] != "open":
            return Said(409, {"error": f"cart is {cart['status']}"})
        match asked.path[2:]:
            case ["items"] if asked.body["sku"] not in self.PRICES:
                return Said(422, {"error": f"unknown article: {asked.body['sku']}"})
            case ["items"]:
                sku, quantity = str(asked.body["sku"]), int(str(asked.body["quantity"]))
                item = {"sku": sku, "quantity": quantity, "amount": quantity * self.PRICES[sku]}
                cart["items"] = [*_list(cart["items"]), item]
            case ["coupon"]:
                cart["percent"] = int(str(asked.body["percent"]))
            case ["checkout"]:
                cart["status"] = "paid"
        return Said(200, self._shown(cart))

    def _shown(self, cart: Document) -> Document:
        amounts = [item["amount"] for item in _list(cart["items"]) if isinstance(item, dict)]
        subtotal = sum(amount for amount in amounts if isinstance(amount, int))
        discount = subtotal * int(str(cart["percent"] or 0)) // 100
        shown = {name: value for name, value in cart.items() if name != "percent" or value is not None}
        return {**shown, "subtotal": subtotal, "discount": discount, "total": subtotal - discount}

    @staticmethod
    def walk(client: Client) -> None:
        if client.rng.random() < 0.4:
            client.send("GET", "/articles")
        cart = f"/carts/{client.send('POST', '/carts')['id']}"
        for _ in range(client.rng.randint(2, 4)):
            sku = client.word() if client.rng.random() < 0.85 else f"x{client.word()}"
            client.send("POST", f"{cart}/items", form={"sku": sku, "quantity": client.rng.randint(1, 5)})
        if client.rng.random() < 0.6:
            client.send("POST", f"{cart}/coupon", form={"percent": client.rng.choice([5, 10, 25])})
        client.send("GET", cart)
        client.send("POST", f"{cart}/checkout", form={})
        client.send("POST", f"{cart}/items", form={"sku": client.word(), "quantity": 1})
        client.send("GET", f"/carts/cart_{client.word()}")


class Files(Service):
    """What clients put is what they get, by keys of any depth, with the digest of its bytes as its tag."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__(rng)
        self.kept: dict[str, bytes] = {}

    def answer(self, asked: Asked) -> Said:
        key = "/".join(asked.path[1:])
        if asked.method == "PUT":
            self.kept[key] = asked.raw
        elif key not in self.kept:
            return Said(404, {"error": f"no file {key}"})
        tag = ("etag", f'"{hashlib.md5(self.kept[key], usedforsecurity=False).hexdigest()}"')
        if asked.method == "DELETE":
            del self.kept[key]
        return Said(200, self.kept[key], (JSON, tag)) if asked.method == "GET" else Said(204, None, (tag,))

    @staticmethod
    def walk(client: Client) -> None:
        depths = [1, 2, 3, client.rng.randint(1, 3)]
        paths = ["/files/" + "/".join(client.word() for _ in range(depth)) for depth in depths]
        for path in paths:
            client.send("PUT", path, {client.word(): client.rng.randint(1, 99)})
            client.send("GET", path)
        client.send("PUT", paths[0], [client.word()])
        client.send("GET", paths[0])
        client.send("DELETE", paths[1])
        client.send("GET", paths[1])
        client.send("GET", f"/files/{client.word()}/none")


def _list(value: JsonValue) -> list[JsonValue]:
    assert isinstance(value, list)  # Invariant: what services of this module keep there
    return value
