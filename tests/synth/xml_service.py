"""A small service in memory that speaks XML: zones with hosts, and a client that uses everything it offers.

Lists of one, lists of none, attributes, a namespace, optional elements, refusals: what telling XML apart from
JSON needs. It writes its text by hand, so that nothing of the codec under test is used to make it.
"""

from __future__ import annotations

import string
from random import Random
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from tests.synth.recordings import HOUR_MS, START_MS, STEP_MS, Recorded
from wraith.exchange import Exchange, Request, Response
from wraith.runtime import write_time

XML = ("content-type", "text/xml")
NAMESPACE = "https://zones.example/doc/1/"


class ZoneService:
    """The service: ``answer`` a request at a time."""

    def __init__(self, random: Random, *, pretty: bool = False) -> None:
        self._random = random
        self._pretty = pretty
        self._zones: dict[str, dict[str, object]] = {}

    def answer(self, request: Request, now_ms: int) -> Response:
        status, root, inner = self._route(request, now_ms)
        if status == 204:
            return Response(204)
        text = f'<{root} xmlns="{NAMESPACE}">{inner}</{root}>'
        if self._pretty:
            tree = ElementTree.ElementTree(ElementTree.fromstring(f"<{root}>{inner}</{root}>"))
            ElementTree.indent(tree, "  ")
            tree.getroot().set("xmlns", NAMESPACE)
            text = ElementTree.tostring(tree.getroot(), encoding="unicode") + "\n"
        return Response(status, (XML,), f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode())

    def _route(self, request: Request, now_ms: int) -> tuple[int, str, str]:
        _, _, _, *rest = request.path.split("/")
        if not rest and request.method == "GET":
            zones = "".join(f"<Zone>{_zone(zone)}</Zone>" for zone in self._zones.values())
            return 200, "ListZonesResponse", f"<Zones>{zones}</Zones><Total>{len(self._zones)}</Total>"
        if not rest:
            return self._create(ElementTree.fromstring(request.body), now_ms)
        zone = self._zones.get(rest[0])
        if zone is None:
            return 404, "ErrorResponse", _problem("NoSuchZone", f"No zone found with ID: {rest[0]}")
        if request.method == "DELETE":
            del self._zones[rest[0]]
            return 204, "", ""
        if request.method == "POST":
            sent = ElementTree.fromstring(request.body)
            zone["comment"] = sent.findtext("{*}Comment")
        return 200, "GetZoneResponse", f"<Zone>{_zone(zone)}</Zone>"

    def _create(self, sent: ElementTree.Element, now_ms: int) -> tuple[int, str, str]:
        name = sent.findtext("{*}Name")
        if not name:
            return 400, "ErrorResponse", _problem("InvalidInput", "The name is missing")
        key = "Z" + "".join(self._random.choices(string.ascii_uppercase + string.digits, k=13))
        self._zones[key] = {
            "id": key,
            "name": name,
            "comment": sent.findtext("{*}Comment"),
            "hosts": [each.text or "" for each in sent.findall("{*}Hosts/{*}Host")],
            "at": str(write_time("%Y-%m-%dT%H:%M:%S.%LZ", now_ms)),
        }
        return 201, "CreateZoneResponse", f"<Zone>{_zone(self._zones[key])}</Zone>"


def _zone(zone: dict[str, object]) -> str:
    hosts = zone["hosts"]
    assert isinstance(hosts, list)
    comment = "" if zone["comment"] is None else f"<Comment>{escape(str(zone['comment']))}</Comment>"
    inner = "".join(f"<Host>{escape(host)}</Host>" for host in hosts)
    return (
        f"<Id>{zone['id']}</Id><Name>{escape(str(zone['name']))}</Name>{comment}"
        f"{f'<Hosts>{inner}</Hosts>' if inner else '<Hosts/>'}<CreatedAt>{zone['at']}</CreatedAt>"
    )


def _problem(code: str, message: str) -> str:
    return f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"


def record(seed: int, sessions: int, *, pretty: bool = False) -> list[Recorded]:
    """Return the recordings of some sessions, each of a fresh service."""
    random = Random(seed)
    return [
        _session(random, number, ZoneService(Random(random.random()), pretty=pretty))
        for number in range(sessions)
    ]


def _session(random: Random, number: int, service: ZoneService) -> Recorded:
    began = START_MS + number * HOUR_MS
    exchanges: list[Exchange] = []
    zones: list[str] = []

    def send(method: str, path: str, body: str = "") -> str:
        now = began + len(exchanges) * STEP_MS
        headers = (("content-type", "application/xml"),) if body else ()
        request = Request(method, f"/2020-01-01/zones{path}", headers, body.encode())
        response = service.answer(request, now)
        exchanges.append(Exchange(request, response, now, 5))
        return response.body.decode()

    send("GET", "")
    for _ in range(random.randint(2, 4)):
        answer = send("POST", "", _wanted(random))
        if "<Id>" in answer:
            zones.append(answer.partition("<Id>")[2].partition("<")[0])
        if zones:
            send("GET", f"/{random.choice(zones)}")
        send("GET", "")
    if zones:
        changed = f"<ChangeZoneRequest><Comment>{_words(random)}</Comment></ChangeZoneRequest>"
        send("POST", f"/{random.choice(zones)}", changed)
        gone = random.choice(zones)
        send("DELETE", f"/{gone}")
        send("GET", f"/{gone}")
    send("GET", "/Z" + "".join(random.choices(string.ascii_uppercase + string.digits, k=13)))
    send("GET", "")
    return Recorded(f"s{number:02d}", began, tuple(exchanges))


def _wanted(random: Random) -> str:
    name = f"<Name>{random.choice(string.ascii_lowercase)}{random.randint(10, 9999)}.example</Name>"
    comment = f"<Comment>{_words(random)} &amp; more</Comment>" if random.random() < 0.6 else ""
    hosts = "".join(f"<Host>h{random.randint(10, 99)}</Host>" for _ in range(random.randint(0, 3)))
    named = name if random.random() < 0.85 else ""
    inner = f"{named}{comment}<Hosts>{hosts}</Hosts>" if hosts else f"{named}{comment}<Hosts/>"
    return f'<?xml version="1.0"?><CreateZoneRequest xmlns="{NAMESPACE}">{inner}</CreateZoneRequest>'


def _words(random: Random) -> str:
    return " ".join(random.choices(("amber", "birch", "cedar", "delta", "ember", "flint"), k=3))
