"""Policy: what an overlay may not do, each as a finding, all at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.overlay.layers import answer, digest, is_v, overlay, root, route
from wraith.config import Allow, Policy, Rule, ScrubConfig, TwinConfig
from wraith.overlay import EntityType, Layer, Schema, judge_policy
from wraith.overlay._posture import weaknesses
from wraith.wir import Patch, ref

THING = route("GET /things/{id}", answer(is_v("x")), entity="things", key=ref("request.path.id"))
BASE = root(
    THING,
    entities=["things"],
    scrub=ScrubConfig(rules=(Rule(header="x-tenant"),)),
    handlers={"list_things.lua": b"return 1"},
    libraries={"money.lua": b"return 1"},
    schema=Schema(types={"things": EntityType(key="id")}),
)


def over(*routes: object, **more: object) -> Layer:
    more.setdefault("scrub", BASE.scrub)
    return overlay(*routes, base=BASE, **more)  # type: ignore[arg-type]  # routes, and parts of a layer


def moved(**changes: object) -> Callable[[], Layer]:
    def make() -> Layer:
        layer = over()
        assert layer.config.base is not None
        told = layer.config.base.model_copy(update=changes)
        return replace(layer, config=layer.config.model_copy(update={"base": told}))

    return make


def removing() -> Layer:
    document = {
        "format": "wraith.patch/1",
        "route": {"method": "GET", "path_pattern": "/things/{key}"},
        "changes": [{"old": {"method": "GET"}}],
    }
    return over(patches=(Patch.model_validate(document),))


FINDINGS: dict[str, tuple[Callable[[], Layer], str]] = {
    "another base": (moved(digest=digest("other")), "base"),
    "models of another version": (moved(model_schema_version=2), "base"),
    "another pinned policy": (moved(scrub_policy_hash=digest("other")), "scrub"),
    "a rule is missing": (lambda: over(scrub=ScrubConfig()), "scrub"),
    "a route is deleted": (lambda: over(route("GET /things/{id}")), "routes"),
    "a route is deleted by a patch": (removing, "routes"),
    "a variant is changed": (
        lambda: over(route("GET /things/{id}", answer(is_v("x"), says="else"))),
        "variants",
    ),
    "another entity": (
        lambda: over(route("GET /things/{id}", answer(is_v("y")), entity="others")),
        "routes",
    ),
    "variants are not granted": (
        lambda: over(
            route("GET /things/{id}", answer(is_v("y"))), tables={"capabilities": {"variants": False}}
        ),
        "variants",
    ),
    "routes are not granted": (
        lambda: over(route("GET /new", answer()), tables={"capabilities": {"routes": False}}),
        "routes",
    ),
    "fixtures are not granted": (
        lambda: over(fixtures={"": {"things": {}}}, tables={"capabilities": {"fixtures": False}}),
        "fixtures",
    ),
    "faults are not granted": (
        lambda: over(faults={"slow": b""}, tables={"capabilities": {"faults": False}}),
        "faults",
    ),
    "a schema is not granted": (
        lambda: over(
            schema=Schema(types={"new": EntityType(key="id")}), tables={"capabilities": {"schema": False}}
        ),
        "schema",
    ),
    "a key stands elsewhere": (
        lambda: over(schema=Schema(types={"things": EntityType(key="uid")})),
        "schema",
    ),
    "a handler is not granted": (lambda: over(handlers={"create_order.lua": b""}), "handlers"),
    "passthrough": (lambda: over(tables={"passthrough": {"enabled": True}}), "passthrough"),
}


@pytest.mark.parametrize(("make", "capability"), FINDINGS.values(), ids=FINDINGS)
def test_what_is_refused(make: Callable[[], Layer], capability: str) -> None:
    """Each of these is one finding, under its capability."""
    found = judge_policy(BASE, [make()])
    assert [each.capability for each in found] == [capability]
    assert found[0].severity == "error"
    assert found[0].path.startswith("over: ")


GRANTED = {"capabilities": {"handlers": True}}
SHADOWING = {
    "a handler of the base": {"handlers": {"list_things.lua": b""}},
    "a handler that binds to a route of the base": {"handlers": {"get_thing.lua": b""}},
    "a library of the base": {"libraries": {"money.lua": b"return 2"}},
}


@pytest.mark.parametrize("parts", SHADOWING.values(), ids=SHADOWING)
def test_handlers_are_not_shadowed(parts: dict[str, dict[str, bytes]]) -> None:
    """Even an overlay that may bring handlers leaves those of the base, and its routes, alone."""
    [found] = judge_policy(BASE, [over(tables=GRANTED, **parts)])
    assert (found.capability, "base" in found.reason) == ("handlers", True)


def test_an_equal_library_is_no_shadow() -> None:
    """Two layers may bring one and the same library."""
    assert judge_policy(BASE, [over(tables=GRANTED, libraries={"money.lua": b"return 1"})]) == ()


def test_all_findings_at_once() -> None:
    """One judgement lists everything that is wrong, of every overlay."""
    first = over(scrub=ScrubConfig(), tables={"passthrough": {"enabled": True}}, name="first")
    second = over(handlers={"create_order.lua": b""}, name="second")
    found = judge_policy(BASE, [first, second])
    assert [each.capability for each in found] == ["scrub", "passthrough", "handlers"]


def test_the_composers_policy_counts_as_well() -> None:
    """What the policy file does not grant, an overlay may not add; it may ask for signatures."""
    policy = Policy.model_validate({"signed": True, "capabilities": {"faults": False}})
    found = judge_policy(BASE, [replace(over(faults={"slow": b""}), signed=True)], policy)
    assert [(each.capability, each.path) for each in found] == [
        ("signature", "base"),
        ("faults", "over: faults/slow.toml"),
    ]


POSTURES: dict[str, tuple[ScrubConfig, ScrubConfig, bool]] = {
    "the same": (ScrubConfig(rules=(Rule(header="X-A"),)), ScrubConfig(rules=(Rule(header="x-a"),)), False),
    "more": (ScrubConfig(), ScrubConfig(rules=(Rule(cookie="c"),)), False),
    "less": (ScrubConfig(rules=(Rule(cookie="c"),)), ScrubConfig(), True),
    "another cookie": (ScrubConfig(rules=(Rule(cookie="c"),)), ScrubConfig(rules=(Rule(cookie="C"),)), True),
    "a weaker action": (
        ScrubConfig(rules=(Rule(header="a", action="redact"),)),
        ScrubConfig(rules=(Rule(header="a"),)),
        True,
    ),
    "a stronger action": (
        ScrubConfig(rules=(Rule(header="a"),)),
        ScrubConfig(rules=(Rule(header="a", action="redact"),)),
        False,
    ),
    "every element for one": (
        ScrubConfig(rules=(Rule(jsonpath="$.a[0].b"),)),
        ScrubConfig(rules=(Rule(jsonpath="a[*].b"),)),
        False,
    ),
    "one element for all": (
        ScrubConfig(rules=(Rule(jsonpath="a[*].b"),)),
        ScrubConfig(rules=(Rule(jsonpath="a[0].b"),)),
        True,
    ),
    "a wider pattern": (
        ScrubConfig(rules=(Rule(regex="tok_[a-f]{4}"),)),
        ScrubConfig(rules=(Rule(regex="tok_[a-z]{4,}"),)),
        False,
    ),
    "a narrower pattern": (
        ScrubConfig(rules=(Rule(regex="tok_[a-z]{4,}"),)),
        ScrubConfig(rules=(Rule(regex="tok_[a-f]{4}"),)),
        True,
    ),
    "one more exception": (
        ScrubConfig(),
        ScrubConfig(allow=(Allow(value="pk_live_1", reason="public"),)),
        True,
    ),
    "cards in clear": (ScrubConfig(card_test_numbers=False), ScrubConfig(), True),
}


@pytest.mark.parametrize(("base", "other", "weaker"), POSTURES.values(), ids=POSTURES)
def test_policies_are_compared_by_what_they_do(base: ScrubConfig, other: ScrubConfig, weaker: bool) -> None:
    """A policy that hides at least as much is no weaker, however it is written."""
    assert bool(list(weaknesses(base, other))) == weaker


def test_a_root_twin_is_no_overlay() -> None:
    """What pins no base is not composed onto one."""
    config = TwinConfig.model_validate({"upstream": {"base_url": "http://x.test"}})
    [found] = judge_policy(BASE, [replace(over(), config=config)])
    assert (found.capability, "no overlay" in found.reason) == ("base", True)
