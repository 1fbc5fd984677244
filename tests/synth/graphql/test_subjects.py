"""What payloads of mutations say: whether something was done, and why not."""

from __future__ import annotations

import pytest

from tests.synth.graphql.small import calls_of
from wraith.canonical import JsonValue
from wraith.synth._graphql.gathering import gather
from wraith.synth._graphql.subjects import Subject, find_subjects

Payloads = list[dict[str, JsonValue]]

A: JsonValue = {"id": "n1"}
B: JsonValue = {"id": "n2"}


def subject(payloads: Payloads) -> Subject:
    """Return what is learned of a mutation that was answered with some payloads."""
    steps: list[tuple[str, JsonValue]] = [
        (
            f'mutation {{ addNote(text: "t") {{ {" ".join(each)} {{ id }} }} }}',
            {"addNote": each},
        )
        for each in payloads
    ]
    calls = calls_of(*steps)
    return find_subjects(calls, gather(calls, {}))["mutation", "addNote"]


SUCCESS: dict[str, tuple[Payloads, tuple[tuple[str, JsonValue], ...]]] = {
    "a flag": ([{"ok": True, "note": A}, {"ok": False, "note": None}], (("ok", True),)),
    "a flag that is always true": ([{"ok": True, "note": A}, {"ok": True, "note": None}], ()),
    "nothing was ever refused": ([{"ok": True, "note": A}, {"ok": True, "note": B}], ()),
    "a word": (
        [{"code": "DONE", "note": A}, {"code": "FULL", "note": None}, {"code": "SHUT", "note": None}],
        (("code", "DONE"),),
    ),
    "a word that both have": ([{"code": "200", "note": A}, {"code": "200", "note": None}], ()),
    "a text that is always another": (
        [{"said": "a", "note": A}, {"said": "b", "note": B}, {"said": "c", "note": None}],
        (),
    ),
}


@pytest.mark.parametrize(("payloads", "success"), SUCCESS.values(), ids=SUCCESS)
def test_what_goes_with_what_was_done_tells_success(
    payloads: Payloads, success: tuple[tuple[str, JsonValue], ...]
) -> None:
    """A flag or a word tells, where payloads without an entity have another."""
    assert subject(payloads).success == success


PROBLEMS: dict[str, tuple[Payloads, frozenset[str]]] = {
    "a list that is empty otherwise": (
        [{"faults": [], "note": A}, {"faults": ["full"], "note": None}],
        frozenset({"faults"}),
    ),
    "always empty": ([{"faults": [], "note": A}, {"faults": [], "note": B}], frozenset()),
    "never empty": ([{"hints": ["a"], "note": A}, {"hints": ["b"], "note": B}], frozenset()),
    "null or a text": ([{"mark": None, "note": A}, {"mark": "m1", "note": B}], frozenset()),
}


@pytest.mark.parametrize(("payloads", "problems"), PROBLEMS.values(), ids=PROBLEMS)
def test_what_is_empty_at_times_tells_problems(payloads: Payloads, problems: frozenset[str]) -> None:
    """A list tells problems where it is empty in some payloads and not in others."""
    assert subject(payloads).problems == problems


def test_a_payload_with_an_entity_may_refuse() -> None:
    """What tells a problem refuses although it shows the entity; what tells none and shows it does not."""
    found = subject([{"faults": [], "note": A}, {"faults": ["full"], "note": A}, {"faults": [], "note": B}])
    calls = calls_of(
        ("mutation { addNote { faults note { id } } }", {"addNote": {"faults": ["full"], "note": A}}),
        ("mutation { addNote { faults note { id } } }", {"addNote": {"faults": [], "note": A}}),
        ("mutation { addNote { note { id } } }", {"addNote": {"note": None}}),
    )
    assert [found.refused(each.value) for each in calls] == [True, False, True]
