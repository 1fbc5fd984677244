"""Keys of several segments: ``/bucket/2024/may/a.txt`` names one entity of ``/bucket/{key+}``.

Below the name of such a collection, things are put and read back at several depths, no word returns at the
depths below the first, as the names of nested collections and of actions do, and nothing is listed or created
in between.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from wraith.synth._routes.segments import Node, Segments

WRITES = ("PUT",)
READS = ("GET",)
LISTS = ("GET", "POST")

DEEP = 3
"""Entities below the first depth that were written and read back: fewer may be parts that are addressed."""

BEHIND = 2
"""Entities behind which a word was met before it is taken for a part, or an action, of any."""


def with_tail(node: Node) -> bool:
    """Give a node the tail that keys of several segments below it show; tell whether they do."""
    keys = _keys(node)
    if not keys:
        return False
    words = _words_behind(node, keys)
    node.tail = tail = Node()
    for segment, child in sorted(node.children.items()):
        every: list[tuple[Segments, Node]] = [((segment,), child)] if child.ends else []
        every += child.below((segment,))
        if _stands_apart([each for _, each in every]):
            continue
        del node.children[segment]
        for path, each in every:
            if path[-1] in words and path not in keys and len(path) > 1:
                tail.children.setdefault(path[-1], Node()).end_as(each)
            else:
                tail.end_as(each)
    return True


def _keys(node: Node) -> Collection[Segments]:
    """Return the keys of what was written and read back below a node, none where they are plain segments."""
    found = dict(node.below())
    keys = {path for path, each in found.items() if _is_entity(each)}
    deep = [path for path in keys if len(path) > 1]
    if len(deep) < DEEP or len({len(path) for path in keys}) == 1:
        return ()
    above = {path[:at] for path in deep for at in range(1, len(path))}
    if any(path in found and path not in keys and _succeeded(found[path], LISTS) for path in above):
        return ()  # what is created or listed there is a collection
    inner = Counter(segment for path in deep for segment in set(path[1:]))
    return () if max(inner.values()) * 2 > len(deep) else keys


def _is_entity(node: Node) -> bool:
    return _succeeded(node, WRITES) and _succeeded(node, READS)


def _succeeded(node: Node, methods: Sequence[str]) -> bool:
    return any(method in node.ends and node.ends[method].ok for method in methods)


def _words_behind(node: Node, keys: Collection[Segments]) -> frozenset[str]:
    """Return the words that stand behind keys, where requests succeed, and nothing is put and read back."""
    behind = Counter(
        path[-1] for path, each in node.below() if path[:-1] in keys and path not in keys and each.succeeded()
    )
    return frozenset(word for word, count in behind.items() if count >= BEHIND)


def _stands_apart(nodes: Sequence[Node]) -> bool:
    """Whether what stands below a word is no part of keys: requests succeed, and none of it is an entity."""
    succeeded = any(ends.ok for node in nodes for ends in node.ends.values())
    return succeeded and not any(map(_is_entity, nodes))
