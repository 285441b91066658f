"""What tests of pages and of the interface may ask for: an installation of their own."""

from tests.application import app, client, clock, settings, transaction, tx

__all__ = ["app", "client", "clock", "settings", "transaction", "tx"]
