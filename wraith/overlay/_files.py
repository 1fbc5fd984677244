"""The files of a composite's workspace. ``docs/reference/overlays.md`` has these rules as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wraith.canonical import JsonValue, pretty
from wraith.config import DEFAULT_SET, toml_bytes
from wraith.overlay._layer import FIXTURES, SCHEMA, Layer
from wraith.overlay._origins import ORIGINS, Origins
from wraith.overlay._posture import joined
from wraith.overlay._report import ComposeReport
from wraith.overlay._schema import Schema, extended
from wraith.wir import Evidence, Model, dump_evidence, dump_model

REPORT = "provenance/compose-report.json"


def composed_files(
    layers: Sequence[Layer], model: Model, evidence: Evidence, origins: Origins, report: ComposeReport
) -> dict[str, bytes]:
    """Return the files of the composite by their path, sorted."""
    base, *overlays = layers
    policy = joined(base.scrub, tuple(layer.scrub for layer in overlays))
    files: dict[str, bytes] = {
        "wraith.toml": toml_bytes(_config(layers)),
        "scrub.toml": toml_bytes(
            policy.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
            | {"format": policy.format}
        ),
        "model/symbols.json": dump_model(model),
        "model/evidence.json": dump_evidence(evidence),
        ORIGINS: pretty(origins.model_dump(mode="json")),
        REPORT: pretty(report.model_dump(mode="json")),
        **dict(_fixtures(layers)),
        **dict(_others(layers)),
    }
    schema = base.schema
    for layer in overlays:
        schema = extended(schema, layer.schema)
    if schema != Schema():
        files[SCHEMA] = pretty(schema.model_dump(mode="json"))
    return dict(sorted(files.items()))


def _config(layers: Sequence[Layer]) -> dict[str, JsonValue]:
    """Return the configuration: the base's, its rules for comparing followed by those of the overlays."""
    base, *overlays = layers
    diff = base.config.diff
    suppress, fields, overrides = list(diff.suppress), dict(diff.fields), dict(diff.overrides)
    for layer in overlays:
        more = layer.config.diff
        suppress += [rule for rule in more.suppress if rule not in suppress]
        fields = {**more.fields, **fields}
        overrides = {**more.overrides, **overrides}
    compared = diff.model_copy(update={"suppress": tuple(suppress), "fields": fields, "overrides": overrides})
    tables: dict[str, JsonValue] = {
        "format": base.config.format,
        "upstream": base.config.upstream.model_dump(mode="json"),
        "diff": compared.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True),
        "serve": base.config.serve.model_dump(mode="json", exclude_none=True, exclude_defaults=True),
        "composite": _lineage(layers),
    }
    return tables


def _lineage(layers: Sequence[Layer]) -> dict[str, JsonValue]:
    base, *overlays = layers
    below = base.config.composite
    pins: list[JsonValue] = [layer.pin for layer in overlays]
    if below is None:
        return {"base": base.pin, "overlays": pins}
    return {"base": below.base, "overlays": [*below.overlays, *pins]}


def _fixtures(layers: Sequence[Layer]) -> Iterator[tuple[str, bytes]]:
    """Yield the fixture sets: those of the base as they are, those of an overlay under its name."""
    base, *overlays = layers
    for chosen, entities in base.fixtures.items():
        folder = f"{FIXTURES}{chosen}/" if chosen else FIXTURES
        yield from ((f"{folder}{kind}.json", _stored(stored)) for kind, stored in entities.items())
    for layer in overlays:
        for name, entities in overlay_sets(layer).items():
            folder = f"{FIXTURES}{name}/"
            yield from ((f"{folder}{kind}.json", _stored(stored)) for kind, stored in entities.items())


def overlay_sets(layer: Layer) -> dict[str, dict[str, dict[str, JsonValue]]]:
    """Return the fixture sets that an overlay brings, under their names in a composite: its default set, with
    what its recordings revealed, bears its own name; another one ``OVERLAY.SET``."""
    own: dict[str, dict[str, JsonValue]] = {
        kind: {each.key: each.value for each in stored} for kind, stored in layer.model.fixtures.items()
    }
    for kind, stored in layer.fixtures.get(DEFAULT_SET, {}).items():
        own[kind] = {**own.get(kind, {}), **stored}
    sets = {layer.name: own} if own else {}
    for chosen, entities in layer.fixtures.items():
        if chosen != DEFAULT_SET:
            sets[f"{layer.name}.{chosen}"] = {kind: dict(stored) for kind, stored in entities.items()}
    return sets


def _stored(entities: object) -> bytes:
    return pretty(entities, sort=False)  # type: ignore[arg-type]  # entities by key


def _others(layers: Sequence[Layer]) -> Iterator[tuple[str, bytes]]:
    """Yield fault profiles, those of overlays under their names, handlers and libraries."""
    for number, layer in enumerate(layers):
        prefix = f"{layer.name}." if number else ""
        yield from ((f"faults/{prefix}{name}.toml", data) for name, data in layer.faults.items())
    for layer in reversed(layers):  # where two have one, policy has said so, and the lower one stays
        yield from ((f"lua/handlers/{name}", data) for name, data in layer.handlers.items())
        yield from ((f"lua/lib/{name}", data) for name, data in layer.libraries.items())
