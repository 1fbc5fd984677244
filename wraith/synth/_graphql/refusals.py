"""What a field says where it does nothing: an error, or a payload that tells problems."""

from __future__ import annotations

from collections.abc import Sequence

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, leaves
from wraith.runtime import text_of
from wraith.synth._answers.induce import induce
from wraith.synth._graphql.documents import Object, below, plain
from wraith.synth._graphql.folding import Given
from wraith.synth._graphql.made import renamed
from wraith.synth._graphql.subjects import Subject
from wraith.synth._guards.context import Context
from wraith.wir import Hole, Ref, Variant

FEWEST_WORDS = 4
"""Words of a text in which one may be that of something else."""


def alike(groups: Sequence[list[Given]], subject: Subject | None) -> list[list[Given]]:
    """Put refusals together whose texts differ in what they quote: of the arguments, or one word of many."""
    by_shape: dict[tuple[str, ...], list[Given]] = {}
    for some in groups:
        given = {text_of(value) or "" for _, value in some[0].leaves}
        text = text_told(some[0], subject)
        shape = tuple("*" if word.strip("'\"`.,:") in given else word for word in text.split())
        known = next((each for each in by_shape if _but_for_one(each, shape)), shape)
        by_shape.setdefault(known, []).extend(some)
    return [by_shape[shape] for shape in sorted(by_shape)]


def _but_for_one(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two texts of several words are the same, but for one of these at most."""
    if one == other:
        return True
    return (
        len(one) == len(other) >= FEWEST_WORDS and sum(a != b for a, b in zip(one, other, strict=True)) == 1
    )


def text_told(row: Given, subject: Subject | None) -> str:
    """Return what a refusal says in words: the message of an error, or the longest text of its problems."""
    if isinstance(row.error, dict):
        return str(row.error.get("message"))
    if subject is None or not isinstance(row.value, Object):
        return ""
    told = [plain(each) for each in subject.told(row.value)]
    texts = [
        leaf for each in told if each is not MISSING for _, leaf in leaves(each) if isinstance(leaf, str)
    ]
    return max(texts, key=lambda each: (len(each), each), default="")


def refusal_of(rows: list[Given], subject: Subject | None) -> tuple[Variant, list[Given]]:
    """Return the variant of a payload that says why nothing was done; it may show the entity as it is."""
    assert subject is not None  # Invariant: only subjects refuse
    values = [row.value for row in rows if isinstance(row.value, Object)]
    shown = any(below(value, subject.at) not in (None, MISSING) for value in values)
    holes: dict[str, Hole] = {}
    template: dict[str, JsonValue] = {}
    for name in dict.fromkeys(sight.name for value in values for sight in value.sights):
        if name == subject.at[0]:
            continue
        pairs = [
            (row.row, plain(sight.value))
            for row, value in zip(rows, values, strict=True)
            for sight in value.sights
            if sight.name == name
        ]
        most = max(len(repr(_shape(found))) for _, found in pairs)
        pairs = [each for each in pairs if len(repr(_shape(each[1]))) == most]
        made = induce([row for row, _ in pairs], [found for _, found in pairs], Context())
        names = {f"${each}": f"${name}_{each}" for each in made.holes}
        template[name] = renamed(made.template, names)
        holes |= {f"{name}_{each}": hole for each, hole in made.holes.items()}
    inner: JsonValue = None
    if shown and subject.key is not None:
        inner = "$entity"
        holes["entity"] = Hole(hole_class="state", type="object", source=Ref(("entity",)))
    for step in reversed(subject.at[1:]):
        inner = {str(step): inner}
    template[str(subject.at[0])] = inner
    return Variant(status=200, body_template=template, holes=holes), rows


def _shape(value: Found) -> JsonValue:
    """Return the names of the members in a value, without what they hold."""
    if isinstance(value, dict):
        return {name: _shape(each) for name, each in value.items()}
    return [_shape(each) for each in value[:1]] if isinstance(value, list) else 0


def error_of(rows: list[Given]) -> tuple[Variant, list[Given]]:
    documents: list[JsonValue] = [
        {name: part for name, part in row.error.items() if name not in ("locations", "path")}
        for row in rows
        if isinstance(row.error, dict)
    ]
    made = induce([row.row for row in rows], documents, Context())
    return Variant(status=400, body_template=made.template, holes=made.holes), rows
