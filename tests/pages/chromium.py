"""A real Chromium, driven by the DevTools protocol over a pair of pipes; no port, no package.

Source: https://chromedevtools.github.io/devtools-protocol/, and ``--remote-debugging-pipe``: messages
of JSON, each ended by a zero byte, come in on descriptor 3 and go out on 4.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import signal
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from wraith.canonical import JsonValue

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_chromium = pytest.mark.skipif(PROGRAM is None, reason="needs the program chromium")

ANSWERS_WITHIN_S = 30.0
_ARGUMENTS = (
    "--headless",
    "--no-sandbox",  # it has none where the tests run as root
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-extensions",
    "--remote-debugging-pipe",
)


class Refused(Exception):
    """The browser does not do what it was asked, such as when the page has gone meanwhile."""


class Chromium:
    """A browser with one page."""

    def __init__(self) -> None:
        assert PROGRAM is not None
        self._profile = tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True)
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        # above 9, so that neither is in the way of the other when they become 3 and 4
        moved = [fcntl.fcntl(each, fcntl.F_DUPFD_CLOEXEC, 10) for each in (theirs_in, theirs_out)]
        quiet = os.open(os.devnull, os.O_RDWR)
        self._pid = os.posix_spawn(
            PROGRAM,
            [PROGRAM, *_ARGUMENTS, f"--user-data-dir={self._profile.name}", "about:blank"],
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_DUP2, quiet, 1),
                (os.POSIX_SPAWN_DUP2, quiet, 2),
                (os.POSIX_SPAWN_DUP2, moved[0], 3),
                (os.POSIX_SPAWN_DUP2, moved[1], 4),
            ],
            setpgroup=0,
        )
        for each in (theirs_in, theirs_out, quiet, *moved):
            os.close(each)
        self._pending = b""
        self._number = 0
        self._events: list[dict[str, JsonValue]] = []
        targets = self._ask("Target.getTargets")["targetInfos"]
        [page] = [each["targetId"] for each in targets if each["type"] == "page"]
        self._session = self._ask("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        self.call("Page.enable")
        self.call("Runtime.enable")
        self.call("Log.enable")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._out)  # it ends when nobody can tell it anything any more
        deadline = time.monotonic() + 5
        while os.waitpid(self._pid, os.WNOHANG) == (0, 0):
            if time.monotonic() > deadline:
                os.killpg(self._pid, signal.SIGKILL)
                os.waitpid(self._pid, 0)
                break
            select.select([], [], [], 0.01)
        os.close(self._in)
        self._profile.cleanup()

    def call(self, method: str, **arguments: JsonValue) -> dict[str, JsonValue]:
        """Return what a command to the page came to."""
        return self._ask(method, self._session, **arguments)

    def open(self, address: str | Path, *, width: int = 1280, height: int = 900, dark: bool = False) -> float:
        """Open a page, wait until it is loaded and drawn, and return after how many seconds that was."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        features: JsonValue = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.call("Emulation.setEmulatedMedia", features=features)
        self._events.clear()
        began = time.perf_counter()
        self.call("Page.navigate", url=address.as_uri() if isinstance(address, Path) else address)
        self._wait_for("Page.loadEventFired")
        self.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return time.perf_counter() - began

    def evaluate(self, script: str) -> JsonValue:
        """Return the value of an expression of JavaScript, of its promise where it is one."""
        came = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in came, came["exceptionDetails"]
        return came["result"].get("value")

    def until(self, test: str) -> None:
        """Wait until an expression is true on the page, also on one that follows it."""
        deadline = time.monotonic() + ANSWERS_WITHIN_S
        script = f"new Promise(done => setTimeout(() => done(Boolean({test})), 20))"
        while time.monotonic() < deadline:
            with suppress(Refused):
                if self.evaluate(script):
                    return
        raise AssertionError(f"never: {test}")

    def press(self, key: str) -> None:
        """Press a key such as ``Tab`` or ``Enter``."""
        codes = {"Tab": 9, "Enter": 13, " ": 32}
        for kind in ("keyDown", "keyUp"):
            text = {"Enter": "\r", " ": " "}.get(key, "") if kind == "keyDown" else ""
            self.call(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                code=key,
                windowsVirtualKeyCode=codes[key],
                text=text,
            )

    def complaints(self) -> list[str]:
        """Return what the console said of the page: errors, violations of its policy, failed requests."""
        self.evaluate("1")
        said = [
            each["params"]["entry"]["text"] for each in self._events if each["method"] == "Log.entryAdded"
        ]
        return [*said, *(str(each) for each in self._events if each["method"] == "Runtime.exceptionThrown")]

    def screenshot(self, *, whole: bool = False) -> bytes:
        """Return a picture as PNG, of the whole page or of what is seen of it."""
        came = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        return base64.b64decode(came["data"])

    def pdf(self) -> bytes:
        """Return the page as it is printed."""
        return base64.b64decode(self.call("Page.printToPDF", printBackground=True)["data"])

    def _ask(self, method: str, session: str = "", **arguments: JsonValue) -> dict[str, JsonValue]:
        self._number += 1
        message: dict[str, JsonValue] = {"id": self._number, "method": method, "params": arguments}
        if session:
            message["sessionId"] = session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            came = self._next()
            if came.get("id") == self._number:
                if "error" in came:
                    raise Refused(f"{method}: {came['error']}")
                return came["result"]
            self._events.append(came)

    def _wait_for(self, event: str) -> None:
        while not any(each.get("method") == event for each in self._events):
            self._events.append(self._next())

    def _next(self) -> dict[str, JsonValue]:
        deadline = time.monotonic() + ANSWERS_WITHIN_S
        while b"\0" not in self._pending:
            ready, _, _ = select.select([self._in], [], [], max(0.0, deadline - time.monotonic()))
            data = os.read(self._in, 1 << 20) if ready else b""
            assert data, "Chromium does not answer"
            self._pending += data
        message, _, self._pending = self._pending.partition(b"\0")
        return json.loads(message)
