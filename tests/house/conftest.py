"""The app, for what can only be seen when its parts are put together."""

from tests.application import app, settings

__all__ = ["app", "settings"]
