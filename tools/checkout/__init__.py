"""The traffic that the overlays on ``twins/billing-api`` are recorded from, and a newer base.

``SCENARIOS`` are functions of a ``Checkout``, by the name of what is recorded; ``tools/record_checkout.py``
runs each as one session.
"""

from checkout import banks, later, paying, webhooks
from checkout.shop import Checkout

__all__ = ["SCENARIOS", "Checkout"]

SCENARIOS = {
    "checkout-shared": (banks.sources, banks.refused),
    "checkout-billing": (
        paying.declined,
        paying.amounts,
        paying.announced,
        webhooks.endpoints,
        webhooks.refused,
    ),
    "newer-base": (webhooks.endpoints, webhooks.refused, later.failing, later.history),
}
