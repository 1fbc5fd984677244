"""The measurements, in the order of the table. What is compared runs side by side, in turns."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cassettes import write_cassettes
from benchmarks.corpora import TWIN, corpus, recorded_bytes
from benchmarks.processes import ROOT, WRAITH, BenchError, Command, free_port, numbers, running, wall_s
from benchmarks.results import Result

CONNECTIONS = 16
SERVED_TWIN = "billing-api"
FORM = b"email=ada.k3x9q%40example.com&name=Ada+Ashgrove&metadata%5Btier%5D=gold"


@dataclass(frozen=True)
class Plan:
    """How much to measure: where corpora are kept, their size, how often, how many requests each time."""

    cache: Path
    exchanges: int
    rounds: int
    requests: int


def synth(plan: Plan) -> list[Result]:
    """Speed, how it grows with twice the corpus, and memory against the size of the recordings."""
    small, large = corpus(plan.cache, plan.exchanges), corpus(plan.cache, 2 * plan.exchanges)
    seconds: dict[Path, list[float]] = {small: [], large: []}
    speeds, growth, memory = [], [], []
    for _ in range(plan.rounds):
        sizes = {}
        for project in (small, large):
            measured = numbers("engines", "synth", project)
            seconds[project].append(measured["cpu_seconds"])
            sizes[project] = measured["exchanges"]
            if project == small:
                speeds.append(measured["exchanges"] / measured["cpu_seconds"])
            memory.append(measured["peak_bytes"] / recorded_bytes(project))
        # the corpora are not exactly one and two: what is compared is time per exchange, times two
        per_exchange = [seconds[project][-1] / sizes[project] for project in (small, large)]
        growth.append(2 * per_exchange[1] / per_exchange[0])
    note = f"{plan.exchanges:,} exchanges, their files included, by processor time"
    twice = f"{2 * plan.exchanges:,} exchanges against {plan.exchanges:,}, by processor time"
    return [
        Result("synth", tuple(speeds), "exchanges/s", 1_000, "at least", note),
        Result("synth, twice the corpus", tuple(growth), "times the time", 2, "at most", twice),
        Result("synth, peak memory", tuple(memory), "times the recordings", 15, "at most"),
    ]


def synth_more(plan: Plan) -> list[Result]:
    """One more session after all others were learned from, and learning with two processes."""
    project = corpus(plan.cache, 2 * plan.exchanges)
    results = []
    for place in ("end", "middle"):
        measured = [numbers("engines", "more", project, place) for _ in range(plan.rounds)]
        shares = tuple(100 * one["cpu_seconds"] / one["whole_seconds"] for one in measured)
        note = f"of {measured[0]['exchanges']:,.0f} exchanges, the same bytes, by processor time"
        name = (
            f"synth, one more session at the {place}" if place == "end" else f"synth, one more in the {place}"
        )
        results.append(Result(name, shares, "% of the time", 15, "at most", note))
    measured = [
        numbers("engines", "shared", corpus(plan.cache, plan.exchanges), 2) for _ in range(plan.rounds)
    ]
    ratios = tuple(one["whole_seconds"] / one["seconds"] for one in measured)
    note = "two processes against one, the same bytes"
    return [*results, Result("synth --jobs 2", ratios, "times its speed", 1, "at least", note)]


def check(plan: Plan) -> list[Result]:
    """In-memory replay of the whole corpus, exchanges already in memory."""
    project = corpus(plan.cache, plan.exchanges)
    measured = [numbers("engines", "check", project) for _ in range(plan.rounds)]
    speeds = tuple(one["exchanges"] / one["seconds"] for one in measured)
    return [
        Result("check, in memory", speeds, "exchanges/s", 1_500, "at least", f"{plan.exchanges:,} exchanges")
    ]


def check_grown(plan: Plan) -> list[Result]:
    """The recordings of billing-api again and again, read from files: speed, and memory as they grow."""
    few, many = plan.exchanges // 2, 5 * plan.exchanges
    measured = [
        [numbers("engines", "again", ROOT, SERVED_TWIN, count) for count in (few, many)]
        for _ in range(plan.rounds)
    ]
    speeds = tuple(one["exchanges"] / one["cpu_seconds"] for _, one in measured)
    memory = tuple(one["peak_bytes"] / fewer["peak_bytes"] for fewer, one in measured)
    peak = max(one["peak_bytes"] for _, one in measured) / 2**20
    busy = f"{many:,} exchanges, their files included, by processor time"
    note = f"{peak:,.0f} MiB with {many:,} exchanges, against {few:,}"
    return [
        Result("check, on one core", speeds, "exchanges/s", 1_500, "at least", busy),
        Result("check, ten times the exchanges", memory, "times the memory", 2, "at most", note),
    ]


def check_wire(plan: Plan) -> list[Result]:
    """The recordings of billing-api over HTTP, the start of the server included."""
    measured = [numbers("engines", "wire", ROOT, SERVED_TWIN) for _ in range(plan.rounds)]
    speeds = tuple(one["exchanges"] / one["seconds"] for one in measured)
    exchanges = measured[0]["exchanges"]
    note = f"{exchanges:,.0f} exchanges of {SERVED_TWIN}, one connection, the server's start included"
    return [Result("check --wire", speeds, "exchanges/s", 300, "at least", note)]


def check_tamper(_: Plan) -> list[Result]:
    """Which changed constants of billing-api are noticed; the same in every run."""
    measured = numbers("engines", "tamper", ROOT, SERVED_TWIN)
    share = 100 * measured["noticed"] / measured["exchanges"]
    note = (
        f"{measured['noticed']:,.0f} of {measured['exchanges']:,.0f} changes, in {measured['seconds']:.1f} s"
    )
    return [Result("check --tamper", (share,), "% noticed", 99, "at least", note)]


def importing(plan: Plan) -> list[Result]:
    """Cassettes of VCR become sealed sessions: the time, that of the YAML library alone, and the memory."""
    seconds, ratios, memory = [], [], []
    with tempfile.TemporaryDirectory() as name:
        few, many = Path(name) / "few", Path(name) / "many"
        write_cassettes(few, plan.exchanges // 4)
        write_cassettes(many, plan.exchanges)
        for _ in range(plan.rounds):
            ours, fewer, theirs = (
                numbers("imports", step, folder)
                for step, folder in (("wraith", many), ("wraith", few), ("yaml", many))
            )
            if ours["exchanges"] != theirs["exchanges"]:
                raise BenchError(f"{ours['exchanges']} of {theirs['exchanges']} exchanges were imported")
            seconds.append(10_000 * ours["seconds"] / ours["exchanges"])
            ratios.append(ours["seconds"] / theirs["seconds"])
            memory.append(ours["peak_bytes"] / fewer["peak_bytes"])
    note = f"{plan.exchanges:,} exchanges of VCR YAML, 100 to a file, scrubbed and sealed, one process"
    return [
        Result("import, 10,000 exchanges", tuple(seconds), "s", 20, "at most", note),
        Result(
            "import, against yaml.load", tuple(ratios), "times its time", 7, "at most", "with the C loader"
        ),
        Result("import, four times the files", tuple(memory), "times the memory", 1.5, "at most"),
    ]


def serve(plan: Plan) -> list[Result]:
    """A read of one customer from the twin of billing-api, against a bare route that sends the same bytes."""
    import httpx

    with tempfile.TemporaryDirectory() as folder, served_twin() as port:
        made = httpx.post(f"http://127.0.0.1:{port}/v1/customers", headers=_headers(FORM), content=FORM)
        path = f"/v1/customers/{made.raise_for_status().json()['id']}"
        answer = httpx.get(f"http://127.0.0.1:{port}{path}", headers=_headers()).raise_for_status()
        body, request = Path(folder) / "body", Path(folder) / "request"
        body.write_bytes(answer.content)
        request.write_bytes(_wire("GET", path))
        with bare("route", body) as bare_port:
            ratios, speeds = _compare(plan, port, bare_port, request)
    note = f"{len(answer.content):,} bytes, {CONNECTIONS} connections, {max(speeds):,.0f} requests/s at best"
    return [Result("serve, against a bare Quart route", ratios, "times its speed", 0.6, "at least", note)]


def record(plan: Plan) -> list[Result]:
    """Requests through the recording proxy, against the shortest proxy of the same libraries."""
    from wraith.workspace import Project

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        body, request = folder / "body", folder / "request"
        body.write_bytes(
            b'{"id": "cus_0123456789abcd", "object": "customer", "pad": "' + b"x" * 1_200 + b'"}'
        )
        request.write_bytes(_wire("POST", "/v1/customers", FORM))
        with bare("upstream", body) as upstream:
            wall_s([*WRAITH, "init", TWIN, "--base-url", f"http://127.0.0.1:{upstream}"], folder)
            port = free_port()
            command = [*WRAITH, "record", TWIN, "--port", str(port)]
            with (
                bare("proxy", upstream) as bare_port,
                running(command, f"http://127.0.0.1:{port}/__wraith/ready", folder),
            ):
                ratios, speeds = _compare(plan, port, bare_port, request)
        kept = len(list(Project(folder).twin(TWIN).sessions_path.rglob("*.wrec")))
    if kept < plan.requests:
        raise BenchError(f"the recording proxy kept {kept} exchanges of at least {plan.requests}")
    note = f"{CONNECTIONS} connections, {max(speeds):,.0f} requests/s at best, all on disk"
    return [
        Result(
            "record, against a bare Quart-to-httpx proxy", ratios, "times its speed", 0.5, "at least", note
        )
    ]


def nothing_to_do(plan: Plan) -> list[Result]:
    """``doit`` where every task is fresh, against importing doit."""
    doit = [sys.executable, "-m", "doit"]
    wall_s(doit, ROOT)
    ratios = [wall_s(doit, ROOT) / wall_s([sys.executable, "-c", "import doit"]) for _ in range(_short(plan))]
    note = "the graph of this project, all of it fresh"
    return [Result("doit with nothing to do", tuple(ratios), "times import doit", 3, "at most", note)]


def help_text(plan: Plan) -> list[Result]:
    """``wraith --help``, wall clock."""
    command = [*WRAITH, "--help"]
    wall_s(command)
    return [
        Result("wraith --help", tuple(wall_s(command) for _ in range(_short(plan))), "s", 0.25, "at most")
    ]


MEASURES: dict[str, Callable[[Plan], list[Result]]] = {
    "synth": synth,
    "synth-more": synth_more,
    "check": check,
    "check-grown": check_grown,
    "check-wire": check_wire,
    "check-tamper": check_tamper,
    "import": importing,
    "serve": serve,
    "record": record,
    "doit": nothing_to_do,
    "help": help_text,
}


@contextmanager
def served_twin() -> Iterator[int]:
    """Serve the twin of billing-api; the value is its port."""
    port = free_port()
    command = [*WRAITH, "serve", SERVED_TWIN, "--port", str(port)]
    with running(command, f"http://127.0.0.1:{port}/__wraith/ready", ROOT):
        yield port


@contextmanager
def bare(kind: str, argument: Path | int) -> Iterator[int]:
    """Run one of the servers of ``benchmarks.servers``; the value is its port."""
    port = free_port()
    command: Command = [sys.executable, "-m", "benchmarks.servers", kind, str(port), str(argument)]
    with running(command, f"http://127.0.0.1:{port}/ready", Path(__file__).resolve().parent.parent):
        yield port


def _compare(plan: Plan, port: int, bare_port: int, request: Path) -> tuple[tuple[float, ...], list[float]]:
    """Return our speed over the other's for each round, and our speeds; a round to warm up is dropped."""
    ratios, speeds = [], []
    for _ in range(plan.rounds + 1):
        ours, theirs = (_speed(each, plan.requests, request) for each in (port, bare_port))
        ratios.append(ours / theirs)
        speeds.append(ours)
    return tuple(ratios[1:]), speeds[1:]


def _speed(port: int, requests: int, request: Path) -> float:
    measured = numbers("load", port, CONNECTIONS, requests, request)
    if measured["status"] != 200:
        raise BenchError(f"port {port} answered {measured['status']}, and that is not what is measured")
    return float(measured["per_second"])


def _headers(body: bytes = b"") -> dict[str, str]:
    form = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    return {"Host": "127.0.0.1", "Authorization": "Bearer sk_test_not_a_secret", "Accept": "*/*", **form}


def _wire(method: str, path: str, body: bytes = b"") -> bytes:
    headers = {**_headers(body), "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def _short(plan: Plan) -> int:
    """Short programs vary more than long ones, and cost less to repeat."""
    return 3 * plan.rounds
