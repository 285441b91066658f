"""`voting serve`: brings the schema up to date, then serves with gunicorn (waitress on Windows)."""

from __future__ import annotations

import argparse
import sys
from typing import Any, Final

from flask import Flask

from voting.app import create_app
from voting.commands.init import how_to_set_up
from voting.config import Settings
from voting.i18n import LANGUAGES, speaking, t
from voting.migrations import upgrade
from voting.views.watch import configure_logging

# Browsers keep their connections for a minute; closing them sooner would cost tablets a handshake.
KEEP_ALIVE: Final = 75
PATIENCE: Final = 60


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to `voting`."""
    command = commands.add_parser("serve", help="serve the application")
    command.add_argument("--language", choices=tuple(LANGUAGES), default=next(iter(LANGUAGES)))
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until the process is told to end."""
    settings = Settings.from_environment()
    app = create_app(settings)
    upgrade(app)
    with speaking(arguments.language), app.app_context():
        print(t("Serving at {address}", address=settings.base_url), flush=True)
        first = how_to_set_up(settings)
        if first is not None:
            print(first, flush=True)
    if sys.platform == "win32":
        _serve_with_waitress(app, settings)
    else:
        _serve_with_gunicorn(settings)
    return 0


def gunicorn_options(settings: Settings) -> dict[str, Any]:
    """Give gunicorn's settings; it logs no requests, because the application does."""
    options: dict[str, Any] = {
        "bind": f"{settings.host}:{settings.port}",
        "workers": settings.workers,
        "worker_class": "gthread",
        "threads": settings.threads,
        "keepalive": KEEP_ALIVE,
        "timeout": PATIENCE,
        "graceful_timeout": PATIENCE // 2,
        "accesslog": None,
        "loglevel": "error",
        "proc_name": "voting",
        # A door for orders from outside, in the home folder, which a service may not even have.
        "control_socket_disable": True,
    }
    if settings.certificate is not None and settings.private_key is not None:
        options |= {"certfile": str(settings.certificate), "keyfile": str(settings.private_key)}
    return options


def _serve_with_gunicorn(settings: Settings) -> None:
    from gunicorn.app.base import BaseApplication  # noqa: PLC0415 - not there on Windows

    class Server(BaseApplication):  # type: ignore[misc]  # the package has no types
        """Gunicorn, told what to do by our settings instead of its own files."""

        def load_config(self) -> None:
            """Take our settings."""
            for name, value in gunicorn_options(settings).items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            """Build the application in each worker: connections do not survive a fork."""
            configure_logging()
            return create_app(settings)

    Server().run()


def _serve_with_waitress(app: Flask, settings: Settings) -> None:
    import waitress  # noqa: PLC0415 - there on Windows only

    configure_logging()
    waitress.serve(app, host=settings.host, port=settings.port, threads=settings.threads)
