"""Words in names of fields: priors of GraphQL schemas at large, used where values do not tell."""

from __future__ import annotations

import re

from wraith.synth._shared.priors import VERBS

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def words(name: str) -> list[str]:
    """Return the words of a name, in small letters."""
    return [found.lower() for found in _WORD.findall(name)]


def singular(word: str) -> str:
    """Return an English plural as one."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def stem(name: str) -> str:
    """Return what a field is about: its name without verbs, ways of finding and the plural."""
    found = words(name)
    while len(found) > 1 and found[0] in VERBS:
        found = found[1:]
    if "by" in found[1:]:
        found = found[: found.index("by", 1)]
    return " ".join([*found[:-1], singular(found[-1])]) if found else name.lower()


def type_name(text: str) -> str:
    """Return a stem as the name of a type."""
    return "".join(word.capitalize() for word in text.split()) or "Thing"
