"""The tables of the application, one room for each stage of the loop.

A new room is imported here once, so that migrations and `create_all` see its tables.
"""

from voting.models import (
    announcements,
    elections,
    handcounts,
    journal,
    ledger,
    people,
    projects,
    sittings,
    stations,
    units,
)

__all__ = [
    "announcements",
    "elections",
    "handcounts",
    "journal",
    "ledger",
    "people",
    "projects",
    "sittings",
    "stations",
    "units",
]
