"""A small service to make a twin of: notes, kept in memory. ``python3 upstream.py PORT``."""

from __future__ import annotations

import json
import secrets
import sys
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NOTES: dict[str, dict[str, object]] = {}


class Notes(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together

    def do_GET(self) -> None:
        if self.path == "/notes":
            self.answer(200, {"notes": list(NOTES.values()), "count": len(NOTES)})
        elif note := NOTES.get(self.note_id()):
            self.answer(200, note)
        else:
            self.answer(404, {"error": "no such note"})

    def do_POST(self) -> None:
        asked = self.body()
        if self.path != "/notes":
            self.answer(404, {"error": "no such path"})
        elif not asked.get("text"):
            self.answer(422, {"error": "a note needs a text"})
        else:
            note_id = "note_" + secrets.token_hex(6)
            made = datetime.now(UTC).isoformat(timespec="seconds")
            NOTES[note_id] = {"id": note_id, "text": asked["text"], "done": False, "created_at": made}
            self.answer(201, NOTES[note_id])

    def do_PATCH(self) -> None:
        asked = self.body()
        if note := NOTES.get(self.note_id()):
            note.update(asked)
            self.answer(200, note)
        else:
            self.answer(404, {"error": "no such note"})

    def do_DELETE(self) -> None:
        if NOTES.pop(self.note_id(), None):
            self.answer(204, None)
        else:
            self.answer(404, {"error": "no such note"})

    def note_id(self) -> str:
        return self.path.removeprefix("/notes/")

    def body(self) -> dict[str, object]:
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        return asked if isinstance(asked, dict) else {}

    def answer(self, status: int, document: object) -> None:
        body = b"" if document is None else json.dumps(document).encode()
        self.send_response(status)
        if body:
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the recording shows what was asked."""


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Notes).serve_forever()
