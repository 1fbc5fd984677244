"""The report of a check: what was compared and what was not, what differed, and one honest score."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic import JsonValue as Json

from wraith.canonical import JsonValue

MAX_LISTED = 1000
"""Divergences, drifts and suppressed places listed in full; more are counted. A report is read by people and
stays small."""

Verdict = Literal["pass", "fail", "no-evidence"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Answer(_Part):
    """What a command answers with, and keeps in a file."""

    def to_json(self) -> JsonValue:
        """Return it as a JSON document."""
        document: JsonValue = self.model_dump(mode="json")
        return document


class Divergence(_Part):
    """One difference between a recorded and a replayed answer. ``accepted``: by a rule of ``drift.toml``."""

    route: str
    session: str
    exchange: int
    path: str
    category: str
    severity: Literal["error", "warning", "info"] = "error"
    expected: Json
    actual: Json
    drift_id: str = ""
    drift_type: str = ""
    accepted: bool = False


class Drift(_Part):
    """Divergences that are one and the same: how often, and where first."""

    drift_id: str
    drift_type: str
    route: str
    path: str
    category: str
    severity: Literal["error", "warning", "info"]
    expected: Json
    actual: Json
    count: int
    session: str
    exchange: int
    accepted: bool = False
    reason: str = ""
    """Why it was accepted."""


class Suppressed(_Part):
    """A place that was not compared exactly: why, how often, and what would have it compared again."""

    reason: Literal["generated", "timestamp", "enum", "header_allowlist", "heuristic", "rule"]
    route: str
    path: str
    count: int
    why: str = ""
    """The reason that the user gave, for ``rule``."""
    compare_again: str


class RuleFinding(_Part):
    """What is odd about a rule of the user's."""

    kind: Literal["unused_rule", "expired_rule", "broad_rule"]
    rule: str
    message: str


class Dependence(_Part):
    """An exchange that is about an entity which was there before the recording began.

    ``known``: the entity is one of the fixtures. Where it is not, no recording shows it as it was, and the
    twin cannot know it.
    """

    session: str
    exchange: int
    route: str
    entity: str
    key: str
    known: bool


class RouteScore(_Part):
    """How one route did."""

    route: str
    score_bp: int = Field(default=0, ge=0, le=10_000)
    exact_bp: int = Field(default=0, ge=0, le=10_000)
    exchanges_total: int
    exchanges_passed: int
    exchanges_exact: int = 0
    compared_leaves: int
    suppressed_leaves: int
    suppressed_share: float = 0.0
    body_leaves: int = 0
    """Leaves of bodies that were compared exactly, and those that were not:"""
    body_suppressed: int = 0


class SessionScore(_Part):
    """How one session did. ``strip`` has one sign per exchange: ``=`` exact, ``+`` passed, ``-`` failed."""

    session: str
    exchanges_total: int
    exchanges_passed: int
    passed: bool
    strip: str


class Prediction(_Part):
    """How well one route was predicted by models that had not seen the exchanges."""

    route: str
    generalization_bp: int = Field(ge=0, le=10_000)
    exchanges_total: int
    exchanges_passed: int
    """Those without any error."""


class Generalization(_Answer):
    """``reports/holdout.json``: each fold predicted by a model learned from the others."""

    format: Literal["wraith.holdout/1"] = "wraith.holdout/1"
    folds: int
    generalization_bp: int = Field(ge=0, le=10_000)
    exchanges_total: int
    exchanges_passed: int
    """Those without any error."""
    extrapolated_total: int
    routes: tuple[Prediction, ...]
    divergences_total: int
    divergences: tuple[Divergence, ...]
    corpus: str = ""
    """The digest of the sessions that were dealt."""


class Unnoticed(_Part):
    """A constant of the model that was changed, and no divergence said so."""

    route: str
    variant: int
    status: int
    path: str
    before: Json
    after: Json
    why: Literal["no divergence", "not answered", "not compared"]
    """``not answered``: the variant answers no exchange of the recordings with the recorded status."""


