"""What requests to the order ledger may hold, and how it says that one does not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


class Refusal(Exception):
    """An answer other than the one asked for. ``fields`` says what is wrong with each field."""

    def __init__(self, status: int, code: str, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body: Json = {"error": {"code": code, "message": message}}
        if fields:
            self.body["error"]["fields"] = dict(fields)


def missing(kind: str, key: str) -> Refusal:
    return Refusal(404, "not_found", f"there is no {kind} {key}")


def conflict(message: str) -> Refusal:
    return Refusal(409, "conflict", message)


Check: TypeAlias = Callable[[Any], bool]


@dataclass(frozen=True)
class Field:
    """One field of a request. An optional field without a default is absent where it was not given."""

    holds: Check
    must: str
    required: bool = True
    default: object = None


def text(longest: int, **more: Any) -> Field:
    return Field(
        lambda value: isinstance(value, str) and 0 < len(value) <= longest,
        f"must be text of 1 to {longest} characters",
        **more,
    )


def whole(least: int, most: int, **more: Any) -> Field:
    return Field(
        lambda value: type(value) is int and least <= value <= most,
        f"must be a whole number from {least} to {most}",
        **more,
    )


def one_of(options: Iterable[str], **more: Any) -> Field:
    names = tuple(options)
    return Field(lambda value: value in names, f"must be one of {', '.join(names)}", **more)


def matching(pattern: str, must: str, **more: Any) -> Field:
    return Field(
        lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None, must, **more
    )


def is_bool(value: object) -> bool:
    return isinstance(value, bool)


def is_list(value: object) -> bool:
    return isinstance(value, list)


def is_day(value: object) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


class Reader:
    """Reads the fields of one request and collects what is wrong with them. Unknown fields are ignored."""

    def __init__(self) -> None:
        self.problems: dict[str, str] = {}

    def read(self, body: object, fields: Mapping[str, Field], *, at: str = "", partly: bool = False) -> Json:
        """Return the fields that were given, and defaults for others unless it is read ``partly``."""
        if not isinstance(body, dict):
            self.problems[at.rstrip(".")] = "must be an object"
            return {}
        values: Json = {}
        for name, rule in fields.items():
            if name in body and rule.holds(body[name]):
                values[name] = body[name]
            elif name in body:
                self.problems[at + name] = rule.must
            elif rule.required and not partly:
                self.problems[at + name] = "is required"
            elif rule.default is not None and not partly:
                values[name] = rule.default
        return values

    def done(self) -> None:
        """Raise Refusal if anything was wrong."""
        if self.problems:
            count = len(self.problems)
            message = "1 field is not valid" if count == 1 else f"{count} fields are not valid"
            raise Refusal(422, "invalid", message, self.problems)
