"""What operators see: a line for each request, numbers for /metrics, and whether it is well.

A line holds the route's name, never its address: receipt codes and invitations stay out of it, as
do bodies, cookies, callers' addresses and the texts of exceptions.
"""

from __future__ import annotations

import hmac
import logging
import secrets
import sys
import time
import traceback
from collections.abc import Mapping, MutableMapping
from typing import Any, Final, cast

import structlog
from flask import Blueprint, Flask, Response, current_app, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from sqlalchemy import text

from voting.config import Settings
from voting.db import reading
from voting.errors import NotFound
from voting.rules.access import Action
from voting.views.gate import door

blueprint: Final = Blueprint("watch", __name__)
RETRY_AFTER: Final = "2"
"""Seconds after which a tablet may knock again; a locked database is free much sooner."""

_log: Final = structlog.stdlib.get_logger("voting")


class Meters:
    """The numbers of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "voting_requests", "Answers", ["route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "voting_request_seconds", "Time to answer", ["route"], registry=self.registry
        )


def init_watch(app: Flask) -> None:
    """Have every request numbered, timed and noted."""
    app.extensions["meters"] = Meters()
    app.before_request(_begin)
    app.after_request(_note)
    app.register_blueprint(blueprint)


def configure_logging() -> None:
    """Write all logs to stdout, a JSON object a line."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _frames_only,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            foreign_pre_chain=shared,
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)


def request_id() -> str:
    """Give the number under which this request can be found in the log."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(4)
    return str(g.request_id)


def note_fault(error: BaseException) -> None:
    """Note a fault of the program: its kind and where it came from, not its text."""
    frames = [
        f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)
    ]
    _log.error("fault", kind=type(error).__name__, frames=frames, request=request_id())


@blueprint.get("/healthz")
@door(Action.READ_PUBLIC)
def health() -> Response:
    with reading() as tx:
        tx.execute(text("select 1"))
    return Response("ok\n", content_type="text/plain")


@blueprint.get("/metrics")
@door(Action.READ_PUBLIC)
def metrics() -> Response:
    token = cast("Settings", current_app.extensions["settings"]).metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        raise NotFound("There is nothing at this address.")
    return Response(generate_latest(_meters().registry), content_type=CONTENT_TYPE_LATEST)


def _begin() -> None:
    g.began = time.perf_counter()


def _note(response: Response) -> Response:
    seconds = time.perf_counter() - g.get("began", time.perf_counter())
    route = request.endpoint or "none"
    _meters().requests.labels(route, str(response.status_code)).inc()
    _meters().seconds.labels(route).observe(seconds)
    response.headers["X-Request-Id"] = request_id()
    _log.info(
        "request",
        method=request.method,
        route=route,
        status=response.status_code,
        milliseconds=round(seconds * 1000),
        request=request_id(),
    )
    return response


def _meters() -> Meters:
    return cast("Meters", current_app.extensions["meters"])


def _frames_only(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    # Exceptions logged by others arrive here with their text, which may hold what was sent.
    found = event.pop("exc_info", None)
    if isinstance(found, tuple) and found[1] is not None:
        event["kind"] = type(found[1]).__name__
        event["frames"] = [f"{f.filename}:{f.lineno}" for f in traceback.extract_tb(found[2])]
    return event
