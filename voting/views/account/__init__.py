"""The front door: sign in, enrol, set up, and one's own account."""

from typing import Final

from voting.views.account import calendar, enrol, own, signin

BLUEPRINTS: Final = (signin.blueprint, enrol.blueprint, own.blueprint, calendar.blueprint)
