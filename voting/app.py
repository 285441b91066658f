"""Builds the application: the only place that knows all parts."""

from __future__ import annotations

from flask import Blueprint, Flask

from voting.config import Settings
from voting.db import engine_options, init_db

# Every blueprint of every audience, in the order of the loop.
BLUEPRINTS: tuple[Blueprint, ...] = ()


def create_app(settings: Settings) -> Flask:
    """Build an app from settings; nothing is read from the environment here."""
    app = Flask("voting", static_folder=None, instance_path=str(settings.data_dir))
    app.config.from_mapping(
        SECRET_KEY=settings.secret,
        SQLALCHEMY_DATABASE_URI=settings.database,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database),
        TESTING=settings.testing,
    )
    app.extensions["settings"] = settings
    init_db(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app
