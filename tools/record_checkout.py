"""Send the traffic that an overlay on ``twins/billing-api`` is recorded from; see ``tools/checkout``.

Like ``tools/record_billing.py``, but for the scenarios of one overlay: each is one session, and the same seed
gives the same requests, but for the ids that the service chooses.
"""

from __future__ import annotations

import argparse
import os
import random
import sys

from record_billing import KEPT_ENVIRONMENT


def main() -> int:
    for name in set(os.environ) - KEPT_ENVIRONMENT:
        del os.environ[name]  # the SDK and proxies of the shell would speak of it
    try:
        import httpx
        import stripe
        from billing import CountingClient
        from checkout import SCENARIOS, Checkout
    except ImportError as error:
        print(
            f"{error}; install what the twins are recorded with: pip install -e '.[upstreams]'",
            file=sys.stderr,
        )
        return 1
    parser = argparse.ArgumentParser(description="drive the Stripe SDK against a recording proxy")
    parser.add_argument("overlay", choices=sorted(SCENARIOS), help="the overlay that is recorded")
    parser.add_argument("--base-url", required=True, help="the address of the recording proxy")
    parser.add_argument("--seed", type=int, required=True, help="what every random choice comes from")
    parser.add_argument("--sessions", type=int, required=True, help="how many scenarios to run, in turn")
    arguments = parser.parse_args()
    scenarios, base_url = SCENARIOS[arguments.overlay], arguments.base_url.rstrip("/")
    http = CountingClient()
    for number in range(arguments.sessions):
        shop = Checkout(base_url, random.Random(f"{arguments.seed}/{number}"), http)
        try:
            shop.new_session()
            scenarios[number % len(scenarios)](shop)
        except (httpx.HTTPError, stripe.StripeError) as error:
            print(f"session {number}: {type(error).__name__}: {error}", file=sys.stderr)
            return 1
        finally:
            shop.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
