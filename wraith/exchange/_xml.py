"""XML as a document: a JSON-like view with names, attributes, order, and text that is text.

``<Zone id="z1"><Name>a.example</Name><Hosts><Host>a</Host><Host>b</Host></Hosts></Zone>`` is
``{"Zone": {"@id": "z1", "Name": "a.example", "Hosts": {"Host": ["a", "b"]}}}``. The rules:

- An element is a member of its parent, under its name as it is written, prefix and all; attributes, namespace
  declarations among them, are members that begin with ``@``. Members stand in the order of the text.
- An element with nothing but text is that text, an empty one ``""``; beside attributes, text is ``#text``.
- Elements of one name are a list. One alone is a list too where the name repeats elsewhere: ``XmlLists`` says
  which do, because no single document can tell.
- What mixes text with elements, or elements of one name with others between them, is ``#content``: the list
  of all parts in their order, each a text or an object with one member.

White space between elements is layout, no content. The parser is expat, without a document type: so there are
no entities, and nothing outside of the body is ever read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType
from typing import TypeAlias
from xml.parsers import expat

from wraith.canonical import JsonValue

XmlLists: TypeAlias = Mapping[str, Mapping[str, tuple[str, ...]]]
"""By the name of a parent: the children that are lists, each with the names that may stand behind it, so that
an empty list has a place."""

NO_LISTS: XmlLists = MappingProxyType({})

TEXT, CONTENT = "#text", "#content"

MAX_DEPTH = 100
"""Levels of a document that is looked into: deeper than those of services go, and half of what an engine that
recurses and orjson can write. What goes deeper is text."""


class NotXml(ValueError):
    """The body is not well-formed, has a document type, or goes too deep."""


@dataclass(slots=True)
class Element:
    """An element while it is read: its attributes, and its text and elements in their order."""

    name: str
    attributes: list[str]
    parts: list[str | Element] = field(default_factory=list)

    @property
    def children(self) -> list[Element]:
        return [part for part in self.parts if isinstance(part, Element)]


def parse_xml(body: bytes | str, lists: XmlLists = NO_LISTS) -> dict[str, JsonValue]:
    """Return the view of an XML document. Raises NotXml."""
    root = read_element(body)
    return {root.name: _view(root, lists)}


def read_element(body: bytes | str) -> Element:
    """Return the root element of a document. Raises NotXml."""
    reader = _Reader()
    try:
        reader.parser.Parse(body, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise NotXml(str(error)) from None
    assert reader.root is not None  # Invariant: expat refuses a document without a root
    return reader.root


class _Reader:
    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.ordered_attributes = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def _refuse(self, *_: object) -> None:
        raise NotXml("a document type declares entities; none is read")

    def _start(self, name: str, attributes: list[str]) -> None:
        if len(self._open) == MAX_DEPTH:
            raise NotXml("nested too deeply")
        element = Element(name, attributes)
        if self._open:
            self._open[-1].parts.append(element)
        else:
            self.root = element
        self._open.append(element)

    def _end(self, _: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        parts = self._open[-1].parts
        if parts and isinstance(parts[-1], str):  # expat cuts text at a comment, and at the end of its buffer
            parts[-1] += text
        else:
            parts.append(text)


def _view(element: Element, lists: XmlLists) -> JsonValue:
    pairs = zip(element.attributes[::2], element.attributes[1::2], strict=True)
    done: dict[str, JsonValue] = {f"@{name}": value for name, value in pairs}
    children = element.children
    known = lists.get(element.name, {})
    if not children:
        text = "".join(part for part in element.parts if isinstance(part, str))
        if known and not text.strip():
            return {**done, **{name: [] for name in known}}
        if not done:
            return text
        return {**done, TEXT: text} if text else done
    if is_mixed(element):
        done[CONTENT] = [
            part if isinstance(part, str) else {part.name: _view(part, lists)} for part in element.parts
        ]
        return done
    repeated = repeated_names(children)
    for child in children:
        value = _view(child, lists)
        if child.name in repeated or child.name in known:
            members = done.setdefault(child.name, [])
            assert isinstance(members, list)  # Invariant: a name is a list from its first element on
            members.append(value)
        else:
            done[child.name] = value
    return _with_empty_lists(done, known)


def is_mixed(element: Element) -> bool:
    """Whether the parts of an element have to be kept in their order: text beside elements, or elements of
    one name with others in between."""
    if any(isinstance(part, str) and not part.isspace() for part in element.parts):
        return True
    names = [child.name for child in element.children]
    changes = sum(one != other for one, other in pairwise(names))
    return changes + 1 > len(set(names))


def repeated_names(children: list[Element]) -> set[str]:
    """Return the names that more than one of the elements has."""
    seen: set[str] = set()
    return {child.name for child in children if child.name in seen or seen.add(child.name)}  # type: ignore[func-returns-value]  # add gives None


def _with_empty_lists(
    done: dict[str, JsonValue], known: Mapping[str, tuple[str, ...]]
) -> dict[str, JsonValue]:
    """Add the lists that have no element here, each before what stands behind it elsewhere."""
    for name, behind in known.items():
        if name not in done:
            names = list(done)
            at = next((i for i, other in enumerate(names) if other in behind), len(names))
            done = {**{k: done[k] for k in names[:at]}, name: [], **{k: done[k] for k in names[at:]}}
    return done
