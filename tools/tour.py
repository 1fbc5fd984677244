"""Call a twin of billing-api with Stripe's official SDK, and show what comes back."""

from __future__ import annotations

import argparse
import sys
from typing import Any, TypeAlias

import stripe

Resource: TypeAlias = Any
"""An object of the SDK: its fields are those of the answer."""

API_KEY = "sk_test_any_key_will_do"


def main() -> int:
    parser = argparse.ArgumentParser(description="call a twin of billing-api with the Stripe SDK")
    parser.add_argument("--base-url", required=True)
    base_url = parser.parse_args().base_url
    stripe.enable_telemetry = False
    client = stripe.StripeClient(API_KEY, base_addresses={"api": base_url}, max_network_retries=0)
    print(f"   stripe {stripe.VERSION}, asking {base_url}\n")
    try:
        call_everything(client.v1)
    except stripe.StripeError as error:
        print(f"   refused: {error.http_status} {error}", file=sys.stderr)
        return 1
    return 0


def call_everything(v1: Resource) -> None:
    """Create a customer, read them back, charge them, list that, and ask for someone who does not exist."""
    customer = v1.customers.create(
        {"email": "ada@example.com", "name": "Ada Ashgrove", "metadata": {"tier": "gold"}}
    )
    show("customers.create", customer, "id", "email", "name")
    again = v1.customers.retrieve(customer.id)
    show("customers.retrieve", again, "id", "email", "name")
    expect(again.email == "ada@example.com", "the customer reads back as they were created")

    token = v1.tokens.create(
        {"card": {"number": "4242424242424242", "exp_month": 9, "exp_year": 2034, "cvc": "123"}}
    )
    card = v1.customers.payment_sources.create(customer.id, {"source": token.id})
    show("payment_sources.create", card, "id", "brand", "last4")
    charge = v1.charges.create({"amount": 4200, "currency": "eur", "customer": customer.id})
    show("charges.create", charge, "id", "amount", "currency", "status")
    expect(charge.amount == 4200, "the amount is the one that was asked for")

    listed = v1.charges.list({"customer": customer.id})
    print(f"   {'charges.list':<24} {len(listed.data)} charge(s): {', '.join(one.id for one in listed.data)}")
    expect([one.id for one in listed.data] == [charge.id], "the list holds that charge and no other")

    try:
        v1.customers.retrieve("cus_nobody0000000")
    except stripe.InvalidRequestError as error:
        print(f"   {'customers.retrieve':<24} {error.http_status} {error.user_message}")
        expect(error.http_status == 404, "who does not exist is not found")
    else:
        expect(False, "who does not exist is not found")


def show(call: str, answer: Resource, *fields: str) -> None:
    print(f"   {call:<24} " + "  ".join(f"{field}={answer[field]}" for field in fields))


def expect(true: bool, promise: str) -> None:
    if not true:
        sys.exit(f"   not so: {promise}")


if __name__ == "__main__":
    sys.exit(main())
