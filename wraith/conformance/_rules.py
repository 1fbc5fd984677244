"""The user's rules: what is left out (``[[diff.suppress]]``), what is accepted or renamed (``drift.toml``).

A suppression acts before a difference becomes drift: it is counted, and stands in no list. Drift that is
accepted is out of the score and stays in the list. The first rule that matches decides; a rule never touches
what it does not match.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from wraith.config import SYNONYMS, DriftConfig, DriftMatch, Suppress
from wraith.conformance._differences import Difference
from wraith.conformance._drift import drift_id, drift_type, pattern
from wraith.globs import glob

Test = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Drifted:
    """A difference as drift: its id and type, and the rules of ``drift.toml`` that spoke of it."""

    drift_id: str
    drift_type: str
    accepted_by: int | None = None
    renamed_by: int | None = None


class Suppressions:
    """The rules of ``[[diff.suppress]]``, by their position. Without a date none is expired."""

    def __init__(self, rules: Sequence[Suppress], today: datetime.date | None = None) -> None:
        self.expired = tuple(
            number
            for number, rule in enumerate(rules)
            if today is not None and rule.expires is not None and rule.expires < today
        )
        self._rules = tuple(
            (number, _test(rule.route), _test(rule.path), _test(rule.category))
            for number, rule in enumerate(rules)
            if number not in self.expired
        )

    def __bool__(self) -> bool:
        return bool(self._rules)

    def of(self, route: str, found: Difference) -> int | None:
        """Return the position of the first rule that leaves a difference out, else None."""
        for number, on_route, on_path, on_category in self._rules:
            if on_route(route) and on_path(found.path) and _is_called(found.category, on_category):
                return number
        return None


class DriftRules:
    """The rules of ``drift.toml``; those about the live service only where it is what is ``live``."""

    def __init__(self, config: DriftConfig, *, live: bool = False) -> None:
        self._accept = tuple(
            (number, _matcher(rule))
            for number, rule in enumerate(config.suppress)
            if live or not rule.service
        )
        self._rename = tuple(
            (number, _matcher(rule.match), rule.new_drift_type)
            for number, rule in enumerate(config.reclassify)
        )

    def of(self, route: str, found: Difference) -> Drifted:
        """Return a difference as drift. Renaming comes first: what is accepted goes by its new name."""
        name = drift_id(route, pattern(found.path), found.category, found.expected, found.actual)
        kind, renamed_by = drift_type(found), None
        for number, matches, new in self._rename:
            if matches(name, route, found.path, kind):
                kind, renamed_by = new, number
                break
        for number, matches in self._accept:
            if matches(name, route, found.path, kind):
                return Drifted(name, kind, number, renamed_by)
        return Drifted(name, kind, None, renamed_by)


def _test(wanted: str | None) -> Test:
    return glob(wanted) if wanted is not None else _anything


def _anything(_: str) -> bool:
    return True


def _is_called(category: str, test: Test) -> bool:
    return test(category) or any(test(word) for word, meant in SYNONYMS.items() if meant == category)


def _matcher(rule: DriftMatch) -> Callable[[str, str, str, str], bool]:
    on_id, on_route, on_path = _test(rule.drift_id), _test(rule.route), _test(rule.path)
    on_type = _test(rule.drift_type)
    return lambda name, route, path, kind: on_id(name) and on_route(route) and on_path(path) and on_type(kind)
