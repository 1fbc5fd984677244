"""What may never reach the disk, and what takes its place. For users: ``docs/reference/scrubbing.md``."""

from wraith.scrub._key import Key, draft_key, find_key, keep_key
from wraith.scrub._personal import Confidence, Suspicion, suspicions
from wraith.scrub._restore import restore
from wraith.scrub._reveal import lacks_a_secret, reveal, stands_in
from wraith.scrub._rules import RULES_VERSION, effective_policy_digest, policy_digest
from wraith.scrub._scrubber import Scrubbed, Scrubber
from wraith.scrub._token import is_token

__all__ = [
    "RULES_VERSION",
    "Confidence",
    "Key",
    "Scrubbed",
    "Scrubber",
    "Suspicion",
    "draft_key",
    "effective_policy_digest",
    "find_key",
    "is_token",
    "keep_key",
    "lacks_a_secret",
    "policy_digest",
    "restore",
    "reveal",
    "stands_in",
    "suspicions",
]
