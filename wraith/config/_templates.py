"""The files that ``wraith init`` writes, commented so that each key explains itself where it is set.

A key that stands in a comment shows its default, but for the examples of ``[record]`` and of the scrub rules.
"""

from __future__ import annotations

import json
from typing import Final

from wraith.config._overlay import Base, Overlay
from wraith.workspace import PROJECT_FILE

WRAITH_TOML: Final = """\
# The twin {name}. All keys: docs/reference/configuration.md of wraith.
format = "wraith.twin/1"

[upstream]
# The real service, which recording forwards to.
base_url = {base_url}

[record]
# How `doit record:{name}` records by itself. Without `exercise`, record by hand: wraith record {name}
# In both commands {{python}} is the running interpreter, {{port}} the upstream's free port, {{url}} the
# address of the recording proxy, {{project}} the project's folder. Both run in this folder.
# The command that starts the upstream; leave it out where base_url is up already:
# start = ["my-service", "--port", "{{port}}"]
# The command that sends the traffic:
# exercise = ["{{python}}", "{{project}}/tools/exercise.py", "{{url}}"]
# Files that the recordings are made from; when one changes, they are recorded anew:
# inputs = ["../../tools/exercise.py"]
# A path that answers once the upstream is up:
# ready = "/"
# Pass the client's Host header through, for services that build addresses from it:
# preserve_host = false
# Larger bodies pass through and are recorded as a digest and a size:
# max_body_bytes = 10485760
# How long the whole recording may take, in seconds:
# timeout_s = 600.0

[synth]
# Learn only from sessions with one of these tags; empty means all:
# tags = []

[diff]
# The share of sessions that must pass; below it `wraith check` ends with exit status 2:
# required_score = 0.9
# The share of a session's exchanges that must pass for the session to pass:
# session_pass_rate = 0.95
# Headers to compare besides content-type and those that the model predicts:
# compare_headers = []
# What fields are, where the model does not know: generated, timestamp, constant, enum, echoed or exact:
# fields = {{ "nonce" = "generated", "data[*].state" = {{ class = "enum", values = ["open", "closed"] }} }}

# The least that an exchange must reach: shares of leaves, from 0 to 1:
# [diff.thresholds]
# status_exact_match = true
# body_structure = 0.9
# body_values = 0.85
# symbol_consistency = 1.0
# header_conformance = 0.8
# and of one route:
# [diff.overrides."GET /v1/search"]
# body_values = 0.5

# A difference that does not count:
# [[diff.suppress]]
# route = "GET /v1/*"
# path = "motd"
# category = "value_mismatch"
# reason = "changes every day"
# expires = "2027-01-31"

[serve]
# "synth" answers what the recordings suggest; "strict" only what they show:
# fidelity = "synth"
# Time: "deterministic" begins at clock_epoch in each session and moves one second per request; "fixed" stands
# still there; "real" is the time of day:
# clock = "deterministic"
# clock_epoch = "2026-01-01T00:00:00Z"
# Other identifiers for every session than without it:
# seed = ""
# What names a client's session besides the header X-Wraith-Session: "cookie", or "path" for /@SESSION/…
# session_mode = "header"
# Above these, the session that was idle longest is dropped:
# max_sessions = 10000
# max_entities = 1000000
# max_bytes = 536870912
# Addresses of the upstream become the twin's; headers of servers, caches and gateways are left out:
# rewrite_urls = true
# strip_headers = true
# A key that was never seen: "not_found", or "synthesize" an entity like the others:
# unknown_entity = "not_found"
# Web pages of other origins may use the twin:
# cors = true

# Requests with one key are done once:
# [serve.idempotency]
# header = "Idempotency-Key"
# methods = ["POST"]
# max_keys = 1000
# reused_status = 422

# Where a Lua handler fails: "fallback" has the model answer instead, "fail" answers 500 with the reason:
# [serve.lua]
# on_error = "fallback"

# How long answers are held back: "off", "fixed", "uniform", "normal", "percentile" or "recorded". Each mode
# reads its own times, in milliseconds; the seed decides the single waits:
# [serve.latency]
# mode = "off"
# seed = 0
# ms = 100.0
# min_ms = 50.0
# max_ms = 150.0
# mean_ms = 100.0
# deviation_ms = 20.0
# p50_ms = 50.0
# p90_ms = 120.0
# p99_ms = 400.0
# [[serve.latency.routes]]
# route = "POST /v1/reports"
# mode = "fixed"

# How often a session may ask; several limits may hold at once:
# [[serve.rate_limits]]
# route = "*"
# limit = 100
# window_s = 60.0
# algorithm = "fixed"
# status = 429
# body = {{ error = "too many requests" }}

[passthrough]
# Forward what no route matches to the real service, where a pattern such as "GET /v1/reports/*" allows it:
# enabled = false
# allow = []
"""

