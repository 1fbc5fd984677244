"""A client of the notes service, or of its twin: it cannot tell which.

python3 client.py URL add TEXT      add a note
python3 client.py URL list          list the notes
python3 client.py URL exercise N    N conversations, each a session of the recording
"""

from __future__ import annotations

import json
import random
import sys
import time
import urllib.error
import urllib.request

PATIENCE_S = 20.0
"""How long a server that was just started may take to come up."""


class Client:
    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, method: str, path: str, document: object = None) -> tuple[int, dict[str, object]]:
        """Return the status and the document of the answer."""
        data = None if document is None else json.dumps(document).encode()
        headers = {"Content-Type": "application/json"} if data else {}
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as refusal:
            return refusal.code, json.loads(refusal.read() or b"{}")

    def wait(self) -> None:
        """Return once something answers."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                self.ask("GET", "/notes/none")
                return
            except urllib.error.URLError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)


def conversation(client: Client, rng: random.Random) -> None:
    """Add notes, read, change and remove some, and ask for what is not there."""
    verbs, things = (
        ("buy", "mend", "paint", "return", "find"),
        ("the lamp", "a kettle", "two chairs", "the map"),
    )
    made = []
    for _ in range(rng.randint(2, 4)):
        text = f"{rng.choice(verbs)} {rng.choice(things)} no. {rng.randrange(1000)}"
        made.append(str(client.ask("POST", "/notes", {"text": text})[1]["id"]))
    client.ask("POST", "/notes", {"title": f"no text {rng.randrange(1000)}"})
    for note_id in made:
        client.ask("GET", f"/notes/{note_id}")
    client.ask("PATCH", f"/notes/{made[0]}", {"done": True})
    client.ask("PATCH", f"/notes/{made[1]}", {"text": f"changed {rng.randrange(1000)}"})
    client.ask("GET", "/notes")
    for note_id in made:
        client.ask("DELETE", f"/notes/{note_id}")
        client.ask("GET", f"/notes/{note_id}")
    client.ask("DELETE", f"/notes/{made[0]}")
    client.ask("PATCH", f"/notes/{made[0]}", {"done": True})
    client.ask("GET", "/notes")


def main() -> None:
    url, verb, *rest = sys.argv[1:]
    client = Client(url)
    client.wait()
    if verb == "exercise":
        for number in range(int(rest[0])):
            client.ask("POST", "/__wraith/new-session")
            conversation(client, random.Random(number))
    elif verb == "add":
        print(*client.ask("POST", "/notes", {"text": " ".join(rest)}))
    else:
        print(*client.ask("GET", "/notes"))


if __name__ == "__main__":
    main()
