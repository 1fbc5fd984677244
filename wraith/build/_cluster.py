"""The work of one step, shared by a Dask cluster: the seam that ``_workers`` puts processes behind.

``dask.distributed`` schedules, repeats what a lost worker had, and moves results; nothing here does. Work is
the result of a task of its own rather than something scattered, because what is scattered is lost with the
worker that has it.
"""

from __future__ import annotations

import atexit
import logging
import re
import uuid
from collections.abc import Callable
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Final, TypeVar

from wraith.build._parcels import Parcel, boxes, do_part, greet, pack, same, version
from wraith.errors import InputError, OperationError, WraithError
from wraith.recording import SealedSession
from wraith.synth import in_turn

if TYPE_CHECKING:
    from distributed import Client, Future

T = TypeVar("T")

CONNECT_S: Final = 10.0
"""How long a scheduler may take to answer, and the first worker to be there."""

_ADDRESS: Final = re.compile(r"(?:(?:tcp|tls|ws|wss)://)?(?:[^\s/:@]+|\[[0-9a-fA-F:]+\]):\d{1,5}/?")

_open: Final[dict[str, Cluster]] = {}


class Cluster:
    """A connection to the scheduler of a cluster: a ``wraith.synth.Spread``.

    Raises InputError where what is installed there is not what is installed here, and OperationError where
    the cluster does not answer, has no workers, or loses them.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._client = _connect(address)

    def __call__(self, work: Callable[[int], T], count: int) -> list[T]:
        if count < 2:
            return in_turn(work, count)
        parcel = pack(work)
        futures: list[Future] = []
        try:
            sent = [self._put(box) for box in boxes(self._not_readable(parcel))]
            futures = self._client.map(
                do_part,
                range(count),
                name=uuid.uuid4().hex,
                expected=version(),
                data=self._put(parcel.data),
                sent=sent,
                pure=False,
            )
            self._wait(futures)
            done: list[T] = self._client.gather(futures)
            return done
        except WraithError:
            raise
        except Exception as error:
            if (failure := self._failure(error)) is not None:
                raise failure from error
            raise  # of the work itself
        finally:
            self._client.cancel(futures)

    def close(self) -> None:
        self._client.close()

    def _put(self, data: bytes) -> Future:
        return self._client.submit(same, data, pure=False)

    def _wait(self, futures: list[Future]) -> None:
        """Return when all is done. Raises TimeoutError where no worker is left: a scheduler would wait for
        new ones without end."""
        from distributed import wait

        while True:
            try:
                with self._client.as_current():
                    wait(futures, timeout=CONNECT_S)
                return
            except TimeoutError:
                if not self._client.scheduler_info()["workers"]:
                    raise

    def _not_readable(self, parcel: Parcel) -> list[SealedSession]:
        """Return the sessions that some worker cannot read. Raises InputError where one has another
        version."""
        names = list(parcel.sessions)
        self._client.wait_for_workers(1, timeout=CONNECT_S)
        answers = self._client.run(greet, names, on_error="return")
        answers[self._address] = self._client.run_on_scheduler(greet, ())
        everywhere = set(names)
        for worker, answer in answers.items():
            if isinstance(answer, OSError):
                continue  # it went away just now
            if isinstance(answer, Exception):
                raise answer
            found, readable = answer
            if found != version():
                raise InputError(
                    f"{worker} runs wraith {found}, and this is {version()}",
                    where=self._address,
                    hint="install the same version of wraith and of Python on both sides",
                )
            if worker != self._address:
                everywhere &= readable
        return [session for name, session in parcel.sessions.items() if name not in everywhere]

    def _failure(self, error: Exception) -> OperationError | None:
        """Return an error of the cluster as one of ours; None for any other."""
        from distributed import KilledWorker

        lacking = re.search(r"No module named '([\w.]+)'", str(error))
        if lacking is not None:
            message = f"there is no {lacking[1]} where it runs"
            hint = "install wraith[cluster] for its scheduler and its workers"
        elif isinstance(error, KilledWorker):
            message, hint = "its workers died, one after the other", "they may lack memory"
        elif isinstance(error, TimeoutError):
            message, hint = "it has no workers", f"start some: dask worker {self._address}"
        elif isinstance(error, CancelledError):
            message, hint = "its scheduler went away", "run the command again when it is back"
        elif isinstance(error, OSError):
            message, hint = f"it failed: {error or type(error).__name__}", "see what its scheduler says"
        else:
            return None
        return OperationError(message, where=self._address, hint=hint)


def cluster(address: str) -> Cluster:
    """Return the connection to a cluster, the same one until the process ends."""
    if address not in _open:
        if not _open:
            atexit.register(close_clusters)
        _open[address] = Cluster(address)
    return _open[address]


def close_clusters() -> None:
    while _open:
        _open.popitem()[1].close()


def _connect(address: str) -> Client:
    if not _ADDRESS.fullmatch(address):
        raise InputError(
            f"not the address of a scheduler: {address!r}", where="cluster", hint="write tcp://HOST:8786"
        )
    try:
        import dask
        from distributed import Client
    except ModuleNotFoundError:
        raise InputError(
            "a cluster needs the package distributed", hint="pip install 'wraith[cluster]'"
        ) from None
    for name in ("distributed", "distributed.client"):  # what they say comes as an error of ours
        logging.getLogger(name).setLevel(logging.CRITICAL)
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GiB"})
    try:
        return Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise OperationError(
            f"there is no scheduler: {error}", where=address, hint="start one: dask scheduler"
        ) from error
