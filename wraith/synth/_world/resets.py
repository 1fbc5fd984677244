"""Signs of a reset: keys that counters give again, and what became of the keys that were given.

A service that was reset begins to count anew. But one that counts on from what is there gives a number again,
too, where what had it was removed unseen; so what outlived a suspected reset refutes it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wraith.synth._world.world import Key, Sketch

STEPS_TO_A_RESET = 5
"""Keys that grow for each that does not, where keys count up and a service was reset in between: random ones
go down as often as up."""


@dataclass(slots=True)
class _Life:
    """A key from one creation to the next: when it was seen last in between, and created again."""

    made: int
    seen: int = -1
    again: int | None = None


DECIDED = 5
"""So many more keys on one side settle whether a service was reset."""


class Lives:
    """What became of the keys that sessions created."""

    def __init__(self, sketches: Sequence[Sketch]) -> None:
        self._lives: list[_Life] = []
        present: dict[Key, _Life] = {}
        for number, sketch in enumerate(sketches):
            for key in sketch.shown:
                if key in present and key not in sketch.created:
                    present[key].seen = number
            for key in sketch.created:
                if key in present:
                    present[key].again = number
                present[key] = _Life(number)
                self._lives.append(present[key])
        self._known: dict[tuple[int, int], bool] = {}

    def outlived(self, born: int, at: int) -> bool:
        """Whether more of what was created up to one session was seen from another one on than was created
        again: then the service was not reset in between."""
        if (born, at) not in self._known:
            balance = 0
            for life in self._lives:  # in the order of creation
                if life.made > born or abs(balance) >= DECIDED:
                    break
                balance += (life.seen >= at) - (life.again is not None and life.again > born)
            self._known[born, at] = balance > 0
        return self._known[born, at]


def is_last(key: str, alive: dict[Key, int]) -> bool:
    """Whether a key is a number that none of the others exceeds: given again, it was free again, because what
    had it was removed unseen; a service that was reset begins with the least."""
    above, own = _counted(key)
    if own is None:
        return False
    counted = [_counted(other) for _, other in alive]
    numbers = [number for parent, number in counted if number is not None and parent == above]
    return len(numbers) > 1 and own >= max(numbers)


def _counted(key: str) -> tuple[str, int | None]:
    """Return what stands above a key, and the number that it ends in, None where that is none."""
    above, _, own = key.rpartition("/")
    return above, int(own) if own.isascii() and own.isdigit() else None


def counting(sketches: Sequence[Sketch]) -> set[str]:
    """Return the collections whose keys are numbers that grow with time, but for a few steps back: those are
    resets of the service."""
    steps: dict[str, list[bool]] = defaultdict(list)
    last: dict[tuple[str, str], int] = {}
    for sketch in sketches:
        for name, key in sketch.created:
            above, own = _counted(key)
            if own is None:
                steps[name] += [False] * STEPS_TO_A_RESET
                continue
            if (name, above) in last:
                steps[name].append(own > last[name, above])
            last[name, above] = own
    return {
        name
        for name, grown in steps.items()
        if len(grown) >= STEPS_TO_A_RESET and grown.count(False) * STEPS_TO_A_RESET <= len(grown)
    }


class Counts:
    """The numbers that a collection counts up to give out as keys, by what stands above them."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[int, int]] = {}
        self._alive: dict[str, set[int]] = defaultdict(set)

    def show(self, key: str) -> None:
        """Take note that something has a key."""
        above, own = _counted(key)
        if own is not None:
            self._alive[above].add(own)

    def give(self, key: str, session: int) -> None:
        """Take note that a key was given in a session."""
        above, own = _counted(key)
        if own is not None:
            self._last[above] = (own, session)
            self._alive[above].add(own)

    def remove(self, key: str) -> None:
        """Take note that what had a key is gone."""
        above, own = _counted(key)
        if own is not None:
            self._alive[above].discard(own)

    def fell(self, key: str, session: int) -> int | None:
        """Return the earlier session whose last key a new one does not exceed, None where that is no sign of
        a reset: what counts on from what is there gives the numbers of the last ones again."""
        above, own = _counted(key)
        last, at = self._last.get(above, (0, session))
        if own is None or own > last or at == session:
            return None
        numbers = self._alive[above]
        if own == 1 + max(numbers - {own}, default=0):  # removed unseen, perhaps with what it belonged to
            return None
        self._alive[above] = {number for number in numbers if number < own}
        return at
