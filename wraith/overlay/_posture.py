"""Scrub posture: whether one policy hides at least what another does.

Policies are compared by what they do: names of headers in any case, a path below ``[*]`` covers each element,
a pattern covers another whose every text it matches, and an action covers a weaker one. Where that cannot be
told of two patterns, the answer is that it is weaker.
"""

from __future__ import annotations

from collections.abc import Iterator

from wraith.config import Action, Rule, ScrubConfig
from wraith.paths import EACH, Path, parse_path
from wraith.wir import common_text

STRENGTH: dict[Action, int] = {"pseudonymize": 1, "tokenize": 2, "mask": 3, "redact": 4}
"""How little is left of a value: a stand-in that looks real, a token, some of it, nothing."""


def weaknesses(base: ScrubConfig, other: ScrubConfig) -> Iterator[tuple[str, str]]:
    """Yield where the other policy hides less than the base's, each with the rule and the reason."""
    for rule in base.rules:
        covering = [each for each in other.rules if _covers(each, rule)]
        if not covering:
            yield _named(rule), "the base has this rule, and no rule of the overlay covers it"
        elif STRENGTH[covering[0].action] < STRENGTH[rule.action]:
            yield (
                _named(rule),
                f"the base says {rule.action}, the overlay {covering[0].action}, which leaves more",
            )
    if other.card_test_numbers and not base.card_test_numbers:
        yield "card_test_numbers", "the base hides the published test numbers of cards, the overlay does not"
    known = {(each.value, each.regex) for each in base.allow}
    patterns = [each.regex for each in base.allow if each.regex is not None]
    for allowed in other.allow:
        if (allowed.value, allowed.regex) in known:
            continue
        within = allowed.regex is not None and any(_within(allowed.regex, each) for each in patterns)
        if not within:
            yield (
                f"allow {allowed.value or allowed.regex}",
                "the overlay leaves in clear what the base does not",
            )


def joined(base: ScrubConfig, others: Iterator[ScrubConfig] | tuple[ScrubConfig, ...]) -> ScrubConfig:
    """Return the policy that does what the base's does, and what the others add to it."""
    rules, cards = list(base.rules), base.card_test_numbers
    for other in others:
        rules += [rule for rule in other.rules if rule not in rules]
        cards = cards and other.card_test_numbers
    return base.model_copy(update={"rules": tuple(rules), "card_test_numbers": cards})


def _covers(one: Rule, other: Rule) -> bool:
    """Whether whatever the other rule finds, this one finds as well."""
    if other.header is not None:
        return one.header is not None and one.header.lower() == other.header.lower()
    if other.cookie is not None:
        return one.cookie == other.cookie
    if other.query_param is not None:
        return one.query_param == other.query_param
    if other.jsonpath is not None:
        return one.jsonpath is not None and _path_covers(_path(one.jsonpath), _path(other.jsonpath))
    return one.regex is not None and other.regex is not None and _within(other.regex, one.regex)


def _path(text: str) -> Path:
    return parse_path(text.removeprefix("$").removeprefix("."))


def _path_covers(one: Path, other: Path) -> bool:
    return len(one) == len(other) and all(
        mine == theirs or (mine is EACH and isinstance(theirs, int))
        for mine, theirs in zip(one, other, strict=True)
    )


def _within(pattern: str, wider: str) -> bool:
    """Whether every text that matches the pattern provably matches the wider one."""
    return pattern == wider or common_text((pattern,), (wider,)) is False


def _named(rule: Rule) -> str:
    return next(
        f"rules {name} {value}"
        for name in ("header", "cookie", "query_param", "jsonpath", "regex")
        if (value := getattr(rule, name)) is not None
    )
