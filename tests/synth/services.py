"""A small service in memory, of many kinds, and a client that uses everything it offers.

A ``Spec`` says what the service is like: its keys, how it updates, deletes, lists and refuses. ``record``
lets the client talk to fresh services and returns the recordings. So a test names one property of services,
and asks whether what is learned from some sessions predicts others.
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal, TypeAlias
from urllib.parse import parse_qsl, urlencode

from tests.synth.recordings import FORM, HOUR_MS, JSON, START_MS, STEP_MS, Document, Recorded
from wraith.canonical import JsonValue
from wraith.exchange import Exchange, Headers, Request, Response, decode_body, encode_json, header
from wraith.runtime import write_time

Type: TypeAlias = Literal["text", "integer", "boolean", "choice"]
CHOICES = ("basic", "plus", "pro")
TOKEN = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Field:
    """A member that clients may send. Without one the answer holds the default."""

    name: str
    type: Type = "text"
    required: bool = False
    default: JsonValue = None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of entity; ``parent`` nests it under another one."""

    word: str
    fields: tuple[Field, ...] = (Field("name", required=True), Field("size", "integer"))
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Spec:
    """What a service is like."""

    kinds: tuple[Kind, ...] = (Kind("items"),)
    key: Literal["token", "uuid", "number", "name"] = "token"
    form: bool = False
    update: Literal["merge", "patch", "replace"] = "merge"
    """POST or PATCH of some members, or PUT of all."""
    delete: Literal["removed", "marked"] = "removed"
    envelope: str | None = None
    list_member: str | None = "data"
    order: Literal["created", "reversed"] | str = "created"
    """Of lists; anything else is the name of a field."""
    paging: Literal["limit", "cursor", "page", "offset"] = "limit"
    page_size: int = 5
    filtered: bool = False
    counted: Literal["has_more", "total"] | None = None
    created: str | None = "epoch_s"
    authorized: bool = False
    strict: bool = False
    """Members that the service does not know are refused."""
    label: bool = False
    """Entities have a ``label``: the name in capitals, worked out whenever they are shown."""
    least: int | None = None
    """The first integer of each kind is refused below this."""


