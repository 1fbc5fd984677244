"""Recordings with other names: every field, path word and prefix of an id replaced, everything else kept.

A word is renamed wherever it stands between characters that are no letters and no digits, in names as in
values: messages quote names, and addresses hold path words. Plurals stay plurals. The words of the priors are
left alone, and of the words in texts only those are renamed that are names somewhere.

Ties are broken by canonical order, which is the alphabet's in the end. So there are two ways to rename: one
that keeps the alphabetical order and the lengths, after which everything must be the same, and one that turns
the order around.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from tests.synth.recordings import Recorded
from wraith.canonical import JsonValue
from wraith.exchange import Exchange, Request, Response, decode_body, encode_json, header
from wraith.synth._routes.routes import is_plural, singular
from wraith.synth._shared import priors

LETTERS = "abcdfghijklmnopqrtuvwz"
"""All but those that the rules of English plurals look at."""

SYLLABLES = [f"{consonant}{vowel}" for consonant in "bdfgklmnprtvz" for vowel in "aeou"]

_WORD = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]+(?![A-Za-z0-9])")
_PREFIX = re.compile(r"([a-z]+)_(?=[A-Za-z]*\d)[A-Za-z0-9]{8,}")

Words = Mapping[str, str]


def words_of(text: str) -> list[str]:
    """Return the words of a text that can be renamed."""
    return _WORD.findall(text)


def prior_words() -> frozenset[str]:
    """Return every word in the table of priors."""
    return frozenset(
        word for name, value in vars(priors).items() if name.isupper() for word in words_of(_texts(value))
    )


def _texts(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return " ".join(f"{_texts(key)} {_texts(each)}" for key, each in value.items())
    return " ".join(map(_texts, value)) if isinstance(value, Iterable) else ""


# --- which words, and what they become --------------------------------------------------------------------


def vocabulary(
    corpus: Sequence[Recorded], kept: frozenset[str], *, backwards: bool = False
) -> dict[str, str]:
    """Return what each name of a corpus is renamed to; ``backwards`` turns the alphabet around."""
    exchanges = [each for session in corpus for each in session.read()]
    names = {word for each in exchanges for text in _names(each) for word in words_of(text)} - kept
    met = {word for each in exchanges for text in _every_text(each) for word in words_of(text)} | kept
    stems = sorted({_stem(name) for name in names} - kept)
    codes = _against(stems) if backwards else _along(stems, kept, met)
    plurals = {name: f"{codes[stem]}s" for name in names if (stem := _stem(name)) != name and stem in codes}
    words = {**codes, **plurals}
    assert len({*words.values()}) == len(words), "two names have become one"
    assert not {*words.values()} & (met - {*words}), "a name has become another word of the recordings"
    return words


def _stem(word: str) -> str:
    return singular(word) if is_plural(word) or word == "ids" else word


def _against(stems: Sequence[str]) -> dict[str, str]:
    """Return codes of one length, the last one first in alphabetical order."""
    codes = (f"w{first}{second}o" for first in SYLLABLES for second in SYLLABLES)
    return dict(zip(reversed(stems), codes, strict=False))


def _along(stems: Sequence[str], kept: frozenset[str], met: AbstractSet[str]) -> dict[str, str]:
    """Return words of the same lengths and in the same order: one letter of each is another. Words that no
    other word of their length fits between stay as they are."""
    codes = {word: word for word in {*stems, *kept}}
    for stem in stems:
        near = (each for each in _neighbours(stem) if each not in met and f"{each}s" not in met)
        codes[stem] = next((each for each in near if _in_place(stem, each, codes)), stem)
    return {stem: codes[stem] for stem in stems}


def _in_place(stem: str, code: str, codes: Words) -> bool:
    """Whether a word and its plural stand among the others where the old ones stood."""
    return all(
        (f"{stem}{end}" < f"{old}{other}") == (f"{code}{end}" < f"{new}{other}") and code != new
        for old, new in codes.items()
        if old != stem
        for end in ("", "s")
        for other in ("", "s")
    )


def _neighbours(word: str) -> Iterator[str]:
    for at in reversed(range(len(word))):
        near = sorted(LETTERS, key=lambda letter: abs(ord(letter) - ord(word[at])))
        yield from (word[:at] + letter + word[at + 1 :] for letter in near if letter != word[at])


def _names(exchange: Exchange) -> Iterator[str]:
    parts = urlsplit(exchange.request.target)
    yield from (segment for segment in parts.path.split("/") if segment.islower())  # others are ids
    yield from (name for name, _ in parse_qsl(parts.query, keep_blank_values=True))
    for document in _documents(exchange):
        yield from _members(document)
        yield from (match[1] for text in _leaves(document) for match in _PREFIX.finditer(text))


def _every_text(exchange: Exchange) -> Iterator[str]:
    yield from _names(exchange)
    for document in _documents(exchange):
        yield from _leaves(document)


def _documents(exchange: Exchange) -> Iterator[JsonValue]:
    for message in (exchange.request, exchange.response):
        yield decode_body(header(message.headers, "content-type"), message.body).document


def _members(document: JsonValue) -> Iterator[str]:
    if isinstance(document, dict):
        yield from document
        for each in document.values():
            yield from _members(each)
    elif isinstance(document, list):
        for each in document:
            yield from _members(each)


def _leaves(document: JsonValue) -> Iterator[str]:
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict | list):
        for each in document.values() if isinstance(document, dict) else document:
            yield from _leaves(each)


# --- renaming ---------------------------------------------------------------------------------------------


def rename(text: str, words: Words) -> str:
    """Return a text with its words renamed."""
    return _WORD.sub(lambda match: words.get(match[0], match[0]), text)


def renamed(corpus: Sequence[Recorded], words: Words) -> list[Recorded]:
    """Return a corpus with its words renamed."""
    return [
        Recorded(
            session.id,
            session.started_at_ms,
            tuple(_renamed(each, words) for each in session.read()),
            session.tags,
        )
        for session in corpus
    ]


def _renamed(exchange: Exchange, words: Words) -> Exchange:
    sent, answer = exchange.request, exchange.response
    path, mark, query = sent.target.partition("?")
    request = Request(
        sent.method,
        rename(path, words) + mark + (_form(query, words) if mark else ""),
        sent.headers,
        _body(header(sent.headers, "content-type"), sent.body, words),
    )
    headers = [
        (name, rename(value, words) if name == "location" else value) for name, value in answer.headers
    ]
    body = _body(header(answer.headers, "content-type"), answer.body, words)
    return replace(exchange, request=request, response=Response(answer.status, tuple(headers), body))


def _form(text: str, words: Words) -> str:
    pairs = parse_qsl(text, keep_blank_values=True)
    return urlencode([(rename(name, words), rename(value, words)) for name, value in pairs], quote_via=quote)


def _body(content_type: str | None, body: bytes, words: Words) -> bytes:
    decoded = decode_body(content_type, body)
    if decoded.kind == "form":
        return _form(body.decode(), words).encode()
    if decoded.kind == "json":
        renamed = _document(decoded.document, words)
        return encode_json(_sorted(renamed) if _in_order(decoded.document) else renamed)
    return rename(body.decode(), words).encode() if decoded.kind == "text" else body


def _in_order(document: JsonValue) -> bool:
    """Whether the members of every object stand in alphabetical order, as some services write them."""
    if isinstance(document, dict):
        return [*document] == sorted(document) and all(map(_in_order, document.values()))
    return not isinstance(document, list) or all(map(_in_order, document))


def _document(document: JsonValue, words: Words) -> JsonValue:
    if isinstance(document, str):
        return rename(document, words)
    if isinstance(document, list):
        return [_document(each, words) for each in document]
    if isinstance(document, dict):
        return {rename(name, words): _document(each, words) for name, each in document.items()}
    return document


def _sorted(document: JsonValue) -> JsonValue:
    if isinstance(document, list):
        return [_sorted(each) for each in document]
    if isinstance(document, dict):
        return {name: _sorted(document[name]) for name in sorted(document)}
    return document


# --- comparing models -------------------------------------------------------------------------------------


def differences(model: JsonValue, other: JsonValue, words: Words, at: str = "") -> Iterator[str]:
    """Yield where a document differs from another that has the new names. The words of the language itself
    are among the old names as well, so what is the same is right too."""
    if isinstance(model, dict) and isinstance(other, dict):
        for name, value in model.items():
            new = name if name in other else rename(name, words)
            if new in other:
                yield from differences(value, other[new], words, f"{at}/{name}")
            else:
                yield f"{at}/{name} is missing"
        if len(model) != len(other):
            yield f"{at} has {len(other)} members, not {len(model)}"
    elif isinstance(model, list) and isinstance(other, list) and len(model) == len(other):
        for number, (value, new_value) in enumerate(zip(model, other, strict=True)):
            yield from differences(value, new_value, words, f"{at}/{number}")
    elif not (model == other or (isinstance(model, str) and rename(model, words) == other)):
        yield f"{at}: {model!r} is {other!r}"
