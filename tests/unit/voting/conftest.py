"""What tests of services may ask for: settings, an app, its database, a clock."""

from tests.application import app, clock, postgres_app, settings, transaction, tx

__all__ = ["app", "clock", "postgres_app", "settings", "transaction", "tx"]
