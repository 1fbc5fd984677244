"""The traffic that ``twins/orderledger`` is recorded from: scenarios of a shop that keeps its books."""

from scenarios.orderledger import books, catalogue, customers, days, lives, mistakes, orders

__all__ = ["SCENARIOS"]

SCENARIOS = (
    customers.records,
    customers.lists,
    customers.accounts,
    catalogue.goods,
    catalogue.searches,
    orders.baskets,
    orders.drafts,
    orders.gifts,
    orders.lists,
    orders.references,
    lives.whole,
    lives.detours,
    lives.cancellations,
    books.statistics,
    books.ledger,
    books.bestsellers,
    mistakes.fields,
    mistakes.conflicts,
    mistakes.requests,
    days.busy,
)
