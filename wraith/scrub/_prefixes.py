"""Vendor key shapes: secrets that are known by how they begin, wherever they stand.

The prefix says what kind of key it is. It is no secret, and stays in clear in the token.
"""

from __future__ import annotations

import base64
import re
from typing import Final

import orjson

_KEY = r"[A-Za-z0-9_-]{16,}"

VENDOR_KEYS: Final[dict[str, str]] = {
    # payment
    **dict.fromkeys(("sk_live_", "sk_test_", "rk_live_", "rk_test_", "sk_org_live_"), r"[A-Za-z0-9_-]{8,}"),
    **dict.fromkeys(("whsec_", "sq0atp-", "sq0csp-"), _KEY),
    # source code and packages
    **dict.fromkeys(("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"), _KEY),
    **dict.fromkeys(("glpat-", "gldt-", "glrt-", "glptt-", "ATATT3"), _KEY),
    **dict.fromkeys(("npm_", "pypi-", "rubygems_", "dckr_pat_"), r"[A-Za-z0-9_-]{24,}"),
    # chat and mail
    **dict.fromkeys(("xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-", "xapp-"), r"[A-Za-z0-9-]{10,}"),
    "SG.": r"[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}",
    "xkeysib-": _KEY,
    # clouds and their tools
    **dict.fromkeys(("AKIA", "ASIA"), r"[A-Z0-9]{16,}"),
    "AIza": r"[A-Za-z0-9_-]{30,}",
    "ya29.": r"[A-Za-z0-9_-]{20,}",
    **dict.fromkeys(("dop_v1_", "doo_v1_", "dor_v1_", "hvs.", "hvb.", "glsa_", "sntrys_", "sntryu_"), _KEY),
    "dapi": r"[0-9a-f]{32,}",
    **dict.fromkeys(("NRAK-", "PMAK-", "tskey-", "lin_api_", "figd_"), _KEY),
    **dict.fromkeys(("shpat_", "shpca_", "shppa_", "shpss_"), _KEY),
    # language models
    **dict.fromkeys(("sk-ant-", "sk-proj-", "sk-svcacct-", "gsk_", "hf_"), r"[A-Za-z0-9_-]{24,}"),
    "sk-": r"[A-Za-z0-9]{32,}",
}
"""Prefix, and what follows it at least. Longer prefixes come before the shorter ones they begin with."""

JWT: Final = r"eyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+){0,2}"
PRIVATE_KEY: Final = (
    r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(?:[^-]|-(?!----))+-----END (?:[A-Z]+ )*PRIVATE KEY-----"
)

# A word begins here: after no letter or digit, or after an escape that ends in one.
WORD_START: Final = r"(?:(?<![A-Za-z0-9])|(?<=%[0-9A-Fa-f]{2})|(?<=\\[nrtbf])|(?<=\\u[0-9A-Fa-f]{4}))"

VENDOR_KEY = re.compile(
    WORD_START
    + "(?:"
    + "|".join([re.escape(prefix) + rest for prefix, rest in VENDOR_KEYS.items()] + [JWT])
    + f")|{PRIVATE_KEY}"
)


def _maybe_pattern(starts: tuple[bytes, ...]) -> re.Pattern[bytes]:
    """Return a pattern that is found where one of these starts is.

    It looks for their last characters, nearly all marks, which are rarer than first ones, and then back: four
    times as fast as an alternation.
    """
    branches: dict[tuple[bytes, int], list[bytes]] = {}
    for start in starts:
        branches.setdefault((start[-1:], len(start)), []).append(re.escape(start))
    by_end: dict[bytes, list[bytes]] = {}
    for (end, _), group in sorted(branches.items()):
        by_end.setdefault(end, []).append(b"(?<=%s)" % b"|".join(group))
    return re.compile(
        b"|".join(b"%s(?:%s)" % (re.escape(end), b"|".join(looks)) for end, looks in by_end.items())
    )


MAYBE_VENDOR_KEY = _maybe_pattern(tuple(prefix.encode() for prefix in (*VENDOR_KEYS, "eyJ", "-----BEGIN")))
"""Found in all bytes that hold a key of these shapes, and in few others."""

_PREFIX = re.compile("|".join(map(re.escape, VENDOR_KEYS)))

# pi_3Nk…_secret_…: a secret that begins with the id of what it opens
_SECRET_PART = re.compile(r"[A-Za-z0-9]+(?:_[A-Za-z0-9]+)*?_secret_")


def known_prefix(secret: str) -> str:
    """Return the part of the secret, from its start, that stays in clear in its token."""
    if secret.startswith("eyJ"):
        return _jwt_header(secret)
    found = _PREFIX.match(secret) or _SECRET_PART.match(secret)
    return found[0] if found else ""


def has_vendor_prefix(text: str) -> bool:
    """Tell whether the text begins as vendor keys do."""
    return _PREFIX.match(text) is not None


def _jwt_header(secret: str) -> str:
    """Return the header of a JWT with its dot, which names an algorithm; ``eyJ`` where it is none."""
    header, dot, _ = secret.partition(".")
    try:
        fields = orjson.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    except ValueError:
        return "eyJ"
    return header + dot if isinstance(fields, dict) and "alg" in fields else "eyJ"
