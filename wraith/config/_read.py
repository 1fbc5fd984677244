"""From a TOML file to a validated document, or to an error that names the file and the key."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from wraith.config._lines import line_of
from wraith.errors import InputError
from wraith.files import read_bytes, read_tables


class Document(BaseModel):
    """The base of every document on disk: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reference: ClassVar[str] = "docs/reference/configuration.md"
    """The page of the documentation that lists its keys."""


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
        raise _wrong(error, model, where) from None


def validate(table: object, model: type[D], where: Path | str) -> D:
    """Return the validated document. Raises InputError that lists every wrong key, not the first."""
    try:
        return model.model_validate(table)
    except ValidationError as error:
        raise _wrong(error, model, where) from None


def _first_line(error: ValidationError, path: Path) -> int | None:
    text = read_bytes(path).decode("utf-8")
    found = (line_of(text, finding["loc"]) for finding in error.errors(include_url=False))
    return min((line for line in found if line is not None), default=None)


def _wrong(error: ValidationError, model: type[BaseModel], where: Path | str) -> InputError:
    page = model.reference if issubclass(model, Document) else Document.reference
    return InputError(
        describe(error, model),
        where=where,
        hint=f"mend the keys named; {page} of wraith lists them all",
    )


def describe(error: ValidationError, model: type[BaseModel] | None = None) -> str:
    """Return pydantic's findings as one line per key: key, what was expected, what was found. With the model
    that was expected, the keys that stand where an unknown one stood are named."""
    lines = []
    for finding in error.errors(include_url=False):
        key = ".".join(str(part) for part in finding["loc"]) or "(top)"
        strange = finding["type"] == "extra_forbidden"
        message = finding["msg"].removeprefix("Value error, ")
        if strange:
            known = ", ".join(_keys_beside(finding["loc"], model))
            message = f"unknown key; there are {known}" if known else "unknown key"
        told = finding["type"] in ("missing", "extra_forbidden") or isinstance(finding["input"], dict)
        found = "" if told else f", found {finding['input']!r:.80}"
        lines.append(f"{key}: {message}{found}")
    return "; ".join(lines)


def _keys_beside(place: Sequence[int | str], model: type[BaseModel] | None) -> list[str]:
    """Return the keys of the document that a place is in; none where it is no document of known keys."""
    for step in place[:-1]:
        if model is None:
            return []
        fields = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
        if isinstance(step, str) and step in fields:
            parts = (fields[step], *get_args(fields[step]))
            found = [each for each in parts if isinstance(each, type) and issubclass(each, BaseModel)]
            model = found[0] if len(found) == 1 else None
    return [field.alias or name for name, field in model.model_fields.items()] if model is not None else []
