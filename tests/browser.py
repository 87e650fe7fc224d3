"""A headless Chromium for pages in a file, driven by its DevTools protocol over two pipes.

Debian's package ``chromium``; where there is none, the tests that need one are skipped.
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), "")
MISSING = "" if PROGRAM else "chromium is not installed: apt-get install chromium"

OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--disable-extensions", "--remote-debugging-pipe",
)  # fmt: skip

SECONDS = 300
"""The longest silence of a browser; the machine may be busy with other tests."""


class BrowserPage:
    """One tab. ``messages`` are its console messages, errors, dialogs, and requests."""

    def __init__(self, read: int, write: int) -> None:
        self._read, self._write = os.fdopen(read, "rb"), os.fdopen(write, "wb")
        self._number = 0
        self._buffer = b""
        self._session = ""
        self.messages: list[str] = []
        self.events: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The result of a command of the protocol."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._write.write(json.dumps(message).encode() + b"\0")
        self._write.flush()
        while True:
            answer = self._receive()
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]

    def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], SECONDS)
            assert ready, "the browser says nothing any more"
            data = os.read(self._read.fileno(), 1 << 20)
            assert data, "the browser has ended"
            self._buffer += data
        text, self._buffer = self._buffer.split(b"\0", 1)
        message = json.loads(text)
        self._note(message.get("method", ""), message.get("params", {}))
        return message

    def _note(self, method: str, about: dict[str, Any]) -> None:
        self.events.append(method)
        if method == "Runtime.consoleAPICalled":
            self.messages.append(f"console: {about['args']}")
        elif method == "Runtime.exceptionThrown":
            self.messages.append(f"error: {about['exceptionDetails']}")
        elif method == "Log.entryAdded":
            self.messages.append(f"log: {about['entry']['text']}")
        elif method == "Page.javascriptDialogOpening":
            self.messages.append(f"dialog: {about['message']}")
        elif method == "Network.requestWillBeSent":
            self.messages.append(f"request: {about['request']['url'][:200]}")

    def open(self, address: str) -> float:
        """Load a page; the seconds until it is loaded and its script has run."""
        self.messages.clear()
        self.events.clear()
        started = time.monotonic()
        self.call("Page.navigate", url=address)
        while "Page.loadEventFired" not in self.events:
            self._receive()
        self.run("1")
        return time.monotonic() - started

    def run(self, expression: str) -> Any:
        """The value of an expression in the page; a promise is waited for."""
        result = self.call(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def show(self, width: int = 1200, height: int = 900, **features: str) -> None:
        """The size of the window, and media features such as ``prefers_color_scheme="dark"``."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip
        media = [{"name": key.replace("_", "-"), "value": text} for key, text in features.items()]
        self.call("Emulation.setEmulatedMedia", features=media)

    def take_picture(self, path: Path, *, whole: bool = False) -> None:
        """What is to be seen, as PNG."""
        result = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(result["data"]))

    def print(self, path: Path) -> None:
        """The page as PDF."""
        result = self.call("Page.printToPDF", printBackground=True)
        path.write_bytes(base64.b64decode(result["data"]))

    def press(self, key: str, code: int, *, shift: bool = False) -> None:
        """A key that is pressed and let go, such as Tab (9)."""
        for kind in ("rawKeyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent",
                type=kind, key=key, code=key, windowsVirtualKeyCode=code, modifiers=8 * shift,
            )  # fmt: skip

    def read_tree(self) -> list[dict[str, Any]]:
        """The accessibility tree: what a screen reader is told."""
        self.call("Accessibility.enable")  # slow while it is on
        try:
            nodes: list[dict[str, Any]] = self.call("Accessibility.getFullAXTree")["nodes"]
        finally:
            self.call("Accessibility.disable")
        return nodes

    def close(self) -> None:
        """End the browser."""
        try:
            self._session = ""
            self.call("Browser.close")
        finally:
            self._read.close()
            self._write.close()


@contextmanager
def open_browser(folder: Path, *options: str) -> Iterator[BrowserPage]:
    """A browser with an empty profile in ``folder``."""
    theirs_read, ours_write = os.pipe()
    ours_read, theirs_write = os.pipe()
    redirect = f'exec "$0" "$@" 3<&{theirs_read} 4>&{theirs_write}'
    profile = f"--user-data-dir={folder / 'profile'}"
    process = subprocess.Popen(
        ["bash", "-c", redirect, PROGRAM, *OPTIONS, *options, profile],
        pass_fds=(theirs_read, theirs_write),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "HOME": str(folder)},
    )
    os.close(theirs_read)
    os.close(theirs_write)
    page = None
    try:
        page = BrowserPage(ours_read, ours_write)
        yield page
    finally:
        if page:
            page.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
