"""Which handler answers what."""

from __future__ import annotations

import pytest

from wraith.runtime import bind
from wraith.wir import Model, Route, Variant

SHOP = (
    ("POST", "/orders", "create", "orders"),
    ("GET", "/orders", "list", "orders"),
    ("DELETE", "/orders", "none", "orders"),
    ("GET", "/orders/{order_id}", "read", "orders"),
    ("HEAD", "/orders/{order_id}", "read", "orders"),
    ("PATCH", "/orders/{order_id}", "update", "orders"),
    ("DELETE", "/orders/{order_id}", "delete", "orders"),
    ("POST", "/orders/{order_id}/confirm", "action", "orders"),
    ("POST", "/orders/{order_id}/lines", "action", "orders"),
    ("DELETE", "/orders/{order_id}/lines/{line_id}", "action", "orders"),
    ("GET", "/orders/{order_id}/lines/{line_id}", "read", "orders"),
    ("GET", "/orders/{order_id}/statistics", "action", "orders"),
    ("GET", "/customers/{customer_id}/statistics", "action", "customers"),
    ("GET", "/customers/{customer_id}/payments", "list", "payments"),
    ("GET", "/v1/ledger", "read", "books"),
)


def shop(**hooks: str) -> Model:
    """Each route with one variant, which may have a hook by the operation of the route."""
    routes = [
        Route(
            method=method,
            path_pattern=pattern,
            state_op=operation,  # type: ignore[arg-type]  # of the table above
            entity=entity,
            variants=(Variant(status=200, body_template="model", lua_hook=hooks.get(operation)),),
        )
        for method, pattern, operation, entity in SHOP
    ]
    return Model(entities=(), routes=tuple(routes))


NAMES = {
    "create_order": ["POST /orders"],
    "add_orders": ["POST /orders"],
    "list_orders": ["GET /orders"],
    "search_order": ["GET /orders"],
    "get_order": ["GET /orders/{order_id}"],
    "fetchOrder": ["GET /orders/{order_id}"],
    "update_order": ["PATCH /orders/{order_id}"],
    "remove_order": ["DELETE /orders/{order_id}"],
    "confirm_order": ["POST /orders/{order_id}/confirm"],
    "add_line": ["POST /orders/{order_id}/lines"],
    "lines_order": ["POST /orders/{order_id}/lines"],
    "get_line": ["GET /orders/{order_id}/lines/{line_id}"],
    "delete_order_line": ["DELETE /orders/{order_id}/lines/{line_id}"],
    "get_statistics": ["GET /orders/{order_id}/statistics", "GET /customers/{customer_id}/statistics"],
    "get_customer_statistics": ["GET /customers/{customer_id}/statistics"],
    "list_payments": ["GET /customers/{customer_id}/payments"],
    "list_customer_payments": ["GET /customers/{customer_id}/payments"],
    "get_ledger": ["GET /v1/ledger"],
    "read_books": ["GET /v1/ledger"],
    "polish_order": [],
}


@pytest.mark.parametrize(("name", "routes"), NAMES.items(), ids=NAMES.keys())
def test_a_handler_is_bound_by_its_name(name: str, routes: list[str]) -> None:
    """A verb or a synonym with the word of the path comes before the entity, and that before the method."""
    assert [binding.route.name for binding in bind(shop(), [name]).bound] == routes


def test_a_route_has_one_handler() -> None:
    """Of two names for one route the first counts, and the other answers nothing."""
    bindings = bind(shop(), ["create_order", "add_order"])
    assert [binding.handler for binding in bindings.bound] == ["add_order"]
    assert bindings.unbound == ("create_order",)
    assert bindings.by_route == {("POST", "/orders"): "add_order"}


def test_a_hook_binds_a_variant() -> None:
    """Its path and ending do not matter; what names no handler is missing, what answers nothing unbound."""
    bindings = bind(shop(create="handlers/special.lua", list="gone"), ["special", "polish_order"])
    assert [(each.handler, each.route.name, each.variant) for each in bindings.bound] == [
        ("special", "POST /orders", 0)
    ]
    assert [(each.handler, each.route.name) for each in bindings.missing] == [
        ("gone", "GET /orders"),
        ("gone", "GET /customers/{customer_id}/payments"),
    ]
    assert bindings.unbound == ("polish_order",)
