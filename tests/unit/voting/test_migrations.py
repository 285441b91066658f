"""The history of the schema ends where the models stand, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import flask_migrate
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from sqlalchemy import inspect

from voting.app import create_app
from voting.config import Settings
from voting.db import db
from voting.migrations import FOLDER, current, upgrade
from voting.models.search import is_mapped


def an_app(settings: Settings, address: str) -> Flask:
    """Build an app over another database."""
    return create_app(replace(settings, database=address))


def shape(app: Flask) -> dict[str, dict[str, list[str]]]:
    """Describe all tables as the database itself tells them."""
    with app.app_context():
        told = inspect(db.engine)
        tables = [name for name in told.get_table_names() if name != "alembic_version"]
        described = {
            name: {
                "columns": [_column(column) for column in told.get_columns(name)],
                "key": _sorted([told.get_pk_constraint(name)]),
                "foreign": _sorted(told.get_foreign_keys(name)),
                "unique": _sorted(told.get_unique_constraints(name)),
                "checks": _sorted(told.get_check_constraints(name)),
                "indexes": _sorted(told.get_indexes(name)),
            }
            for name in tables
        }
        db.engine.dispose()
    return described


def test_upgrading_gives_the_same_tables_as_the_models(settings: Settings, tmp_path: Path) -> None:
    upgraded = an_app(settings, f"sqlite:///{tmp_path / 'upgraded.db'}")
    created = an_app(settings, f"sqlite:///{tmp_path / 'created.db'}")
    upgrade(upgraded)
    with created.app_context():
        db.create_all()

    assert shape(upgraded) == shape(created)


def test_upgrading_postgresql_leaves_nothing_to_change(
    settings: Settings, postgres_database: str
) -> None:
    app = an_app(settings, postgres_database)
    upgrade(app)

    with app.app_context(), db.engine.connect() as connection:
        # The pieces of the search come and go with their table, and are no table of the models.
        opts = {"compare_type": True, "include_name": is_mapped}
        context = MigrationContext.configure(connection, opts=opts)
        differences = compare_metadata(context, db.metadata)
    with app.app_context():
        db.engine.dispose()

    assert differences == []


def test_upgrading_twice_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    app = an_app(settings, f"sqlite:///{tmp_path / 'twice.db'}")
    upgrade(app)
    before = current(app)

    upgrade(app)

    assert current(app) == before is not None
    with app.app_context():
        db.engine.dispose()


def test_two_machines_may_begin_at_once(postgres_database: str, tmp_path: Path) -> None:
    beginning = [
        subprocess.Popen(
            [sys.executable, "-m", "voting", "init"],
            env={**os.environ, "VOTING_DATA": str(folder), "VOTING_DATABASE": postgres_database},
            stdout=subprocess.DEVNULL,
        )
        for folder in (tmp_path / "one", tmp_path / "two")
    ]

    assert [machine.wait(60) for machine in beginning] == [0, 0]


def test_the_history_can_be_walked_back(settings: Settings, tmp_path: Path) -> None:
    app = an_app(settings, f"sqlite:///{tmp_path / 'back.db'}")
    upgrade(app)

    with app.app_context():
        flask_migrate.downgrade(directory=str(FOLDER), revision="base")

    assert shape(app) == {}


def _column(column: Any) -> str:
    kept = {name: column[name] for name in ("name", "nullable", "default")}
    return f"{kept} {column['type']!r}"


def _sorted(entries: list[Any]) -> list[str]:
    return sorted(str(sorted(_plain(entry).items())) for entry in entries)


def _plain(entry: Any) -> dict[str, Any]:
    # Conditions of partial indexes come as objects, which differ from one reading to the next.
    return {
        name: {key: str(part) for key, part in value.items()} if isinstance(value, dict) else value
        for name, value in entry.items()
    }