class Service:
    """The service: ``answer`` a request at a time."""

    def __init__(self, spec: Spec, random: Random) -> None:
        self._spec = spec
        self._random = random
        self._kinds = {kind.word: kind for kind in spec.kinds}
        self._stored: dict[str, dict[str, Document]] = {}

    def answer(self, request: Request, now_ms: int) -> Response:
        status, document = self._route(request, now_ms)
        if document is None:
            return Response(status)
        return Response(status, (JSON,), encode_json(document))

    def _route(self, request: Request, now_ms: int) -> tuple[int, JsonValue]:
        if self._spec.authorized and not (header(request.headers, "authorization") or "").startswith(
            "Bearer "
        ):
            return 401, _problem("unauthorized", "no valid key")
        _, _, *segments = request.path.split("/")
        kind, parent = self._kinds[segments[-1] if len(segments) % 2 else segments[-2]], ""
        if kind.parent is not None:
            parent = segments[1]
            if parent not in self._stored.get(segments[0], {}):
                return 404, _problem("missing", f"No such {segments[0]}: {parent}")
        stored = self._stored.setdefault(f"{parent}/{kind.word}" if parent else kind.word, {})
        if len(segments) % 2:
            if request.method == "GET":
                return self._list(kind, stored, dict(parse_qsl(request.query)))
            return self._create(kind, stored, request, now_ms)
        if segments[-1] not in stored:
            return 404, _problem("missing", f"No such {kind.word}: {segments[-1]}")
        return self._item(kind, stored, segments[-1], request)

    # --- one entity ---

    def _item(
        self, kind: Kind, stored: dict[str, Document], key: str, request: Request
    ) -> tuple[int, JsonValue]:
        if request.method == "DELETE":
            if self._spec.delete == "removed":
                del stored[key]
                return 200, {"id": key, "deleted": True}
            stored[key] = {**stored[key], "deleted": True}
        elif request.method != "GET":
            sent, refusal = self._sent(kind, request, whole=self._spec.update == "replace")
            if refusal is not None:
                return refusal
            fresh = self._full(kind, sent) if self._spec.update == "replace" else sent
            stored[key] = self._labelled({**stored[key], **fresh})
        return 200, self._wrapped(stored[key])

    def _create(
        self, kind: Kind, stored: dict[str, Document], request: Request, now_ms: int
    ) -> tuple[int, JsonValue]:
        sent, refusal = self._sent(kind, request, whole=True)
        if refusal is not None:
            return refusal
        key = self._key(kind, stored, sent)
        if str(key) in stored:
            return 409, _problem("taken", f"{key} exists already")
        document: Document = {} if self._spec.key == "name" else {"id": key}
        document |= {"object": kind.word, **self._full(kind, sent), "deleted": False}
        if self._spec.created is not None:
            document["created"] = write_time(self._spec.created, now_ms)
        stored[str(key)] = self._labelled(document)
        return 201, self._wrapped(stored[str(key)])

    def _key(self, kind: Kind, stored: dict[str, Document], sent: Document) -> JsonValue:
        match self._spec.key:
            case "name":
                return sent["name"]
            case "number":
                return max(map(int, stored), default=0) + 1
            case "uuid":
                return uuid4(self._random)
        return token(self._random, kind.word)

    def _sent(
        self, kind: Kind, request: Request, *, whole: bool
    ) -> tuple[Document, tuple[int, JsonValue] | None]:
        """Return the members of a request with their types, or else the refusal."""
        body = decode_body(header(request.headers, "content-type"), request.body)
        document = body.document if isinstance(body.document, dict) else {}
        fields = {field.name: field for field in kind.fields}
        for name in document:
            if self._spec.strict and name not in fields:
                return {}, (400, _problem("unknown", f"unknown member {name}"))
        for name, field in fields.items():
            if whole and field.required and name not in document:
                return {}, (400, _problem("required", f"{name} is required"))
        sent = {name: _typed(value, fields[name].type) for name, value in document.items() if name in fields}
        least, name = self._spec.least, _limited(kind)
        value = sent.get(name or "")
        if least is not None and type(value) is int and value < least:
            return {}, (422, _problem("range", f"{name} must be at least {least}"))
        return sent, None

    def _labelled(self, document: Document) -> Document:
        return {**document, "label": str(document["name"]).upper()} if self._spec.label else document

    @staticmethod
    def _full(kind: Kind, sent: Document) -> Document:
        return {field.name: sent.get(field.name, field.default) for field in kind.fields}

    def _wrapped(self, document: JsonValue) -> JsonValue:
        return document if self._spec.envelope is None else {self._spec.envelope: document}

    # --- lists ---

    def _list(self, kind: Kind, stored: dict[str, Document], query: dict[str, str]) -> tuple[int, JsonValue]:
        spec = self._spec
        found = list(stored.items())
        for field in kind.fields if spec.filtered else ():
            if field.name in query:
                found = [(key, each) for key, each in found if str(each[field.name]) == query[field.name]]
        if spec.order == "reversed":
            found.reverse()
        elif spec.order != "created":
            found.sort(key=lambda each: str(each[1][spec.order]))
        size, start = int(query.get("limit", spec.page_size)), 0
        match spec.paging:
            case "cursor":
                keys = [key for key, _ in found]
                start = keys.index(after) + 1 if (after := query.get("starting_after")) in keys else 0
            case "page":
                start = (int(query.get("page", 1)) - 1) * size
            case "offset":
                start = int(query.get("offset", 0))
        shown: JsonValue = [document for _, document in found[start : start + size]]
        if spec.list_member is None:
            return 200, shown
        answer: Document = {"object": "list", spec.list_member: shown}
        if spec.counted == "has_more":
            answer["has_more"] = start + size < len(found)
        elif spec.counted == "total":
            answer["total"] = len(found)
        return 200, answer


