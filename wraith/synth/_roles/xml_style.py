"""In which style a service writes XML: right is what gives back the recorded bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from wraith.exchange import (
    XmlLists,
    XmlStyle,
    empty_ends,
    encode_xml,
    ends_in_style,
    header,
    parse_xml,
    style_of,
    text_of_body,
)
from wraith.synth._exchanges.seen import Seen
from wraith.synth._routes.sampling import thinned

SAMPLE = 60
"""Bodies that a style is learned from, from the longest to the shortest: lists are empty in short ones."""

TRIED = 12
"""Bodies that styles are tried on."""


def learn_xml_style(answers: Iterable[Seen], lists: XmlLists) -> XmlStyle:
    """Return the style that gives back most of the bodies, the simplest first."""
    bodies = {text_of_body(header(seen.headers, "content-type"), seen.raw): seen.raw for seen in answers}
    texts = thinned(sorted(bodies, key=lambda text: (-len(text), text)), SAMPLE)
    styles = [style_of(text) for text in texts]
    empty, unlike = ends_in_style({name: end for text in texts for name, end in empty_ends(text).items()})
    common = replace(
        styles[0],
        indent=next((style.indent for style in styles if style.indent is not None), None),
        empty=empty,
        unlike=unlike,
        text_escapes=_escapes([style.text_escapes for style in styles]),
        attribute_escapes=_escapes([style.attribute_escapes for style in styles]),
        ascii=max(style.ascii for style in styles),
        cdata=tuple(sorted({name for style in styles for name in style.cdata})),
    )
    candidates = list(dict.fromkeys([common, *styles]))
    documents = [(parse_xml(text.removeprefix("\ufeff"), lists), bodies[text]) for text in texts[:TRIED]]
    return max(candidates, key=lambda style: sum(encode_xml(each, style) == body for each, body in documents))


def _escapes(seen: Sequence[tuple[tuple[str, str], ...]]) -> tuple[tuple[str, str], ...]:
    """Return what is escaped in any body; ``>`` unless it stands as it is in one."""
    found: dict[str, str] = {}
    for character, form in (pair for each in seen for pair in each):
        found.setdefault(character, form)
    if any(">" not in dict(each) for each in seen):
        found.pop(">", None)
    return tuple(sorted(found.items()))
