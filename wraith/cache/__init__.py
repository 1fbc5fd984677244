"""The action cache: what steps wrote, found by what they were made from, on this disk and on a server."""

from wraith.cache._cache import ActionCache, Hit, action_key
from wraith.cache._remote import Remote, credentials
from wraith.cache._result import ActionResult, Output, dump_result, load_result, seal, unseal
from wraith.cache._store import LIMIT, Stats, Store, Verified

__all__ = [
    "LIMIT",
    "ActionCache",
    "ActionResult",
    "Hit",
    "Output",
    "Remote",
    "Stats",
    "Store",
    "Verified",
    "action_key",
    "credentials",
    "dump_result",
    "load_result",
    "seal",
    "unseal",
]