def _limited(kind: Kind) -> str | None:
    """Return the member that a limit is about: the first integer."""
    return next((field.name for field in kind.fields if field.type == "integer"), None)


def _problem(code: str, message: str) -> Document:
    return {"error": {"code": code, "message": message}}


def _typed(value: JsonValue, type_name: Type) -> JsonValue:
    if not isinstance(value, str):
        return value
    return int(value) if type_name == "integer" else value == "true" if type_name == "boolean" else value


def token(random: Random, word: str) -> str:
    """Return an identifier with the prefix of its kind; the digit keeps it from being a word."""
    return f"{word[:2]}_{''.join(random.choices(TOKEN, k=11))}{random.randrange(10)}"


def uuid4(random: Random) -> str:
    text = f"{random.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{'89ab'[int(text[16], 16) % 4]}{text[17:20]}-{text[20:]}"


# --- the client ---------------------------------------------------------------------------------------------


class Client:
    """Uses everything that a service offers, in an order and with values of its own."""

    def __init__(self, spec: Spec, seed: int, began_ms: int) -> None:
        self._spec = spec
        self._random = Random(f"client {seed}")
        self._service = Service(spec, Random(f"service {seed}"))
        self._entities = 4 + seed % 4
        """Of each kind; another number in each of four sessions: what never varies is rightly constant."""
        self._odd = bool(seed % 2)
        """What updates set a boolean to, for the same reason."""
        self._now_ms = began_ms
        self.exchanges: list[Exchange] = []

    def run(self) -> None:
        for kind in self._spec.kinds:
            if kind.parent is None:
                self._use(kind, f"/v1/{kind.word}")

    def _use(self, kind: Kind, base: str) -> None:
        pick = self._random.choice
        keys = [key for _ in range(self._entities) if (key := self._create(kind, base)) is not None]
        for field in kind.fields:
            if field.required:
                self._write(
                    "POST", base, kind, {k: v for k, v in self._values(kind).items() if k != field.name}
                )
        if self._spec.strict:
            self._write("POST", base, kind, {**self._values(kind), f"x{self._random.randrange(99)}": "1"})
        if self._spec.key == "name":
            self._write("POST", base, kind, {**self._values(kind), "name": pick(keys)})
        if self._spec.least is not None and (name := _limited(kind)) is not None:
            self._probe(kind, base, name, self._spec.least)
        if self._spec.authorized:
            self._send("GET", base, headers=(("authorization", "Basic aGVsbG8="),))
            self._send("GET", base, headers=(("authorization", ""),))
        for child in self._spec.kinds:
            if child.parent == kind.word:
                for key in keys[:2]:
                    self._use(child, f"{base}/{key}/{child.word}")
        for field in kind.fields:
            self._read(f"{base}/{pick(keys)}")
            for sent in (True, False):
                self._update(kind, f"{base}/{pick(keys)}", field, sent=sent)
            self._list(kind, base, keys)
            self._read(f"{base}/{self._unknown(kind)}")
        self._update(kind, f"{base}/{self._unknown(kind)}", kind.fields[0], sent=True)
        self._send("DELETE", f"{base}/{self._unknown(kind)}")
        for key in self._random.sample(keys, 2):
            self._send("DELETE", f"{base}/{key}")
            self._read(f"{base}/{key}")
        self._list(kind, base, keys)

    def _probe(self, kind: Kind, base: str, name: str, least: int) -> None:
        """Send numbers on both sides of a limit, and at it."""
        for value in (self._random.randrange(least), least - 1, least):
            self._write("POST", base, kind, {**self._values(kind), name: value})

    def _unknown(self, kind: Kind) -> str:
        match self._spec.key:
            case "number":
                return str(self._random.randint(500, 9999))
            case "uuid":
                return uuid4(self._random)
            case "name":
                return self._word()
        return token(self._random, kind.word)

    def _word(self) -> str:
        return "".join(self._random.choices(string.ascii_lowercase, k=self._random.randint(6, 9)))

    def _values(self, kind: Kind) -> Document:
        return {f.name: self._value(f.type) for f in kind.fields if f.required or self._random.random() < 0.6}

    def _value(self, type_name: Type) -> JsonValue:
        match type_name:
            case "integer":
                return self._random.randint(100, 99_999)
            case "boolean":
                return self._random.random() < 0.5
            case "choice":
                return self._random.choice(CHOICES)
        return self._word()

    def _create(self, kind: Kind, base: str) -> str | None:
        answer = self._write("POST", base, kind, self._values(kind))
        assert isinstance(answer, dict)
        document = answer[self._spec.envelope] if self._spec.envelope is not None else answer
        assert isinstance(document, dict)
        return str(document["name" if self._spec.key == "name" else "id"])

    def _update(self, kind: Kind, target: str, field: Field, *, sent: bool) -> None:
        """Write one entity, with that member or, where it is not required, without it."""
        values = self._values(kind)
        if self._spec.update != "replace":
            values = {name: value for name, value in values.items() if self._random.random() < 0.3}
        if sent:
            values[field.name] = self._odd if field.type == "boolean" else self._value(field.type)
        elif not field.required:
            values.pop(field.name, None)
        if self._spec.key == "name":
            values["name"] = target.rpartition("/")[2]
        self._write(
            {"merge": "POST", "patch": "PATCH", "replace": "PUT"}[self._spec.update], target, kind, values
        )

    def _list(self, kind: Kind, base: str, keys: list[str]) -> None:
        queries: list[dict[str, object]] = [{}, {"limit": self._random.randint(1, 4)}, {"limit": 50}]
        match self._spec.paging:
            case "cursor":
                queries.append({"limit": 2, "starting_after": self._random.choice(keys[:2])})
            case "page":
                queries += [{"page": 1, "limit": 2}, {"page": 2, "limit": 3}]
            case "offset":
                queries.append({"offset": self._random.randint(1, 2), "limit": 2})
        if self._spec.filtered:
            queries += [{f.name: self._random.choice(CHOICES)} for f in kind.fields if f.type == "choice"]
        for query in queries:
            self._send("GET", f"{base}?{urlencode(query)}" if query else base)

    def _read(self, target: str) -> None:
        self._send("GET", target)

    def _write(self, method: str, target: str, kind: Kind, values: Document) -> JsonValue:
        if not self._spec.form:
            return self._send(method, target, encode_json(values), (JSON,))
        texts = {
            key: str(value).lower() if isinstance(value, bool) else str(value)
            for key, value in values.items()
        }
        return self._send(method, target, urlencode(texts).encode(), (FORM,))

    def _send(self, method: str, target: str, body: bytes = b"", headers: Headers = ()) -> JsonValue:
        if self._spec.authorized and not any(name == "authorization" for name, _ in headers):
            headers = (*headers, ("authorization", "Bearer k3Jd82mQ9xPq"))
        self._now_ms += STEP_MS
        request = Request(method, target, headers, body)
        response = self._service.answer(request, self._now_ms)
        self.exchanges.append(Exchange(request, response, self._now_ms, 5))
        return decode_body(header(response.headers, "content-type"), response.body).document


def record(spec: Spec, seeds: range) -> list[Recorded]:
    """Return one session for each seed, each with a service of its own."""
    return list(_sessions(spec, seeds))


def _sessions(spec: Spec, seeds: range) -> Iterator[Recorded]:
    for seed in seeds:
        began_ms = START_MS + seed * HOUR_MS
        client = Client(spec, seed, began_ms)
        client.run()
        yield Recorded(f"seed-{seed:03d}", began_ms, tuple(client.exchanges))
