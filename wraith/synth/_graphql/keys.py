"""What keys are called: by convention, and where an argument of that name is answered with that value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from wraith.runtime import text_of
from wraith.synth._graphql.documents import Call, Object, leaves_of
from wraith.synth._graphql.words import words
from wraith.synth._shared.priors import PRIOR_KEYS

SURE = frozenset({"id", "key", "uuid"})
"""Names that nothing else has; the others are those of other things as often."""

ASKED = 2
"""How often an argument must have been answered by what has it."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The names of keys, the likeliest first, and those that need no other sign."""

    names: tuple[str, ...]
    sure: frozenset[str]

    def of(self, value: Object) -> str | None:
        """Return the value of the field that most likely is the key, with the field's name."""
        found = {sight.name: sight.value for sight in value.sights if not sight.arguments}
        for name in self.names:
            if name in found and isinstance(found[name], str | int) and not isinstance(found[name], bool):
                return f"{name}={found[name]}"
        return None


def keys_of(calls: Iterable[Call]) -> Keys:
    """Return what keys are called in a service."""
    asked: Counter[str] = Counter()
    other: set[str] = set()
    names: dict[str, None] = {}
    for call in calls:
        _note(call, names, asked, other)
    told = {name for name, count in asked.items() if count >= ASKED and name not in other}

    def rank(name: str) -> tuple[int, int, str]:
        last = words(name)[-1:] or [name]
        place = PRIOR_KEYS.index(last[0]) if last[0] in PRIOR_KEYS else len(PRIOR_KEYS)
        return place, len(words(name)), name

    likely = [name for name in names if name in PRIOR_KEYS or (words(name)[-1:] and words(name)[-1] in SURE)]
    ranked = tuple(sorted({*likely, *told}, key=rank))
    return Keys(ranked, SURE | told)


def _note(call: Call, names: dict[str, None], asked: Counter[str], other: set[str]) -> None:
    """Take in the names of the fields of a call, and whether its arguments name what is answered."""
    given = {str(path[-1]): text_of(value) for path, value in leaves_of(call.arguments) if path}
    if isinstance(call.value, Object):
        for sight in call.value.sights:
            if sight.name in given and not isinstance(sight.value, Object | list):
                if text_of(sight.value) == given[sight.name]:
                    asked[sight.name] += call.kind == "query"
                else:
                    other.add(sight.name)
    stack = [call.value]
    while stack:
        value = stack.pop()
        if isinstance(value, list):
            stack += value
        elif isinstance(value, Object):
            for sight in value.sights:
                names.setdefault(sight.name)
                stack.append(sight.value)
