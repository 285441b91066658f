"""Write docs/doors.md, the table of every route and who may open it: `python -m tools.doors`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from flask import Flask

from voting.app import create_app
from voting.config import Settings
from voting.rules.access import ACCESS, Action
from voting.rules.roles import Role
from voting.views.browser import BLIND, door_of

PAGE = Path(__file__).parent.parent / "docs" / "doors.md"
HEAD = """# Doors

Every route of the application and who may open it. Made by `python -m tools.doors` from the routes
and the table of rights (`voting/rules/access.py`); a test compares it with the running application,
and `tests/views/test_doors.py` knocks at every door as every role.

Whoever is not named is turned away: without a sign-in to the sign-in page (302) or with 401, with
one but without the role with 403. A role counts in its own congress alone; elsewhere it meets 403
too. *Card* means that a card's signature is asked for and no cookie is looked at.

| route | methods | act | who |
|---|---|---|---|
"""


def table(app: Flask) -> str:
    """Give the page for an app."""
    lines = []
    for rule in app.url_map.iter_rules():
        action = door_of(app, rule.endpoint)
        if action is None:
            raise ValueError(rule.rule)
        methods = " ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        lines.append(f"| `{rule.rule}` | {methods} | {action.value} | {who(action)} |\n")
    return HEAD + "".join(sorted(lines))


def who(action: Action) -> str:
    """Say who reaches an act."""
    rule = ACCESS[action]
    if rule.everyone:
        return "card" if action in BLIND else "everyone"
    if rule.signed_in:
        return "whoever is signed in"
    named = ", ".join(role.value for role in Role if role in rule.roles)
    return f"{named}; each consents" if rule.approvals else named


def main() -> int:
    """Write the page."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings.from_environment({"VOTING_DATA": folder}))
        PAGE.write_text(table(app), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
