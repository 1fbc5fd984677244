"""YAML of unknown origin, as plain data: read in one pass over the events of libyaml, one member at a time.

Nothing is constructed from a tag: tags of plain data are read as that data, those of objects are refused.
Depth, values, anchors and what aliases repeat are bounded while reading: a file costs about its bytes.

An unquoted scalar is a number, a boolean or null only where that value is written the same way again; all
else is the text that it is: ``on``, ``2024-01-02``, ``1:30``, ``007`` and ``1.10`` stay as they were seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from wraith.errors import InputError
from wraith.interchange._source import MAX_DEPTH, Source
from wraith.interchange._yaml_tags import Unreadable, YamlValue, read_mapping, read_scalar, read_sequence

MAX_VALUES: Final = 2_000_000
"""Values in one member, repeated ones included: some 200 MB. A recorded exchange has some hundred."""

MAX_ANCHORS: Final = 100_000
"""What has an anchor is kept to the end of the file. Recorders set one per value that they meet again."""

REPEATED_BYTES: Final = 16 << 20
REPEATED_RATIO: Final = 16
"""Aliases may repeat so many characters in all, or so many times the file where that is more."""

_MAX_DIRECTIVES: Final = 16
"""Each is compared with all before it, within one call of the parser: a file of them would never be done."""
_DIRECTIVE: Final = re.compile(rb"(?:\A|\n|\r|\xc2\x85|\xe2\x80[\xa8\xa9]|\xef\xbb\xbf)%TAG")

_MAX_NOTES: Final = 20
_SHOWN: Final = 60

_Events: TypeAlias = Iterator[Event]


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the document; of a list, one item."""

    key: str
    """Empty where the document itself is a list."""
    index: int | None
    """Its place in the list; None where the member is no list, or an empty one."""
    value: YamlValue
    line: int
    notes: tuple[str, ...]
    """What was put right in reading, each as a sentence."""


@dataclass(frozen=True, slots=True)
class _Anchored:
    value: YamlValue
    values: int
    characters: int
    height: int


def stream_yaml(source: Source) -> Iterator[Member]:
    """Yield the members of a document, and of members that are lists each item, while the file is read.

    Raises InputError, with line and column, for what is no YAML, is hostile, or holds several documents.
    """
    if source.data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise InputError("is UTF-16 text", where=source.path, hint="save it as UTF-8")
    if b"%TAG" in source.data and len(_DIRECTIVE.findall(source.data)) > _MAX_DIRECTIVES:
        raise InputError("holds more %TAG directives than any file needs", where=source.path)
    events = _events(source)
    next(events)
    match next(events):
        case DocumentStartEvent():
            yield from _members(events, _Builder(events, source))
        case _:
            return
    next(events)
    after = next(events)
    if not isinstance(after, StreamEndEvent):
        raise _refusal(source.path, after, "a second document begins here", "split the file")


def _members(events: _Events, builder: _Builder) -> Iterator[Member]:
    root = next(events)
    match root:
        case SequenceStartEvent():
            yield from _items("", root, events, builder)
        case MappingStartEvent():
            while not isinstance(event := next(events), MappingEndEvent):
                key = builder.key(event)
                event = next(events)
                if isinstance(event, SequenceStartEvent) and event.tag is None and event.anchor is None:
                    yield from _items(key, event, events, builder)
                else:
                    yield builder.member(key, None, event)
        case _:
            yield builder.member("", None, root)


def _items(key: str, start: Event, events: _Events, builder: _Builder) -> Iterator[Member]:
    index = 0
    while not isinstance(event := next(events), SequenceEndEvent):
        yield builder.member(key, index, event)
        index += 1
    if not index:
        yield Member(key, None, [], _line(start), ())


