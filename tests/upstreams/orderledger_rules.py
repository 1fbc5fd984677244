"""The rules of the order ledger: what each request must hold, and what it changes in the books."""

from __future__ import annotations

import string

from orderledger_books import Books, Line, Order, now
from orderledger_fields import (
    Field,
    Json,
    Reader,
    conflict,
    is_bool,
    is_day,
    is_list,
    matching,
    missing,
    one_of,
    text,
    whole,
)

CARRIERS = ("blue-post", "pigeon", "road-runner")
METHODS = ("card", "cash", "transfer")

TRANSITIONS = {
    "confirm": (("draft",), "confirmed"),
    "ship": (("confirmed",), "shipped"),
    "deliver": (("shipped",), "delivered"),
    "cancel": (("draft", "confirmed"), "cancelled"),
}
"""Action: the states in which it is allowed, and the one it leads to."""

CUSTOMER = {
    "name": text(80),
    "email": matching(r"[^@\s]+@[^@\s]+\.[a-z]+", "must be an address for mail"),
}
PHONE = {"phone": text(30, required=False)}
BIRTH = {"birth_date": Field(is_day, "must be a date such as 1990-12-31")}
VAT = {"vat_id": matching(r"[A-Z]{2}\d{8,12}", "must be a VAT id such as DE123456789")}
CUSTOMER_OF_KIND = {"person": CUSTOMER | BIRTH | PHONE, "business": CUSTOMER | VAT | PHONE}
PRODUCT = {
    "sku": matching(r"[A-Z]{2,5}-\d{2,6}", "must be letters and digits such as LAMP-100"),
    "name": text(80),
    "price": whole(1, 1_000_000),
    "description": text(200, required=False),
}
LINE = {"product": text(20), "quantity": whole(1, 1_000)}
TERMS = {
    "discount_percent": whole(0, 50, required=False, default=0),
    "gift": Field(is_bool, "must be true or false", required=False, default=False),
    "gift_message": text(200, required=False),
}
ORDER = {
    "customer": text(20),
    "lines": Field(is_list, "must be a list", required=False, default=()),
    **TERMS,
}
PAYMENT = {"amount": whole(1, 10_000_000), "method": one_of(METHODS), "reference": text(40, required=False)}
SHIPMENT = {"carrier": one_of(CARRIERS)}
CANCELLATION = {"reason": text(200, required=False)}


def save_customer(books: Books, body: Json, known: Json | None = None) -> Json:
    """Create a customer, or change the given fields of one. Its kind is for good."""
    reader = Reader()
    kind = known["kind"] if known else reader.read(body, {"kind": one_of(CUSTOMER_OF_KIND)}).get("kind")
    values = reader.read(body, CUSTOMER_OF_KIND.get(kind, CUSTOMER | PHONE), partly=known is not None)
    reader.done()
    for other in books.customers.values():
        if other is not known and other["email"] == values.get("email"):
            raise conflict(f"a customer with the email {other['email']} exists")
    if known is None:
        known = {"id": books.new_id("cus_"), "kind": kind, "created_at": now()}
        books.customers[known["id"]] = known
    known.update(values)
    return known


def delete_customer(books: Books, customer: Json) -> None:
    key = customer["id"]
    if any(order.customer == key for order in books.orders.values()):
        raise conflict(f"customer {key} has orders and cannot be deleted")
    if any(entry["customer"] == key for entry in books.payments):
        raise conflict(f"customer {key} has payments and cannot be deleted")
    del books.customers[key]


def save_product(books: Books, body: Json, known: Json | None = None) -> Json:
    reader = Reader()
    values = reader.read(body, PRODUCT, partly=known is not None)
    reader.done()
    for other in books.products.values():
        if other is not known and other["sku"] == values.get("sku"):
            raise conflict(f"a product with the sku {other['sku']} exists")
    if known is None:
        known = {"id": books.new_id("prd_")}
        books.products[known["id"]] = known
    known.update(values)
    return known


def delete_product(books: Books, product: Json) -> None:
    key = product["id"]
    if any(line.product == key for order in books.orders.values() for line in order.lines):
        raise conflict(f"product {key} has been ordered and cannot be deleted")
    del books.products[key]


def read_line(books: Books, reader: Reader, body: object, at: str = "") -> Json:
    values = reader.read(body, LINE, at=at)
    if "product" in values and values["product"] not in books.products:
        reader.problems[f"{at}product"] = f"there is no product {values['product']}"
    return values


def add_line(books: Books, order: Order, values: Json) -> None:
    number = order.lines[-1].number + 1 if order.lines else 1
    price = books.products[values["product"]]["price"]
    order.lines.append(Line(number, values["product"], values["quantity"], price))


def require_message(reader: Reader, terms: Json) -> None:
    if terms.get("gift") and "gift_message" not in terms:
        reader.problems.setdefault("gift_message", "is required for a gift")


def create_order(books: Books, body: Json) -> Order:
    reader = Reader()
    values = reader.read(body, ORDER)
    if "customer" in values and values["customer"] not in books.customers:
        reader.problems["customer"] = f"there is no customer {values['customer']}"
    lines = [
        read_line(books, reader, line, f"lines[{at}].") for at, line in enumerate(values.get("lines", ()))
    ]
    require_message(reader, values)
    reader.done()
    books.last_order += 1
    terms = {name: values[name] for name in TERMS if name in values}
    order = Order(books.last_order, values["customer"], now(), terms=terms)
    for line in lines:
        add_line(books, order, line)
    books.orders[order.id] = order
    return order


def require_draft(order: Order, doing: str) -> None:
    if order.status != "draft":
        raise conflict(f"order {order.id} is {order.status}: only a draft can be {doing}")


def change_order(order: Order, body: Json) -> None:
    reader = Reader()
    terms = {**order.terms, **reader.read(body, TERMS, partly=True)}
    require_message(reader, terms)
    reader.done()
    require_draft(order, "changed")
    order.terms = terms


def append_line(books: Books, order: Order, body: Json) -> None:
    reader = Reader()
    values = read_line(books, reader, body)
    reader.done()
    require_draft(order, "changed")
    add_line(books, order, values)


def remove_line(order: Order, number: str) -> None:
    kept = [line for line in order.lines if str(line.number) != number]
    if len(kept) == len(order.lines):
        raise missing("line", number)
    require_draft(order, "changed")
    order.lines = kept


def add_payment(books: Books, customer: Json, body: Json) -> Json:
    reader = Reader()
    values = reader.read(body, PAYMENT)
    reader.done()
    payment = {"id": books.new_id("pay_"), "customer": customer["id"], **values, "created_at": now()}
    books.payments.append(payment)
    return payment


def move(books: Books, order: Order, action: str, body: Json) -> None:
    """Take an order to its next state. Raises Refusal where the action is not for its present one."""
    reader = Reader()
    values = reader.read(body, {"ship": SHIPMENT, "cancel": CANCELLATION}.get(action, {}))
    reader.done()
    allowed, then = TRANSITIONS[action]
    if order.status not in allowed:
        raise conflict(f"order {order.id} is {order.status}: cannot {action}")
    if action == "confirm" and not order.lines:
        raise conflict(f"order {order.id} has no lines: cannot confirm")
    order.status = then
    if action == "ship":
        number = "".join(books.rng.choices(string.digits, k=10))
        order.events["tracking"] = {"carrier": values["carrier"], "number": number, "shipped_at": now()}
    elif action == "deliver":
        order.events["delivered_at"] = now()
    elif action == "cancel" and "reason" in values:
        order.events["cancel_reason"] = values["reason"]
