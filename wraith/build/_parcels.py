"""Work that leaves this machine: packed here, done there.

A function travels with all that it refers to, but for sessions: of those only folder and digest do. A worker
that has a folder of that digest reads the session from it; the files of the others are sent along. So the
recordings of a team that shares its disk never travel, and nobody has to share one.

The second half of this module runs on workers.
"""

from __future__ import annotations

import io
import pickle
import sys
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from wraith import ENGINE_VERSION
from wraith.build._digests import code_digest
from wraith.errors import OperationError, WraithError
from wraith.recording import CarriedSession, SealedSession, carry, session_in

Work: TypeAlias = Callable[[int], object]

Name: TypeAlias = tuple[str, str]
"""How a session travels: its folder, and its digest."""

BOX_BYTES: Final = 4 * 2**20
"""Files are sent in boxes of about this size: what a scheduler passes on in one piece."""


def version() -> str:
    """Return what must be the same on both sides: all the code of wraith, and the version of Python, whose
    functions no other version understands."""
    python = ".".join(map(str, sys.version_info[:2]))
    return f"{ENGINE_VERSION}+{code_digest('')} on Python {python}"


@dataclass(frozen=True, slots=True)
class Parcel:
    """Work as bytes, and the sessions that it reads."""

    data: bytes
    sessions: Mapping[Name, SealedSession]


def pack(work: Work) -> Parcel:
    """Return work that can be sent."""
    import cloudpickle

    sessions: dict[Name, SealedSession] = {}

    class Pickler(cloudpickle.Pickler):  # type: ignore[misc]  # it has no types
        def persistent_id(self, value: object) -> Name | None:
            if not isinstance(value, SealedSession):
                return None
            name = (str(value.path), value.digest)
            sessions[name] = value
            return name

    written = io.BytesIO()
    Pickler(written, protocol=pickle.HIGHEST_PROTOCOL).dump(work)
    return Parcel(written.getvalue(), sessions)


def boxes(sessions: Collection[SealedSession]) -> Iterator[bytes]:
    """Yield the sessions with their files, in boxes. Raises InputError where a file is not what was
    sealed."""
    box: list[CarriedSession] = []
    size = 0
    for session in sessions:
        box.append(carry(session))
        size += sum(map(len, box[-1].files.values()))
        if size >= BOX_BYTES:
            yield pickle.dumps(box)
            box, size = [], 0
    if box:
        yield pickle.dumps(box)


# --- on workers -------------------------------------------------------------------------------------------

_alone: Final = threading.Lock()
"""What the engines compute is no faster with threads, and they expect to be alone."""

_opened: tuple[str, Work] | None = None
"""The parcel that was opened last, by its name: its parts come one after the other."""


def greet(sessions: Sequence[Name]) -> tuple[str, frozenset[Name]]:
    """Return the version of a worker, and which of the sessions it can read."""
    return version(), frozenset(name for name in sessions if _readable(name) is not None)


def same(data: bytes) -> bytes:
    """Return what was sent: as the result of a task it is where it is needed, and is sent again where the
    worker that had it is lost."""
    return data


def do_part(part: int, name: str, expected: str, data: bytes, sent: Sequence[bytes]) -> object:
    """Do one part of the work in a parcel. Raises what the work raises, and OperationError where the worker
    joined too late to be asked what it has."""
    from wraith.synth import undisturbed

    global _opened
    if version() != expected:
        raise OperationError(f"a worker runs wraith {version()}, and this is {expected}")
    with _alone, undisturbed():
        if _opened is None or _opened[0] != name:
            _opened = None  # the memory of the last one is needed for this one
            _opened = name, _open(data, sent)
        return _opened[1](part)


def _open(data: bytes, sent: Sequence[bytes]) -> Work:
    carried: dict[Name, CarriedSession] = {}
    for box in sent:
        carried |= {(str(each.path), each.digest): each for each in pickle.loads(box)}

    class Unpickler(pickle.Unpickler):
        def persistent_load(self, name: Name) -> SealedSession:
            found = carried.get(name) or _readable(name)
            if found is None:
                raise OperationError(
                    "a worker cannot read what the others can",
                    where=name[0],
                    hint="it joined while the work was under way: run the command again",
                )
            return found

    work: Work = Unpickler(io.BytesIO(data)).load()
    return work


def _readable(name: Name) -> SealedSession | None:
    """Return the session of that digest where it can be read here."""
    folder, digest = name
    try:
        found = session_in(Path(folder))
    except (WraithError, OSError):
        return None
    return found if found is not None and found.digest == digest else None
