"""Show what a twin is made of: its sessions and the routes of its model; the exchanges of one session; or one
exchange in full (NAME SESSION/INDEX, counted from 1)."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from wraith.cli._args import add_reading_twin, exchange_index, reading_twin
from wraith.cli._output import Block, Line, Output, count
from wraith.errors import InputError

if TYPE_CHECKING:
    from wraith.canonical import JsonValue
    from wraith.workspace import Workspace

SCHEMA = "wraith.inspect/1"


def configure(parser: argparse.ArgumentParser) -> None:
    add_reading_twin(parser)
    parser.add_argument(
        "what", nargs="?", metavar="SESSION[/INDEX]", help="one session, or one exchange of it"
    )
    parser.add_argument("--routes", action="store_true", help="every route with its variants and symbols")


def run(args: argparse.Namespace, out: Output) -> int:
    if args.routes and args.what:
        raise InputError("--routes shows the whole model, not a session", hint="give one of the two")
    with reading_twin(args, recordings=args.what is not None) as workspace:
        if args.routes:
            _show_routes(workspace, out)
        elif args.what is None:
            _show_overview(workspace, out)
        else:
            _show_recording(workspace, args.what, out)
    return 0


def _show_overview(workspace: Workspace, out: Output) -> None:
    from wraith.cli._derived import read_evidence, read_model
    from wraith.cli._model_view import route_documents, route_table, summary_blocks
    from wraith.cli._recordings_view import session_document, session_table
    from wraith.config import TwinConfig, read_toml
    from wraith.recording import sealed_sessions

    config = read_toml(workspace.config_path, TwinConfig)
    sessions = sealed_sessions(workspace)
    model, evidence = read_model(workspace), read_evidence(workspace)
    exchanges = sum(len(session) for session in sessions)
    blocks: list[Block] = [
        Line(f"{workspace.name}: recorded from {config.upstream.base_url}", "title"),
        Line(
            f"{count(len(sessions), 'session')}, {count(exchanges, 'exchange')}"
            if sessions
            else _no_sessions(workspace)
        ),
    ]
    if sessions:
        blocks.append(session_table(sessions))
    if model is None:
        blocks.append(Line(f"no model yet; wraith synth {workspace.name} learns it"))
    else:
        blocks += [
            Line(count(len(model.routes), "route")),
            route_table(model, evidence),
            *summary_blocks(model),
        ]
    routes: JsonValue = None if model is None else route_documents(model, evidence)
    document: dict[str, JsonValue] = {
        "schema": SCHEMA,
        "twin": workspace.name,
        "upstream": config.upstream.base_url,
        "sessions": [session_document(session) for session in sessions],
        "routes": routes,
    }
    out.answer(document, *blocks)


def _show_routes(workspace: Workspace, out: Output) -> None:
    from wraith.cli._derived import read_evidence, read_model
    from wraith.cli._model_view import detail_blocks, route_documents, state_operation_documents

    model, evidence = read_model(workspace), read_evidence(workspace)
    if model is None:
        raise InputError(
            "there is no model yet", where=workspace.symbols_path, hint=f"wraith synth {workspace.name}"
        )
    document: dict[str, JsonValue] = {
        "schema": SCHEMA,
        "twin": workspace.name,
        "routes": route_documents(model, evidence),
        "state_operations": state_operation_documents(model),
    }
    out.answer(document, *detail_blocks(model, evidence))


def _show_recording(workspace: Workspace, what: str, out: Output) -> None:
    from wraith.cli._recordings_view import (
        exchange_blocks,
        exchange_document,
        exchange_row_document,
        exchange_table,
        session_document,
    )
    from wraith.recording import sealed_session

    session_id, slash, index_text = what.partition("/")
    session = sealed_session(workspace, session_id)
    document: dict[str, JsonValue] = {
        "schema": SCHEMA,
        "twin": workspace.name,
        "session": session_document(session),
    }
    if slash:
        index = exchange_index(index_text)
        exchange = session.exchange(index)
        out.answer(document | {"exchange": exchange_document(index, exchange)}, *exchange_blocks(exchange))
        return
    exchanges = list(session.read())
    rows: list[JsonValue] = [
        exchange_row_document(index, each) for index, each in enumerate(exchanges, start=1)
    ]
    title = Line(f"{session.id}: {count(len(exchanges), 'exchange')}", "title")
    out.answer(document | {"exchanges": rows}, title, exchange_table(exchanges))


def _no_sessions(workspace: Workspace) -> str:
    if workspace.origin_path.is_file():
        return "no recordings: the twin came packed, without them"
    return f"nothing is recorded yet; wraith record {workspace.name} records"
