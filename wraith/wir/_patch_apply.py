"""From a model and patches to the patched model, and what no longer applies.

Consecutive changes of one variant are one edit: all of them apply, or none does and each that cannot is a
finding. A change applies where its old value stands; where the new value stands already, nothing is left to
do.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from itertools import groupby

from pydantic import BaseModel, ConfigDict

from wraith.canonical import JsonValue, compact
from wraith.paths import MISSING, Found, get, parse_path
from wraith.wir._patch import (
    Change,
    Object,
    Patch,
    RouteName,
    VariantName,
    as_object,
    members,
    name_text,
    routes_by_name,
    same,
    variants_by_name,
)


class PatchFinding(BaseModel):
    """A change that no longer applies, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    route: str
    variant: str | None = None
    at: str = ""
    message: str

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.route, self.variant, self.at and f"at {self.at}") if part)
        return f"{place}: {self.message}"


def apply_patches(
    document: JsonValue, patches: Sequence[Patch]
) -> tuple[JsonValue, tuple[PatchFinding, ...]]:
    """Return the patched document, and what no longer applies. The document given is left as it is.

    Patches apply in the order given, but what concerns no route, such as the order of routes, comes last.
    """
    model = copy.deepcopy(as_object(document))
    findings: list[PatchFinding] = []
    for patch in sorted(patches, key=lambda patch: patch.route is None):
        for variant, group in groupby(patch.changes, key=lambda change: change.variant):
            draft = _draft(model, patch.route)
            refused = _edit(draft, patch.route, variant, list(group))
            model = model if refused else draft
            findings += [
                PatchFinding(
                    route=str(patch.route or "model"),
                    variant=str(variant) if variant is not None else None,
                    at=change.at,
                    message=why,
                )
                for change, why in refused
            ]
    return model, tuple(findings)


def _draft(model: Object, route: RouteName | None) -> Object:
    """Return the model with copies of the parts that an edit there may change."""
    routes = list(members(model, "routes"))
    if route is None:
        return {name: routes if name == "routes" else copy.deepcopy(value) for name, value in model.items()}
    names = list(routes_by_name(model))
    if name_text(route) in names:
        position = names.index(name_text(route))
        routes[position] = copy.deepcopy(routes[position])
    return {**model, "routes": routes}


def _edit(
    model: Object, route: RouteName | None, variant: VariantName | None, changes: list[Change]
) -> list[tuple[Change, str]]:
    """Make the changes in the model. Return those that cannot be made, with the reason."""
    refused = []
    target: Object | str | None = (
        None  # looked up once: a change of guards must not hide the variant from the next
    )
    for change in changes:
        if route is not None and not change.at:
            why = _set_member(model, route, variant, change)
            target = None
        else:
            target = target if target is not None else _target(model, route, variant)
            why = target if isinstance(target, str) else _put(target, variant, change)
        if why is not None:
            refused.append((change, why))
    return refused


def _target(model: Object, route: RouteName | None, variant: VariantName | None) -> Object | str:
    """Return what the edit is about, or why it is not there."""
    if route is None:
        return model
    found = routes_by_name(model).get(name_text(route))
    if found is None:
        return "there is no such route any more"
    if variant is None:
        return found
    return variants_by_name(found).get(name_text(variant)) or (
        "there is no variant with this status and these guards any more"
    )


def _set_member(model: Object, route: RouteName, variant: VariantName | None, change: Change) -> str | None:
    """Add, replace or remove a whole route or variant."""
    holder = model if variant is None else _target(model, route, None)
    if isinstance(holder, str):
        return holder
    names = list(routes_by_name(holder) if variant is None else variants_by_name(holder))
    name = name_text(route if variant is None else variant)
    listed = members(holder, "routes" if variant is None else "variants")
    position = names.index(name) if name in names else None
    current, new = MISSING if position is None else listed[position], change.after()
    if current is MISSING and new is MISSING:
        return "there is no such part any more"
    if same(current, new):
        return None
    if not same(current, change.before()):
        return _mismatch(change, current)
    if position is not None:
        del listed[position]
    if new is not MISSING:
        listed.insert(len(listed) if position is None else position, copy.deepcopy(new))
    return None


def _put(target: Object, variant: VariantName | None, change: Change) -> str | None:
    if variant is None and change.at == "routes":
        _order(members(target, "routes"), list(routes_by_name(target)), change)
    elif variant is None and change.at == "variants":
        _order(members(target, "variants"), list(variants_by_name(target)), change)
    else:
        return _set(target, change)
    return None


def _set(target: Object, change: Change) -> str | None:
    """Put the new value where the old one stands."""
    path = parse_path(change.at)
    if not path:
        return "a model cannot be replaced as a whole"
    current, new = get(target, path), change.after()
    if same(current, new):
        return None
    if not same(current, change.before()):
        return _mismatch(change, current)
    parent, last = get(target, path[:-1]), path[-1]
    if isinstance(parent, dict) and isinstance(last, str):
        if new is MISSING:
            del parent[last]
        else:
            parent[last] = copy.deepcopy(new)
        return None
    if isinstance(parent, list) and isinstance(last, int) and current is not MISSING and new is not MISSING:
        parent[last] = copy.deepcopy(new)
        return None
    return "there is nothing that could hold it any more"


def _order(listed: list[JsonValue], names: list[str], change: Change) -> None:
    """Bring the named members into the new order, each in the place of another; others stay where they are.

    An order says how those stand that are there, so it always applies.
    """
    named = [compact(name).decode() for name in change.new] if isinstance(change.new, list) else []
    wanted = [name for name in dict.fromkeys(named) if name in names]
    slots = [at for at, name in enumerate(names) if name in set(wanted)]
    ordered = [listed[names.index(name)] for name in wanted]
    for slot, member in zip(slots, ordered, strict=True):
        listed[slot] = member


def _mismatch(change: Change, current: Found) -> str:
    return f"expected {_shown(change.before())}, found {_shown(current)}"


def _shown(value: Found) -> str:
    if value is MISSING:
        return "nothing"
    text = compact(value).decode()
    return text if len(text) <= 80 else f"{text[:77]}…"
