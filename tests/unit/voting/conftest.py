"""What tests of services may ask for: `app`, `transaction`, `tx`, `clock`, `settings`."""

from tests.application import app, clock, settings, transaction, tx

__all__ = ["app", "clock", "settings", "transaction", "tx"]
