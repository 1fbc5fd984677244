"""Pages to look at: HTML of one visual language, whole in one file, without a network."""

from wraith.pages._graph import Node, graph_page
from wraith.pages._render import page_script
from wraith.pages._replays import SERVICE, TWIN, Replay, Subject, wire_replay
from wraith.pages._report import report_page
from wraith.pages._twin import (
    Entities,
    Opened,
    Running,
    Seen,
    live_parts,
    route_page,
    session_page,
    twin_page,
)

__all__ = [
    "SERVICE",
    "TWIN",
    "Entities",
    "Node",
    "Opened",
    "Replay",
    "Running",
    "Seen",
    "Subject",
    "graph_page",
    "live_parts",
    "page_script",
    "report_page",
    "route_page",
    "session_page",
    "twin_page",
    "wire_replay",
]
