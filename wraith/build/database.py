"""Where finished tasks are remembered: ``.wraith/tasks.db``, a doit backend that writes each task as it ends.

doit's own backends write everything at the end, so a killed run forgets what it finished, and a failed task
can keep a write lock until the end. Here each task is one row, written by one statement when doit sets
``deps:``, which is the last thing that it records of a success. SQLite's write-ahead log lets two runs go on
side by side.

What is in it can be made again by building, so a broken file is set aside and never an obstacle.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Final, Protocol

from wraith.canonical import JsonValue
from wraith.errors import OperationError

BUSY_TIMEOUT_S: Final = 30.0
"""How long a run waits for another one's statement. One statement takes milliseconds: only a stopped process
or a dead network disk takes this long."""


VALUES: Final = "_values_:"
"""Where doit has what a task left for its next run."""

UNDONE: Final = "undone"
"""Among those values: that the task failed since, or was not run because another one did."""


class Codec(Protocol):
    """doit's codec of task data."""

    def encode(self, data: dict[str, JsonValue]) -> str: ...

    def decode(self, data: str) -> dict[str, JsonValue]: ...


class WraithDatabase:
    """The backend that the entry point ``doit.BACKEND`` names ``wraith``."""

    desc = "SQLite, each finished task written at once"

    def __init__(self, name: str, codec: Codec, *, module_name: str | None = None) -> None:
        self.name = name
        self._codec = codec
        self._tasks: dict[str, dict[str, JsonValue]] = {}
        self._unwritten: set[str] = set()
        self._asked: set[str] = set()
        try:
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            self._connection = self._open_or_begin_anew()
            for task, data in self._connection.execute("select task, data from tasks"):
                self._tasks[task] = codec.decode(data)
        except (OSError, sqlite3.Error, ValueError) as error:
            raise self._failure(error) from error

    def get(self, task_id: str, dependency: str) -> JsonValue:
        """Return what is remembered under the name, None where nothing is."""
        self._asked.add(task_id)
        return self._tasks.get(task_id, {}).get(dependency)

    def set(self, task_id: str, dependency: str, value: JsonValue) -> None:
        """Remember a value; the task is written when doit sets the last of a success."""
        self._tasks.setdefault(task_id, {})[dependency] = value
        self._unwritten.add(task_id)
        if dependency == "deps:":
            self._write(task_id)

    def in_(self, task_id: str) -> bool:
        return task_id in self._tasks

    def remove(self, task_id: str) -> None:
        """Forget a task, at once.

        doit does so where it was told to, and where a task fails that it has looked at before. Of those the
        values of the last success stay, marked: the next run can say what changed since.
        """
        known = self._tasks.pop(task_id, None)
        self._unwritten.discard(task_id)
        values = known.get(VALUES) if known is not None else None
        if task_id in self._asked and isinstance(values, dict):
            self._tasks[task_id] = {VALUES: {**values, UNDONE: True}}
            self._write(task_id)
        elif known is not None:
            self._execute("delete from tasks where task = ?", task_id)

    def remove_all(self) -> None:
        self._tasks.clear()
        self._unwritten.clear()
        self._execute("delete from tasks")

    def dump(self) -> None:
        """Write what is left, such as ignored tasks, and close."""
        for task_id in sorted(self._unwritten):
            self._write(task_id)
        self._connection.close()

    def _write(self, task_id: str) -> None:
        self._execute(
            "insert or replace into tasks values (?, ?)", task_id, self._codec.encode(self._tasks[task_id])
        )
        self._unwritten.discard(task_id)

    def _execute(self, statement: str, *values: str) -> None:
        try:
            self._connection.execute(statement, values)
        except sqlite3.Error as error:
            raise self._failure(error) from error

    def _open_or_begin_anew(self) -> sqlite3.Connection:
        try:
            return self._open()
        except sqlite3.OperationalError:
            raise  # locked, full, read-only: the file itself is sound
        except sqlite3.DatabaseError:
            for suffix in ("-wal", "-shm"):
                Path(self.name + suffix).unlink(missing_ok=True)
            os.replace(self.name, self.name + ".broken")
            return self._open()

    def _open(self) -> sqlite3.Connection:
        # isolation_level None is autocommit: no statement leaves a lock behind
        connection = sqlite3.connect(self.name, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        try:
            connection.execute("pragma journal_mode = wal")
            connection.execute("pragma synchronous = normal")  # survives a kill; a power cut costs a rebuild
            connection.execute("create table if not exists tasks (task text primary key, data text not null)")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _failure(self, error: Exception) -> OperationError:
        return OperationError(
            f"the task database cannot be used: {error}",
            where=self.name,
            hint="make room, mend the permissions, or remove the file: it can be made again by building",
        )
