"""What the recording proxy and the twin's server share: how HTTP comes in, who may use the control plane."""

from wraith.asgi._answers import HANG_UP, Answer, failure, hang_up, send_json, send_rest, send_whole
from wraith.asgi._bodies import ClientGone, body_chunk, body_chunks
from wraith.asgi._control import CONTROL_PREFIX, TOKEN_VARIABLE, Guard, control_guard, new_control_app
from wraith.asgi._front import Front
from wraith.asgi._heads import Head, end_to_end, read_head
from wraith.asgi._patience import Patience
from wraith.asgi._rewrite import Rewriter
from wraith.asgi._runner import Address, ServerName, new_event_loop, run_app
from wraith.asgi._types import App, Receive, Send, Traffic

__all__ = [
    "CONTROL_PREFIX",
    "HANG_UP",
    "TOKEN_VARIABLE",
    "Address",
    "Answer",
    "App",
    "ClientGone",
    "Front",
    "Guard",
    "Head",
    "Patience",
    "Receive",
    "Rewriter",
    "Send",
    "ServerName",
    "Traffic",
    "body_chunk",
    "body_chunks",
    "control_guard",
    "end_to_end",
    "failure",
    "hang_up",
    "new_control_app",
    "new_event_loop",
    "read_head",
    "run_app",
    "send_json",
    "send_rest",
    "send_whole",
]
