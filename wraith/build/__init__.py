"""The build graph: every step of every twin as a content-hashed task of doit.

``steps`` holds one plain function per step, which commands and tasks both call. ``graph`` is what a
``dodo.py`` takes in, ``run_graph`` runs the same tasks in process. Nothing here imports doit, pydantic or an
engine before it is needed: ``doit`` with nothing to do is measured against ``import doit``.
"""

from wraith.build._cached import open_store
from wraith.build._freshness import NEVER_BUILT, Change
from wraith.build._graph import explain, find_undeclared, graph, run_graph
from wraith.build._plan import Planned
from wraith.build._watching import changed_inputs
from wraith.build.events import Listener, TaskEvent, event_lines

__all__ = [
    "NEVER_BUILT",
    "Change",
    "Listener",
    "Planned",
    "TaskEvent",
    "changed_inputs",
    "event_lines",
    "explain",
    "find_undeclared",
    "graph",
    "open_store",
    "run_graph",
]
