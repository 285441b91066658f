"""Runs revisions on the app's own engine, as one writing transaction."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import text

from voting.db import db, writing_engine
from voting.models.base import UtcTime
from voting.models.search import is_mapped


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our own types as what they are in the database."""
    if kind == "type" and isinstance(item, UtcTime):
        return "sa.DateTime(timezone=True)"
    return False


with writing_engine().connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_as_batch=True,
        render_item=render_item,
        include_name=is_mapped,
        compare_type=True,
        transactional_ddl=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            # Several machines may begin at once: the later one waits, and finds nothing to do.
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('voting.migrations'))"))
        context.run_migrations()