class _Builder:
    """Builds values from events, and keeps account of what they cost."""

    def __init__(self, events: _Events, source: Source) -> None:
        self._next: Callable[[], Event] = events.__next__
        self._path = source.path
        self._anchors: dict[str, _Anchored] = {}
        self._notes: list[str] = []
        self._values = 0
        self._characters = 0
        self._repeatable = max(REPEATED_BYTES, REPEATED_RATIO * len(source.data))
        self._deepest = 0

    def member(self, key: str, index: int | None, event: Event) -> Member:
        """Return what begins with this event, as a member of the document."""
        self._values = 0
        self._notes = []
        value = self._value(event, 3)  # the document and its list stand above
        return Member(key, index, value, _line(event), tuple(self._notes))

    def key(self, event: Event) -> str:
        """Return the text of a key. Raises InputError for a key that is a list or an object."""
        if type(event) is ScalarEvent and event.tag is None and event.anchor is None:
            return str(event.value)
        value = self._value(event, 0) if isinstance(event, ScalarEvent | AliasEvent) else event
        if isinstance(value, bytes):
            return value.decode("latin-1")
        if isinstance(value, str | int | float):
            return str(value)
        raise self._refusal(event, "a key is not text")

    def _value(self, event: Event, depth: int) -> YamlValue:
        # Invariant: where a value must begin the parser sends an event of one, or raises
        assert isinstance(event, NodeEvent)
        if event.anchor is None or type(event) is AliasEvent:
            return self._node(event, depth)
        if len(self._anchors) >= MAX_ANCHORS:
            raise self._refusal(event, f"there are more than {MAX_ANCHORS:,} anchors", "split the file")
        values, characters, above = self._values, self._characters, self._deepest
        self._deepest = depth
        value = self._node(event, depth)
        self._anchors[event.anchor] = _Anchored(
            value, self._values - values, self._characters - characters, self._deepest - depth
        )
        self._deepest = max(above, self._deepest)
        return value

    def _node(self, event: NodeEvent, depth: int) -> YamlValue:
        self._values += 1
        if self._values > MAX_VALUES:
            raise self._refusal(event, f"there are more than {MAX_VALUES:,} values here", "split the file")
        match event:
            case ScalarEvent():
                self._characters += len(event.value)
                return self._scalar(event)
            case AliasEvent():
                return self._repeated(event, depth)
        if depth > MAX_DEPTH:
            raise self._refusal(event, f"nests deeper than {MAX_DEPTH} levels")
        self._deepest = max(self._deepest, depth)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(event, depth)
        assert isinstance(event, MappingStartEvent)
        return self._mapping(event, depth)

    def _repeated(self, event: AliasEvent, depth: int) -> YamlValue:
        """Return the value of an anchor, shared and not copied, counted as if it were written out."""
        anchored = self._anchors.get(event.anchor or "")
        if anchored is None:
            raise self._refusal(event, f"the alias *{event.anchor} has no anchor before it")
        self._values += anchored.values - 1
        self._characters += anchored.characters
        self._repeatable -= anchored.values + anchored.characters
        self._deepest = max(self._deepest, depth + anchored.height)
        if self._repeatable < 0 or self._values > MAX_VALUES:
            raise self._refusal(event, "aliases repeat more than a recording holds", "is the file hostile?")
        if self._deepest > MAX_DEPTH:
            raise self._refusal(event, f"nests deeper than {MAX_DEPTH} levels")
        return anchored.value

    def _scalar(self, event: ScalarEvent) -> YamlValue:
        try:
            return read_scalar(event.tag, event.value, plain=event.implicit[0])
        except Unreadable as error:
            raise self._refusal(event, str(error), error.hint) from None
        except ValueError as error:
            self._note(event, str(error))
            return str(event.value)

    def _sequence(self, start: SequenceStartEvent, depth: int) -> YamlValue:
        items: list[YamlValue] = []
        while type(event := self._next()) is not SequenceEndEvent:
            items.append(self._value(event, depth + 1))
        if start.tag is None:
            return items
        try:
            return read_sequence(start.tag, items)
        except Unreadable as error:
            raise self._refusal(start, str(error), error.hint) from None

    def _mapping(self, start: MappingStartEvent, depth: int) -> YamlValue:
        members: dict[str, YamlValue] = {}
        merged: list[YamlValue] = []
        while type(event := self._next()) is not MappingEndEvent:
            key = self.key(event)
            value = self._value(self._next(), depth + 1)
            if key == "<<" and isinstance(value, dict | list):
                merged += value if isinstance(value, list) else [value]
                continue
            if key in members:
                self._note(event, f"names {key[:_SHOWN]!r} again, and the last value holds")
            members[key] = value
        for other in merged:
            for key, value in other.items() if isinstance(other, dict) else ():
                members.setdefault(key, value)
        if start.tag is None:
            return members
        try:
            return read_mapping(start.tag, members)
        except Unreadable as error:
            raise self._refusal(start, str(error), error.hint) from None

    def _note(self, event: Event, what: str) -> None:
        if len(self._notes) < _MAX_NOTES:
            self._notes.append(f"line {_line(event)} {what}")

    def _refusal(self, event: Event, message: str, hint: str | None = None) -> InputError:
        return _refusal(self._path, event, message, hint)


def _events(source: Source) -> _Events:
    """Yield the events of a file, the errors of the parser as ours."""
    try:
        yield from yaml.parse(source.data, Loader=yaml.CSafeLoader)
    except yaml.reader.ReaderError as error:
        raise _no_text(source, error) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{source.path}:{mark.line + 1}:{mark.column + 1}" if mark else str(source.path)
        said = ", ".join(part for part in (error.context, error.problem) if part)
        raise InputError(f"is not YAML: {said}", where=place, hint="is the file whole?") from None
    except UnicodeDecodeError:  # in a tag, whose escapes libyaml lets pass
        raise InputError("is not YAML: a tag is not text", where=source.path) from None


def _no_text(source: Source, error: yaml.reader.ReaderError) -> InputError:
    before = source.data[: error.position]
    line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
    reason = "is not UTF-8 text" if "octet" in error.reason else f"is not YAML: {error.reason}"
    return InputError(reason, where=f"{source.path}:{line}:{column}", hint="save it as UTF-8")


def _line(event: Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _refusal(path: Path, event: Event, message: str, hint: str | None = None) -> InputError:
    mark = event.start_mark
    place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else path
    return InputError(message, where=place, hint=hint)
