"""``state/schema.json``: the types of entities in a twin's state, for people, fixtures and handlers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from wraith.config import Document
from wraith.paths import format_path
from wraith.wir import JsonType, Model


class FieldType(Document):
    """A field of an entity."""

    type: JsonType
    optional: bool = True


class EntityType(Document):
    """A type of entity: where its primary key stands, how keys are made, which fields name other entities."""

    key: str
    id_format: str | None = None
    """A pattern of literal text and classes with counts, ``cus_[A-Za-z0-9]{14}``."""
    references: dict[str, str] = Field(default={})
    """By the path of the field, the type that its value is the key of."""
    fields: dict[str, FieldType] = Field(default={})


class Schema(Document):
    """The whole of ``state/schema.json``."""

    format: Literal["wraith.schema/1"] = "wraith.schema/1"
    types: dict[str, EntityType] = Field(default={})


def extended(base: Schema, more: Schema) -> Schema:
    """Return the base's schema with what an overlay adds; ``problems`` says what it may not add."""
    types = dict(base.types)
    for name, added in more.types.items():
        there = types.get(name)
        if there is None:
            types[name] = added
            continue
        types[name] = there.model_copy(
            update={
                "references": {**added.references, **there.references},
                "fields": {**added.fields, **there.fields},
            }
        )
    return Schema(types=dict(sorted(types.items())))


def problems(base: Schema, base_model: Model, more: Schema, model: Model) -> Iterator[tuple[str, str]]:
    """Yield what of an overlay's schema contradicts the base's, each with the place and the reason."""
    keys = {entity.name: entity.key for entity in base_model.entities}
    for entity in model.entities:
        if keys.get(entity.name, entity.key) != entity.key:
            yield (
                f"entities.{entity.name}",
                f"the base keeps their key at {format_path(keys[entity.name])!r}, "
                f"the overlay at {format_path(entity.key)!r}",
            )
    for name, added in more.types.items():
        there = base.types.get(name)
        if there is not None:
            yield from ((f"types.{name}.{place}", reason) for place, reason in _contradictions(there, added))
        elif name in keys and added.key != format_path(keys[name]):
            yield f"types.{name}.key", f"the base keeps their key at {format_path(keys[name])!r}"


def _contradictions(there: EntityType, added: EntityType) -> Iterator[tuple[str, str]]:
    if added.key != there.key:
        yield "key", f"the base has {there.key!r}, the overlay {added.key!r}"
    if added.id_format not in (None, there.id_format):
        yield "id_format", f"the base has {there.id_format!r}, the overlay {added.id_format!r}"
    for path, target in added.references.items():
        if there.references.get(path, target) != target:
            yield f"references.{path}", f"the base refers to {there.references[path]!r}"
    for path, field in added.fields.items():
        if path in there.fields:
            if there.fields[path] != field:
                yield f"fields.{path}", "a field of the base cannot be changed"
        elif not field.optional:
            yield f"fields.{path}", "a field that is added to a type of the base must be optional"
