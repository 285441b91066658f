"""Builds the application: the only place that knows all parts."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from flask import Blueprint, Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from voting.config import Settings
from voting.db import engine_options, init_db
from voting.i18n import init_languages
from voting.views import (
    account,
    admin,
    api,
    assets,
    committee,
    deputy,
    hall,
    public,
    scrutineer,
    secretariat,
    unit,
)
from voting.views.api.joining import init_joining
from voting.views.api.state import init_states
from voting.views.gate import check_doors, init_gate
from voting.views.pages import init_pages
from voting.views.troubles import init_troubles
from voting.views.watch import init_watch

# Each audience lists the blueprints of its files in its `__init__`.
BLUEPRINTS: Final[tuple[Blueprint, ...]] = (
    assets.blueprint,
    *account.BLUEPRINTS,
    *admin.BLUEPRINTS,
    *public.BLUEPRINTS,
    *api.BLUEPRINTS,
    *deputy.BLUEPRINTS,
    *secretariat.BLUEPRINTS,
    *committee.BLUEPRINTS,
    *unit.BLUEPRINTS,
    *scrutineer.BLUEPRINTS,
    *hall.BLUEPRINTS,
)

_HERE: Final = Path(__file__).parent
_LARGEST_REQUEST: Final = 32 * 1024 * 1024


class Number(IntegerConverter):
    """A number in an address; one that no row of any database can have leads nowhere."""

    regex = r"\d{1,9}"


def create_app(settings: Settings) -> Flask:
    """Build an app from settings; nothing is read from the environment here."""
    app = Flask("voting", static_folder=None, template_folder=str(_templates()))
    app.url_map.converters["int"] = Number
    app.config.from_mapping(
        SECRET_KEY=settings.secret,
        SQLALCHEMY_DATABASE_URI=settings.database,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database),
        MAX_CONTENT_LENGTH=_LARGEST_REQUEST,
        TESTING=settings.testing,
    )
    app.extensions["settings"] = settings
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, hops, hops, hops)  # type: ignore[method-assign]
    init_db(app)
    init_languages(app)
    init_watch(app)
    init_pages(app, settings)
    init_troubles(app, settings)
    init_gate(app, settings)
    init_states(app)
    init_joining(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    check_doors(app)
    return app


def _templates() -> Path:
    # In a wheel the templates lie inside the package, in a checkout beside it.
    inside = _HERE / "templates"
    return inside if inside.is_dir() else _HERE.parent / "templates"
