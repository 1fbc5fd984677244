"""``scrub.toml``, compiled: which action each name, path and pattern asks for, and what stays in clear."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final

from wraith.canonical import JsonValue, compact, parse, sha256
from wraith.paths import Path, format_path, parse_path
from wraith.scrub._cards import TEST_NUMBERS, card_digits
from wraith.scrub._fields import is_secret_header

if TYPE_CHECKING:
    from wraith.config import Action, Rule, ScrubConfig

RULES_VERSION: Final = 1
"""Of the built-in rules. Raise it with every change that finds more, finds less, or replaces differently."""


def policy_digest(config: ScrubConfig) -> str:
    """Return the digest of everything but the key that decides what a scrubbed exchange looks like."""
    return sha256(compact({"rules": RULES_VERSION, "config": config.model_dump(mode="json")}))


def effective_policy_digest(config: ScrubConfig, rules_version: int = RULES_VERSION) -> str:
    """Return the digest of what a policy does, however it is written: what artifacts are pinned by.

    Covered are the version of the built-in rules and, in canonical form, the user's: rules in their order,
    which is their priority, each once, with headers in lower case and paths in one spelling; values that stay
    in clear, sorted, each once, without the reasons for them.
    """
    rules = [_canonical(rule) for rule in config.rules]
    allowed = {compact(entry.model_dump(mode="json", exclude={"reason"})) for entry in config.allow}
    document: dict[str, JsonValue] = {
        "rules_version": rules_version,
        "rules": [rule for place, rule in enumerate(rules) if rule not in rules[:place]],
        "allow": [parse(entry) for entry in sorted(allowed)],
        "card_test_numbers": config.card_test_numbers,
    }
    return sha256(compact(document))


def _canonical(rule: Rule) -> dict[str, JsonValue]:
    document: dict[str, JsonValue] = rule.model_dump(mode="json", exclude_none=True)
    if rule.header:
        return document | {"header": rule.header.lower()}
    return document | {"jsonpath": format_path(_path(rule.jsonpath))} if rule.jsonpath else document


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one configuration, by where they look."""

    headers: Mapping[str, Action]
    """By lower-case name."""
    cookies: Mapping[str, Action]
    parameters: Mapping[str, Action]
    paths: tuple[tuple[Path, Action], ...]
    patterns: tuple[tuple[re.Pattern[str], Action], ...]
    clear: frozenset[str]
    """Values that stay in clear."""
    clear_patterns: tuple[re.Pattern[str], ...]
    """Patterns of such values, which a value has to match from end to end."""
    is_named_header: Callable[[str], bool]
    """Tells whether a header of that name is replaced because of it."""

    @classmethod
    def compiled(cls, config: ScrubConfig) -> Rules:
        rules, allowed = config.rules, config.allow
        headers = {rule.header.lower(): rule.action for rule in rules if rule.header}
        values = {entry.value for entry in allowed if entry.value is not None}
        return cls(
            headers=headers,
            cookies={rule.cookie: rule.action for rule in rules if rule.cookie},
            parameters={rule.query_param: rule.action for rule in rules if rule.query_param},
            paths=tuple((_path(rule.jsonpath), rule.action) for rule in rules if rule.jsonpath),
            patterns=tuple((re.compile(rule.regex), rule.action) for rule in rules if rule.regex),
            clear=frozenset(values | (TEST_NUMBERS if config.card_test_numbers else set())),
            clear_patterns=tuple(re.compile(entry.regex) for entry in allowed if entry.regex is not None),
            is_named_header=lru_cache(maxsize=4096)(partial(_is_named_header, frozenset(headers))),
        )

    def is_clear(self, value: str) -> bool:
        """Tell whether the value is public by nature."""
        return (
            value in self.clear
            or card_digits(value) in self.clear
            or any(pattern.fullmatch(value) for pattern in self.clear_patterns)
        )


def _is_named_header(ruled: frozenset[str], name: str) -> bool:
    lower = name.lower()
    return lower in ("cookie", "set-cookie") or is_secret_header(name) or lower in ruled


def _path(text: str) -> Path:
    return parse_path(text.removeprefix("$").removeprefix("."))
