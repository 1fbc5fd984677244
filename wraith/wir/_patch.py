"""Patches: edits of a derived model, kept apart from it so that learning again does not lose them.

A patch concerns one route, or the part of the model outside routes, and holds changes: where, what stood
there, what stands there now. Routes and variants are named by content, a route by method and path pattern, a
variant by status and guards, because their positions change whenever more is learned.

This module holds the documents and their names; ``_patch_diff`` makes patches, ``_patch_apply`` applies them.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic import JsonValue as Json

from wraith.canonical import JsonValue, compact, parse, pretty
from wraith.errors import InputError, WraithError
from wraith.paths import EACH, MISSING, Found, parse_path

FORMAT: Final = "wraith.patch/1"
Object: TypeAlias = dict[str, JsonValue]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RouteName(_Part):
    """Which route: its content, not its position."""

    method: str
    path_pattern: str
    selector: Json = None

    def __str__(self) -> str:
        return f"{self.method} {self.path_pattern}"


class VariantName(_Part):
    """Which variant of a route. ``nth`` counts from 0 among those that have the same status and guards."""

    status: int
    guards: tuple[Json, ...] = ()
    nth: int = Field(default=0, ge=0)

    def __str__(self) -> str:
        guards = f"{len(self.guards)} guard{'' if len(self.guards) == 1 else 's'}"
        return f"variant {self.status} with {guards}" + (f", number {self.nth + 1}" if self.nth else "")


class Change(_Part):
    """One place, below a variant, a route or the model.

    An ``old`` or ``new`` that is absent means that nothing stood, or stands, there. At the empty path it is
    the whole variant or route that is added or removed; at ``routes`` and ``variants`` the order of the
    names.
    """

    variant: VariantName | None = None
    at: str = ""
    old: Json = None
    new: Json = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set & {"old", "new"}:
            raise ValueError("expected old, new or both")
        try:
            steps = parse_path(self.at)
        except WraithError as error:
            raise ValueError(f"at: {error.message}") from error
        if EACH in steps:
            raise ValueError("at: expected one place, found [*]")
        return self

    @classmethod
    def of(cls, variant: VariantName | None, at: str, old: Found, new: Found) -> Change:
        """Return the change, with only those members set that say something."""
        members = {"variant": variant, "at": at or None}
        given: dict[str, object] = {name: value for name, value in members.items() if value is not None}
        given |= {name: value for name, value in (("old", old), ("new", new)) if value is not MISSING}
        return cls.model_validate(given)

    def before(self) -> Found:
        return self.old if "old" in self.model_fields_set else MISSING

    def after(self) -> Found:
        return self.new if "new" in self.model_fields_set else MISSING


class Patch(_Part):
    """The whole of a file in ``model/patches/``. Without a route it concerns what stands outside routes."""

    format: Literal["wraith.patch/1"] = FORMAT
    route: RouteName | None = None
    changes: tuple[Change, ...] = Field(min_length=1)

    @property
    def file_name(self) -> str:
        """The file that ``wraith patch`` keeps edits of this route in. Other names are applied as well."""
        if self.route is None:
            return "model.json"
        words = re.sub(r"[^a-z0-9]+", "-", str(self.route).lower()).strip("-")[:60]
        return f"{words}-{hashlib.sha256(compact(_document(self.route))).hexdigest()[:8]}.json"


def dump_patch(patch: Patch) -> bytes:
    """Return the bytes of a patch file. Members of values keep their order, which is that of the service."""
    return pretty({"format": FORMAT, **_document(patch)}, sort=False)


def load_patch(data: bytes, where: object = None) -> Patch:
    """Return the patch in the bytes of a file. Raises InputError with file and key or offset."""
    hint = "mend the file, or remove it and make the edit again in model/symbols.json"
    try:
        return Patch.model_validate(parse(data))
    except ValidationError as error:
        found = error.errors(include_url=False)[:5]
        lines = [f"{'.'.join(map(str, each['loc'])) or '(top)'}: {each['msg']}" for each in found]
        raise InputError("; ".join(lines), where=str(where), hint=hint) from None
    except ValueError as error:
        raise InputError(f"not JSON: {error}", where=str(where), hint=hint) from error


def merge_patches(earlier: Patch, later: Patch) -> Patch | None:
    """Return one patch for two edits of the same route, in this order; None where they cancel out."""
    changes = list(earlier.changes)
    # after a change of status or guards later changes name the variant anew: then nothing is drawn together
    renames = any(change.variant and change.at.startswith(("status", "guards")) for change in changes)
    for change in later.changes:
        at = _last_of_same_place(changes, change)
        follows = at is not None and same(changes[at].after(), change.before())
        # what was removed and stands there again stands last among its siblings: that is no way back
        if renames or at is None or not follows or change.before() is MISSING:
            changes.append(change)
        elif same(changes[at].before(), change.after()):
            del changes[at]
        else:
            changes[at] = Change.of(change.variant, change.at, changes[at].before(), change.after())
    return Patch(route=earlier.route, changes=tuple(changes)) if changes else None


def _last_of_same_place(changes: list[Change], change: Change) -> int | None:
    found = [at for at, each in enumerate(changes) if (each.variant, each.at) == (change.variant, change.at)]
    return found[-1] if found else None


def _document(part: _Part) -> Object:
    document: Object = part.model_dump(mode="json", exclude_unset=True)
    return document


# --- what stands in a model document


def same(one: Found, other: Found) -> bool:
    """True where two values have the same bytes: 1, 1.0 and true differ, and so does the order of members."""
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and str(one) == str(other)


def routes_by_name(model: Object) -> dict[str, Object]:
    """Return the routes under their names, in order. Raises InputError where two have the same."""
    routes = [as_object(route) for route in members(model, "routes")]
    named = {name_text(route_name(route)): route for route in routes}
    if len(named) < len(routes):
        raise InputError("two routes have the same method, path pattern and selector")
    return named


def variants_by_name(route: Object) -> dict[str, Object]:
    """Return the variants under their names, in order."""
    named: dict[str, Object] = {}
    counts: dict[str, int] = {}
    for variant in map(as_object, members(route, "variants")):
        name = VariantName.model_validate(
            {"status": variant.get("status"), "guards": variant.get("guards") or []}
        )
        nth = counts[name_text(name)] = counts.get(name_text(name), -1) + 1
        named[name_text(name.model_copy(update={"nth": nth}))] = variant
    return named


def route_name(route: Object) -> RouteName:
    return RouteName.model_validate({key: route[key] for key in RouteName.model_fields if key in route})


def name_text(name: RouteName | VariantName) -> str:
    """Return a name as text: what names are compared by, and the inverse of ``variant_named``."""
    document: JsonValue = name.model_dump(mode="json")
    return compact(document).decode()


def variant_named(text: str) -> VariantName:
    return VariantName.model_validate(parse(text.encode()))


def names_document(names: list[str]) -> JsonValue:
    return [parse(name.encode()) for name in names]


def as_object(value: JsonValue) -> Object:
    if not isinstance(value, dict):
        raise InputError(f"expected an object, found {value!r:.80}", where="model")
    return value


def members(value: Object, name: str) -> list[JsonValue]:
    """Return the list under that name, made where it is missing."""
    found = value.setdefault(name, [])
    if not isinstance(found, list):
        raise InputError(f"{name}: expected a list, found {found!r:.80}", where="model")
    return found
