"""Serve a folder on loopback, as long as somebody looks at it."""

import contextlib
import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

HOST = "127.0.0.1"


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves files, and keeps to itself what was asked for."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a test reads what the browser reports."""

    def handle(self) -> None:
        """Answer; a browser that goes away before it has read everything is no news."""
        with contextlib.suppress(ConnectionError):
            super().handle()


@contextlib.contextmanager
def serving(directory: Path, handler: type[http.server.SimpleHTTPRequestHandler] = QuietHandler) -> Iterator[str]:
    """Serve a built site on a free port of loopback, as long as the context lasts; yields its address."""
    with http.server.ThreadingHTTPServer((HOST, 0), functools.partial(handler, directory=str(directory))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://{HOST}:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join()
