"""Tampering: the proof that a check is not vacuous.

Constants of the model are changed one at a time: statuses, headers, and what stands in body templates. A
replay then has to report a divergence at that very place. What it does not report, nobody would have noticed
when it was learned wrongly. Source: mutation analysis (DeMillo, Lipton and Sayward 1978).

A change alters no choice of a variant, so each is tried on a fork of the replay, at the exchanges that its
variant answers.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wraith.canonical import JsonValue
from wraith.config import DEFAULT_SET, NOTHING, Diff, FixtureSet
from wraith.conformance._compare import How, compare
from wraith.conformance._differences import Comparison
from wraith.conformance._identity import Identities
from wraith.conformance._replay import how_to_compare
from wraith.conformance._report import Tampering, Unnoticed
from wraith.conformance._rules import Suppressions
from wraith.conformance._worlds import Beginnings, Stretch, World, worlds
from wraith.exchange import Corpus, Exchange
from wraith.paths import Path, format_path
from wraith.runtime import Session, Twin
from wraith.wir import Equals, Hole, Literal, Model, Route, Variant

MAX_CHANGES = 400
"""A sample: with 400 changes, a check that misses one in a hundred is found out with 98 % certainty."""
TRIES = 5
"""Exchanges that one change is tried on. An optional or a failing answer may hide it in one of them."""
REQUIRED_BP = 9900
NEVER_SEEN = Equals(Literal(False), True)
"""The support of what was expected, and not learned: it is never true."""


@dataclass(frozen=True, slots=True)
class Change:
    """One constant of a variant, and the variant with another value in its place."""

    route: Route
    number: int
    path: str
    before: JsonValue
    after: JsonValue
    changed: Variant


def tamper(
    model: Model,
    corpus: Corpus,
    *,
    diff: Diff | None = None,
    runs: Sequence[Sequence[str]] = (),
    fixtures: FixtureSet = NOTHING,
    seed: int = 0,
    limit: int = MAX_CHANGES,
) -> Tampering:
    """Return which of a sample of changed constants a check notices. ``fixtures`` are as for ``check``;
    ``seed`` chooses the sample."""
    diff = diff or Diff()
    every = list(changes(model))
    sample = sorted(every, key=lambda change: _rank(seed, change))[:limit]
    trial = _Trial(model, sample, how_to_compare(model, corpus, diff), Suppressions(diff.suppress))
    twin = Twin(model, {DEFAULT_SET: fixtures})
    for world in worlds(corpus, runs):
        if not trial.pending:
            break
        trial.run(twin, world)
    apart = dict.fromkeys(trial.not_compared, "not compared")
    apart |= {number: "not answered" for number, tries in trial.tries.items() if not tries}
    changed, noticed = len(sample) - len(apart), len(trial.noticed)
    return Tampering(
        seed=seed,
        constants_total=len(every),
        changed=changed,
        noticed=noticed,
        passed=changed > 0 and 10_000 * noticed >= REQUIRED_BP * changed,
        unnoticed=tuple(
            _told(sample[number], "no divergence")
            for number in range(len(sample))
            if number not in trial.noticed and number not in apart
        ),
        not_compared=tuple(_told(sample[number], why) for number, why in sorted(apart.items())),
    )


def changes(model: Model) -> Iterator[Change]:
    """Yield a change of each constant of a model: statuses, literal headers, literals in bodies.

    Variants that were expected of routes nobody recorded have no recording that could tell.
    """
    for route in model.routes:
        for number, variant in enumerate(route.variants):
            if NEVER_SEEN not in variant.support:
                yield from _of_variant(route, number, variant)


def _of_variant(route: Route, number: int, variant: Variant) -> Iterator[Change]:
    status = variant.status + 1 if variant.status % 100 < 99 else variant.status - 1
    other = variant.model_copy(update={"status": status})
    yield Change(route, number, "status", variant.status, status, other)
    for at, (name, source) in enumerate(variant.headers):
        if isinstance(source, Literal) and isinstance(source.value, str):
            text = f"tampered/{source.value}"
            headers = (*variant.headers[:at], (name, Literal(text)), *variant.headers[at + 1 :])
            other = variant.model_copy(update={"headers": headers})
            yield Change(route, number, f"header.{name}", source.value, text, other)
    if variant.body_kind != "empty" and route.method != "HEAD":
        for path, value in _constants(variant.body_template, variant.holes, ()):
            other_value = another(value)
            made = _with(variant.body_template, path, _escaped(other_value))
            other = variant.model_copy(update={"body_template": made})
            yield Change(route, number, format_path(path), value, other_value, other)


def _constants(node: JsonValue, holes: dict[str, Hole], at: Path) -> Iterator[tuple[Path, JsonValue]]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key != "$spread":
                yield from _constants(value, holes, (*at, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _constants(value, holes, (*at, index))
    elif isinstance(node, str) and node.startswith("$") and not node.startswith("$$"):
        source = holes[node[1:]].source
        if isinstance(source, Literal) and not isinstance(source.value, dict | list):
            yield at, source.value
    else:
        yield at, node[1:] if isinstance(node, str) and node.startswith("$$") else node


def another(value: JsonValue) -> JsonValue:
    """Return a value of the same type that is not the same; text for null."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return f"{value}~" if isinstance(value, str) else "tampered"