SCRUB_TOML: Final = """\
# What may not reach the disk when {name} is recorded, beyond the built-in rules for credentials:
# authorization and cookie headers, api keys, passwords, tokens, JWTs, well-known key shapes, card numbers.
# All keys: docs/reference/configuration.md of wraith.
format = "wraith.scrub/1"

# Leave the published test numbers of card networks in clear:
# card_test_numbers = true

# A rule names one place (header, cookie, query_param, jsonpath or regex) and what happens to what stands
# there: tokenize (the same secret is the same token everywhere), mask, redact or pseudonymize.
# [[rules]]
# jsonpath = "customer.email"
# action = "pseudonymize"

# A value that is public by nature and stays in clear:
# [[allow]]
# value = "pk_test_published_in_the_docs"
# reason = "the public key of the sandbox"
"""

SCRUB_OF_BASE: Final = """\
# What the base hides, and what this overlay hides beyond that: add rules, remove none.
"""

OVERLAY_TABLES: Final = """\
format = "wraith.twin/1"

[base]
# What this overlay is made for, by the digest of what it answers; a copy is kept in base/, committed.
# wraith rebase moves the pin.
artifact = {artifact}
digest = {digest}
model_schema_version = {version}
scrub_policy_hash = {policy}
# A newer base that rebase-check judges, instead of the base's packed artifact in dist/:
# candidate = "../../dist/next.wraith"

[overlay]
owner = {owner}
description = ""
# Overlays that come before this one, each as "name@sha256:…":
requires = {requires}

[capabilities]
# What this overlay may add:
# routes = true
# variants = true
# schema = true
# fixtures = true
# faults = true
# handlers = false

[promote]
# How much must back each variant before the base may take it over:
# min_exchanges = 3
# min_sessions = 2
"""

TWIN_GITIGNORE: Final = """\
# Derived by `wraith build`; the recordings and model/patches are the source.
/model/*
!/model/patches/
/build/
/reports/
"""

PROJECT_TOML: Final = """\
# A wraith project: its twins are the folders below twins/.
format = "wraith.project/1"

# What steps wrote is kept in .wraith/cache and restored where their inputs are the same again.
[cache]
# remote = "https://cache.example.com"  # a server of Bazel's HTTP cache protocol
# read_only = false  # true: take from the server, never give: for builds that are not trusted
# limit = "2 GiB"    # how large .wraith/cache may grow

# A Dask cluster that shares the work of synth and check.
[build]
# cluster = "tcp://10.0.0.5:8786"

# A twin with overlays, in their order; `doit` builds it and `wraith serve checkout` serves it:
# [composites.checkout]
# base = "billing-api"
# overlays = ["checkout-billing"]
"""

PROJECT_GITIGNORE: Final = """\
# The scrub key, the task database, logs; and the packed twins.
/.wraith/
/dist/
"""

STATE_GITIGNORE: Final = """\
# Nothing in this folder is ever committed: it holds the key that scrub tokens are made with.
*
"""

DODO: Final = '''\
"""The tasks of this project; `doit list` shows them."""

from wraith.build import graph

globals().update(graph())
'''

FOLDERS: Final = (
    "recordings/sessions",
    "model/patches",
    "state/fixtures",
    "lua/handlers",
    "lua/lib",
    "faults",
)


def twin_files(name: str, base_url: str) -> dict[str, str]:
    """Return the files of a new workspace by their path below it."""
    return {
        # a JSON string without control characters is a TOML basic string
        "wraith.toml": WRAITH_TOML.format(name=name, base_url=json.dumps(base_url, ensure_ascii=False)),
        "scrub.toml": SCRUB_TOML.format(name=name),
        ".gitignore": TWIN_GITIGNORE,
    }


def with_base(text: str, base: Base, overlay: Overlay) -> str:
    """Return a new ``wraith.toml`` with the tables that make the twin an overlay."""
    tables = OVERLAY_TABLES.format(
        artifact=json.dumps(base.artifact),
        digest=json.dumps(base.digest),
        version=base.model_schema_version,
        policy=json.dumps(base.scrub_policy_hash),
        owner=json.dumps(overlay.owner, ensure_ascii=False),
        requires=json.dumps(list(overlay.requires)),
    )
    return text.replace('format = "wraith.twin/1"\n', tables, 1)


def project_files() -> dict[str, str]:
    """Return the files of a new project by their path below it; those that exist are left alone."""
    return {
        PROJECT_FILE: PROJECT_TOML,
        "dodo.py": DODO,
        ".gitignore": PROJECT_GITIGNORE,
        ".wraith/.gitignore": STATE_GITIGNORE,
    }