class Tampering(_Answer):
    """Which changes of the model's constants a check notices. Those of leaves that are not compared are
    listed apart, and count neither way."""

    seed: int
    constants_total: int
    changed: int
    noticed: int
    passed: bool
    unnoticed: tuple[Unnoticed, ...]
    not_compared: tuple[Unnoticed, ...]


class Disagreement(_Part):
    """An exchange that has one verdict in memory and another over the wire, and what differs in one alone."""

    route: str
    session: str
    exchange: int
    in_memory: tuple[str, ...]
    wire: tuple[str, ...]


class Wire(_Answer):
    """How the server answers what was recorded, over HTTP."""

    verdict: Verdict
    passed: bool
    wire_fidelity_bp: int = Field(ge=0, le=10_000)
    exact_bp: int = Field(ge=0, le=10_000)
    exchanges_total: int
    exchanges_passed: int
    sessions_total: int
    sessions_passed: int
    disagreements_total: int
    disagreements: tuple[Disagreement, ...]
    divergences_total: int
    divergences: tuple[Divergence, ...]


class HandlerScore(_Part):
    """A Lua handler: how many exchanges it was asked to answer, and how many the model answered because it
    failed, by reason."""

    name: str
    asked: int
    failed: int
    reasons: dict[str, int] = {}


class Report(_Answer):
    """``reports/check.json``. ``score_bp`` is 10000 times the share of exchanges that passed, rounded;
    ``exact_bp`` that of exchanges without any error."""

    format: Literal["wraith.report/2"] = "wraith.report/2"
    twin: str = ""
    verdict: Verdict
    passed: bool
    score_bp: int = Field(ge=0, le=10_000)
    exact_bp: int = Field(ge=0, le=10_000)
    session_pass_rate: float
    """The share of sessions that passed, from 0 to 1; so many are required:"""
    required_score: float
    exchanges_total: int
    exchanges_passed: int
    exchanges_exact: int
    sessions_total: int
    sessions_passed: int
    compared_leaves: int
    suppressed_leaves: int
    suppressed_share: float
    body_leaves: int
    """Leaves of bodies that were compared exactly, and those that were not:"""
    body_suppressed: int
    divergences_total: int
    """Differences of every severity, those by which drift was accepted included."""
    errors_total: int
    """The differences that count."""
    unlisted_drift_total: int = 0
    """Divergences of drifts beyond those that are listed."""
    drift_suppressed_count: int
    """Divergences that were accepted in ``drift.toml``."""
    extrapolated_total: int
    preexisting_total: int = 0
    """Exchanges about entities that were there before the recording began, of which so many are unknown:"""
    preexisting_unknown: int = 0
    no_evidence: tuple[str, ...] = ()
    """Routes whose answers have bodies of which nothing was compared."""
    findings: tuple[RuleFinding, ...] = ()
    sessions: tuple[SessionScore, ...]
    routes: tuple[RouteScore, ...]
    drifts: tuple[Drift, ...]
    suppressed: tuple[Suppressed, ...]
    preexisting: tuple[Dependence, ...] = ()
    handlers: tuple[HandlerScore, ...] = ()
    divergences: tuple[Divergence, ...]


class NotSent(_Part):
    """A recorded exchange that the live service was not asked, or did not answer, and why."""

    route: str
    session: str
    exchange: int
    kind: Literal["write_skipped", "not_replayable", "failed"]
    """``failed``: the network did."""
    why: str


class Upstream(Report):
    """``reports/upstream.json``: the report of the live service, held against the recording. ``score_bp`` and
    all that belongs to it is of the exchanges that were sent and answered."""

    target: str
    upstream_fidelity_bp: int = Field(ge=0, le=10_000)
    """The same as ``score_bp``."""
    writes_skipped: int
    not_replayable: int
    """Exchanges that tell of a write which did not happen, or need a secret that nobody gave."""
    failed: int
    """Exchanges that the network failed."""
    not_sent: tuple[NotSent, ...]
