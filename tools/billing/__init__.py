"""The traffic that ``twins/billing-api`` is recorded from: scenarios that drive Stripe's official SDK.

``SCENARIOS`` are functions of a ``Shop``; ``tools/record_billing.py`` runs each as one session.
"""

from billing import catalogue, customers, intents, invoicing, ledger, mistakes, payments
from billing.shop import CountingClient, Shop

__all__ = ["SCENARIOS", "CountingClient", "Shop"]

SCENARIOS = (
    customers.records,
    customers.pages,
    customers.cards,
    customers.tax_numbers,
    catalogue.goods,
    catalogue.plans,
    catalogue.coupons,
    payments.charges,
    payments.holds,
    payments.refunds,
    invoicing.subscriptions,
    invoicing.invoices,
    invoicing.taxed,
    intents.methods,
    intents.payments,
    intents.setups,
    ledger.books,
    ledger.payouts,
    mistakes.wrong_parameters,
    mistakes.wrong_keys,
)
