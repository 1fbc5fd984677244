"""What a read shows of the entity that it addresses, where its answer is known."""

from __future__ import annotations

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path, get
from wraith.wir import Ref, Variant

SPREAD = "$spread"
STORED = Ref(("entity",))


def shown(variant: Variant, document: Found) -> Found:
    """Return the representation of the addressed entity in an answer of a variant, ``MISSING`` where the
    template does not show the whole of it."""
    at = _place(variant, variant.body_template, ())
    return MISSING if at is None else get(document, at)


def _place(variant: Variant, template: JsonValue, at: Path) -> Path | None:
    if isinstance(template, str) and template.startswith("$"):
        hole = variant.holes.get(template[1:])
        return at if hole is not None and hole.source == STORED else None
    if not isinstance(template, dict):
        return None
    if SPREAD in template and _place(variant, template[SPREAD], at) is not None:
        return at
    places = (_place(variant, node, (*at, name)) for name, node in template.items() if name != SPREAD)
    return next((place for place in places if place is not None), None)
