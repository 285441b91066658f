"""The schema's history, and the one way to bring a database up to it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import flask_migrate
from flask import Flask
from flask_migrate import Migrate

from voting.db import db

FOLDER: Final = Path(__file__).parent


def init_migrations(app: Flask) -> None:
    """Tell Flask-Migrate where the history lies."""
    Migrate(app, db, directory=str(FOLDER), render_as_batch=True)


def upgrade(app: Flask) -> None:
    """Bring the database of an app up to date; done by a command before anything is served.

    Workers never do it: two of them opening a fresh file at once would each find it empty.
    """
    if "migrate" not in app.extensions:
        init_migrations(app)
    with app.app_context():
        flask_migrate.upgrade(directory=str(FOLDER))


def current(app: Flask) -> str | None:
    """Give the revision that a database stands at."""
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415 - only commands ask

    with app.app_context(), db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """Give the revision that this program was written for."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - only commands ask

    return ScriptDirectory(str(FOLDER)).get_current_head()
