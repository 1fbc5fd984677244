"""An artifact in memory: its manifest and its files, whose bytes are what the manifest says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from wraith import __version__
from wraith.artifact._config import portable_config, refuse_commands
from wraith.artifact._contents import contents
from wraith.artifact._layout import CONFIG, REQUIRED, SCRUB, SYMBOLS, part_of
from wraith.artifact._lineage import Kind, lineage_of
from wraith.artifact._manifest import MANIFEST, REFUSED, FileEntry, Manifest, content_digest, manifest_from
from wraith.artifact._read import file_bytes, read_archive
from wraith.artifact._signature import refuse_forged
from wraith.artifact._toml import read_toml_bytes, toml_bytes
from wraith.canonical import JsonValue, parse, pretty
from wraith.config import ScrubConfig, validate
from wraith.errors import InputError, PolicyError
from wraith.scrub import RULES_VERSION, effective_policy_digest
from wraith.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Artifact:
    """A packed twin. ``files`` are those of its workspace, by path; an artifact that was opened leaves out
    recordings and diagnostics, which can be large."""

    manifest: Manifest
    files: Mapping[str, bytes]

    @property
    def name(self) -> str:
        return self.manifest.twin

    @property
    def kind(self) -> Kind:
        return self.manifest.artifact_kind

    @property
    def content_digest(self) -> str:
        return self.manifest.content_digest


def open_artifact(path: Path) -> Artifact:
    """Return the artifact in a file, every byte of which was verified.

    Raises InputError for what is no artifact, PolicyError where a file is not what the manifest pins,
    where the manifest claims what the files do not say, where the configuration names commands, and where
    there is a signature that does not hold.
    """
    artifact = verified(file_bytes(path), path)
    refuse_forged(artifact.manifest, path)
    return artifact


def verified(data: bytes, where: Path) -> Artifact:
    """Return the artifact in the bytes of a file, whatever its signature; see ``open_artifact``."""
    parts: dict[str, list[bytes]] = {}

    def keep(path: str, chunk: bytes) -> None:
        if part_of(path) in ("content", "provenance"):
            parts.setdefault(path, []).append(chunk)

    manifest = read_archive(data, where, keep)
    files = {path: b"".join(chunks) for path, chunks in parts.items()}
    _check_claims(manifest, files, where)
    return Artifact(manifest, MappingProxyType(files))


def artifact_of(workspace: Workspace) -> Artifact:
    """Return what ``pack`` would write of a workspace, without recordings and diagnostics.

    Raises InputError where a file is missing, broken, or cannot be packed.
    """
    return make_artifact(workspace.name, contents(workspace.require()), workspace.root)


def make_artifact(name: str, files: Mapping[str, bytes], where: Path | str | None = None) -> Artifact:
    """Return the artifact of the files of a workspace, in canonical form.

    ``where`` is named in errors. Raises InputError for a path that no artifact holds, and for broken files.
    """
    place = where if where is not None else name
    if missing := sorted(REQUIRED - files.keys()):
        raise InputError(f"{missing[0]} is missing, and a packed twin needs it", where=place)
    packed = {path: _canonical(path, data, place) for path, data in sorted(files.items())}
    facts = _facts(packed, RULES_VERSION, place)
    content = {path: FileEntry.of(data) for path, data in packed.items() if part_of(path) == "content"}
    policy = str(facts["scrub_policy_hash"])
    document: dict[str, JsonValue] = {
        "twin": name,
        "wraith_version": __version__,
        "scrub_rules_version": RULES_VERSION,
        "content_digest": content_digest(content, policy),
        "files": {path: entry.model_dump() for path, entry in content.items()},
        "provenance": {
            "files": {
                path: FileEntry.of(data).model_dump() for path, data in packed.items() if path not in content
            }
        },
    }
    return Artifact(manifest_from(document | facts, place), MappingProxyType(packed))


def _check_claims(manifest: Manifest, files: Mapping[str, bytes], where: Path) -> None:
    """Raise PolicyError where the manifest claims other than the files say, or where they name commands."""
    refuse_commands(files[CONFIG], where)
    facts = _facts(files, manifest.scrub_rules_version, where)
    claims = manifest.model_dump(mode="json", include=set(facts))
    for key, value in facts.items():
        if claims[key] != value:
            raise PolicyError(
                f"{MANIFEST}: {key}: the files say {value!r}, it says {claims[key]!r}",
                where=where,
                hint=REFUSED,
            )


def _facts(files: Mapping[str, bytes], rules_version: int, where: Path | str) -> dict[str, JsonValue]:
    """Return what the manifest says of the files, as they say it themselves."""
    tables = read_toml_bytes(files[CONFIG], f"{where}: {CONFIG}")
    scrub = validate(read_toml_bytes(files[SCRUB], f"{where}: {SCRUB}"), ScrubConfig, f"{where}: {SCRUB}")
    try:
        lineage = lineage_of(tables)
    except ValueError as error:
        raise InputError(f"{CONFIG}: {error}", where=where, hint="pin it as name@sha256:…") from None
    facts: dict[str, JsonValue] = lineage.model_dump(mode="json")
    return {
        "artifact_kind": facts.pop("kind"),
        **facts,
        "model_schema_version": _schema_version(files[SYMBOLS], where),
        "scrub_policy_hash": effective_policy_digest(scrub, rules_version),
    }


def _schema_version(symbols: bytes, where: Path | str) -> int:
    """Return the version in the model's format, ``wraith.model/1``."""
    try:
        document = parse(symbols)
    except ValueError as error:
        raise InputError(f"{SYMBOLS}: not JSON: {error}", where=where, hint=REFUSED) from None
    name = document.get("format") if isinstance(document, dict) else None
    version = name.removeprefix("wraith.model/") if isinstance(name, str) else ""
    if not (version.isascii() and version.isdigit() and int(version) > 0):
        raise InputError(
            f"{SYMBOLS}: format: expected 'wraith.model/1', found {name!r}", where=where, hint=REFUSED
        )
    return int(version)


def _canonical(path: str, data: bytes, where: Path | str) -> bytes:
    """Return the one form in which a file is packed, so that what says the same has the same digest."""
    place = f"{where}: {path}"
    if path == CONFIG:
        return portable_config(data, place)
    if path == SYMBOLS:
        from wraith.wir import dump_model, load_model

        return dump_model(load_model(data, place))
    if part_of(path) != "content":
        return data
    if path.endswith(".toml"):
        return toml_bytes(read_toml_bytes(data, place))
    if path.endswith(".json"):
        try:
            # members keep their order: it is the order in which they are answered
            return pretty(parse(data), sort=False)
        except ValueError as error:
            raise InputError(f"not JSON: {error}", where=place, hint="mend the file there") from None
    return data
