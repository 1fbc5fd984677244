"""Recordings: exchanges on disk, the sessions they form, their index; and the proxy that makes them."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from wraith.recording._bodies import Collector, decoded, recorded_response, without_coding
from wraith.recording._carried import CarriedSession, carry
from wraith.recording._index import Index, IndexedSession, read_index, replace_sessions, write_index
from wraith.recording._inputs import recording_inputs
from wraith.recording._manifest import ExchangeEntry, Manifest
from wraith.recording._recovery import recover
from wraith.recording._sessions import (
    SealedSession,
    sealed_session,
    sealed_sessions,
    session_folders,
    session_in,
)
from wraith.recording._stage import publish, stage
from wraith.recording._wrec import decode_exchange, encode_exchange
from wraith.recording._writer import SessionWriter, make_run_id, stamp

if TYPE_CHECKING:
    from wraith.recording._pipeline import record_by_command
    from wraith.recording._record import Recorded, record

__all__ = [
    "CarriedSession",
    "Collector",
    "ExchangeEntry",
    "Index",
    "IndexedSession",
    "Manifest",
    "Recorded",
    "SealedSession",
    "SessionWriter",
    "carry",
    "decode_exchange",
    "decoded",
    "encode_exchange",
    "make_run_id",
    "publish",
    "read_index",
    "record",
    "record_by_command",
    "recorded_response",
    "recording_inputs",
    "recover",
    "replace_sessions",
    "sealed_session",
    "sealed_sessions",
    "session_folders",
    "session_in",
    "stage",
    "stamp",
    "without_coding",
    "write_index",
]

_ON_DEMAND = {"Recorded": "_record", "record": "_record", "record_by_command": "_pipeline"}


def __getattr__(name: str) -> object:
    """Import what records when it is first asked for: asyncio would slow a ``doit`` that only reads."""
    if name in _ON_DEMAND:
        return getattr(importlib.import_module(f"{__name__}.{_ON_DEMAND[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
