"""What composing needs of one artifact, as values: parsed once from its files, wherever those came from."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from pydantic import ValidationError

from wraith.canonical import JsonValue, parse
from wraith.config import (
    FaultProfile,
    FixtureSets,
    ScrubConfig,
    TwinConfig,
    describe,
    parse_fixtures,
    validate,
)
from wraith.errors import InputError
from wraith.overlay._origins import ORIGINS, Origins
from wraith.overlay._schema import Schema
from wraith.wir import Evidence, Model, Patch, load_model, load_patch

Kind: TypeAlias = Literal["root", "overlay", "composite"]

SCHEMA = "state/schema.json"
FIXTURES = "state/fixtures/"


@dataclass(frozen=True, slots=True)
class Layer:
    """A base or an overlay. ``digest`` is that of its content: what others pin."""

    name: str
    kind: Kind
    digest: str
    scrub_policy_hash: str
    model: Model
    config: TwinConfig
    scrub: ScrubConfig
    evidence: Evidence = field(default_factory=lambda: Evidence(exchanges=0, sessions=0, runs=(), routes=()))
    schema: Schema = field(default_factory=Schema)
    fixtures: FixtureSets = field(default_factory=dict)
    """By set; those of the model are not among them."""
    faults: Mapping[str, bytes] = field(default_factory=dict)
    handlers: Mapping[str, bytes] = field(default_factory=dict)
    """Lua by path below ``lua/handlers/``."""
    libraries: Mapping[str, bytes] = field(default_factory=dict)
    patches: tuple[Patch, ...] = ()
    origins: Origins | None = None
    """Where the parts of a composite came from."""
    signed: bool = False
    """A key that is trusted signed it."""

    @property
    def pin(self) -> str:
        return f"{self.name}@{self.digest}"

    @property
    def requires(self) -> tuple[str, ...]:
        return self.config.overlay.requires if self.config.overlay is not None else ()


def layer_of(
    files: Mapping[str, bytes],
    *,
    name: str,
    kind: Kind,
    digest: str,
    scrub_policy_hash: str,
    signed: bool = False,
) -> Layer:
    """Return the layer in the files of an artifact, by their path in a workspace. Raises InputError for a
    file that is broken, naming artifact and file."""
    config = validate(_toml(files, "wraith.toml", name), TwinConfig, f"{name}: wraith.toml")
    return Layer(
        name=name,
        kind=kind,
        digest=digest,
        scrub_policy_hash=scrub_policy_hash,
        model=load_model(_file(files, "model/symbols.json", name), f"{name}: model/symbols.json"),
        config=config,
        scrub=validate(_toml(files, "scrub.toml", name), ScrubConfig, f"{name}: scrub.toml"),
        evidence=_evidence(files, name),
        schema=validate(_json(files, SCHEMA, name), Schema, f"{name}: {SCHEMA}")
        if SCHEMA in files
        else Schema(),
        fixtures=parse_fixtures(dict(_below(files, FIXTURES)), f"{name}: {FIXTURES.rstrip('/')}"),
        faults=_faults(files, name),
        handlers=dict(_below(files, "lua/handlers/")),
        libraries=dict(_below(files, "lua/lib/")),
        patches=tuple(
            load_patch(data, f"{name}: model/patches/{path}")
            for path, data in _below(files, "model/patches/")
        ),
        origins=validate(_json(files, ORIGINS, name), Origins, f"{name}: {ORIGINS}")
        if ORIGINS in files
        else None,
        signed=signed,
    )


def _below(files: Mapping[str, bytes], folder: str) -> Iterator[tuple[str, bytes]]:
    for path in sorted(files):
        if path.startswith(folder):
            yield path.removeprefix(folder), files[path]


def _faults(files: Mapping[str, bytes], name: str) -> dict[str, bytes]:
    found = dict(_below(files, "faults/"))
    for path in found:
        validate(_toml(files, f"faults/{path}", name), FaultProfile, f"{name}: faults/{path}")
    return {path.removesuffix(".toml"): data for path, data in found.items()}


def _evidence(files: Mapping[str, bytes], name: str) -> Evidence:
    if "model/evidence.json" not in files:
        return Evidence(exchanges=0, sessions=0, runs=(), routes=())
    try:
        return Evidence.model_validate_json(files["model/evidence.json"])
    except ValidationError as error:
        raise InputError(
            describe(error), where=f"{name}: model/evidence.json", hint=f"wraith synth {name}"
        ) from None


def _file(files: Mapping[str, bytes], path: str, name: str) -> bytes:
    if path not in files:
        raise InputError("is missing", where=f"{name}: {path}", hint=f"pack it again: wraith pack {name}")
    return files[path]


def _json(files: Mapping[str, bytes], path: str, name: str) -> JsonValue:
    try:
        return parse(_file(files, path, name))
    except ValueError as error:
        raise InputError(f"not JSON: {error}", where=f"{name}: {path}", hint="mend the file") from None


def _toml(files: Mapping[str, bytes], path: str, name: str) -> dict[str, object]:
    try:
        return tomllib.loads(_file(files, path, name).decode("utf-8"))
    except ValueError as error:
        raise InputError(f"not TOML: {error}", where=f"{name}: {path}", hint="mend the line named") from None
