"""The outputs of a step, found by what it was made from: on this disk, then on a server."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from blake3 import blake3

from wraith.cache._remote import Remote
from wraith.cache._result import ActionResult, Output, dump_result, load_result, seal, unseal
from wraith.cache._store import Store
from wraith.canonical import compact
from wraith.errors import OperationError
from wraith.files import read_bytes

Origin: TypeAlias = Literal["local", "remote"]


@dataclass(frozen=True, slots=True)
class Hit:
    """A step whose outputs were put where they belong, and are what running it would have made."""

    summary: str
    origin: Origin
    written: int
    """Files that differed, or were not there."""


def action_key(
    step: str, engine: str, parameters: Mapping[str, str], inputs: Mapping[str, str | None]
) -> str:
    """Return the key of an action: BLAKE3 of its step, the engine's version, the parameters by name, and the
    digests of the declared inputs by path; None is that of an input that is not there."""
    return blake3(compact([step, engine, dict(parameters), dict(inputs)])).hexdigest()


class ActionCache:
    """A store, and a server behind it. ``say`` is told what is wrong with either; neither stops a build."""

    def __init__(
        self, store: Store, remote: Remote | None = None, say: Callable[[str], None] = lambda _: None
    ) -> None:
        self.store = store
        self._remote = remote
        self._say = say

    def restore(
        self, key: str, root: Path, targets: Sequence[str], folders: Sequence[str] = ()
    ) -> Hit | None:
        """Put the outputs of an action where they belong, all or none; None where they are not to be had.

        ``targets`` are the paths that the step declares, relative to ``root``, in the order in which it
        writes them; below ``folders`` it may write others. A result that names anything else is none. Raises
        OperationError where the disk refuses.
        """
        found = self._result(key, targets, folders)
        if found is None:
            return None
        result, origin = found
        order = {name: number for number, name in enumerate(targets)}
        ready: list[tuple[Path, Path]] = []
        try:
            for output in sorted(result.outputs, key=lambda each: order.get(each.path, len(order))):
                target = root / output.path
                if _holds(target, output):
                    continue
                temporary = self._copy_out(output, target)
                if temporary is None:
                    self._say(f"the cache has lost a part of {output.path}: it is built anew")
                    self.store.remove_result(key)
                    return None
                ready.append((temporary, target))
            for temporary, target in ready:
                os.replace(temporary, target)
            gone = {output.path for output in result.outputs}
            for name in targets:  # the step did not write it, so what stands there is of another run
                if name not in gone:
                    (root / name).unlink(missing_ok=True)
            written, ready = len(ready), []
            return Hit(result.summary, origin, written)
        except OSError as error:
            raise OperationError(f"cannot be restored: {error.strerror or error}", where=root) from error
        finally:
            for temporary, _ in ready:
                with contextlib.suppress(OSError):
                    temporary.unlink()

    def save(self, key: str, root: Path, targets: Sequence[str], summary: str) -> None:
        """Keep what an action wrote. A disk that refuses makes the next build slower, and nothing else."""
        try:
            outputs, contents = [], {}
            for name in sorted(targets):
                with contextlib.suppress(FileNotFoundError):
                    data = read_bytes(root / name)
                    digest = self.store.put_content(data)
                    executable = bool((root / name).stat().st_mode & 0o100)
                    outputs.append(Output(name, digest, len(data), executable))
                    contents[digest] = data
            message = seal(dump_result(ActionResult(tuple(outputs), summary)), key)
            self.store.put_result(key, message)
        except (OSError, OperationError) as error:
            self._say(f"the outputs are not kept in the cache: {error}")
            return
        if self._remote is not None:
            for digest, data in contents.items():
                self._remote.put_content(digest, data)
            self._remote.put_result(key, message)

    def _result(
        self, key: str, targets: Sequence[str], folders: Sequence[str]
    ) -> tuple[ActionResult, Origin] | None:
        """Return what is known of an action: what does not parse, or names files that are none of its
        outputs, is not known."""
        for origin, data in self._known(key):
            try:
                result = load_result(unseal(data, key))
            except ValueError as error:
                self._say(f"an entry of the {origin} cache is damaged, and passed over: {error}")
                continue
            strange = {
                output.path
                for output in result.outputs
                if output.path not in targets and not _below(output.path, folders)
            }
            if strange:
                self._say(f"an entry of the {origin} cache is passed over: it names {min(strange)!r}")
                continue
            if origin == "remote":
                self._keep(key, data)
            return result, origin
        return None

    def _known(self, key: str) -> Iterator[tuple[Origin, bytes]]:
        if (data := self.store.result(key)) is not None:
            yield "local", data
        if self._remote is not None and (data := self._remote.result(key)) is not None:
            yield "remote", data

    def _copy_out(self, output: Output, target: Path) -> Path | None:
        mode = 0o755 if output.executable else 0o644
        known = self.store.has(output.digest)
        temporary = self.store.copy_out(output.digest, target, mode)
        if temporary is not None:
            return temporary
        if known:
            self._say(f"a content of the local cache was damaged, and is removed: {output.digest[:12]}…")
        data = self._remote.content(output.digest) if self._remote is not None else None
        if data is None:
            return None
        self.store.put_content(data)
        return self.store.copy_out(output.digest, target, mode)

    def _keep(self, key: str, data: bytes) -> None:
        with contextlib.suppress(OSError, OperationError):  # a full disk: it is asked for again
            self.store.put_result(key, data)


def _below(path: str, folders: Sequence[str]) -> bool:
    """Return whether a path that comes from outside is below one of the folders."""
    parts = path.split("/")
    plain = not {"", ".", ".."} & set(parts) and "\0" not in path
    return plain and any(path.startswith(f"{folder}/") for folder in folders)


def _holds(target: Path, output: Output) -> bool:
    """Return whether a file is what is to be restored: then its times, and what reads them, stay as they
    are."""
    import hashlib

    try:
        if target.is_symlink() or target.stat().st_size != output.size:
            return False
        with target.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == output.digest
    except OSError:
        return False
