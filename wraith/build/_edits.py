"""Edits of the derived model: noticed before synth would overwrite them, kept as patches, or discarded.

``model/symbols.json`` is derived, and people edit it all the same. ``model/digests.json`` holds the digest of
what synth last wrote and ``build/symbols.written.json`` a copy of it; what differs from that was edited by
hand. Synth writes the copy first, the model next and the digest last, so that at any moment one of the two
speaks for a model that nobody edited.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from wraith.canonical import JsonValue, parse, sha256
from wraith.errors import InputError
from wraith.files import read_bytes, write_json, write_whole
from wraith.workspace import Workspace

if TYPE_CHECKING:
    from wraith.wir import Patch

FORMAT: Final = "wraith.digests/1"


def is_edited(workspace: Workspace) -> bool:
    """True where ``model/symbols.json`` is there and is not what synth last wrote."""
    symbols = _read(workspace.symbols_path)
    if symbols is None:
        return False
    return sha256(symbols) != _known_digest(workspace) and symbols != _read(workspace.written_path)


def guard_edits(workspace: Workspace) -> None:
    """Raise InputError where the model was edited by hand and learning would overwrite that."""
    if is_edited(workspace):
        raise InputError(
            "the model was edited by hand since synth wrote it, and learning would overwrite that",
            where=workspace.symbols_path,
            hint=f"keep the edits: wraith patch {workspace.name}; "
            f"drop them: wraith patch {workspace.name} --discard-edits",
        )


def write_model(workspace: Workspace, symbols: bytes) -> None:
    """Write the model as synth does, so that later edits are noticed."""
    write_whole(workspace.written_path, symbols)
    write_whole(workspace.symbols_path, symbols)
    write_json(workspace.digests_path, {"format": FORMAT, "symbols": sha256(symbols)})


def load_patches(workspace: Workspace) -> tuple[Patch, ...]:
    """Return the patches of a twin in the order of their file names. Raises InputError for a broken one."""
    from wraith.wir import load_patch

    return tuple(load_patch(read_bytes(path), path) for path in patch_files(workspace))


def patch_files(workspace: Workspace) -> list[Path]:
    """Return the files of patches, sorted by name."""
    return sorted(workspace.patches_path.glob("*.json"))


def patch(workspace: Workspace) -> tuple[Path, ...]:
    """Turn the edits of the model into patches, and return the files that were written or removed.

    The next synth learns the same model again and applies them. Raises InputError where nothing is there to
    compare with, or where the edited model is none.
    """
    from wraith.wir import diff_models

    symbols = _read(workspace.symbols_path)
    if symbols is None:
        raise InputError(
            "there is no model to patch", where=workspace.symbols_path, hint=f"wraith synth {workspace.name}"
        )
    if not is_edited(workspace):
        return ()
    edited = _normal(symbols, workspace.symbols_path)
    written = _last_written(workspace)
    changed = tuple(
        _keep(workspace, each) for each in diff_models(_normal(written, workspace.written_path), edited)
    )
    # the edits are safe now: what stands there is what the next synth will write
    write_model(workspace, symbols)
    return changed


def discard_edits(workspace: Workspace) -> tuple[Path, ...]:
    """Put back what synth last wrote. Where that is not known the model goes, and synth writes it again."""
    if not is_edited(workspace):
        return ()
    written = _read(workspace.written_path)
    if written is not None and sha256(written) == _known_digest(workspace):
        write_whole(workspace.symbols_path, written)
    else:
        workspace.symbols_path.unlink()
    return (workspace.symbols_path,)


def _keep(workspace: Workspace, new: Patch) -> Path:
    """Merge a patch into the file of its route; where nothing is left to change, the file goes."""
    from wraith.wir import dump_patch, load_patch, merge_patches

    path = workspace.patches_path / new.file_name
    there = _read(path)
    merged = new if there is None else merge_patches(load_patch(there, path), new)
    if merged is None:
        path.unlink()
    else:
        write_whole(path, dump_patch(merged))
    return path


def _last_written(workspace: Workspace) -> bytes:
    written = _read(workspace.written_path)
    if written is None or sha256(written) != _known_digest(workspace):
        raise InputError(
            "what synth last wrote is not known any more, so the edits cannot be told from it",
            where=workspace.written_path,
            hint=f"set the model aside, run wraith patch {workspace.name} --discard-edits and wraith synth "
            f"{workspace.name}, make the edits again, then run wraith patch {workspace.name}",
        )
    return written


def _normal(symbols: bytes, where: Path) -> JsonValue:
    """Return the model's document as synth would write it: every member there, in its place."""
    from wraith.wir import dump_model, load_model

    return parse(dump_model(load_model(symbols, where)))


def _known_digest(workspace: Workspace) -> str | None:
    data = _read(workspace.digests_path)
    if data is None:
        return None
    try:
        document = parse(data)
    except ValueError:
        return None  # nothing is known then, and an unknown model counts as edited
    digest = document.get("symbols") if isinstance(document, dict) else None
    return digest if isinstance(digest, str) else None


def _read(path: Path) -> bytes | None:
    try:
        return read_bytes(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
