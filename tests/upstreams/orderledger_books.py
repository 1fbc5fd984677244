"""The books of the order ledger: what it knows, and what it works out when it is asked."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

from orderledger_fields import Json, missing

TAX_PERCENT = 19
STATUSES = ("draft", "confirmed", "shipped", "delivered", "cancelled")
BINDING = ("confirmed", "shipped", "delivered")
"""Orders in these states are owed for, and what they hold counts as sold."""


@dataclass
class Line:
    number: int
    product: str
    quantity: int
    unit_price: int
    """The product's price when it was ordered: later changes of the price do not touch it."""


@dataclass
class Order:
    id: int
    customer: str
    created_at: str
    status: str = "draft"
    lines: list[Line] = field(default_factory=list)
    terms: Json = field(default_factory=dict)
    """Discount and gift, as the request gave them."""
    events: Json = field(default_factory=dict)
    """What its later states added: tracking, delivery, the reason for cancelling."""


@dataclass
class Books:
    """All that the service knows."""

    rng: Random
    customers: dict[str, Json] = field(default_factory=dict)
    products: dict[str, Json] = field(default_factory=dict)
    orders: dict[int, Order] = field(default_factory=dict)
    payments: list[Json] = field(default_factory=list)
    last_order: int = 1000

    def new_id(self, prefix: str) -> str:
        return prefix + "".join(self.rng.choices(string.ascii_lowercase + string.digits, k=12))

    def customer(self, key: str) -> Json:
        if key not in self.customers:
            raise missing("customer", key)
        return self.customers[key]

    def product(self, key: str) -> Json:
        if key not in self.products:
            raise missing("product", key)
        return self.products[key]

    def order(self, key: str) -> Order:
        order = self.orders.get(int(key)) if re.fullmatch(r"\d{1,9}", key) else None
        if order is None:
            raise missing("order", key)
        return order

    def binding_orders(self, customer: str | None = None) -> list[Order]:
        return [
            order
            for order in self.orders.values()
            if order.status in BINDING and customer in (None, order.customer)
        ]

    def paid(self, customer: str | None = None) -> int:
        return sum(entry["amount"] for entry in self.payments if customer in (None, entry["customer"]))


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def percent_of(amount: int, percent: int) -> int:
    """Return the share of an amount, half a cent rounded up."""
    return (amount * percent + 50) // 100


def totals(order: Order) -> Json:
    subtotal = sum(line.quantity * line.unit_price for line in order.lines)
    discount = percent_of(subtotal, order.terms["discount_percent"])
    tax = percent_of(subtotal - discount, TAX_PERCENT)
    return {
        "subtotal": subtotal,
        "discount_percent": order.terms["discount_percent"],
        "discount": discount,
        "tax": tax,
        "total": subtotal - discount + tax,
    }


def total(order: Order) -> int:
    amount: int = totals(order)["total"]
    return amount


def show_product(books: Books, product: Json) -> Json:
    lines = (line for order in books.binding_orders() for line in order.lines)
    return {**product, "sold": sum(line.quantity for line in lines if line.product == product["id"])}


def show_line(books: Books, line: Line) -> Json:
    product = books.products[line.product]
    return {
        "number": line.number,
        "product": {"id": product["id"], "name": product["name"], "price": product["price"]},
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "amount": line.quantity * line.unit_price,
    }


def show_order(books: Books, order: Order) -> Json:
    customer = books.customers[order.customer]
    shown: Json = {
        "id": order.id,
        "status": order.status,
        "customer": {"id": customer["id"], "name": customer["name"]},
        "lines": [show_line(books, line) for line in order.lines],
        **totals(order),
        "gift": order.terms["gift"],
    }
    if order.terms["gift"]:
        shown["gift_message"] = order.terms["gift_message"]
    return {**shown, **order.events, "created_at": order.created_at}


def show_statistics(books: Books, customer: Json) -> Json:
    """What a customer has bought; average and largest are null where that is nothing."""
    key = customer["id"]
    amounts = [total(order) for order in books.binding_orders(key)]
    count, spent, paid = len(amounts), sum(amounts), books.paid(key)
    return {
        "customer": {"id": key, "name": customer["name"]},
        "orders": count,
        "spent": spent,
        "average": (2 * spent + count) // (2 * count) if count else None,
        "largest": max(amounts, default=None),
        "paid": paid,
        "balance": spent - paid,
    }


def show_ledger(books: Books) -> Json:
    amounts: dict[str, list[int]] = {status: [] for status in STATUSES}
    for order in books.orders.values():
        amounts[order.status].append(total(order))
    revenue, paid = sum(sum(amounts[status]) for status in BINDING), books.paid()
    return {
        "orders": len(books.orders),
        "by_status": {status: {"count": len(each), "total": sum(each)} for status, each in amounts.items()},
        "revenue": revenue,
        "paid": paid,
        "balance": revenue - paid,
    }
