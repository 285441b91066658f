"""Serves an app to a real browser, on a port of this machine, as long as a test runs."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

import structlog
from flask import Flask
from werkzeug.serving import make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


@contextmanager
def serving(app: Flask, port: int = 0) -> Iterator[str]:
    """Give the address of the app, which answers in threads of its own."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    # Why a test failed would stand above hundreds of lines on requests that went well.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    server = make_server("127.0.0.1", port, _whole(app), threaded=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        structlog.reset_defaults()


def _whole(app: Flask) -> WSGIApplication:
    """Answer with whole bodies: this server leaves a file open when its reader goes away."""

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        body = app(environ, start)
        try:
            return [b"".join(body)]
        finally:
            if hasattr(body, "close"):
                body.close()

    return answer
