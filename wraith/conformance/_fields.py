"""What the user says that fields are: ``[diff.fields]``, which wins over what the model says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from wraith.canonical import JsonValue, compact
from wraith.config import FieldRule, bare_path
from wraith.exchange import NO_LISTS, Corpus, Request, XmlLists, decode_body, header, parse_form
from wraith.paths import EACH, MISSING, Found, Path, get, parse_path

MAX_VALUES = 1000
"""Values of one enum that are kept: what has more of them is no enum."""
MAX_KNOWN = 65_536
"""Places whose rule is remembered; longer lists are looked up anew."""


class Fields:
    """The rules by path. ``values`` are what the recordings hold at the places of enums that name none."""

    def __init__(
        self,
        rules: Mapping[str, FieldRule] | None = None,
        values: Mapping[str, frozenset[bytes]] | None = None,
    ) -> None:
        self._rules = tuple((parse_path(bare_path(text)), text, rule) for text, rule in (rules or {}).items())
        self._values = dict(values or {})
        for _, text, rule in self._rules:
            if rule.values:
                self._values[text] = frozenset(map(compact, rule.values))
        self._known: dict[Path, tuple[str, FieldRule] | None] = {}

    def __bool__(self) -> bool:
        return bool(self._rules)

    def at(self, path: Path) -> tuple[str, FieldRule] | None:
        """Return the first rule for a place, with its text, else None."""
        if path in self._known:
            return self._known[path]
        found = next(((text, rule) for pattern, text, rule in self._rules if covers(pattern, path)), None)
        if len(self._known) < MAX_KNOWN:
            self._known[path] = found
        return found

    def allows(self, text: str, value: JsonValue) -> bool:
        """Whether a value is one of those of an enum."""
        return compact(value) in self._values.get(text, frozenset())


def covers(pattern: Path, path: Path) -> bool:
    """Whether a path is one that a pattern stands for: ``[*]`` is every element."""
    return len(pattern) == len(path) and all(
        one == other or (one is EACH and isinstance(other, int))
        for one, other in zip(pattern, path, strict=True)
    )


def recorded_values(
    corpus: Corpus, rules: Mapping[str, FieldRule], lists: XmlLists = NO_LISTS
) -> dict[str, frozenset[bytes]]:
    """Return, for each enum that names no values, those that the recordings hold there."""
    wanted = {
        text: parse_path(bare_path(text))
        for text, rule in rules.items()
        if rule.field_class == "enum" and not rule.values
    }
    found: dict[str, set[bytes]] = {text: set() for text in wanted}
    if wanted:
        for session in corpus:
            for exchange in session.read():
                response = exchange.response
                content_type = header(response.headers, "content-type")
                document = decode_body(content_type, response.body, lists).document
                for text, pattern in wanted.items():
                    if len(found[text]) < MAX_VALUES:
                        found[text].update(map(compact, each_at(document, pattern)))
    return {text: frozenset(values) for text, values in found.items()}


def each_at(document: Found, pattern: Path) -> Iterator[JsonValue]:
    """Yield the values at all places that a pattern stands for."""
    if document is MISSING:
        return
    for number, step in enumerate(pattern):
        if step is EACH:
            elements: Iterable[JsonValue] = document if isinstance(document, list) else ()
            for element in elements:
                yield from each_at(element, pattern[number + 1 :])
            return
        document = get(document, (step,))
        if document is MISSING:
            return
    yield document


def sent_at(request: Request, path: Path) -> Found:
    """Return what a request holds for a field of the answer: at the same place of its body, else under the
    same name at the top of its body or in its query."""
    document = decode_body(header(request.headers, "content-type"), request.body).document
    if (same := get(document, path)) is not MISSING:
        return same
    name = next((step for step in reversed(path) if isinstance(step, str)), None)
    if name is None:
        return MISSING
    for place in (document, parse_form(request.query)):
        if (value := get(place, (name,))) is not MISSING:
            return value
    return MISSING
