"""What tests of faults may ask for: an installation of their own."""

from tests.application import app, clock, settings, transaction, tx

__all__ = ["app", "clock", "settings", "transaction", "tx"]
