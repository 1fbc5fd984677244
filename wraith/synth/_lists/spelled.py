"""What may be the words of a language of conditions: what stands between a field and a value, and between
conditions.

In a text these are told by their places; in a document they are the names that are no fields.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from wraith.canonical import JsonValue
from wraith.paths import MISSING
from wraith.runtime import FIELD, json_in
from wraith.synth._shared.priors import CONDITION_MEMBERS, CRITERIA_WORDS, JOIN_WORDS, plain_word

LEAST_SHARE = 2
"""One value in so many has to spell out a condition on a known field."""

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.|\'\')*\'')
_SIGN = r"[=<>!~:^*]+(?:[A-Za-z_]{2,12}[=<>!~:^*]+)?"
_BARE = r"[^\s(),;&|]+"
_VALUE = rf'(?:"_*"|[(\[][^()\[\]]*[)\]]|{_BARE})'
_NAME = rf"(?<![\w.])(?!(?i:and|or|not)\b){FIELD.pattern}"
_INFIX = re.compile(rf"({_NAME})(?:\s*({_SIGN})\s*|\s+([A-Za-z_]{{2,24}})\s+)({_VALUE})")
_CALL = re.compile(rf"([A-Za-z_]{{2,24}}\()\s*({_NAME})\s*((?:,\s*{_VALUE}\s*)*)\)")
_ASKED = re.compile(rf"({_NAME})\s+([A-Za-z_]{{2,24}})(?=\s*(?:$|\)|\s(?:and|or)\b))", re.IGNORECASE)
_LEFT = re.compile(r"[A-Za-z_]+\(|[A-Za-z_]+|[^\sA-Za-z_()\"]+")


@dataclass(slots=True)
class Spelled:
    """The words that values were seen with, and which of them each value has."""

    operators: list[str] = field(default_factory=list)
    joins: list[str] = field(default_factory=list)
    members: tuple[str, ...] = ()
    by_value: dict[str, frozenset[str]] = field(default_factory=dict)

    def of(self, value: JsonValue) -> frozenset[str]:
        """Return the words of one value."""
        return self.by_value.get(repr(value), frozenset())


def spelled(values: Sequence[JsonValue], fields: frozenset[str]) -> Spelled | None:
    """Return the words that values spell conditions with, None where too few of them name a field."""
    documents = [json_in(value) if isinstance(value, str) else value for value in values]
    if any(document is not MISSING for document in documents):
        read = _in_documents([each for each in documents if each is not MISSING], fields)
    else:
        read = _in_texts([str(value) for value in values], fields)
    if read is None:
        return None
    for value, document in zip(values, documents, strict=True):
        source = document if document is not MISSING else value
        read.by_value[repr(value)] = read.by_value.get(repr(source), frozenset())
    return read


# --- texts --------------------------------------------------------------------------------------------------


def _in_texts(texts: Sequence[str], fields: frozenset[str]) -> Spelled | None:
    if not any(_names_field(text, fields) for text in texts[:40]):  # cheap, and what most texts fail at
        return None
    found = Spelled()
    operators: Counter[str] = Counter()
    joins: Counter[str] = Counter()
    read = [_words(text, fields) for text in texts]
    certain = {word for is_known, words, _ in read if is_known for word in words}
    if not certain:
        return None
    certain |= {word for _, words, _ in read for word in words if plain_word(word) in CRITERIA_WORDS}
    hits = 0
    for text, (_, words, between) in zip(texts, read, strict=True):
        some = [word for word in words if word in certain]
        hits += bool(some)
        operators.update(some)
        joins.update(between if some else ())
        found.by_value[repr(text)] = frozenset((*some, *between) if some else ())
    if not operators or hits * LEAST_SHARE < len(texts):
        return None
    found.operators = [word for word, _ in operators.most_common()]
    found.joins = [word for word, _ in joins.most_common()]
    return found


def _names_field(text: str, fields: frozenset[str]) -> bool:
    return any(name in fields or name.partition(".")[0] in fields for name in FIELD.findall(text))


def _words(text: str, fields: frozenset[str]) -> tuple[bool, list[str], list[str]]:
    """Return whether a condition of a text is on a known field, its operators and its joins."""
    masked = _QUOTED.sub(lambda each: f'"{"_" * (len(each[0]) - 2)}"', text)
    operators: list[str] = []
    taken: list[tuple[int, int]] = []
    is_known = False
    for pattern in (_CALL, _INFIX, _ASKED):
        for match in pattern.finditer(masked):
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            call = pattern is _CALL
            name, word = (
                (match[2], match[1])
                if call
                else (match[1], match[2] or (match[3] if pattern is _INFIX else ""))
            )
            if pattern is _ASKED and plain_word(word) in JOIN_WORDS:
                continue
            if pattern is _INFIX and match[3] and plain_word(match[3]) in JOIN_WORDS:
                continue
            is_known |= name in fields
            operators.append(word)
            taken.append(match.span())
    taken.sort()
    joins: list[str] = []
    edges = [(0, 0), *taken, (len(masked), len(masked))]
    for (_, end), (start, _) in pairwise(edges):
        joins += _between(masked[end:start], inside=end > 0 and start < len(masked))
    return is_known, operators, joins


def _between(gap: str, inside: bool) -> Iterator[str]:
    """Yield the joins between two conditions: words and signs that are known to join, or nothing."""
    words = [word for word in _LEFT.findall(gap) if plain_word(word) in JOIN_WORDS]
    alone = bool(gap.strip("() \t")) and not words  # values that stand alone
    if alone or (inside and not gap.strip("() \t")):
        yield ""
    yield from words


# --- documents ----------------------------------------------------------------------------------------------


def _in_documents(documents: Sequence[JsonValue], fields: frozenset[str]) -> Spelled | None:
    found = Spelled(members=_members(documents, fields))
    operators: Counter[str] = Counter()
    joins: Counter[str] = Counter()
    hits = 0
    for document in documents:
        reader = _Document(fields, found.members)
        reader.joins += [""] if isinstance(document, list) and len(document) > 1 else []
        reader.read(document)
        hits += reader.named > 0
        operators.update(reader.operators)
        joins.update(reader.joins)
        found.by_value[repr(document)] = frozenset((*reader.operators, *reader.joins))
    if hits * LEAST_SHARE < len(documents) or not hits:
        return None
    found.operators = [word for word, _ in operators.most_common()]
    found.joins = [word for word, _ in joins.most_common() if word not in operators]
    return found


def _members(documents: Sequence[JsonValue], fields: frozenset[str]) -> tuple[str, ...]:
    """Return what the members are called of conditions that are objects: of field, operator and value, or of
    the field alone."""
    objects = [each for document in documents for each in _objects(document)]
    for name in CONDITION_MEMBERS[0]:
        some = [each for each in objects if _named(each, name) is not None]
        if not some or not any(each[str(_named(each, name))] in fields for each in some):
            continue
        spelling = str(_named(some[0], name))
        operator = next(
            (_named(some[0], each) for each in CONDITION_MEMBERS[1] if _named(some[0], each)), None
        )
        value = next((_named(some[0], each) for each in CONDITION_MEMBERS[2] if _named(some[0], each)), None)
        if operator is not None and value is not None:
            return (spelling, operator, value)
        return (spelling,)
    return ()


def _named(document: dict[str, JsonValue], name: str) -> str | None:
    """Return the member of that name, in whatever spelling, that is a text or, of values, anything."""
    found = next((key for key in document if key.lower().replace("_", "") == name), None)
    return (
        found
        if found is not None and (name in CONDITION_MEMBERS[2] or isinstance(document[found], str))
        else None
    )


def _objects(document: JsonValue, depth: int = 0) -> Iterator[dict[str, JsonValue]]:
    if isinstance(document, dict):
        yield document
    if isinstance(document, dict | list) and depth < 8:
        for each in document.values() if isinstance(document, dict) else document:
            yield from _objects(each, depth + 1)


class _Document:
    """Reads the words of one document."""

    def __init__(self, fields: frozenset[str], members: tuple[str, ...]) -> None:
        self.fields = fields
        self.members = members
        self.named = 0
        self.operators: list[str] = []
        self.joins: list[str] = []

    def read(self, value: JsonValue, under: str = "", depth: int = 0) -> None:
        if depth > 8:
            return
        for each in value if isinstance(value, list) else ():
            self.read(each, under, depth + 1)
        if not isinstance(value, dict):
            return
        if self.members and isinstance(name := value.get(self.members[0]), str):
            self._object(name, value)
            return
        for key, part in value.items():
            self._member(key, part, under, depth)

    def _member(self, key: str, part: JsonValue, under: str, depth: int) -> None:
        name = under + key
        if name in self.fields:
            self.named += 1
            if isinstance(part, dict):
                inner = [each for each in part if f"{name}.{each}" not in self.fields]
                self.operators += [each for each in inner if plain_word(each) not in JOIN_WORDS]
                self.joins += [each for each in inner if plain_word(each) in JOIN_WORDS]
                for each in inner:
                    self.read({key: part[each]} if plain_word(each) in JOIN_WORDS else None, under, depth + 1)
                if len(inner) < len(part):
                    self.read(part, f"{name}.", depth + 1)
        elif isinstance(part, dict) and part and all(under + each in self.fields for each in part):
            if plain_word(key) not in JOIN_WORDS and not any(
                isinstance(each, dict) for each in part.values()
            ):
                self.operators.append(key)
                self.named += 1
                return
            self.joins += [key] if plain_word(key) in JOIN_WORDS else []
            self.read(part, under, depth + 1)
        elif isinstance(part, dict | list):
            self.joins += [key] if isinstance(part, list) or plain_word(key) in JOIN_WORDS else []
            self.read(part, under, depth + 1)
        elif isinstance(part, str) and plain_word(part) in JOIN_WORDS:
            self.joins.append(part)

    def _object(self, name: str, value: dict[str, JsonValue]) -> None:
        self.named += name in self.fields
        if len(self.members) == 3:
            word = value.get(self.members[1])
            self.operators += [word] if isinstance(word, str) else []
            return
        for key, part in value.items():
            if key != self.members[0]:
                inner = (
                    list(part) if isinstance(part, dict) and plain_word(key) not in CRITERIA_WORDS else [key]
                )
                self.operators += inner
