"""A project of many twins, for measuring builds: small shops, each recorded in sessions of its own.

A shop creates, shows, changes and deletes customers, takes their orders, lists both in pages, and refuses
what is wrong. Everything follows from seeds: the same project, byte for byte, every time.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from wraith.build import run_graph, steps
from wraith.exchange import Exchange, Request, Response
from wraith.recording import SessionWriter
from wraith.workspace import Project, Workspace

PER_SESSION: Final = 20
JSON: Final = (("content-type", "application/json"),)
CONFIG: Final = '[upstream]\nbase_url = "http://127.0.0.1:9"\n[diff]\nrequired_score = 0.0\n'
STARTED_AT_MS: Final = 1_700_000_000_000

Row: TypeAlias = dict[str, object]


@dataclass
class Shop:
    """The service: what it holds, and what it answers."""

    chance: random.Random
    customers: dict[str, Row] = field(default_factory=dict)
    orders: dict[str, Row] = field(default_factory=dict)

    def talk(self, refunds: bool) -> Iterator[tuple[Request, Response]]:
        """Yield the exchanges of a session; only some shops give refunds."""
        kinds = [self.join, self.show, self.order, self.order, self.rename, self.page, self.leave, self.miss]
        for _ in range(PER_SESSION):
            kind = (
                self.join
                if not self.customers
                else self.chance.choice([*kinds, *([self.refund] * 3 * refunds)])
            )
            yield kind()

    def join(self) -> tuple[Request, Response]:
        sent: Row = {
            "name": f"Customer {self.chance.randrange(1000)}",
            "plan": self.chance.choice(["free", "paid"]),
        }
        if self.chance.random() < 0.15:
            del sent["name"]
            return _post("/customers", sent, 422, {"error": {"code": "required", "field": "name"}})
        made: Row = {"id": self._fresh("cus"), **sent, "active": True}
        self.customers[str(made["id"])] = made
        return _post("/customers", sent, 201, made)

    def show(self) -> tuple[Request, Response]:
        name = self._some_customer()
        return Request("GET", f"/customers/{name}"), _answer(200, self.customers[name])

    def rename(self) -> tuple[Request, Response]:
        name = self._some_customer()
        sent: Row = {"name": f"Customer {self.chance.randrange(1000)}"}
        changed = self.customers[name] = {**self.customers[name], **sent}
        return Request("PATCH", f"/customers/{name}", headers=JSON, body=_body(sent)), _answer(200, changed)

    def order(self) -> tuple[Request, Response]:
        name, count, price = (
            self._some_customer(),
            self.chance.randrange(1, 9),
            self.chance.randrange(100, 999),
        )
        sent: Row = {"customer": name, "quantity": count, "unit_price": price}
        made: Row = {"id": self._fresh("ord"), **sent, "total": count * price, "state": "open"}
        self.orders[str(made["id"])] = made
        return _post("/orders", sent, 201, made)

    def refund(self) -> tuple[Request, Response]:
        if not self.orders:
            return self.order()
        name = self.chance.choice(sorted(self.orders)[-8:])
        if self.orders[name]["state"] == "refunded":
            return _post(
                f"/orders/{name}/refund", {}, 409, {"error": {"code": "already_refunded", "order": name}}
            )
        done = self.orders[name] = {**self.orders[name], "state": "refunded"}
        return _post(f"/orders/{name}/refund", {}, 200, done)

    def page(self) -> tuple[Request, Response]:
        found = list(self.customers.values())
        limit, offset = self.chance.choice([2, 5]), self.chance.choice([0, 0, 2])
        shown: Row = {"data": found[offset : offset + limit], "total": len(found)}
        return Request("GET", f"/customers?limit={limit}&offset={offset}"), _answer(200, shown)

    def leave(self) -> tuple[Request, Response]:
        name = self._some_customer()
        if any(order["customer"] == name for order in self.orders.values()):
            return Request("DELETE", f"/customers/{name}"), _answer(409, {"error": {"code": "has_orders"}})
        del self.customers[name]
        return Request("DELETE", f"/customers/{name}"), Response(204)

    def miss(self) -> tuple[Request, Response]:
        name = self._fresh("cus")
        return Request("GET", f"/customers/{name}"), _answer(
            404, {"error": {"code": "not_found", "id": name}}
        )

    def _some_customer(self) -> str:
        return self.chance.choice(sorted(self.customers))

    def _fresh(self, prefix: str) -> str:
        return f"{prefix}_{self.chance.getrandbits(80):020x}"


def make_project(root: Path, twins: int, exchanges: int, log: Callable[[str], None]) -> Project:
    """Write a project: of every 50 twins 24 roots and 26 overlays on the first of them, and 16 composites of
    it with one overlay each. That is six tasks to a twin."""
    project = Project(root)
    roots, overlays = max(1, twins * 24 // 50), twins * 26 // 50
    sessions = max(2, exchanges // twins // PER_SESSION)
    root.mkdir(parents=True)
    (root / "wraith-project.toml").write_text("")
    for number in range(roots):
        workspace = project.twin(f"shop-{number:02}")
        workspace.root.mkdir(parents=True)
        workspace.config_path.write_text(CONFIG)
        workspace.scrub_path.write_text("")
        record(workspace, range(sessions), seed=number)
    first = project.twins()[0]
    log(f"building {first.name}, which overlays stand on")
    if run_graph(project, [f"pack:{first.name}"], progress=lambda _: None):
        raise SystemExit(f"{first.name} cannot be built")
    for number in range(overlays):
        workspace = project.twin(f"team-{number:02}")
        steps.make_overlay(workspace, first.name, owner=f"team {number}")
        written = workspace.config_path.read_text()
        workspace.config_path.write_text(written.replace("[diff]\n", "[diff]\nrequired_score = 0.0\n"))
        record(workspace, range(sessions), seed=1000 + number, refunds=True)
    composed = [
        f'[composites.mix-{number:02}]\nbase = "{first.name}"\noverlays = ["team-{number:02}"]\n'
        for number in range(min(overlays, twins * 16 // 50))
    ]
    (root / "wraith-project.toml").write_text("\n".join(composed))
    return project


def record(workspace: Workspace, numbers: range, *, seed: int, refunds: bool = False) -> None:
    """Seal sessions with a shop, each with one that was opened for it."""
    for number in numbers:
        at_ms = STARTED_AT_MS + number * 3_600_000
        writer = SessionWriter(
            workspace,
            run=f"bench-{number:06}",
            source={"kind": "proxy"},
            policy_digest="sha256:" + "0" * 64,
            started_at_ms=at_ms,
            tags=(),
        )
        shop = Shop(random.Random(seed * 100_003 + number))
        for index, (request, response) in enumerate(shop.talk(refunds)):
            writer.add(Exchange(request, response, started_at_ms=at_ms + index * 100))
        writer.seal(at_ms + 10_000)


def _post(path: str, sent: Row, status: int, answer: Row) -> tuple[Request, Response]:
    return Request("POST", path, headers=JSON, body=_body(sent)), _answer(status, answer)


def _answer(status: int, body: Row) -> Response:
    return Response(status, JSON, _body(body))


def _body(value: Row) -> bytes:
    return json.dumps(value).encode()
