"""Policy: what an overlay may not do to its base, whether or not it would compose. All findings at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Literal, TypeAlias

from wraith.config import Document, Policy
from wraith.overlay._fields import contradictions_of_fields
from wraith.overlay._layer import Layer
from wraith.overlay._posture import weaknesses
from wraith.overlay._schema import problems
from wraith.overlay._terms import Shape, shape_of
from wraith.paths import MISSING
from wraith.runtime import bind
from wraith.wir import Route

Capability: TypeAlias = Literal[
    "base",
    "scrub",
    "routes",
    "variants",
    "schema",
    "fixtures",
    "faults",
    "handlers",
    "passthrough",
    "signature",
]


class Finding(Document):
    """Something that policy forbids, or that is worth a look."""

    path: str
    """Where: the overlay, and the place in it."""
    capability: Capability
    reason: str
    severity: Literal["error", "warning"] = "error"


def judge_policy(base: Layer, overlays: Sequence[Layer], policy: Policy | None = None) -> tuple[Finding, ...]:
    """Return all that policy says of overlays on a base, in the order of the overlays."""
    policy = policy or Policy()
    found = []
    if policy.signed:
        found += [
            Finding(path=layer.name, capability="signature", reason="no key that is trusted has signed it")
            for layer in (base, *overlays)
            if not layer.signed
        ]
    below = [base]
    for overlay in overlays:
        found += _judged(base, tuple(below), overlay, policy)
        below.append(overlay)
    return tuple(found)


def _judged(base: Layer, below: tuple[Layer, ...], overlay: Layer, policy: Policy) -> Iterator[Finding]:
    yield from _base(base, overlay)
    for place, reason in weaknesses(base.scrub, overlay.scrub):
        yield _finding(overlay, f"scrub.toml: {place}", "scrub", reason)
    if overlay.config.passthrough.enabled:
        yield _finding(
            overlay, "wraith.toml: passthrough.enabled", "passthrough", "an overlay never forwards requests"
        )
    yield from _contributions(below, overlay, policy)
    for other in below:
        for place, reason in problems(other.schema, other.model, overlay.schema, overlay.model):
            yield _finding(overlay, f"state/schema.json: {place}", "schema", f"{reason} ({other.name})")
        for place, reason in contradictions_of_fields(other.model, overlay.model):
            yield _finding(overlay, place, "schema", f"{reason} ({other.name})")
        yield from _mutations(other, overlay)
        yield from _shadowed(other, overlay)


def _base(base: Layer, overlay: Layer) -> Iterator[Finding]:
    pinned = overlay.config.base
    if pinned is None:
        yield _finding(overlay, "wraith.toml: base", "base", "is no overlay: it pins no base")
        return
    if pinned.digest != base.digest:
        yield _finding(
            overlay,
            "wraith.toml: base.digest",
            "base",
            f"pins {pinned.artifact}@{pinned.digest}, and the base given is {base.pin}: take the pinned one"
            + (_moving(overlay.name, base.name) if base.name == pinned.artifact else ""),
        )
    version = _schema_version(base)
    if pinned.model_schema_version != version:
        yield _finding(
            overlay,
            "wraith.toml: base.model_schema_version",
            "base",
            f"is made for models of version {pinned.model_schema_version}, and {base.name} has {version}",
        )
    if pinned.scrub_policy_hash != base.scrub_policy_hash:
        yield _finding(
            overlay,
            "wraith.toml: base.scrub_policy_hash",
            "scrub",
            f"pins {pinned.scrub_policy_hash}, and {base.name} is scrubbed by {base.scrub_policy_hash}",
        )


def _moving(overlay: str, base: str) -> str:
    return (
        f", or move the pin: wraith rebase-check --overlay {overlay} --new-base {base}, "
        f"then wraith rebase {overlay} --to {base}"
    )


def _schema_version(layer: Layer) -> int:
    return int(layer.model.format.rpartition("/")[2])


def _contributions(below: tuple[Layer, ...], overlay: Layer, policy: Policy) -> Iterator[Finding]:
    """Yield what the overlay adds without being granted it."""
    known = {place for layer in below for place in _routes(layer)}
    types = {name for layer in below for name in layer.schema.types}
    added: list[tuple[Capability, str]] = []
    for place, route in _routes(overlay).items():
        added.append(("variants" if place in known else "routes", route.name))
    if overlay.schema.types.keys() - types or any(
        overlay.schema.types[name].fields for name in types & overlay.schema.types.keys()
    ):
        added.append(("schema", "state/schema.json"))
    shared = {endpoint.path for layer in below for endpoint in layer.model.graphql}
    added += [
        ("schema", f"graphql {endpoint.path}")
        for endpoint in overlay.model.graphql
        if endpoint.path in shared and endpoint.definitions
    ]
    if overlay.fixtures or overlay.model.fixtures:
        added.append(("fixtures", "state/fixtures"))
    added += [("faults", f"faults/{name}.toml") for name in overlay.faults]
    added += [("handlers", f"lua/handlers/{name}") for name in overlay.handlers]
    added += [("handlers", f"lua/lib/{name}") for name in overlay.libraries]
    for capability, what in added:
        for grants, whose in (
            (overlay.config.capabilities, "its own [capabilities]"),
            (policy.capabilities, "the policy"),
        ):
            if not grants.grants(capability):
                yield _finding(overlay, what, capability, f"{whose} does not grant {capability}")


def _mutations(other: Layer, overlay: Layer) -> Iterator[Finding]:
    """Yield where the overlay changes or removes routes and variants of another layer."""
    theirs = _routes(other)
    for place, route in _routes(overlay).items():
        there = theirs.get(place)
        if there is None:
            continue
        if not route.variants:
            yield _finding(overlay, route.name, "routes", f"deletes a route of {other.name}")
        if route.entity is not None and (route.entity, route.state_op) != (there.entity, there.state_op):
            yield _finding(
                overlay,
                route.name,
                "routes",
                f"makes it {route.state_op} {route.entity}, and {other.name} has "
                f"{there.state_op} {there.entity}",
            )
        guarded = {(each.guards, each.support): each for each in there.variants}
        for number, variant in enumerate(route.variants):
            same = guarded.get((variant.guards, variant.support))
            if same is not None and same != variant:
                yield _finding(
                    overlay,
                    f"{route.name}: variants[{number}]",
                    "variants",
                    f"answers what a variant of {other.name} answers, in another way",
                )
    for patch in overlay.patches:
        if patch.route is None or (patch.route.method, shape_of(patch.route.path_pattern)) not in theirs:
            continue
        for change in patch.changes:
            if not change.at and change.after() is MISSING:
                capability: Capability = "routes" if change.variant is None else "variants"
                yield _finding(
                    overlay,
                    f"model/patches: {patch.route}",
                    capability,
                    f"removes a part of a route of {other.name}",
                )


def _shadowed(other: Layer, overlay: Layer) -> Iterator[Finding]:
    """Yield what stands in the place of another layer's: handlers, libraries, fixture sets."""
    stems = {PurePosixPath(name).stem: name for name in overlay.handlers}
    answering = {binding.handler: binding for binding in bind(other.model, stems).bound}
    for stem, name in stems.items():
        if name in other.handlers:
            reason = f"shadows the handler of {other.name}"
        elif stem in answering:
            reason = f"binds to {answering[stem].route.name}, a route of {other.name}"
        else:
            continue
        yield _finding(overlay, f"lua/handlers/{name}", "handlers", reason)
    for name, data in overlay.libraries.items():
        if other.libraries.get(name, data) != data:
            yield _finding(overlay, f"lua/lib/{name}", "handlers", f"shadows the library of {other.name}")
    if overlay.name in other.fixtures:
        yield _finding(
            overlay,
            f"state/fixtures/{overlay.name}",
            "fixtures",
            f"{other.name} has a set of that name",
        )


def _routes(layer: Layer) -> dict[tuple[str, Shape], Route]:
    return {(route.method, shape_of(route.path_pattern)): route for route in layer.model.routes}


def _finding(overlay: Layer, place: str, capability: Capability, reason: str) -> Finding:
    return Finding(path=f"{overlay.name}: {place}", capability=capability, reason=reason)
