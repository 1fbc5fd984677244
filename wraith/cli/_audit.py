"""``wraith doctor --security-audit``: recordings, model and reports, scanned for secrets and personal data.

Two things look: the scrubber, for which a change is a secret in clear, and the detectors of what may be
personal. What ``[[allow]]`` of scrub.toml names is left out of both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from wraith.canonical import parse
from wraith.cli._output import count
from wraith.cli._patient import Finding, Level, Patient
from wraith.errors import PolicyError, WraithError
from wraith.exchange import Exchange
from wraith.files import read_bytes
from wraith.paths import MISSING, leaves
from wraith.scrub import Confidence, Scrubber, find_key, suspicions

AUDIT: Final = "security_audit"
_FOLDERS: Final = ("model", "state", "lua", "faults", "build", "reports")
_KINDS_OF_FILES: Final = {
    ".json": "application/json",
    ".html": "text/html",
    ".toml": "text/plain",
    ".lua": "text/plain",
    ".md": "text/plain",
}
_LEVELS: Final[dict[Confidence, Level]] = {"high": "error", "medium": "warning", "low": "info"}
_NAMED: Final = "secret by its name or looks"


class _Suspect(NamedTuple):
    confidence: Confidence
    kind: str
    shown: str
    where: str


class _Holes:
    """The gaps of templates: ``$hole_1`` below the name of a secret is none."""

    def __contains__(self, value: object) -> bool:
        return isinstance(value, str) and value.startswith("$")


def audit(patient: Patient) -> Iterator[Finding]:
    """Yield what a twin's files may hold, the surest first; each value once, with its first place and their
    number. Values that are not shown are told by the file or session that they stand in."""
    places: dict[tuple[Confidence, str, str, str], list[str]] = {}
    for each in _suspects(patient):
        document = "" if each.shown else re.split(r"[/:]\d+$", each.where)[0]
        places.setdefault((*each[:3], document), []).append(each.where)
    hint = "remove it where it came from and record again, or name it in [[allow]] of scrub.toml"
    for confidence, level in _LEVELS.items():
        for (sure, kind, shown, _), where in places.items():
            if sure == confidence:
                said = (
                    f"{kind} {shown}".strip() + f" ({confidence} confidence), in {count(len(where), 'place')}"
                )
                yield Finding(AUDIT, level, said, where[0], hint)
    if not any(sure == "high" for sure, *_ in places):
        yield Finding(AUDIT, "ok", "nothing that is surely a secret or personal")


def _suspects(patient: Patient) -> Iterator[_Suspect]:
    scrubber = Scrubber(patient.scrub, find_key(patient.workspace.project, create=False))
    allowed = _allowed(patient)
    for session in patient.sessions:
        try:
            for index, exchange in enumerate(session.read(), start=1):
                where = f"{session.id}/{index}"
                if _holds_secret(scrubber, exchange):
                    yield _Suspect("high", _NAMED, "", where)
                yield from _in_text(_text_of(exchange), where, allowed)
        except WraithError:
            continue  # a file is broken: the check of the recordings says which
    root = patient.workspace.root
    files = sorted(path for folder in _FOLDERS for path in (root / folder).rglob("*") if path.is_file())
    for path in files:
        if path.suffix in _KINDS_OF_FILES:
            where, data = path.relative_to(root).as_posix(), read_bytes(path)
            scrubbed = scrubber.document(data, _KINDS_OF_FILES[path.suffix], issued=_Holes())
            if scrubbed != data:
                yield from (_Suspect("high", _NAMED, "", at) for at in _changed(data, scrubbed, where))
            yield from _in_text(data.decode("utf-8", "replace"), where, allowed)


def _allowed(patient: Patient) -> Callable[[str], bool]:
    values = {allow.value for allow in patient.scrub.allow}
    patterns = [re.compile(allow.regex) for allow in patient.scrub.allow if allow.regex is not None]
    return lambda text: text in values or any(pattern.fullmatch(text) for pattern in patterns)


def _holds_secret(scrubber: Scrubber, exchange: Exchange) -> bool:
    try:
        return scrubber.exchange(exchange) != exchange
    except PolicyError:  # it would have to write a token, and there is no key
        return True


def _changed(data: bytes, scrubbed: bytes, where: str) -> list[str]:
    """Return the places that scrubbing changed in a file: its lines where they can be told, else the file."""
    text, lines = data.decode("utf-8", "replace"), []
    try:
        kept = dict(leaves(parse(scrubbed)))
        changed = [value for at, value in leaves(parse(data)) if kept.get(at, MISSING) != value]
        starts = [text.find(json.dumps(value, ensure_ascii=False)) for value in changed]
        lines = [text.count("\n", 0, start) + 1 for start in starts if start >= 0]
    except ValueError:  # no JSON: its lines are compared
        pairs = zip(text.split("\n"), scrubbed.decode("utf-8", "replace").split("\n"), strict=False)
        lines = [number for number, (mine, kept_line) in enumerate(pairs, start=1) if mine != kept_line]
    return [f"{where}:{line}" for line in sorted(lines)] or [where]


def _text_of(exchange: Exchange) -> str:
    """Return an exchange as one text, in which values stand as they came."""
    request, response = exchange.request, exchange.response
    lines = [f"{request.method} {request.target}"]
    lines += [f"{name}: {value}" for name, value in (*request.headers, *response.headers)]
    bodies = (body.decode("utf-8", "replace") for body in (request.body, response.body))
    return "\n".join((*lines, *bodies))


def _in_text(text: str, where: str, allowed: Callable[[str], bool]) -> Iterator[_Suspect]:
    for each in suspicions(text):
        if not allowed(each.value):
            line = text.count("\n", 0, each.at) + 1
            yield _Suspect(each.confidence, each.kind, each.shown, f"{where}:{line}")
