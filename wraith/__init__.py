"""Wraith: a task-graph build system for API twins.

A *twin* is a local, deterministic copy of an HTTP API, learned from recorded traffic.
``docs/architecture.md`` draws the rooms of this package; read it first.
"""

__version__ = "0.1.0"

ENGINE_VERSION = "wraith-engine/1"
"""Names what the engines write. An input of every task that runs one, so that a change of engine rebuilds
what it must. Raise it with every change that can change a model, a report or an artifact."""
