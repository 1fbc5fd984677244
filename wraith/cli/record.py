"""Record the real API through a proxy: send the client to the address that is said, end with Ctrl-C or
SIGTERM. Each exchange is scrubbed, and written the moment it completes. POST /__wraith/new-session begins a
new session.

With --exercise the commands of [record] in wraith.toml start the upstream and send the traffic: what the task
record:NAME does, now and whether the recordings are fresh or not."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final

from wraith.cli._args import add_tags, add_twin, find_twin, port
from wraith.cli._key import note_made_key
from wraith.cli._output import Line, Output, count
from wraith.errors import InputError
from wraith.workspace import Workspace, check_name

if TYPE_CHECKING:
    from wraith.asgi import Address
    from wraith.scrub import Key

DEFAULT_HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 8080


def configure(parser: argparse.ArgumentParser) -> None:
    add_twin(parser)
    parser.add_argument("--port", type=port, metavar="P", help=f"default {DEFAULT_PORT}; 0 picks a free one")
    parser.add_argument("--host", metavar="H", help=f"the address to listen on, default {DEFAULT_HOST}")
    add_tags(parser, "tag the sessions; may be given again")
    parser.add_argument(
        "--preserve-host",
        action="store_true",
        default=None,
        help="pass the client's Host header through, for services that build addresses from it",
    )
    parser.add_argument(
        "--exercise", action="store_true", help="record by the commands of [record] in wraith.toml"
    )


def run(args: argparse.Namespace, out: Output) -> int:
    workspace = find_twin(args)
    sessions, exchanges = (
        _by_command(workspace, args, out) if args.exercise else _by_hand(workspace, args, out)
    )
    out.answer(
        {
            "schema": "wraith.record/1",
            "twin": workspace.name,
            "sessions": list(sessions),
            "exchanges": exchanges,
        },
        Line(
            f"recorded {count(exchanges, 'exchange')} in {count(len(sessions), 'session')}",
            "good" if exchanges else "warn",
        ),
        *(Line(f"  {session}", "dim") for session in sessions),
    )
    return 0


def _by_hand(workspace: Workspace, args: argparse.Namespace, out: Output) -> tuple[tuple[str, ...], int]:
    """Record until a signal, and return the sessions and the number of their exchanges."""
    from wraith.config import ScrubConfig, TwinConfig, read_toml
    from wraith.recording import record, recover
    from wraith.scrub import Scrubber, policy_digest

    tags = [check_name(tag, "tag") for tag in args.tags]
    config = read_toml(workspace.config_path, TwinConfig)
    scrub = read_toml(workspace.scrub_path, ScrubConfig)

    for session in recover(workspace):
        out.note(f"sealed {session}, which an earlier run had left open", "warn")

    def say(address: Address) -> None:
        out.note(f"recording {config.upstream.base_url} at {address.url}, until Ctrl-C", "good")

    recorded = record(
        workspace,
        config,
        Scrubber(scrub, _key(workspace, out)),
        policy_digest=policy_digest(scrub),
        host=args.host or DEFAULT_HOST,
        port=DEFAULT_PORT if args.port is None else args.port,
        tags=tags,
        preserve_host=args.preserve_host,
        on_bound=say,
    )
    return recorded.sessions, recorded.exchanges


def _by_command(workspace: Workspace, args: argparse.Namespace, out: Output) -> tuple[tuple[str, ...], int]:
    """Run the step that the task ``record:NAME`` runs, whether the recordings are fresh or not."""
    from wraith.build import steps
    from wraith.config import TwinConfig, read_toml

    given = (args.port, args.host, args.preserve_host)
    if args.tags or any(value is not None for value in given):
        raise InputError(
            "--exercise takes no other option",
            hint=f"what it records by stands in [record] of {workspace.config_path}",
        )
    if not read_toml(workspace.config_path, TwinConfig).record.exercise:
        raise InputError(
            "no command sends the traffic",
            where=f"{workspace.config_path}: record.exercise",
            hint=f"set it, or record by hand: wraith record {workspace.name}",
        )
    _key(workspace, out)
    made = [each for each in steps.record(workspace, say=out.note).index.sessions if each.kind == "command"]
    return tuple(each.id for each in made), sum(each.exchanges for each in made)


def _key(workspace: Workspace, out: Output) -> Key | None:
    """Return the scrub key, made where there is none (but not in CI), and say so where it was."""
    from wraith.scrub import find_key

    key = find_key(workspace.project, create=True)
    if key is not None and key.made:
        note_made_key(key.path, out)
    return key
