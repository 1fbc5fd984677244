"""Set up everything in .venv, build the committed twins, serve one, and call it with the real Stripe SDK."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this line is what finds out
    sys.exit(f"wraith needs Python 3.11 or newer, and this is {sys.version.split()[0]} ({sys.executable})")

import json
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import environment
from environment import SetUpError, program, say

TWIN = "billing-api"
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 15.0

WHERE_NEXT = """
Where next
  .venv/bin/doit list                    the tasks: record, synth, check, pack of each twin
  .venv/bin/wraith inspect billing-api   what was recorded, and the routes that were learned
  .venv/bin/wraith serve billing-api     the same server, for as long as you like
  docs/tutorial/first-twin.md            a twin of your own service, from an empty folder
"""


def main() -> int:
    try:
        say("1. Set up")
        environment.prepare(("demo",))
        say("\n2. Build the twins: doit")
        build()
        say(f"\n3. Serve {TWIN}, and call it with the Stripe SDK")
        with served(TWIN) as url:
            tour(url)
        say(WHERE_NEXT)
    except SetUpError as error:
        print(f"\n{error}", file=sys.stderr)
        return error.exit_code
    return 0


def build() -> None:
    """Bring every task of the graph up to date; on a fresh clone that is all but the recordings."""
    done = subprocess.run(
        [str(program("doit"))], cwd=environment.ROOT, env=environment.clean_environment(), check=False
    )
    if done.returncode != 0:
        raise SetUpError(
            f"doit ended with exit status {done.returncode}; see above.", environment.OUTSIDE_WORLD
        )


@contextmanager
def served(twin: str) -> Iterator[str]:
    """Serve a twin on a free port of loopback; the value is its address. It is ended by its process id."""
    with tempfile.TemporaryDirectory(prefix="wraith-quickstart-") as folder:
        ready, log = Path(folder) / "ready.json", Path(folder) / "serve.log"
        with log.open("wb") as output:
            server = subprocess.Popen(
                [str(program("wraith")), "serve", twin, "--port", "0", "--ready-json", str(ready)],
                cwd=environment.ROOT,
                env=environment.clean_environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            yield wait_for_address(server, ready, log)
        finally:
            stop(server)


def wait_for_address(server: "subprocess.Popen[bytes]", ready: Path, log: Path) -> str:
    """Return the address that the server writes once it is bound."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while not ready.exists():
        if server.poll() is not None or time.monotonic() > deadline:
            said = log.read_text(encoding="utf-8", errors="replace")[-2000:]
            raise SetUpError(f"wraith serve did not come up:\n{said}", environment.OUTSIDE_WORLD)
        time.sleep(0.05)
    return str(json.loads(ready.read_text(encoding="utf-8"))["address"])


def stop(server: "subprocess.Popen[bytes]") -> None:
    server.terminate()
    try:
        server.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def tour(url: str) -> None:
    """Run the client on the interpreter that has the SDK."""
    script = environment.ROOT / "tools" / "tour.py"
    done = subprocess.run(
        [str(program("python")), str(script), "--base-url", url],
        env=environment.clean_environment(),
        check=False,
    )
    if done.returncode != 0:
        raise SetUpError("the twin did not answer as expected; see above.", environment.OUTSIDE_WORLD)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
