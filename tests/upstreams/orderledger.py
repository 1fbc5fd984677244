"""Order ledger: a small shop's books over HTTP, the service that ``twins/orderledger`` is recorded from.

Customers order products. An order is a draft until it is confirmed, then it is shipped and delivered;
until it is shipped it can be cancelled. Customers pay into their account, not for single orders. All money
is in cents. Nothing is stored that can be computed: totals, statistics, balances and the names of what an
order refers to are worked out when they are asked for.

    python tests/upstreams/orderledger.py --port 8500 --seed 1
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
from collections.abc import Mapping
from random import Random
from typing import TypeAlias

from hypercorn.asyncio import serve
from hypercorn.config import Config
from orderledger_books import STATUSES, Books, show_ledger, show_order, show_product, show_statistics
from orderledger_fields import Field, Json, Reader, Refusal, one_of, text, whole
from orderledger_rules import (
    CUSTOMER_OF_KIND,
    METHODS,
    add_payment,
    append_line,
    change_order,
    create_order,
    delete_customer,
    delete_product,
    move,
    remove_line,
    require_draft,
    save_customer,
    save_product,
)
from quart import Blueprint, Quart, Response, request
from werkzeug.exceptions import HTTPException

Answer: TypeAlias = Json | tuple[Json, int] | tuple[Json, int, dict[str, str]] | Response

PAGING = {
    "page": whole(1, 100_000, required=False, default=1),
    "per_page": whole(1, 50, required=False, default=10),
}
SEARCH = {"search": text(80, required=False)}
PRICES = {f"{end}_price": whole(0, 1_000_000, required=False) for end in ("min", "max")}


async def read_body(*, may_be_empty: bool = False) -> Json:
    raw = await request.get_data()
    if not raw and may_be_empty:
        return {}
    try:
        body = json.loads(raw)
    except ValueError:
        raise Refusal(400, "bad_request", "the body is not JSON") from None
    if not isinstance(body, dict):
        raise Refusal(400, "bad_request", "the body must be a JSON object")
    return body


def read_query(filters: Mapping[str, Field], *sorts: str) -> Json:
    """Return the parameters of a list, numbers as numbers. Raises Refusal if one is not valid."""
    given: Json = dict(request.args)
    for name in given.keys() & (PAGING.keys() | PRICES.keys()):
        given[name] = int(given[name]) if re.fullmatch(r"\d{1,9}", given[name]) else given[name]
    sort = one_of((*sorts, *(f"-{name}" for name in sorts)), required=False)
    reader = Reader()
    values = reader.read(given, {**filters, **PAGING, "sort": sort})
    reader.done()
    return values


def page_of(items: list[Json], query: Json) -> Json:
    """Return one page of the items, sorted as asked; unsorted, the oldest come first."""
    if by := query.get("sort", ""):
        items = sorted(items, key=lambda item: item[by.lstrip("-")], reverse=by.startswith("-"))
    page, size = query["page"], query["per_page"]
    return {
        "items": items[(page - 1) * size : page * size],
        "page": page,
        "per_page": size,
        "pages": -(-len(items) // size),
        "total": len(items),
    }


def contains(name: str, query: Json) -> bool:
    return str(query.get("search", "")).lower() in name.lower()


def gone() -> Response:
    return Response(b"", status=204)


def create_app(seed: int) -> Quart:
    """Return the service with empty books. The seed decides the ids that it will give."""
    app, books = Quart(__name__), Books(Random(seed))
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of the provider that Quart begins with
    app.register_blueprint(customers_of(books))
    app.register_blueprint(products_of(books))
    app.register_blueprint(orders_of(books))

    @app.get("/health")
    async def health() -> Answer:
        return {"status": "ok"}

    @app.get("/ledger")
    async def ledger() -> Answer:
        return show_ledger(books)

    @app.errorhandler(Refusal)
    async def refused(refusal: Refusal) -> Answer:
        return refusal.body, refusal.status

    @app.errorhandler(HTTPException)
    async def not_served(error: HTTPException) -> Answer:
        status = error.code or 500
        code = {404: "not_found", 405: "method_not_allowed"}.get(status, "error")
        message = f"{request.method} {request.path} is not served"
        return {"error": {"code": code, "message": message}}, status

    return app


def customers_of(books: Books) -> Blueprint:
    customers = Blueprint("customers", __name__, url_prefix="/customers")

    @customers.post("")
    async def create() -> Answer:
        customer = save_customer(books, await read_body())
        return customer, 201, {"Location": f"/customers/{customer['id']}"}

    @customers.get("")
    async def listed() -> Answer:
        kind = one_of(CUSTOMER_OF_KIND, required=False)
        query = read_query({"kind": kind, **SEARCH}, "name", "email")
        found = (each for each in books.customers.values() if contains(each["name"], query))
        return page_of([each for each in found if query.get("kind") in (None, each["kind"])], query)

    @customers.get("/<key>")
    async def read(key: str) -> Answer:
        return books.customer(key)

    @customers.patch("/<key>")
    async def change(key: str) -> Answer:
        return save_customer(books, await read_body(), books.customer(key))

    @customers.delete("/<key>")
    async def delete(key: str) -> Answer:
        delete_customer(books, books.customer(key))
        return gone()

    @customers.get("/<key>/statistics")
    async def statistics(key: str) -> Answer:
        return show_statistics(books, books.customer(key))

    @customers.post("/<key>/payments")
    async def pay(key: str) -> Answer:
        return add_payment(books, books.customer(key), await read_body()), 201

    @customers.get("/<key>/payments")
    async def payments(key: str) -> Answer:
        owner = books.customer(key)["id"]
        query = read_query({"method": one_of(METHODS, required=False)}, "amount")
        made = (each for each in books.payments if each["customer"] == owner)
        return page_of([each for each in made if query.get("method") in (None, each["method"])], query)

    return customers


def products_of(books: Books) -> Blueprint:
    products = Blueprint("products", __name__, url_prefix="/products")

    @products.post("")
    async def create() -> Answer:
        product = save_product(books, await read_body())
        return show_product(books, product), 201, {"Location": f"/products/{product['id']}"}

    @products.get("")
    async def listed() -> Answer:
        query = read_query(SEARCH | PRICES, "name", "price", "sold")
        least, most = query.get("min_price", 0), query.get("max_price", 1_000_000)
        found = (each for each in books.products.values() if contains(each["name"], query))
        return page_of([show_product(books, each) for each in found if least <= each["price"] <= most], query)

    @products.get("/<key>")
    async def read(key: str) -> Answer:
        return show_product(books, books.product(key))

    @products.patch("/<key>")
    async def change(key: str) -> Answer:
        return show_product(books, save_product(books, await read_body(), books.product(key)))

    @products.delete("/<key>")
    async def delete(key: str) -> Answer:
        delete_product(books, books.product(key))
        return gone()

    return products


def orders_of(books: Books) -> Blueprint:
    orders = Blueprint("orders", __name__, url_prefix="/orders")

    @orders.post("")
    async def create() -> Answer:
        order = create_order(books, await read_body())
        return show_order(books, order), 201, {"Location": f"/orders/{order.id}"}

    @orders.get("")
    async def listed() -> Answer:
        filters = {"status": one_of(STATUSES, required=False), "customer": text(20, required=False)}
        query = read_query(filters, "id", "total")
        found = (each for each in books.orders.values() if query.get("status") in (None, each.status))
        mine = (each for each in found if query.get("customer") in (None, each.customer))
        return page_of([show_order(books, each) for each in mine], query)

    @orders.get("/<key>")
    async def read(key: str) -> Answer:
        return show_order(books, books.order(key))

    @orders.patch("/<key>")
    async def change(key: str) -> Answer:
        order = books.order(key)
        change_order(order, await read_body())
        return show_order(books, order)

    @orders.delete("/<key>")
    async def delete(key: str) -> Answer:
        order = books.order(key)
        require_draft(order, "deleted")
        del books.orders[order.id]
        return gone()

    @orders.post("/<key>/lines")
    async def add(key: str) -> Answer:
        order = books.order(key)
        append_line(books, order, await read_body())
        return show_order(books, order), 201

    @orders.delete("/<key>/lines/<number>")
    async def remove(key: str, number: str) -> Answer:
        order = books.order(key)
        remove_line(order, number)
        return show_order(books, order)

    @orders.post("/<key>/<any(confirm, ship, deliver, cancel):action>")
    async def act(key: str, action: str) -> Answer:
        order = books.order(key)
        move(books, order, action, await read_body(may_be_empty=True))
        return show_order(books, order)

    return orders


def main() -> None:
    parser = argparse.ArgumentParser(description="serve the order ledger on loopback, with empty books")
    parser.add_argument("--port", type=int, required=True, help="the port to listen on, on 127.0.0.1")
    parser.add_argument("--seed", type=int, default=1, help="what ids are drawn from (1)")
    arguments = parser.parse_args()
    config = Config()
    config.bind = [f"127.0.0.1:{arguments.port}"]
    config.loglevel = "WARNING"
    asyncio.run(serve(create_app(arguments.seed), config))


if __name__ == "__main__":
    main()
