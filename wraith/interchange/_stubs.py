"""What stubs of mock servers share: state machines instead of an order, bodies in files beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from wraith.errors import WraithError
from wraith.interchange._parts import NotUnderstood
from wraith.interchange._source import Source

T = TypeVar("T")

TEMPLATE_MARK = "{{"
"""How templates of Handlebars begin; both WireMock and Hoverfly write them so."""


def in_order_of_states(
    stubs: Sequence[T], machine: Callable[[T], str | None], rank: Callable[[T], int]
) -> list[T]:
    """Return the stubs with those of one state machine in the order of their ranks, in the places that they
    hold among the others. ``machine`` is None for a stub that belongs to none."""
    places: dict[str, list[int]] = {}
    for place, stub in enumerate(stubs):
        name = machine(stub)
        if name is not None:
            places.setdefault(name, []).append(place)
    ordered = list(stubs)
    for held in places.values():
        for place, stub in zip(held, sorted((stubs[place] for place in held), key=rank), strict=True):
            ordered[place] = stub
    return ordered


def steps_from(start: str, moves: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Return how many moves each state that can be reached is away from the first."""
    following: dict[str, list[str]] = {}
    for state, following_state in moves:
        following.setdefault(state, []).append(following_state)
    steps, edge = {start: 0}, [start]
    while edge:
        state = edge.pop(0)
        for reached in following.get(state, ()):
            if reached not in steps:
                steps[reached] = steps[state] + 1
                edge.append(reached)
    return steps


def body_beside(folders: Iterable[Path], name: str) -> bytes:
    """Return the bytes of a file below the first of the folders that has it. Raises NotUnderstood where none
    has, and for names that lead out of them."""
    if "\0" in name:
        raise NotUnderstood("its body is in a file whose name is none")
    for folder in folders:
        try:
            path = (folder / name).resolve()
            if not path.is_relative_to(folder.resolve()):
                raise NotUnderstood(f"its body is in the file {name}, outside of the folder for bodies")
            if path.is_file():
                return Source.read(path).data
        except (OSError, WraithError):
            break
    raise NotUnderstood(f"its body is in the file {name}, which cannot be read")
