"""Wraith: a task-graph build system for API twins.

A *twin* is a local, deterministic copy of an HTTP API, learned from recorded traffic.
``docs/architecture.md`` draws the rooms of this package; read it first.
"""

__version__ = "0.1.0"

ENGINE_VERSION = "wraith-engine/1"
"""Names the generation of engines that wrote an artifact. What an upgrade rebuilds is decided by their code,
which ``wraith.build`` takes a digest of."""
