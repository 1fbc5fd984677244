"""The comparison: a recorded answer against the twin's, leaf by leaf, by what the model says of each leaf.

``generated``: type, and one to one with what it stands for. ``timestamp``: type and unit. Everything else,
the unexplained above all, is compared exactly; numbers by value (50 equals 50.0), identifiers through the
map.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from wraith.canonical import JsonValue
from wraith.conformance._identity import Identities
from wraith.exchange import Response, decode_body, header, media_type
from wraith.paths import MISSING, Found, Path, format_path
from wraith.runtime import Answer, any_fraction, read_time
from wraith.wir import Cast, Clock, Expr, First, FreshId, Hole, NextKey, Text, Variant

SPREAD = "$spread"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference at one place: the category is a word of the report."""

    path: str
    category: str
    expected: JsonValue
    actual: JsonValue


@dataclass(slots=True)
class Comparison:
    """What comparing one exchange found, and how much of it was compared exactly."""

    differences: list[Difference] = field(default_factory=list)
    compared_leaves: int = 0
    suppressed_leaves: int = 0


def compare(
    recorded: Response, answer: Answer, identities: Identities, headers: tuple[str, ...] = ()
) -> Comparison:
    """Return the differences between a recorded response and the twin's answer, and take over its
    identifiers."""
    done = Comparison(compared_leaves=1)
    replayed = answer.response
    if answer.route is None or answer.variant is None:
        done.differences.append(Difference("", "no_answer", recorded.status, replayed.status))
        return done
    if recorded.status != replayed.status:
        done.differences.append(Difference("status", "status_mismatch", recorded.status, replayed.status))
        return done
    variant = answer.route.variants[answer.variant]
    _compare_bodies(recorded, answer, variant, _Walk(identities, done, variant.holes))
    _compare_headers(recorded, replayed, variant, identities, done, headers)
    return done


def _compare_bodies(recorded: Response, answer: Answer, variant: Variant, walk: _Walk) -> None:
    if answer.response.body == b"" and recorded.body == b"":
        return
    if recorded.truncated is not None:
        return
    expected = decode_body(header(recorded.headers, "content-type"), recorded.body)
    if variant.body_kind == expected.kind and expected.kind in ("json", "text"):
        walk.node(variant.body_template, expected.document, answer.document, ())
        walk.settle()
    else:
        walk.done.compared_leaves += 1
        if recorded.body != answer.response.body:
            walk.differ((), "value_mismatch", _shown(recorded.body), _shown(answer.response.body))


def _shown(body: bytes) -> str:
    return body[:200].decode("utf-8", "replace")


