"""From a TOML file to a validated document, or to an error that names the file and the key."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from wraith.config._lines import line_of
from wraith.errors import InputError
from wraith.files import read_bytes, read_tables


class Document(BaseModel):
    """The base of every document on disk: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


D = TypeVar("D", bound=BaseModel)


def read_toml(path: Path, model: type[D]) -> D:
    """Return the document in a TOML file. Raises InputError with file, key and what was expected; for a rule
    in a list also with its line."""
    tables = read_tables(path)
    try:
        return model.model_validate(tables)
    except ValidationError as error:
        line = _first_line(error, path)
        where = path if line is None else f"{path}:{line}"
        raise _wrong(error, where) from None


def validate(table: object, model: type[D], where: Path | str) -> D:
    """Return the validated document. Raises InputError that lists every wrong key, not the first."""
    try:
        return model.model_validate(table)
    except ValidationError as error:
        raise _wrong(error, where) from None


def _first_line(error: ValidationError, path: Path) -> int | None:
    text = read_bytes(path).decode("utf-8")
    found = (line_of(text, finding["loc"]) for finding in error.errors(include_url=False))
    return min((line for line in found if line is not None), default=None)


def _wrong(error: ValidationError, where: Path | str) -> InputError:
    return InputError(
        describe(error),
        where=where,
        hint="mend the keys named; docs/reference/configuration.md of wraith lists them all",
    )


def describe(error: ValidationError) -> str:
    """Return pydantic's findings as one line per key: key, what was expected, what was found."""
    lines = []
    for finding in error.errors(include_url=False):
        key = ".".join(str(part) for part in finding["loc"]) or "(top)"
        strange = finding["type"] == "extra_forbidden"
        message = "unknown key" if strange else finding["msg"].removeprefix("Value error, ")
        told = finding["type"] in ("missing", "extra_forbidden") or isinstance(finding["input"], dict)
        found = "" if told else f", found {finding['input']!r:.80}"
        lines.append(f"{key}: {message}{found}")
    return "; ".join(lines)
