"""VCR cassettes: vcrpy, Ruby VCR and go-vcr, in YAML or JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from wraith.interchange import _betamax
from wraith.interchange._cassette import KEYS, json_items, no_cassette, read_interaction
from wraith.interchange._entry import Item
from wraith.interchange._json import is_json
from wraith.interchange._source import Source

_HEAD_BYTES: Final = 1 << 16
_YAML_KEY: Final = re.compile(
    rb"""^["']?(?:http_)?interactions["']?[ \t]*:|^- !ruby/struct:VCR::HTTPInteraction""", re.MULTILINE
)
_JSON_KEY: Final = re.compile(rb'"(?:http_)?interactions"\s*:')


def looks_like(source: Source) -> bool:
    """Whether interactions stand where cassettes hold them, and Betamax is not named as their writer."""
    head = source.data[:_HEAD_BYTES].removeprefix(b"\xef\xbb\xbf")
    if is_json(head):
        return _JSON_KEY.search(head) is not None and not _betamax.looks_like(source)
    return _YAML_KEY.search(head) is not None


def read(source: Source) -> Iterator[Item]:
    """Yield the interactions; those of YAML while the file is read."""
    if is_json(source.data) and source.path.suffix.lower() not in (".yaml", ".yml"):
        return json_items(source)
    return _yaml_items(source)


def _yaml_items(source: Source) -> Iterator[Item]:
    from wraith.interchange._yaml import stream_yaml

    found = False
    for member in stream_yaml(source):
        # a list of interactions, without a name, is a cassette of Ruby VCR 1
        if member.key not in KEYS and (member.key or member.index is None):
            continue
        found = True
        if member.index is not None:
            where = f"{member.key}[{member.index}], line {member.line}"
            yield read_interaction(member.value, where, member.notes)
    if not found:
        raise no_cassette(source)