class _Walk:
    """Walks a template and both documents at once."""

    def __init__(self, identities: Identities, done: Comparison, holes: dict[str, Hole]) -> None:
        self.identities = identities
        self.done = done
        self.holes = holes
        self.open: list[tuple[Path, Found, Found]] = []

    def differ(self, at: Path, category: str, expected: Found, actual: Found) -> None:
        self.done.differences.append(Difference(format_path(at), category, _json(expected), _json(actual)))

    def node(self, template: JsonValue, expected: Found, actual: Found, at: Path) -> None:
        if isinstance(template, str) and template.startswith("$") and not template.startswith("$$"):
            self.hole(self.holes[template[1:]], expected, actual, at)
        elif isinstance(template, dict) and isinstance(expected, dict) and isinstance(actual, dict):
            self.members(expected, actual, at, lambda key: template.get(key, _EXACT))
        elif isinstance(template, list) and isinstance(expected, list) and isinstance(actual, list):
            self.elements(
                expected, actual, at, lambda index: template[index] if index < len(template) else _EXACT
            )
        else:
            self.exact(expected, actual, at)

    def hole(self, hole: Hole, expected: Found, actual: Found, at: Path) -> None:
        match hole.source:
            case FreshId() | First() | Text() if hole.hole_class == "generated" and _both_text(
                expected, actual
            ):
                if expected == actual:  # brought by the client, and answered as it came
                    self.done.compared_leaves += 1
                    return
                self.done.suppressed_leaves += 1
                assert isinstance(expected, str)  # Invariant: _both_text
                assert isinstance(actual, str)
                if not self.identities.bind(expected, actual):
                    self.differ(at, "id_inconsistent", expected, actual)
            case NextKey(gaps=True) | Cast(FreshId()) if _is_count(expected) and _is_count(actual):
                self.done.suppressed_leaves += 1
                if not self.identities.bind(str(expected), str(actual)):
                    self.differ(at, "id_inconsistent", expected, actual)
            case Clock() if expected is not MISSING and actual is not MISSING:
                self.done.suppressed_leaves += 1
                then, now = read_time(expected), read_time(actual)
                if then is None or now is None or _form(then[0]) != _form(now[0]):
                    self.differ(at, "type_mismatch", expected, actual)
                else:
                    self.identities.note_instant(expected, actual)
            case _:
                self.exact(expected, actual, at)

    def exact(self, expected: Found, actual: Found, at: Path) -> None:
        if isinstance(expected, dict) and isinstance(actual, dict):
            self.members(expected, actual, at, lambda key: _EXACT)
        elif isinstance(expected, list) and isinstance(actual, list):
            self.elements(expected, actual, at, lambda index: _EXACT)
        else:
            self.leaf(expected, actual, at)

    def leaf(self, expected: Found, actual: Found, at: Path) -> None:
        self.done.compared_leaves += 1
        if expected is MISSING:
            self.differ(at, "extra_field", expected, actual)
        elif actual is MISSING:
            self.differ(at, "missing_field", expected, actual)
        elif expected == actual and isinstance(expected, bool) == isinstance(actual, bool):
            if isinstance(expected, str) and self.identities.has_another(expected):
                self.differ(at, "id_inconsistent", expected, actual)  # learned by heart, not worked out
        elif not _same_type(expected, actual):
            self.differ(at, "type_mismatch", expected, actual)
        elif not self.identities.same(expected, actual):
            self.open.append((at, expected, actual))

    def settle(self) -> None:
        """Judge the values that differed: the identifier that one of them holds may have stood behind it."""
        for at, expected, actual in self.open:
            if not self.identities.same(expected, actual):
                self.differ(at, "value_mismatch", expected, actual)

    def members(
        self,
        expected: dict[str, JsonValue],
        actual: dict[str, JsonValue],
        at: Path,
        template: Callable[[str], JsonValue],
    ) -> None:
        if not expected and not actual:
            self.done.compared_leaves += 1
        for key, value in expected.items():
            part = template(key)
            if part is _EXACT:
                self.exact(value, actual.get(key, MISSING), (*at, key))
            else:
                self.node(part, value, actual.get(key, MISSING), (*at, key))
        for key, value in actual.items():
            if key not in expected:
                self.leaf(MISSING, value, (*at, key))

    def elements(
        self,
        expected: list[JsonValue],
        actual: list[JsonValue],
        at: Path,
        template: Callable[[int], JsonValue],
    ) -> None:
        if len(expected) != len(actual):
            self.done.compared_leaves += 1
            self.differ(at, "array_length_mismatch", len(expected), len(actual))
            return
        if not expected:
            self.done.compared_leaves += 1
        for index, (one, other) in enumerate(zip(expected, actual, strict=True)):
            part = template(index)
            if part is _EXACT:
                self.exact(one, other, (*at, index))
            else:
                self.node(part, one, other, (*at, index))


def _is_count(value: Found) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _form(unit: str) -> str:
    """Return a unit of time, whatever fraction of the second is written."""
    return any_fraction(unit) if "%S" in unit else unit


def _both_text(a: Found, b: Found) -> bool:
    return isinstance(a, str) and isinstance(b, str)


_EXACT: JsonValue = "$exact"
"""Stands for "no template here"; compared by identity, so that it cannot be met in a template."""


def _same_type(a: Found, b: Found) -> bool:
    numbers = isinstance(a, int | float) and isinstance(b, int | float)
    return (numbers and isinstance(a, bool) == isinstance(b, bool)) or type(a) is type(b)


def _json(value: Found) -> JsonValue:
    return None if value is MISSING else value


def _is_of_body(source: Expr | None) -> bool:
    """Whether a header is worked out from the bytes of the body."""
    return source is not None and "response', 'text'" in repr(source)


def _compare_headers(
    recorded: Response,
    replayed: Response,
    variant: Variant,
    identities: Identities,
    done: Comparison,
    more: tuple[str, ...],
) -> None:
    sources = dict(variant.headers)
    for name in dict.fromkeys(("content-type", "www-authenticate", "proxy-authenticate", *sources, *more)):
        expected, actual = header(recorded.headers, name), header(replayed.headers, name)
        if name == "content-type":
            expected, actual = media_type(expected) or None, media_type(actual) or None
        if expected is None and actual is None:
            continue
        if isinstance(sources.get(name), FreshId | Clock) and expected is not None and actual is not None:
            done.suppressed_leaves += 1
            continue
        if _is_of_body(sources.get(name)) and recorded.body != replayed.body and expected and actual:
            done.suppressed_leaves += 1  # the bodies were compared, and other identifiers have other digests
            continue
        done.compared_leaves += 1
        if expected != actual and not (expected and actual and identities.same(expected, actual)):
            done.differences.append(Difference(f"header.{name}", "header_mismatch", expected, actual))
