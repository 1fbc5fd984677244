"""What recordings show of a service's XML: which elements are lists.

No single document tells a list of one from an element that stands alone. A name that repeats under its parent
anywhere in the corpus is a list under a parent of that name everywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from wraith.exchange import Element, NotXml, is_mixed, read_element, repeated_names
from wraith.synth._exchanges.seen import Seen
from wraith.synth._shared.priors import XML_ARRAY, XML_ELEMENTS, XML_PLURALS

ListSign: TypeAlias = tuple[str, str, tuple[str, ...]]
"""Parent and child, which is a list, and the names that stand behind it."""


def list_signs(seen: Seen) -> tuple[ListSign, ...]:
    """Return what the bodies of an exchange say about lists, each thing once, in order."""
    found: dict[ListSign, None] = {}
    for body in (seen.request.body, seen.raw):
        if body.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<":
            try:
                root = read_element(body)
            except NotXml:
                continue
            found.update(dict.fromkeys(_signs(root)))
    return tuple(found)


def _signs(root: Element) -> Iterator[ListSign]:
    waiting = [root]
    while waiting:
        element = waiting.pop()
        children = element.children
        waiting += children
        if children and not is_mixed(element):
            names = list(dict.fromkeys(child.name for child in children))
            several = repeated_names(children)
            for at, name in enumerate(names):
                if name in several or (len(names) == 1 and _is_container(element, name)):
                    yield element.name, name, tuple(names[at + 1 :])


def _is_container(parent: Element, child: str) -> bool:
    pairs = zip(parent.attributes[::2], parent.attributes[1::2], strict=True)
    if XML_ARRAY in pairs:
        return True
    outer, inner = _local(parent.name), _local(child)
    if inner in XML_ELEMENTS:
        return outer.endswith(XML_PLURALS) or outer == "data"
    stems = (inner, inner.removesuffix("y") + "i") if inner.endswith("y") else (inner,)
    return any(outer.endswith(stem + plural) for stem in stems for plural in XML_PLURALS)


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()


def merged_lists(signs: Iterable[ListSign]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return the lists that some signs tell of; their order and number do not matter."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for parent, child, behind in signs:
        found[parent][child].update(behind)
    return {
        parent: {child: tuple(sorted(behind)) for child, behind in sorted(children.items())}
        for parent, children in sorted(found.items())
    }
