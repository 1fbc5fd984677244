"""A shop that speaks GraphQL, in memory, built with graphql-core: what tests record and compare twins with.

Products belong to makers. Queries read one, list with arguments, count; mutations take objects as input,
answer payloads, refuse by business rules, and make identifiers that no client can foresee.
"""

from __future__ import annotations

import string
from dataclasses import dataclass, field
from random import Random

from graphql import GraphQLError, build_schema

from tests.synth.graphql.serving import Asks, Service, member
from tests.synth.recordings import Document

SCHEMA = build_schema(
    """
    type Maker { id: ID! name: String! country: String products: [Product!]! }
    type Product { id: ID! label: String! price: Int! stock: Int! maker: Maker }
    type Payload { product: Product problems: [String!]! }
    input ProductInput { label: String! price: Int! stock: Int makerId: ID }
    input Changes { label: String price: Int stock: Int makerId: ID }
    type Query {
      product(id: ID!): Product
      products(limit: Int, offset: Int, maxPrice: Int): [Product!]!
      makers: [Maker!]!
      productCount: Int!
    }
    type Mutation {
      addProduct(input: ProductInput!): Payload
      changeProduct(id: ID!, input: Changes!): Payload
      dropProduct(id: ID!): Payload
      sell(id: ID!, amount: Int!): Product
    }
    """
)
"""What the shop offers. The engine never sees it: it sees what is asked and answered."""


@dataclass
class Product:
    shop: Shop
    id: str
    label: str
    price: int
    stock: int
    maker_id: str | None

    def maker(self, _info: object) -> Maker | None:
        return next((each for each in self.shop.all_makers if each.id == self.maker_id), None)


@dataclass
class Maker:
    shop: Shop
    id: str
    name: str
    country: str | None

    def products(self, _info: object) -> list[Product]:
        return [each for each in self.shop.stored.values() if each.maker_id == self.id]


@dataclass
class Payload:
    product: Product | None
    problems: list[str] = field(default_factory=list)


class Shop:
    """The resolvers of the root types, and what they change."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        names = (("mk_ash", "Ash", "FI"), ("mk_birch", "Birch", None), ("mk_cedar", "Cedar", "PT"))
        self.all_makers = [Maker(self, *each) for each in names]
        self.stored: dict[str, Product] = {}
        for number, label in enumerate(("anvil", "bellows", "chisel", "drill", "easel", "file")):
            key = f"prd_start{number}x"
            maker = self.all_makers[number % 3].id
            self.stored[key] = Product(self, key, label, 10 + 7 * number, 3 + number, maker)

    def product(self, _info: object, id: str) -> Product | None:
        return self.stored.get(id)

    def products(
        self, _info: object, limit: int = 20, offset: int = 0, maxPrice: int | None = None
    ) -> list[Product]:
        found = [each for each in self.stored.values() if maxPrice is None or each.price <= maxPrice]
        return found[offset : offset + limit]

    def makers(self, _info: object) -> list[Maker]:
        return self.all_makers

    def productCount(self, _info: object) -> int:
        return len(self.stored)

    def addProduct(self, _info: object, input: Document) -> Payload:
        letters = self._rng.choices(string.ascii_lowercase + string.digits, k=9)
        key = f"prd_{self._rng.randrange(10)}{''.join(letters)}"
        made = Product(self, key, str(input["label"]), 0, 0, None)
        self.stored[key] = made
        return self._changed(made, {"stock": 0, **input})

    def changeProduct(self, _info: object, id: str, input: Document) -> Payload:
        found = self.stored.get(id)
        return Payload(None, ["no such product"]) if found is None else self._changed(found, input)

    def _changed(self, product: Product, given: Document) -> Payload:
        for name, value in given.items():
            setattr(product, {"makerId": "maker_id"}.get(name, name), value)
        return Payload(product)

    def dropProduct(self, _info: object, id: str) -> Payload:
        return Payload(self.stored.pop(id, None))

    def sell(self, _info: object, id: str, amount: int) -> Product | None:
        found = self.stored.get(id)
        if found is None:
            raise GraphQLError(f"product {id} is not sold here", extensions={"code": "UNKNOWN"})
        found.stock -= amount
        return found


# --- a client -----------------------------------------------------------------------------------------------


def product_fields(rng: Random, depth: int = 1) -> str:
    """Return a selection of a product, of a shape of its own."""
    names = rng.sample(["id", "label", "price", "stock"], rng.randint(1, 4))
    if rng.random() < 0.2:
        names[-1] = f"renamed: {names[-1]}"
    if depth and rng.random() < 0.6:
        inner = " ".join(rng.sample(["id", "name", "country"], rng.randint(1, 3)))
        deeper = f" products {{ {product_fields(rng, depth - 1)} }}" if rng.random() < 0.4 else ""
        names.insert(rng.randint(0, len(names)), f"maker {{ {inner}{deeper} }}")
    return " ".join(names)


def visit(ask: Asks, rng: Random) -> None:
    """Talk to the shop as one client: look around, add, change, sell, drop, and look again."""
    ask("{ products { id label price stock maker { id name } } makers { id name country } productCount }")
    ask(f"{{ products(maxPrice: {rng.randint(5, 60)}) {{ {product_fields(rng)} }} }}")
    page = "query Page($n: Int, $from: Int) { products(limit: $n, offset: $from) { FIELDS } }"
    ask(page.replace("FIELDS", product_fields(rng, 2)), {"n": rng.randint(1, 3), "from": rng.randint(0, 3)})
    made = [_add(ask, rng) for _ in range(rng.randint(1, 3))]
    some = rng.choice([*made, "prd_start2x"])
    ask(f'{{ product(id: "{some}") {{ {product_fields(rng, 2)} }} }}')
    changes: Document = {"price": rng.randint(1, 99)} if rng.random() < 0.5 else {"label": _word(rng)}
    ask(
        f"mutation Change($id: ID!, $input: Changes!) "
        f"{{ changeProduct(id: $id, input: $input) {{ product {{ {product_fields(rng)} }} problems }} }}",
        {"id": some, "input": changes},
    )
    ask(f'mutation {{ sell(id: "{some}", amount: {rng.randint(1, 9)}) {{ id stock }} }}')
    ask(f'mutation {{ sell(id: "prd_{_word(rng)}", amount: 1) {{ {product_fields(rng)} }} }}')
    named = rng.choice(["id", "name"])
    ask(f"{{ makers {{ {named} products {{ {product_fields(rng)} }} }} }}")
    ask(f'mutation {{ dropProduct(id: "{made[0]}") {{ product {{ {product_fields(rng)} }} problems }} }}')
    ask(f"query Gone($id: ID!) {{ product(id: $id) {{ {product_fields(rng)} }} }}", {"id": made[0]})
    ask("{ n: productCount }")
    ask(f"{{ products {{ {_word(rng)} }} }}")
    ask("{ products { id")


def _add(ask: Asks, rng: Random) -> str:
    given: Document = {"label": _word(rng), "price": rng.randint(1, 99)}
    if rng.random() < 0.6:
        given["stock"] = rng.randint(1, 50)
    given["makerId"] = rng.choice(["mk_ash", "mk_birch", "mk_cedar"])
    done = ask(
        "mutation Add($input: ProductInput!) { addProduct(input: $input) { problems product { id "
        f"{product_fields(rng)} }} }} }}",
        {"input": given},
    )
    return str(member(done, "addProduct", "product")["id"])


def _word(rng: Random) -> str:
    return "".join(rng.choices(string.ascii_lowercase, k=7))


SHOP = Service(SCHEMA, Shop, visit)
