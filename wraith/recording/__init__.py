"""Recordings: exchanges on disk, the sessions they form, their index; and the proxy that makes them."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from wraith.recording._index import Index, IndexedSession, read_index, replace_sessions, write_index
from wraith.recording._inputs import recording_inputs
from wraith.recording._manifest import ExchangeEntry, Manifest
from wraith.recording._recovery import recover
from wraith.recording._sessions import SealedSession, sealed_session, sealed_sessions
from wraith.recording._wrec import decode_exchange, encode_exchange
from wraith.recording._writer import SessionWriter, make_run_id

if TYPE_CHECKING:
    from wraith.recording._pipeline import record_by_command
    from wraith.recording._record import Recorded, record

__all__ = [
    "ExchangeEntry",
    "Index",
    "IndexedSession",
    "Manifest",
    "Recorded",
    "SealedSession",
    "SessionWriter",
    "decode_exchange",
    "encode_exchange",
    "make_run_id",
    "read_index",
    "record",
    "record_by_command",
    "recording_inputs",
    "recover",
    "replace_sessions",
    "sealed_session",
    "sealed_sessions",
    "write_index",
]

_ON_DEMAND = {"Recorded": "_record", "record": "_record", "record_by_command": "_pipeline"}


def __getattr__(name: str) -> object:
    """Import what records when it is first asked for: asyncio would slow a ``doit`` that only reads."""
    if name in _ON_DEMAND:
        return getattr(importlib.import_module(f"{__name__}.{_ON_DEMAND[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
