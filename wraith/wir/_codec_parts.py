"""The parts of the JSON form that hold no expressions: texts, lists, numbers, and the filters of a query.

Readers raise ValueError that says what was expected; ``_codec`` says of which expression.
"""

from __future__ import annotations

from typing import get_args

from wraith.canonical import JsonValue
from wraith.wir._expr import Filters, Mark, WhereOp


def text_in(value: JsonValue) -> str:
    """Return a text. Raises ValueError for anything else."""
    if not isinstance(value, str):
        raise ValueError(f"expected text, found {value!r:.40}")
    return value


def list_in(value: JsonValue) -> list[JsonValue]:
    """Return a list. Raises ValueError for anything else."""
    if not isinstance(value, list):
        raise ValueError(f"expected a list, found {value!r:.40}")
    return value


def texts_in(value: JsonValue) -> tuple[str, ...]:
    """Return the texts of a list. Raises ValueError for anything else."""
    return tuple(text_in(each) for each in list_in(value))


def number_in(value: JsonValue) -> int:
    """Return an integer. Raises ValueError for anything else."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"expected an integer, found {value!r:.40}")
    return value


def one_of(value: JsonValue, names: tuple[str, ...]) -> str:
    """Return one of some texts. Raises ValueError for anything else."""
    if value not in names:
        raise ValueError(f"expected one of {', '.join(names)}, found {value!r:.40}")
    return text_in(value)


def filters_to_json(filters: Filters) -> JsonValue:
    """Return the JSON form of filters, the inverse of ``filters_from_json``."""
    marks: list[JsonValue] = []
    for mark in filters.marks:
        written: dict[str, JsonValue] = {"before": mark.before, "after": mark.after, "op": mark.op}
        if mark.split:
            written["split"] = mark.split
        if mark.absent:
            written["absent"] = True
        if mark.lead:
            written["lead"] = mark.lead
        marks.append(written)
    done: dict[str, JsonValue] = {
        "marks": marks,
        "without": list(filters.without),
        "unknown": filters.unknown,
    }
    return {**done, "every": list(filters.every)} if filters.every else done


def filters_from_json(value: JsonValue) -> Filters:
    """Return filters in their JSON form. Raises ValueError for what is none."""
    if not isinstance(value, dict):
        raise ValueError(f"not filters: {value!r:.60}")
    return Filters(
        tuple(_mark(each) for each in list_in(value["marks"])),
        texts_in(value.get("without", [])),
        one_of(value.get("unknown", "ignored"), ("ignored", "nothing")),  # type: ignore[arg-type]  # one of them
        texts_in(value.get("every", [])),
    )


def _mark(value: JsonValue) -> Mark:
    if not isinstance(value, dict):
        raise ValueError(f"not a mark: {value!r:.60}")
    op = one_of(value["op"], get_args(WhereOp))
    before, after, split, lead = (
        text_in(value.get(name, "")) for name in ("before", "after", "split", "lead")
    )
    return Mark(before, after, op, split, bool(value.get("absent")), lead)  # type: ignore[arg-type]  # one of the operators
