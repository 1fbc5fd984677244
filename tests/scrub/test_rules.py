"""The policy digest: what it depends on, and what not."""

from __future__ import annotations

import pytest

from wraith.config import Allow, Rule, ScrubConfig
from wraith.scrub import effective_policy_digest, policy_digest
from wraith.scrub._rules import Rules


def test_the_digest_is_that_of_the_policy() -> None:
    """Equal configurations have one digest; a rule, an allowed value or a switch more makes another."""
    configs = [
        ScrubConfig(),
        ScrubConfig(rules=(Rule(header="x-a"),)),
        ScrubConfig(rules=(Rule(header="x-a", action="mask"),)),
        ScrubConfig(allow=(Allow(value="x", reason="r"),)),
        ScrubConfig(card_test_numbers=False),
    ]
    digests = [policy_digest(config) for config in configs]
    assert len(set(digests)) == len(configs)
    assert digests[0] == policy_digest(ScrubConfig())
    assert digests[0].startswith("sha256:")


SAME: dict[str, tuple[ScrubConfig, ScrubConfig]] = {
    "a header in another case": (
        ScrubConfig(rules=(Rule(header="X-A"),)),
        ScrubConfig(rules=(Rule(header="x-a"),)),
    ),
    "a path in another spelling": (
        ScrubConfig(rules=(Rule(jsonpath="$.a.b"),)),
        ScrubConfig(rules=(Rule(jsonpath="a.b"),)),
    ),
    "a rule twice": (
        ScrubConfig(rules=(Rule(header="a"), Rule(header="a"))),
        ScrubConfig(rules=(Rule(header="a"),)),
    ),
    "allowed values in another order, for other reasons": (
        ScrubConfig(allow=(Allow(value="x", reason="r"), Allow(value="y", reason="s"))),
        ScrubConfig(allow=(Allow(value="y", reason="t"), Allow(value="x", reason="u"))),
    ),
}


@pytest.mark.parametrize("case", SAME)
def test_the_effective_digest_is_of_what_a_policy_does(case: str) -> None:
    """However it is written, a policy that does the same has the same effective digest."""
    one, other = SAME[case]
    assert effective_policy_digest(one) == effective_policy_digest(other)
    assert policy_digest(one) != policy_digest(other)


def test_the_effective_digest_moves_with_what_a_policy_does() -> None:
    """A rule, its action, its place before another, an allowed value, a switch, the built-in rules: each
    counts."""
    configs = [
        ScrubConfig(),
        ScrubConfig(rules=(Rule(regex="a"), Rule(regex="b"))),
        ScrubConfig(rules=(Rule(regex="b"), Rule(regex="a"))),
        ScrubConfig(rules=(Rule(regex="a", action="mask"), Rule(regex="b"))),
        ScrubConfig(allow=(Allow(value="x", reason="r"),)),
        ScrubConfig(allow=(Allow(regex="x", reason="r"),)),
        ScrubConfig(card_test_numbers=False),
    ]
    digests = {effective_policy_digest(config) for config in configs}
    assert len(digests | {effective_policy_digest(ScrubConfig(), 2)}) == len(configs) + 1


def test_allowed_patterns_match_from_end_to_end() -> None:
    """An allowed pattern that matches a part of a value allows nothing."""
    rules = Rules.compiled(ScrubConfig(allow=(Allow(regex="[a-z]+", reason="r"),)))
    assert rules.is_clear("abc")
    assert not rules.is_clear("abc1")


def test_test_numbers_are_clear_however_they_are_printed() -> None:
    """A published card number is public with spaces between its digits as well."""
    assert Rules.compiled(ScrubConfig()).is_clear("4242 4242 4242 4242")
    assert not Rules.compiled(ScrubConfig(card_test_numbers=False)).is_clear("4242424242424242")
