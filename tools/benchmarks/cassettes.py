"""Cassettes to import: exchanges of a service that keeps notes, in the YAML of Ruby VCR, always the same."""

from __future__ import annotations

import json
import random
from pathlib import Path

HOST = "https://api.notes.test"
PER_FILE = 100
"""Exchanges in a file. Cassettes of test suites hold from one to some hundreds."""

_HEADERS = {
    "Server": "nginx",
    "Content-Type": "application/json; charset=utf-8",
    "Connection": "keep-alive",
    "Cache-Control": "max-age=0, private, must-revalidate",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Vary": "Accept, Accept-Encoding, Origin",
    "Access-Control-Allow-Origin": "*",
}


def write_cassettes(folder: Path, exchanges: int) -> None:
    """Write files of 100 exchanges each, so many in all."""
    folder.mkdir(parents=True)
    for number in range(-(-exchanges // PER_FILE)):
        size = min(PER_FILE, exchanges - number * PER_FILE)
        (folder / f"notes_{number:04d}.yml").write_text(_cassette(number, size), encoding="utf-8")


def _cassette(number: int, size: int) -> str:
    chance = random.Random(number)
    parts = [_interaction(chance, number * PER_FILE + place) for place in range(size)]
    return "---\nhttp_interactions:\n" + "".join(parts) + "recorded_with: VCR 6.2.0\n"


def _interaction(chance: random.Random, number: int) -> str:
    note = {
        "id": f"note_{chance.getrandbits(64):016x}",
        "object": "note",
        "title": f"It's note {number}",
        "text": " ".join(
            chance.choices(("buy", "milk", "call", "Zoë", "on", "Monday", "about:", "#12"), k=40)
        ),
        "tags": [{"id": f"tag_{chance.getrandbits(32):08x}", "name": name} for name in ("home", "later")],
        "archived": False,
        "size": chance.randrange(10_000),
    }
    asked, answered = (
        _quoted(json.dumps(document, ensure_ascii=False))
        for document in ({name: note[name] for name in ("title", "text")}, note)
    )
    at = f"2025-03-{1 + number // 1440 % 28:02d}T{number // 60 % 24:02d}:{number % 60:02d}:00Z"
    return (
        "- request:\n    method: post\n"
        f"    uri: {HOST}/v1/notes\n"
        f"    body:\n      encoding: UTF-8\n      string: {asked}\n"
        '    headers:\n      Content-Type:\n      - application/json\n      Accept:\n      - "*/*"\n'
        "      User-Agent:\n      - notes-ruby/1.2.0\n"
        "  response:\n    status:\n      code: 201\n      message: Created\n    headers:\n"
        + "".join(f"      {name}:\n      - {_quoted(value)}\n" for name, value in _HEADERS.items())
        + f"      X-Request-Id:\n      - req_{chance.getrandbits(64):016x}\n"
        f"    body:\n      encoding: UTF-8\n      string: {answered}\n"
        f"    http_version:\n  recorded_at: {at}\n"
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
