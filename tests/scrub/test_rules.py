"""The policy digest: what it depends on, and what not."""

from __future__ import annotations

from wraith.config import Allow, Rule, ScrubConfig
from wraith.scrub import policy_digest
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


def test_allowed_patterns_match_from_end_to_end() -> None:
    """An allowed pattern that matches a part of a value allows nothing."""
    rules = Rules.compiled(ScrubConfig(allow=(Allow(regex="[a-z]+", reason="r"),)))
    assert rules.is_clear("abc")
    assert not rules.is_clear("abc1")


def test_test_numbers_are_clear_however_they_are_printed() -> None:
    """A published card number is public with spaces between its digits as well."""
    assert Rules.compiled(ScrubConfig()).is_clear("4242 4242 4242 4242")
    assert not Rules.compiled(ScrubConfig(card_test_numbers=False)).is_clear("4242424242424242")
