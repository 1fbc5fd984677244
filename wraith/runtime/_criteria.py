"""Conditions that one value of a request spells out: which stored documents meet them.

A value is a text of a small language (``_infix``), perhaps JSON in a text, or a document: members that name
fields, ``{"size": {"$gt": 3}}``, operators that hold fields, ``{"range": {"size": {"gt": 3}}}``, or objects
that say field, operator and value, ``{"field": "size", "op": ">", "value": 3}``, joined in lists or by words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from wraith.canonical import JsonValue, parse
from wraith.errors import InputError
from wraith.paths import MISSING, Found, Path, get
from wraith.runtime._conditions import Stored, field_path, holds
from wraith.runtime._infix import Joined, Term, Tree, read_text
from wraith.wir import JOINS, Criteria

MAX_DEPTH = 32
"""How deep conditions nest."""

Is = Callable[[str], bool]
"""Whether a name is that of a field."""


def criteria_filter(criteria: Criteria) -> Callable[[Stored, Found], Stored]:
    """Return the function that leaves of some entities those that meet what a value spells out: all of them
    where it is no text of this language."""
    words, names = dict(criteria.words), dict(criteria.names)

    def left(found: Stored, value: Found) -> Stored:
        tree = read_criteria(value, words, criteria.members, _fields(found, names))
        if tree is None:
            return found
        return [each for each in found if meets_tree(tree, each[1], words, names, criteria.search)]

    return left


def _fields(found: Stored, names: Mapping[str, Path]) -> Is:
    known: dict[str, bool] = dict.fromkeys(names, True)

    def is_field(name: str) -> bool:
        if name not in known:
            known[name] = any(field_path(name, document) is not None for _, document in found)
        return known[name]

    return is_field


def read_criteria(
    value: Found, words: Mapping[str, str], members: Sequence[str], is_field: Is
) -> Tree | None:
    """Return the conditions that a value spells out, None where it spells out none."""
    if isinstance(value, str):
        document = json_in(value)
        if document is MISSING:
            return read_text(value, words)
        value = document
    if isinstance(value, dict | list):
        beside = words.get("", "all")
        return read_document(value, words, members, is_field, how=beside if beside in JOINS else "all")
    return None


def json_in(text: str) -> Found:
    """Return the object or list that a text holds as JSON, ``MISSING`` where it holds none."""
    if text[:1] not in ("{", "["):
        return MISSING
    try:
        return parse(text.encode())
    except (ValueError, RecursionError, InputError):
        return MISSING


def read_document(
    value: JsonValue,
    words: Mapping[str, str],
    members: Sequence[str],
    is_field: Is,
    under: str = "",
    how: str = "all",
    depth: int = 0,
) -> Tree | None:
    """Return the conditions that a document spells out, None where there are none in it."""
    if depth > MAX_DEPTH or not isinstance(value, dict | list):
        return None

    def inner(part: JsonValue, below: str = under, joined: str = "all") -> Tree | None:
        return read_document(part, words, members, is_field, below, joined, depth + 1)

    if isinstance(value, list):
        return _joined(how, [inner(each) for each in value])
    if members and isinstance(name := value.get(members[0]), str):
        return _of_member(name, value, words, members)
    found: list[Tree | None] = []
    said = next(
        (words[each] for each in value.values() if isinstance(each, str) and words.get(each) in JOINS), "all"
    )
    for key, part in value.items():
        name = f"{under}{key}"
        if words.get(key) in JOINS:
            found.append(inner(part, under, words[key]))
        elif is_field(name):
            found += _of_field(name, part, words, inner)
        elif key in words and isinstance(part, dict):
            found += [Term(under + field, key, wanted) for field, wanted in part.items()]
        elif isinstance(part, dict | list):
            found.append(inner(part, under, said))
        elif not isinstance(part, str) or words.get(part) not in JOINS:
            found.append(Term(name, "", part))
    return _joined(how, found)


def _of_member(
    name: str, value: Mapping[str, JsonValue], words: Mapping[str, str], members: Sequence[str]
) -> Tree | None:
    """Return the condition of an object that names its field; where it does not name its operator, that is
    the name of another member, or of one in that."""
    if len(members) == 3:
        word = value.get(members[1], "")
        return Term(name, word, value.get(members[2], True)) if isinstance(word, str) else None
    inside = [part for key, part in value.items() if key not in words and isinstance(part, dict)]
    some = [value, *inside]
    return _joined("all", [Term(name, key, each[key]) for each in some for key in each if key in words])


def _of_field(
    name: str, part: JsonValue, words: Mapping[str, str], inner: Callable[..., Tree | None]
) -> list[Tree | None]:
    """Return the conditions on one field: by operators, on its members, or that it is the value."""
    if isinstance(part, dict) and any(key in words for key in part):
        return [
            _joined("none", [_joined("all", _of_field(name, wanted, words, inner))])
            if words.get(word) == "none"
            else Term(name, word, wanted)
            for word, wanted in part.items()
        ]
    if isinstance(part, dict) and part:
        return [inner(part, f"{name}.")]
    return [Term(name, "", part)]


def _joined(how: str, parts: Sequence[Tree | None]) -> Tree | None:
    some = tuple(each for each in parts if each is not None)
    return None if not some else some[0] if len(some) == 1 and how != "none" else Joined(how, some)


def meets_tree(
    tree: Tree,
    document: JsonValue,
    words: Mapping[str, str],
    names: Mapping[str, Path],
    search: Sequence[Path],
) -> bool:
    """Whether a document meets conditions. A value that stands alone is looked for in the fields that are
    searched; an operator that is not known holds for nothing."""
    if isinstance(tree, Joined):
        met = (meets_tree(each, document, words, names, search) for each in tree.parts)
        return all(met) if tree.how == "all" else any(met) if tree.how == "any" else not any(met)
    if not tree.field:
        return any(holds("contains", get(document, path), str(tree.value)) for path in search)
    path = names.get(tree.field) or field_path(tree.field, document) or (tree.field,)
    op = words.get(tree.word, "")
    if op in JOINS or not op:
        op = "" if tree.word else "equals"  # what stands at the name of a field is its value
    stored = get(document, path)
    if op == "contains" and isinstance(stored, bool | int | float):
        op = "equals"  # where a word looks into texts, it compares what is none
    return bool(op) and holds(op, stored, tree.value)


def terms(tree: Tree) -> list[Term]:
    """Return the conditions in a tree, in their order."""
    return [tree] if isinstance(tree, Term) else [term for part in tree.parts for term in terms(part)]
