"""Show how a route answers: its variants with their guards, what fills each part of their answers, how many
of the recorded values that explains, what else could have filled it, and the exchanges that disagree. ROUTE
is a method and a pattern, or a method and a path ("GET /v1/charges/ch_1"). Without it: the routes, those with
most that nothing explains first.

With --exchange: how one recorded exchange is answered."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from wraith.cli._args import add_reading_twin, add_tags, exchange_index, reading_twin
from wraith.cli._output import Output
from wraith.errors import InputError

if TYPE_CHECKING:
    from wraith.canonical import JsonValue
    from wraith.recording import SealedSession
    from wraith.wir import Model
    from wraith.workspace import Workspace

SCHEMA = "wraith.explain/1"


def configure(parser: argparse.ArgumentParser) -> None:
    add_reading_twin(parser)
    parser.add_argument("route", nargs="*", metavar="ROUTE", help="METHOD and pattern, or METHOD and path")
    parser.add_argument("--exchange", metavar="SESSION/INDEX", help="how this one exchange is answered")
    add_tags(parser, "hold the model against sessions with this tag only; may be given again")


def run(args: argparse.Namespace, out: Output) -> int:
    from wraith.build import steps

    route = " ".join(args.route)
    with reading_twin(args, recordings=args.exchange is not None) as workspace:
        answers = steps.judged_workspace(workspace)
        model = steps.read_model(answers)
        if args.exchange is not None:
            _show_exchange(workspace, model, route, args, out)
        elif route:
            _show_route(workspace, model, route, args, out)
        else:
            _show_routes(answers, model, out)
    return 0


def _show_routes(workspace: Workspace, model: Model, out: Output) -> None:
    from wraith.cli._derived import read_evidence
    from wraith.cli._explain_view import route_rows, routes_blocks

    rows = route_rows(model, read_evidence(workspace))
    out.answer(_document(workspace) | {"routes": list(rows)}, *routes_blocks(workspace.name, rows))


def _show_route(
    workspace: Workspace, model: Model, route: str, args: argparse.Namespace, out: Output
) -> None:
    from wraith.cli._explain_json import explanation_document
    from wraith.cli._explain_view import explanation_blocks
    from wraith.synth import explain, find_route

    name = find_route(model, route).name
    with out.working(f"explaining {name}"):
        found = explain(_sessions(workspace, args.tags), model, name)
    out.answer(_document(workspace) | explanation_document(found), *explanation_blocks(workspace.name, found))


def _show_exchange(
    workspace: Workspace, model: Model, route: str, args: argparse.Namespace, out: Output
) -> None:
    from wraith.cli._explain_json import exchange_document
    from wraith.cli._explain_view import exchange_blocks
    from wraith.synth import explain_exchange, find_route

    session, _, index = args.exchange.partition("/")
    number = exchange_index(index)
    asked = find_route(model, route).name if route else None
    with out.working(f"explaining {args.exchange}"):
        found = explain_exchange(_sessions(workspace, args.tags), model, session, number)
    if asked is not None and found.route.name != asked:
        raise InputError(
            f"{args.exchange} reaches {found.route.name}, not {asked}", hint="leave out one of the two"
        )
    out.answer(_document(workspace) | exchange_document(found), *exchange_blocks(found))


def _document(workspace: Workspace) -> dict[str, JsonValue]:
    return {"schema": SCHEMA, "twin": workspace.name}


def _sessions(workspace: Workspace, tags: list[str]) -> list[SealedSession]:
    """Return the sessions that the model is learned from, or those with the tags."""
    from wraith.config import TwinConfig, read_toml
    from wraith.recording import sealed_sessions

    config = read_toml(workspace.config_path, TwinConfig)
    return list(sealed_sessions(workspace, tuple(tags) or config.synth.tags))
