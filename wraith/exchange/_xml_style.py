"""Documents as XML text, in the style in which a service writes it.

A style is what the view leaves out: declaration, layout, how elements without content are closed, quotes,
escapes. ``style_of`` reads it off a body; where ``encode_xml`` then gives back the bytes, nothing is lost.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from wraith.canonical import JsonValue
from wraith.exchange._xml import CONTENT, TEXT

_NAME = re.compile(r"[^\W\d][\w.\-:]*")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 has no way to write (section 2.2)."""

_MARKUP = re.compile(
    r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<[^>\"']*(?:\"[^\"]*\"[^>\"']*|'[^']*'[^>\"']*)*>", re.DOTALL
)
_VALUE = re.compile(r"=\s*(?:\"([^\"]*)\"|'([^']*)')")
_PROLOG = re.compile(r"\ufeff?(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_ATTRIBUTES = r"""(?:\s+[^\s=<>/]+\s*=\s*(?:"[^"]*"|'[^']*'))*"""
_FIRST = re.compile(rf"<[^\s<>/!?]+{_ATTRIBUTES}\s*>(\r\n|\n|\r)([ \t]*)<(?!/)")
_EMPTY = re.compile(rf"<([^\s<>/!?]+){_ATTRIBUTES}(\s*/>|></\1>)")
_CDATA = re.compile(rf"<([^\s<>/!?]+){_ATTRIBUTES}\s*>\s*<!\[CDATA\[")
_ENTITY = re.compile(r"&(?:#x?[0-9A-Fa-f]+|\w+);")
_ENCODING = re.compile(r"""<\?xml[^>]*?encoding\s*=\s*["']([\w.\-]+)["']""")
_NAMED = {"&quot;": '"', "&apos;": "'", "&gt;": ">", "&lt;": "<", "&amp;": "&"}


@dataclass(frozen=True, slots=True)
class XmlStyle:
    """How a service writes XML."""

    prolog: str = '<?xml version="1.0" encoding="UTF-8"?>'
    """What stands before the root element, white space included."""
    indent: str | None = None
    """The indent of one level; elements follow one another without white space where None."""
    newline: str = "\n"
    empty: str = "/>"
    """How an element without content ends: ``/>``, `` />``, or ``></`` for a tag of its own."""
    unlike: tuple[tuple[str, str], ...] = ()
    """Names of elements that end in another way."""
    quote: str = '"'
    text_escapes: tuple[tuple[str, str], ...] = ((">", "&gt;"),)
    """Characters that are escaped in text beside those that must be."""
    attribute_escapes: tuple[tuple[str, str], ...] = ((">", "&gt;"),)
    ascii: str = ""
    """``x`` where characters beyond ASCII are escaped by hexadecimal number, ``d`` by decimal."""
    cdata: tuple[str, ...] = ()
    """Elements whose text stands in a CDATA section."""
    end: str = ""
    """What follows the root element."""


def encode_xml(document: JsonValue, style: XmlStyle | None = None) -> bytes:
    """Return the body of a document as ``parse_xml`` gives it; what is no such document is empty."""
    style = style or XmlStyle()
    if not isinstance(document, dict):
        return b""
    writer = _Writer(style)
    for name, value in document.items():
        writer.element(name, value, 0)
    text = style.prolog + "".join(writer.written) + style.end
    return text.encode(encoding_of(style.prolog), "xmlcharrefreplace")


def encoding_of(prolog: str) -> str:
    """Return the encoding that an XML declaration names, UTF-8 where it names none that is known."""
    found = _ENCODING.search(prolog)
    try:
        return found[1] if found is not None and "a".encode(found[1]) else "utf-8"
    except LookupError:
        return "utf-8"


class _Writer:
    def __init__(self, style: XmlStyle) -> None:
        self.written: list[str] = []
        self._style = style
        self._unlike = dict(style.unlike)
        self._text = _escapes(style.text_escapes, "")
        self._attribute = _escapes(style.attribute_escapes, style.quote)

    def element(self, name: str, value: JsonValue, depth: int, *, laid_out: bool = True) -> None:
        """Write an element; a list is one for each of its members."""
        if not _NAME.fullmatch(name):
            return  # a name that came from data and cannot be one here
        for each in value if isinstance(value, list) else [value]:
            self._one(name, each, depth, laid_out)

    def _one(self, name: str, value: JsonValue, depth: int, laid_out: bool) -> None:
        members: dict[str, JsonValue] = value if isinstance(value, dict) else {TEXT: value}
        attributes = {key[1:]: each for key, each in members.items() if key[:1] == "@"}
        text = "".join(
            f" {key}={self._style.quote}{self._escaped(each, self._attribute)}{self._style.quote}"
            for key, each in attributes.items()
            if _NAME.fullmatch(key)
        )
        self.written.append(f"<{name}{text}")
        opened = len(self.written)
        self.written.append(">")
        self._content(name, members, depth, laid_out)
        if len(self.written) > opened + 1:
            self.written.append(f"</{name}>")
        else:
            end = self._unlike.get(name, self._style.empty)
            self.written[opened] = end if end != "></" else f"></{name}>"

    def _content(self, name: str, members: dict[str, JsonValue], depth: int, laid_out: bool) -> None:
        mixed = members.get(CONTENT)
        if isinstance(mixed, list):
            for part in mixed:
                if isinstance(part, dict):
                    for key, value in part.items():
                        self.element(key, value, depth + 1, laid_out=False)
                elif part_text := self._escaped(part, self._text):
                    self.written.append(part_text)
            return
        if text := self._text_of(name, members.get(TEXT)):
            self.written.append(text)
        pretty = laid_out and self._style.indent is not None
        before = f"{self._style.newline}{(self._style.indent or '') * (depth + 1)}"
        laid = False
        for key, value in members.items():
            if key[:1] not in ("@", "#"):
                for each in value if isinstance(value, list) else [value]:
                    if pretty:
                        self.written.append(before)
                    self.element(key, [each], depth + 1, laid_out=laid_out)
                    laid = True
        if laid and pretty:
            self.written.append(f"{self._style.newline}{(self._style.indent or '') * depth}")

    def _text_of(self, name: str, value: JsonValue) -> str:
        if name in self._style.cdata:
            inner = _ILLEGAL.sub("", _text(value))
            return f"<![CDATA[{inner.replace(']]>', ']]]]><![CDATA[>')}]]>"
        return self._escaped(value, self._text)

    def _escaped(self, value: JsonValue, escapes: dict[int, str]) -> str:
        done = _ILLEGAL.sub("", _text(value)).translate(escapes)
        if self._style.ascii and not done.isascii():
            form = "&#x{:X};" if self._style.ascii == "x" else "&#{};"
            done = "".join(c if c < "\x80" else form.format(ord(c)) for c in done)
        return done


def _escapes(more: tuple[tuple[str, str], ...], quote: str) -> dict[int, str]:
    must = {"&": "&amp;", "<": "&lt;", "\r": "&#13;"}
    if quote:  # a parser makes spaces of these in attributes
        must |= {"\n": "&#10;", "\t": "&#9;", quote: "&quot;" if quote == '"' else "&apos;"}
    return str.maketrans(must | dict(more))


def _text(value: JsonValue) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else ""


# --- reading a style ----------------------------------------------------------------------------------------


def style_of(text: str) -> XmlStyle:
    """Return the style in which a well-formed document is written."""
    start = _PROLOG.match(text)
    prolog = start[0] if start else ""
    last = text.rfind(">") + 1
    body = text[len(prolog) : last]
    newline, indent = _layout(body)
    empty, unlike = ends_in_style(empty_ends(body))
    texts, values = _runs(body)
    quotes = Counter(found for found in re.findall(r"=\s*([\"'])", _tags(body)))
    quote = "'" if quotes["'"] > quotes['"'] else '"'
    return XmlStyle(
        prolog,
        indent,
        newline,
        empty,
        unlike,
        quote,
        tuple(_written_escapes(texts, "")),
        tuple(_written_escapes(values, quote)),
        _ascii_of([*texts, *values]),
        tuple(sorted(set(_CDATA.findall(body)))),
        text[last:],
    )


def _layout(body: str) -> tuple[str, str | None]:
    """Return newline and indent: what stands between the root's start and its first element."""
    found = _FIRST.match(body)
    return (found[1], found[2]) if found else ("\n", None)


def empty_ends(text: str) -> dict[str, str]:
    """Return how each element without content ends, by name."""
    return {
        name: "></" if end.startswith("></") else " />" if end[0].isspace() else "/>"
        for name, end in _EMPTY.findall(text)
    }


def ends_in_style(ends: Mapping[str, str]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return how elements without content usually end, and the names of those that end in another way."""
    if not ends:
        return "/>", ()
    counts = Counter(ends.values())
    usual = max(sorted(counts), key=lambda end: counts[end])
    return usual, tuple(sorted((name, end) for name, end in ends.items() if end != usual))


def _tags(body: str) -> str:
    return "".join(found[0] for found in _MARKUP.finditer(body) if found[0][1] not in "!?")


def _runs(body: str) -> tuple[list[str], list[str]]:
    """Return the runs of text between markup, and the values of attributes, as they are written."""
    texts = [text for text in _MARKUP.split(body) if text]
    values = [
        double or single for double, single in re.findall(r"=\s*(?:\"([^\"]*)\"|'([^']*)')", _tags(body))
    ]
    return texts, values


def _written_escapes(runs: list[str], quote: str) -> Iterator[tuple[str, str]]:
    """Yield the characters that are escaped though they need not be, each with how."""
    written = "".join(runs)
    forms = sorted(set(_ENTITY.findall(written)))
    done: dict[str, str] = {}
    for form in forms:
        character = _NAMED.get(form) or _numbered(form)
        if len(character) == 1 and character.isascii():
            done.setdefault(character, form)
    plain = {"&": "&amp;", "<": "&lt;", **({quote: "&quot;" if quote == '"' else "&apos;"} if quote else {})}
    if ">" not in done and ">" not in written:
        done[">"] = "&gt;"
    yield from sorted((c, form) for c, form in done.items() if plain.get(c) != form)


def _numbered(form: str) -> str:
    if form[1] != "#":
        return ""
    try:
        return chr(int(form[3:-1], 16) if form[2] in "xX" else int(form[2:-1]))
    except (ValueError, OverflowError):
        return ""


def _ascii_of(runs: list[str]) -> str:
    written = "".join(runs)
    for form in _ENTITY.findall(written):
        if ord(_numbered(form) or "a") > 127:
            return "x" if form[2] in "xX" else "d"
    return ""
