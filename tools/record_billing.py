"""Send the traffic that ``twins/billing-api`` is recorded from: scenarios that drive Stripe's official SDK.

Each scenario is one session: before it, the recording proxy is told so. The same seed gives the same
requests, but for the ids that the service chooses.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import urllib.error
import urllib.request
from itertools import count

KEPT_ENVIRONMENT = frozenset({"PATH", "HOME", "LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR", "VIRTUAL_ENV"})


def main() -> int:
    arguments = _arguments()
    _forget_environment()
    try:
        import stripe
        from billing import SCENARIOS, CountingClient, Shop
    except ImportError as error:
        print(
            f"{error}; install what the twins are recorded with: pip install -e '.[upstreams]'",
            file=sys.stderr,
        )
        return 1
    http, base_url = CountingClient(), arguments.base_url.rstrip("/")
    for number in count():
        if _enough(number, http.sent, arguments):
            break
        scenario = SCENARIOS[number % len(SCENARIOS)]
        rng = random.Random(f"{arguments.seed}/{number}")
        try:
            _new_session(base_url)
            scenario(Shop(base_url, rng, http, fast=arguments.fast))
        except (OSError, stripe.StripeError) as error:
            print(f"session {number}, {_title(scenario)}: {type(error).__name__}: {error}", file=sys.stderr)
            return 1
        if not arguments.quiet:
            print(f"session {number + 1}: {_title(scenario)}, {http.sent} requests so far", flush=True)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="drive the Stripe SDK against a recording proxy")
    parser.add_argument("--base-url", required=True, help="the address of the recording proxy")
    parser.add_argument("--seed", type=int, required=True, help="what every random choice comes from")
    parser.add_argument("--sessions", type=int, default=20, help="how many scenarios to run, in turn (20)")
    parser.add_argument("--exchanges", type=int, help="instead: go on until this many requests were sent")
    parser.add_argument(
        "--fast", action="store_true", help="never wait, for benchmarks; lists by time lose their order"
    )
    parser.add_argument("--quiet", action="store_true", help="say nothing but errors")
    return parser.parse_args()


def _enough(sessions: int, sent: int, arguments: argparse.Namespace) -> bool:
    if arguments.exchanges is not None:
        return bool(sent >= arguments.exchanges)
    return bool(sessions >= arguments.sessions)


def _new_session(base_url: str) -> None:
    request = urllib.request.Request(f"{base_url}/__wraith/new-session", method="POST")
    urllib.request.urlopen(request, timeout=30).close()


def _title(scenario: object) -> str:
    module, name = getattr(scenario, "__module__", ""), getattr(scenario, "__name__", "")
    return f"{module.rpartition('.')[2]}.{name}"


def _forget_environment() -> None:
    """Leave only what a program needs, so that recordings are the same from every terminal.

    The SDK describes parts of the environment to the service; urllib and requests would take a proxy from it.
    """
    for name in set(os.environ) - KEPT_ENVIRONMENT:
        del os.environ[name]


if __name__ == "__main__":
    sys.exit(main())
