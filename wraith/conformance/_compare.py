"""The comparison: a recorded answer against the twin's, leaf by leaf, by what each leaf is.

The user's word (``[diff.fields]``) comes first, then the model's. ``generated``: type and shape, one to one
with what it stands for. ``timestamp``: type and unit. ``enum``, where the user says so: one of a set.
``echoed``, where the user says so: what was sent. Everything else, the unexplained above all, is compared
exactly; numbers by value (50 equals 50.0), identifiers through the map.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from wraith.canonical import JsonValue
from wraith.conformance._arrays import DEFAULT_KEY, Matching, match, shows_an_order
from wraith.conformance._differences import Comparison, Difference, Reason, Severity, leaf_count
from wraith.conformance._fields import Fields, sent_at
from wraith.conformance._guesses import may_differ, time_form
from wraith.conformance._headers import compare_headers, gives_token
from wraith.conformance._identity import MIN_TOKEN, TOKEN, Identities
from wraith.conformance._inside import is_told_inside, told_inside
from wraith.conformance._leaves import are_numbers, are_texts, are_times, as_json, is_count, same_type
from wraith.conformance._moments import Moments, moments_of
from wraith.conformance._scoring import RouteThresholds
from wraith.conformance._shapes import are_made_alike, same_shape
from wraith.conformance._texts import gaps, holds_something_made
from wraith.exchange import NO_LISTS, Request, Response, XmlLists, decode_body, header
from wraith.paths import MISSING, Found, Path, format_path
from wraith.runtime import Answer, read_time
from wraith.wir import Call, Cast, Clock, Expr, First, FreshId, Hole, NextKey, Query, Text, Variant, When

SPREAD = "$spread"
LEAST_NUMBER = 1000
"""Smaller numbers that a service makes are counts as often as they are identifiers, and are not mapped."""


@dataclass(frozen=True, slots=True)
class How:
    """How answers are compared, beyond what the model says of them."""

    headers: tuple[str, ...] = ()
    fields: Fields = field(default_factory=Fields)
    keys: tuple[str, ...] = (DEFAULT_KEY,)
    """The members that elements of lists are told apart by, first choice first."""
    made: tuple[re.Pattern[str], ...] = ()
    """How the identifiers look that are made beside answers: they are first met where they are shown."""
    lists: XmlLists = field(default_factory=lambda: NO_LISTS)
    """Which elements of XML are lists."""
    thresholds: RouteThresholds = field(default_factory=RouteThresholds)
    """Of which ``status_exact_match`` decides whether 200 and 201 differ; else only 200 and 400 do, and the
    rest is a warning."""
    live: bool = False
    """The answers are those of the service itself, and not of a twin: it counts where it stands, and a field
    more is a warning."""


def compare(
    recorded: Response,
    answer: Answer,
    identities: Identities,
    how: How | None = None,
    requests: tuple[Request, Request] | None = None,
) -> Comparison:
    """Return the differences between a recorded response and the twin's answer, and take over its
    identifiers. ``requests`` are the recorded one and the one that the twin was sent."""
    done = Comparison(compared_leaves=1)
    replayed = answer.response
    if answer.route is None or answer.variant is None:
        done.differences.append(Difference("", "no_answer", recorded.status, replayed.status))
        return done
    variant, how = answer.route.variants[answer.variant], how or How()
    if recorded.status != replayed.status:
        exact = how.thresholds.of(answer.route.name).status_exact_match
        grave = exact or recorded.status // 100 != replayed.status // 100
        severity: Severity = "error" if grave else "warning"
        done.differences.append(
            Difference("status", "status_mismatch", recorded.status, replayed.status, severity=severity)
        )
        if grave:
            return done
    moments = moments_of(recorded, replayed) if how.live else None
    walk = _Walk(identities, done, variant, how, requests, moments, answer.asked)
    _compare_bodies(recorded, answer, variant, walk)
    compare_headers(recorded, replayed, variant, identities, done, how.headers)
    return done


def _compare_bodies(recorded: Response, answer: Answer, variant: Variant, walk: _Walk) -> None:
    replayed = answer.response
    if replayed.body == b"" and recorded.body == b"":
        return
    if recorded.truncated is not None:
        return
    content_type, lists = header(recorded.headers, "content-type"), walk.how.lists
    expected = decode_body(content_type, recorded.body, lists)
    if variant.body_kind == expected.kind and expected.kind in ("json", "ndjson", "text"):
        walk.node(variant.body_template, expected.document, answer.document, ())
        walk.settle()
    elif variant.body_kind == expected.kind == "xml":  # as it was written, where an empty list is nothing
        written = decode_body(content_type, replayed.body, lists)
        walk.node(variant.body_template, expected.document, written.document, ())
        walk.settle()
    else:
        walk.count()
        if recorded.body != replayed.body:
            walk.differ((), "value_mismatch", _shown(recorded.body), _shown(replayed.body))


def _shown(body: bytes) -> str:
    return body[:200].decode("utf-8", "replace")


class _Walk:
    """Walks a template and both documents at once."""

    def __init__(
        self,
        identities: Identities,
        done: Comparison,
        variant: Variant,
        how: How,
        requests: tuple[Request, Request] | None,
        moments: Moments | None,
        asked: tuple[Answer, ...],
    ) -> None:
        self.asked = asked
        self.moments = moments
        self.identities = identities
        self.done = done
        self.holes: Mapping[str, Hole] = variant.holes
        self.how = how
        self.requests = requests
        self.open: list[tuple[Path, Found, Found, bool]] = []
        """Values that differ, and whether nothing explains them."""
        self.unexplained = False

    def differ(self, at: Path, category: str, expected: Found, actual: Found, *, weight: int = 1) -> None:
        severity: Severity = "warning" if self.how.live and category == "extra_field" else "error"
        shown = Difference(format_path(at), category, as_json(expected), as_json(actual), weight, severity)
        self.done.differences.append(shown)

    def count(self, leaves: int = 1) -> None:
        self.done.compared_leaves += leaves
        self.done.body_leaves += leaves

    def leave_out(self, reason: Reason, at: Path) -> None:
        self.done.suppressed.append((reason, at))
        self.done.body_suppressed += 1

    def node(self, template: JsonValue, expected: Found, actual: Found, at: Path) -> None:
        if self.how.fields and self.by_rule(expected, actual, at):
            return
        if template is EXACT:
            self.exact(expected, actual, at)
        elif isinstance(template, str) and template.startswith("$") and not template.startswith("$$"):
            self.hole(self.holes[template[1:]], expected, actual, at)
        elif isinstance(template, dict) and isinstance(expected, dict) and isinstance(actual, dict):
            self.members(expected, actual, at, lambda key: template.get(key, EXACT))
        elif isinstance(template, list) and isinstance(expected, list) and isinstance(actual, list):
            self.array(
                expected, actual, at, lambda index: template[index] if index < len(template) else EXACT
            )
        else:
            self.exact(expected, actual, at)

    # --- by what the user says ------------------------------------------------------------------------------

    def by_rule(self, expected: Found, actual: Found, at: Path) -> bool:
        """Judge what a rule of ``[diff.fields]`` is about; False where there is none."""
        found = self.how.fields.at(at)
        if found is None:
            return False
        text, rule = found
        self.done.fields.add(text)
        if expected is MISSING or actual is MISSING:
            self.leaf(expected, actual, at)
            return True
        match rule.field_class:
            case "generated":
                self.generated(expected, actual, at)
            case "timestamp":
                self.timestamp(expected, actual, at)
            case "enum":
                self.one_of(text, expected, actual, at)
            case "echoed":
                self.echoed(expected, actual, at)
            case "constant" | "exact":
                self.exact(expected, actual, at)
        return True

    def one_of(self, text: str, expected: Found, actual: Found, at: Path) -> None:
        if self.identical(expected, actual):
            self.exact(expected, actual, at)
        elif self.how.fields.allows(text, as_json(actual)):
            self.leave_out("enum", at)
        elif not same_type(expected, actual):
            self.exact(expected, actual, at)
        else:
            self.count()
            shown = Difference(
                format_path(at), "value_mismatch", as_json(expected), as_json(actual), enum=True
            )
            self.done.differences.append(shown)

    def echoed(self, expected: Found, actual: Found, at: Path) -> None:
        if self.requests is not None:
            then, now = (sent_at(request, at) for request in self.requests)
            if then is not MISSING and self.identical(then, expected):
                expected = now
        self.exact(expected, actual, at)

    def identical(self, one: Found, other: Found) -> bool:
        return one == other and same_type(one, other)

    # --- by what the model says -----------------------------------------------------------------------------

    def hole(self, hole: Hole, expected: Found, actual: Found, at: Path) -> None:
        if gives_token(hole.source) and are_texts(expected, actual):
            self.token(str(expected), str(actual), at)
            return
        match hole.source:
            case Text(parts) if are_texts(expected, actual) and holds_something_made(parts):
                self.text(parts, str(expected), str(actual), at)
            case FreshId() | First() | Text() | When() if hole.hole_class == "generated" and are_texts(
                expected, actual
            ):
                if expected == actual:  # brought by the client, and answered as it came
                    self.count()
                    return
                pattern = hole.source.pattern if isinstance(hole.source, FreshId) else None
                self.generated(expected, actual, at, pattern, learned=True)
            case source if self.counts(source) and are_numbers(expected, actual):
                self.leave_out("generated", at)
                self.bind(str(expected), str(actual), at)
            case source if self.asked and is_told_inside(source):
                self.answers(source, expected, actual, at)
            case Clock() if expected is not MISSING and actual is not MISSING:
                self.timestamp(expected, actual, at)
            case First() | When() | Call() if are_times(hole, expected, actual):
                if self.identities.same(expected, actual):
                    self.count()
                else:
                    self.timestamp(expected, actual, at)
            case _:
                self.unexplained = hole.hole_class == "unexplained"
                self.exact(expected, actual, at, hole.source)
                self.unexplained = False

    def answers(self, source: Expr, expected: Found, actual: Found, at: Path) -> None:
        """Judge the answers to the requests inside, each by the variant that gave it."""
        if not isinstance(expected, list) or not isinstance(actual, list) or len(actual) != len(self.asked):
            self.exact(expected, actual, at, source)
            return
        holes = self.holes

        def told(index: int) -> JsonValue:
            template, self.holes = told_inside(source, self.asked[index], EXACT)
            return template

        self.elements(expected, actual, at, told)
        self.holes = holes

    def counts(self, source: Expr) -> bool:
        """Whether a key is a number that each side gives by itself: drawn, or counted where others count."""
        match source:
            case Cast(FreshId()) | NextKey(gaps=True):
                return True
            case NextKey() | Cast(NextKey()):
                return self.how.live
        return False

    def token(self, expected: str, actual: str, at: Path) -> None:
        self.leave_out("generated", at)
        if expected != actual and not self.identities.bind_tokens(expected, actual):
            self.differ(at, "value_mismatch", expected, actual)

    def text(self, parts: tuple[Expr, ...], expected: str, actual: str, at: Path) -> None:
        """Compare texts that hold something made fresh: the rest of them has to be right."""
        found = gaps(parts, expected, actual)
        if found is None or expected == actual:
            self.leaf(expected, actual, at)
            return
        for part, one, other in found:
            if isinstance(part, Clock):
                self.hole(Hole(hole_class="timestamp", type="string", source=part), one, other, at)
            elif isinstance(part, FreshId):
                self.hole(Hole(hole_class="generated", type="string", source=part), one, other, at)
            else:
                self.leaf(one, other, at)
        if TOKEN.fullmatch(expected):
            self.bind(expected, actual, at)

    def generated(
        self, expected: Found, actual: Found, at: Path, pattern: str | None = None, *, learned: bool = False
    ) -> None:
        """Judge type and shape. What the model ``learned`` to be an identifier is mapped, whatever it is."""
        self.leave_out("generated", at)
        if not same_type(expected, actual):
            self.differ(at, "type_mismatch", expected, actual)
        elif not same_shape(expected, actual, pattern):
            self.differ(at, "value_mismatch", expected, actual)
        elif isinstance(expected, str) and isinstance(actual, str):
            if learned or (len(expected) >= MIN_TOKEN and TOKEN.fullmatch(expected)):
                self.bind(expected, actual, at)
        elif is_count(expected) and is_count(actual) and expected >= LEAST_NUMBER:  # type: ignore[operator]  # is_count
            self.bind(str(expected), str(actual), at)

    def bind(self, expected: str, actual: str, at: Path) -> None:
        self.done.symbols += 1
        if not self.identities.bind(expected, actual):
            self.differ(at, "id_inconsistent", expected, actual)

    def timestamp(self, expected: Found, actual: Found, at: Path) -> None:
        self.leave_out("timestamp", at)
        then, now = read_time(expected), read_time(actual)
        if then is None or now is None or time_form(then[0]) != time_form(now[0]):
            self.differ(at, "type_mismatch", expected, actual)
        else:
            self.identities.note_instant(expected, actual)

    # --- exactly --------------------------------------------------------------------------------------------

    def exact(self, expected: Found, actual: Found, at: Path, source: Expr | None = None) -> None:
        if isinstance(expected, dict) and isinstance(actual, dict):
            self.members(expected, actual, at, lambda key: EXACT)
        elif isinstance(expected, list) and isinstance(actual, list):
            self.array(expected, actual, at, lambda index: EXACT, source)
        else:
            self.leaf(expected, actual, at)

    def leaf(self, expected: Found, actual: Found, at: Path) -> None:
        if self.identical(expected, actual):
            self.count()
            if isinstance(expected, str) and self.identities.has_another(expected):
                self.differ(at, "id_inconsistent", expected, actual)  # learned by heart, not worked out
            elif self.how.live and isinstance(expected, str) and are_made_alike(expected, expected):
                self.identities.bind(expected, expected)  # it was there before, and stands for itself
            return
        if self.moments is not None and self.moments.hold(expected, actual):
            self.timestamp(expected, actual, at)
            return
        weight = max(leaf_count(as_json(expected)), leaf_count(as_json(actual)))
        self.count(weight)
        if expected is MISSING:
            self.differ(at, "extra_field", expected, actual, weight=weight)
        elif actual is MISSING:
            self.differ(at, "missing_field", expected, actual, weight=weight)
        elif not same_type(expected, actual):
            self.differ(at, "type_mismatch", expected, actual, weight=weight)
        elif not self.identities.same(expected, actual):
            self.open.append((at, expected, actual, self.unexplained))

    def settle(self) -> None:
        """Judge the values that differed: the identifier that one of them holds may have stood behind it."""
        for at, expected, actual, unexplained in self.open:
            if self.identities.same(expected, actual) or self.first_met(expected, actual):
                continue
            if self.how.live and self.made_anew(expected, actual):
                self.count(-1)
                self.leave_out("generated", at)
                continue
            if unexplained and may_differ(at, as_json(expected), as_json(actual)):
                self.count(-1)
                self.leave_out("heuristic", at)
            else:
                self.differ(at, "value_mismatch", expected, actual)

    def first_met(self, expected: Found, actual: Found) -> bool:
        """Whether both are keys that were made beside an answer, and stand for each other from now on."""
        if not isinstance(expected, str) or not isinstance(actual, str):
            return False
        alike = any(each.fullmatch(expected) and each.fullmatch(actual) for each in self.how.made)
        return alike and self.identities.bind(expected, actual)

    def made_anew(self, expected: Found, actual: Found) -> bool:
        """Whether both are identifiers that the service made, neither of which was met before."""
        if not isinstance(expected, str) or not isinstance(actual, str):
            return False
        return are_made_alike(expected, actual) and self.identities.bind(expected, actual)

    def members(
        self,
        expected: dict[str, JsonValue],
        actual: dict[str, JsonValue],
        at: Path,
        template: Callable[[str], JsonValue],
    ) -> None:
        if not expected and not actual:
            self.count()
        for key, value in expected.items():
            self.node(template(key), value, actual.get(key, MISSING), (*at, key))
        for key, value in actual.items():
            if key not in expected:
                self.leaf(MISSING, value, (*at, key))

    def array(
        self,
        expected: list[JsonValue],
        actual: list[JsonValue],
        at: Path,
        template: Callable[[int], JsonValue],
        source: Expr | None = None,
    ) -> None:
        """Compare two lists, entities by their keys. ``template`` gives that of a replayed element."""
        found = match(expected, actual, self.identities, self.how.keys)
        if found is None:
            self.elements(expected, actual, at, template)
        else:
            self.matched(found, expected, actual, at, template)
            if not found.in_order:
                self.order(found, expected, actual, at, source)

    def elements(
        self,
        expected: list[JsonValue],
        actual: list[JsonValue],
        at: Path,
        template: Callable[[int], JsonValue],
    ) -> None:
        if len(expected) != len(actual):
            self.length(expected, actual, at, max(leaf_count(expected), leaf_count(actual)))
            return
        if not expected:
            self.count()
        for index, (one, other) in enumerate(zip(expected, actual, strict=True)):
            self.node(template(index), one, other, (*at, index))

    def length(self, expected: list[JsonValue], actual: list[JsonValue], at: Path, weight: int) -> None:
        self.count(weight)
        self.differ(at, "array_length_mismatch", len(expected), len(actual), weight=weight)

    def matched(
        self,
        found: Matching,
        expected: list[JsonValue],
        actual: list[JsonValue],
        at: Path,
        template: Callable[[int], JsonValue],
    ) -> None:
        """Compare entities by their keys, and those without a counterpart by position."""
        pairs = found.pairs
        if len(expected) == len(actual):
            pairs += tuple(zip(found.only_recorded, found.only_replayed, strict=True))
        else:
            without = [expected[one] for one in found.only_recorded]
            without += [actual[other] for other in found.only_replayed]
            self.length(expected, actual, at, leaf_count(without))
        for one, other in sorted(pairs):
            self.node(template(other), expected[one], actual[other], (*at, one))

    def order(
        self,
        found: Matching,
        expected: list[JsonValue],
        actual: list[JsonValue],
        at: Path,
        source: Expr | None,
    ) -> None:
        learned = isinstance(source, Query) and bool(source.order or source.sort)
        if learned or shows_an_order(expected, found.key, self.identities):
            self.count()
            self.differ(at, "value_mismatch", _keys(expected, found.key), _keys(actual, found.key))
        else:
            self.leave_out("heuristic", at)


def _keys(elements: Sequence[JsonValue], key: str) -> list[JsonValue]:
    return [element.get(key) if isinstance(element, dict) else None for element in elements]


EXACT: JsonValue = "$exact"
"""Stands for "no template here"; compared by identity, so that it cannot be met in a template."""
