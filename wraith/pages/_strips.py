"""Sessions as strips: a cell for each exchange, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wraith.conformance import SessionScore

if TYPE_CHECKING:
    from markupsafe import Markup

MAX_CELLS: Final = 50_000
"""Exchanges drawn, at 7 to 40 bytes each; sessions that fail come first where there are more."""
MAX_SESSIONS: Final = 1000

_SIGNS: Final = {"=": ("", "", "exact"), "+": ("p", "+", "passed"), "-": ("f", "×", "failed")}
"""Class, sign and word of each kind of exchange."""


@dataclass(frozen=True, slots=True)
class SessionView:
    """One session as the template shows it."""

    name: str
    cells: Markup
    exchanges: int
    passed_exchanges: int
    passed: bool


def session_views(
    sessions: Sequence[SessionScore], anchors: Mapping[tuple[str, int], str]
) -> list[SessionView]:
    """Return as many sessions as there is room for, in their order; cells lead to exchanges with anchors."""
    chosen = set(_chosen(sessions))
    return [
        SessionView(
            each.session, _cells(each, anchors), each.exchanges_total, each.exchanges_passed, each.passed
        )
        for number, each in enumerate(sessions)
        if number in chosen
    ]


def _chosen(sessions: Sequence[SessionScore]) -> list[int]:
    numbers = sorted(range(len(sessions)), key=lambda number: sessions[number].passed)
    room, chosen = MAX_CELLS, []
    for number in numbers[:MAX_SESSIONS]:
        room -= min(sessions[number].exchanges_total, MAX_CELLS // 2)
        if room < 0:
            break
        chosen.append(number)
    return chosen


def _cells(session: SessionScore, anchors: Mapping[tuple[str, int], str]) -> Markup:
    from markupsafe import Markup

    linked = Markup('<a class="{}" href="#{}" aria-label="exchange {}: {}">{}</a>')
    plain = {
        sign: Markup('<i class="{}">{}</i>' if kind else "<i></i>").format(kind, text)
        for sign, (kind, text, _) in _SIGNS.items()
    }
    cells: list[Markup] = []
    for index, sign in enumerate(session.strip[: MAX_CELLS // 2], 1):
        anchor = anchors.get((session.session, index))
        kind, text, word = _SIGNS[sign]
        cells.append(linked.format(kind, anchor, index, word, text) if anchor else plain[sign])
    beyond = len(session.strip) - len(cells)
    return Markup("").join(cells) + (Markup("<small>and {} more</small>").format(beyond) if beyond else "")
