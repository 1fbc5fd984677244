"""The build graph: every step of every twin as a content-hashed task of doit.

``steps`` holds one plain function per step, which commands and tasks both call. ``graph`` is what a
``dodo.py`` takes in, ``run_graph`` runs the same tasks in process. Nothing here imports doit, pydantic or an
engine before it is needed: ``doit`` with nothing to do is measured against ``import doit``.
"""

from wraith.build._graph import graph, run_graph
from wraith.build.events import Listener, TaskEvent, event_lines

__all__ = ["Listener", "TaskEvent", "event_lines", "graph", "run_graph"]
