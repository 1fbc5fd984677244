"""Patches: the difference of two models, applied again, also to a model that has learned more since."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.canonical import JsonValue
from wraith.errors import InputError
from wraith.wir._patch import Patch, dump_patch, load_patch, merge_patches
from wraith.wir._patch_apply import apply_patches
from wraith.wir._patch_diff import diff_models

Object = dict[str, JsonValue]

scalars = (
    st.none() | st.booleans() | st.integers(-3, 2**70) | st.sampled_from(["", "a", "$hole_1"]) | st.just(1.0)
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "a.b", "é", "data"]), inner, max_size=3)
    ),
    max_leaves=5,
)
guards = st.lists(
    st.sampled_from(
        [
            {"exists": "request.body.email"},
            {"equals": ["request.query.x", 1]},
            {"absent": "request.body.email"},
        ]
    ),
    max_size=2,
)
variants = st.builds(
    lambda *members: dict(zip(("status", "guards", "body_template", "lua_hook"), members, strict=True)),
    st.sampled_from([200, 402, 404]),
    guards,
    values,
    scalars,
)


@st.composite
def models(draw: st.DrawFn) -> Object:
    """Models of a few routes, in which variants with the same status and guards are frequent."""
    names = draw(st.permutations([("GET", "/v1/a"), ("POST", "/v1/a"), ("GET", "/v1/a/{id}")]))
    routes: list[JsonValue] = [
        {
            "method": method,
            "path_pattern": path,
            "state_op": draw(st.sampled_from(["create", "list", "none"])),
            "variants": draw(st.lists(variants, max_size=4)),
        }
        for method, path in names[: draw(st.integers(0, 3))]
    ]
    return {
        "format": "wraith.model/1",
        "entities": draw(st.lists(values, max_size=2)),
        "fixtures": draw(st.dictionaries(st.sampled_from(["customer", "plan"]), values, max_size=2)),
        "routes": routes,
    }


def text(document: JsonValue) -> str:
    """The document as text in which the order of members counts."""
    return json.dumps(document)


def by_name(model: JsonValue) -> JsonValue:
    """The model with its routes sorted."""
    assert isinstance(model, dict)
    return {
        **model,
        "routes": sorted(model["routes"], key=lambda each: (each["method"], each["path_pattern"])),
    }  # type: ignore[arg-type,call-overload,index]


def a_variant(status: int = 200, *tests: JsonValue, **more: JsonValue) -> Object:
    return {
        "status": status,
        "guards": list(tests),
        "body_template": {"id": "$hole_1"},
        "lua_hook": None,
        **more,
    }


def a_model(*variants: Object, path: str = "/v1/customers") -> Object:
    route: Object = {"method": "POST", "path_pattern": path, "state_op": "create", "variants": list(variants)}
    return {"format": "wraith.model/1", "entities": [], "fixtures": {}, "routes": [route]}


PAID: JsonValue = {"exists": "request.body.source"}
UNPAID: JsonValue = {"absent": "request.body.source"}


@given(models(), models())
def test_applying_the_difference_gives_the_edited_model(derived: Object, edited: Object) -> None:
    """``apply_patches(a, diff_models(a, b))`` is ``b``, member order and all, without findings."""
    before = text(derived)
    patched, findings = apply_patches(derived, diff_models(derived, edited))
    assert findings == ()
    assert text(patched) == text(edited)
    assert text(derived) == before


@given(models())
def test_equal_models_have_no_difference(model: Object) -> None:
    """``diff_models(a, a)`` is empty."""
    assert diff_models(model, copy.deepcopy(model)) == ()


@given(models(), models(), models())
def test_two_edits_merge_into_one_file_per_route(first: Object, second: Object, third: Object) -> None:
    """Merging the patches of two edits gives what both give, but for the order of routes."""
    files = {patch.file_name: patch for patch in diff_models(first, second)}
    for patch in diff_models(second, third):
        merged = merge_patches(files[patch.file_name], patch) if patch.file_name in files else patch
        if merged is None:
            del files[patch.file_name]
        else:
            files[patch.file_name] = merged
    patched, findings = apply_patches(first, list(files.values()))
    assert findings == ()
    assert text(by_name(patched)) == text(by_name(third))


@given(models(), models())
def test_a_patch_file_reads_back_as_it_was_written(derived: Object, edited: Object) -> None:
    """Load after dump is identity, and the bytes are the same each time."""
    for patch in diff_models(derived, edited):
        data = dump_patch(patch)
        assert dump_patch(load_patch(data, "patch.json")) == data
        assert load_patch(data, "patch.json") == patch


def test_a_patch_names_route_and_variant_by_content() -> None:
    """A hook set by hand becomes one change with its old and new value."""
    derived = a_model(a_variant(402), a_variant(200, PAID))
    edited = a_model(a_variant(402), a_variant(200, PAID, lua_hook="handlers/pay.lua"))
    [patch] = diff_models(derived, edited)
    assert json.loads(dump_patch(patch)) == {
        "format": "wraith.patch/1",
        "route": {"method": "POST", "path_pattern": "/v1/customers"},
        "changes": [
            {
                "variant": {"status": 200, "guards": [PAID], "nth": 0},
                "at": "lua_hook",
                "old": None,
                "new": "handlers/pay.lua",
            }
        ],
    }


def hooked(*variants: Object) -> tuple[Patch, ...]:
    """The patches of a hook set on the variant for paid requests."""
    return diff_models(a_model(a_variant(200, PAID)), a_model(a_variant(200, PAID, lua_hook="pay.lua")))


@pytest.mark.parametrize(
    ("learned", "hooks", "findings"),
    [
        pytest.param(a_model(a_variant(200, PAID)), ["pay.lua"], [], id="unchanged"),
        pytest.param(
            a_model(a_variant(402, UNPAID), a_variant(200, PAID)),
            [None, "pay.lua"],
            [],
            id="moved-behind-a-new-variant",
        ),
        pytest.param(
            a_model(a_variant(200, PAID, body_template={"id": "$hole_2"})),
            ["pay.lua"],
            [],
            id="another-part-changed",
        ),
        pytest.param(a_model(a_variant(200, PAID, lua_hook="pay.lua")), ["pay.lua"], [], id="there-already"),
        pytest.param(
            a_model(a_variant(200, PAID, lua_hook="other.lua")),
            ["other.lua"],
            ['POST /v1/customers, variant 200 with 1 guard, at lua_hook: expected null, found "other.lua"'],
            id="something-else-stands-there",
        ),
        pytest.param(
            a_model(a_variant(200)),
            [None],
            [
                "POST /v1/customers, variant 200 with 1 guard, at lua_hook: "
                "there is no variant with this status and these guards any more"
            ],
            id="the-guards-were-learned-anew",
        ),
        pytest.param(
            a_model(a_variant(200, PAID), path="/v2/customers"),
            [None],
            ["POST /v1/customers, variant 200 with 1 guard, at lua_hook: there is no such route any more"],
            id="the-route-is-gone",
        ),
    ],
)
def test_a_patch_on_a_model_learned_anew(
    learned: Object, hooks: list[str | None], findings: list[str]
) -> None:
    """A patch follows its variant wherever it stands; where it does not apply, that is a finding."""
    patched, found = apply_patches(learned, hooked())
    assert isinstance(patched, dict)
    [route] = patched["routes"]  # type: ignore[misc]  # a_model makes one
    assert [variant["lua_hook"] for variant in route["variants"]] == hooks  # type: ignore[index,call-overload]
    assert [str(each) for each in found] == findings


def test_an_edit_of_a_variant_applies_as_a_whole_or_not_at_all() -> None:
    """Where one of two changes of a variant no longer applies, the other one is not made either."""
    edited = a_model(a_variant(200, PAID, body_template={"id": "$hole_9"}, lua_hook="pay.lua"))
    patches = diff_models(a_model(a_variant(200, PAID)), edited)
    learned = a_model(a_variant(200, PAID, body_template={"id": "$hole_7"}))
    patched, findings = apply_patches(learned, patches)
    assert text(patched) == text(learned)
    assert [each.at for each in findings] == ["body_template.id"]


def test_edited_guards_keep_their_variant_in_place() -> None:
    """A variant whose guards were edited is changed, not removed and added."""
    derived = a_model(a_variant(200, PAID), a_variant(404))
    edited = a_model(a_variant(200, UNPAID), a_variant(404))
    [patch] = diff_models(derived, edited)
    assert [(change.at, change.old, change.new) for change in patch.changes] == [("guards", [PAID], [UNPAID])]
    assert text(apply_patches(derived, [patch])[0]) == text(edited)


def test_taking_an_edit_back_leaves_no_patch() -> None:
    """Setting a hook and removing it again cancel out."""
    [there] = hooked()
    [back] = diff_models(a_model(a_variant(200, PAID, lua_hook="pay.lua")), a_model(a_variant(200, PAID)))
    assert merge_patches(there, back) is None


BROKEN = [
    (b"{", "not JSON"),
    (b"[]", "(top): Input should be"),
    (b'{"format": "wraith.patch/2", "changes": []}', "format: Input should be 'wraith.patch/1'"),
    (b'{"format": "wraith.patch/1", "changes": [{"at": "x"}]}', "expected old, new or both"),
    (b'{"format": "wraith.patch/1", "changes": [{"at": "a..b", "new": 1}]}', "at: not a path"),
    (b'{"format": "wraith.patch/1", "changes": [{"at": "a[*]", "new": 1}]}', "expected one place, found [*]"),
    (b'{"format": "wraith.patch/1", "changes": [], "extra": 1}', "extra: Extra inputs"),
]


@pytest.mark.parametrize(("data", "message"), BROKEN, ids=[message for _, message in BROKEN])
def test_a_broken_patch_file_is_named_with_its_key(data: bytes, message: str) -> None:
    """What is no patch is an error with the file and what was expected."""
    with pytest.raises(InputError) as raised:
        load_patch(data, "model/patches/x.json")
    assert message in raised.value.message
    assert raised.value.where == "model/patches/x.json"
    assert raised.value.hint