def _escaped(value: JsonValue) -> JsonValue:
    return f"${value}" if isinstance(value, str) and value.startswith("$") else value


def _with(node: JsonValue, path: Path, value: JsonValue) -> JsonValue:
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(node, dict):
        return {key: _with(item, rest, value) if key == step else item for key, item in node.items()}
    assert isinstance(node, list), "Invariant: the path was found in the template"
    return [_with(item, rest, value) if at == step else item for at, item in enumerate(node)]


def _rank(seed: int, change: Change) -> bytes:
    told = f"{seed}\0{change.route.name}\0{change.number}\0{change.path}"
    return hashlib.sha256(told.encode()).digest()


def _told(change: Change, why: str) -> Unnoticed:
    return Unnoticed.model_validate(
        {
            "route": change.route.name,
            "variant": change.number,
            "status": change.route.variants[change.number].status,
            "path": change.path,
            "before": change.before,
            "after": change.after,
            "why": why,
        }
    )


class _Trial:
    """Which changes were noticed so far, and which are still to be tried."""

    def __init__(self, model: Model, sample: Sequence[Change], how: How, suppressions: Suppressions) -> None:
        self.model = model
        self.sample = sample
        self.how = how
        self.suppressions = suppressions
        self.pending: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
        for number, change in enumerate(sample):
            self.pending[change.route.name, change.number].append(number)
        self.twins: dict[int, Twin] = {}
        self.tries: dict[int, int] = dict.fromkeys(range(len(sample)), 0)
        self.noticed: set[int] = set()
        self.not_compared: set[int] = set()

    def run(self, twin: Twin, world: World) -> None:
        for session, state in Beginnings(twin).of(Stretch(world, 0, len(world.sessions))):
            identities = Identities()
            for exchange in session.read():
                if not self.pending:
                    return
                self._step(twin, state, identities, exchange)

    def _step(self, twin: Twin, state: Session, identities: Identities, exchange: Exchange) -> None:
        request = identities.request(exchange.request)
        before = _fork(state)
        answer = twin.respond(request, state, now_ms=exchange.started_at_ms)
        requests = (exchange.request, request)
        route, variant = answer.route, answer.variant
        place = (route.name, variant) if route is not None and variant is not None else None
        if place is not None and place in self.pending and answer.response.status == exchange.response.status:
            known = identities.fork()
            for number in list(self.pending[place]):
                changed = self._twin(number)
                tampered = changed.respond(request, _fork(before), now_ms=exchange.started_at_ms)
                found = compare(exchange.response, tampered, known.fork(), self.how, requests)
                self._judge(number, place, found)
            if not self.pending[place]:
                del self.pending[place]
        compare(exchange.response, answer, identities, self.how, requests)

    def _judge(self, number: int, place: tuple[str, int], found: Comparison) -> None:
        change = self.sample[number]
        there = [each for each in found.differences if each.path == change.path]
        kept = [each for each in there if self.suppressions.of(change.route.name, each) is None]
        left_out = there or any(
            format_path(path) == change.path for reason, path in found.suppressed if reason != "heuristic"
        )
        self.tries[number] += 1
        if kept:
            self.noticed.add(number)
            self.not_compared.discard(number)
        elif left_out:
            self.not_compared.add(number)
        if kept or self.tries[number] >= TRIES:
            self.pending[place].remove(number)

    def _twin(self, number: int) -> Twin:
        if number not in self.twins:
            change = self.sample[number]
            variants = list(change.route.variants)
            variants[change.number] = change.changed
            route = change.route.model_copy(update={"variants": tuple(variants)})
            self.twins[number] = Twin(self.model.model_copy(update={"routes": (route,), "fixtures": {}}))
        return self.twins[number]


def _fork(state: Session) -> Session:
    """Return a session that goes on from here by itself, with the same identifiers to come."""
    forked = state.branch(state.ids.seed)
    forked.ids.made = state.ids.made
    return forked
