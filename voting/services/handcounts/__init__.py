"""Votes on paper, counted by hand where electronic voting can't go on.

Rooms: `beginning` (from an annulled vote, or from list and rules; run-offs), `entering` (two
tellers apart), `signing` (chief scrutineer signs, chair and chief declare), `results`, `grades` (of
a rating, on tablets or on paper).
"""

from voting.services.handcounts.beginning import (
    HandCountBegun,
    HandCountDropped,
    begin,
    can_begin,
    drop,
    find_hand_count,
    list_hand_counts,
    run_off,
    style_of,
)
from voting.services.handcounts.entering import (
    TELLERS,
    Difference,
    HandCountEntered,
    Sheet,
    differences,
    enter,
)
from voting.services.handcounts.grades import Graded, GradeLine, declared_rating, graded
from voting.services.handcounts.results import asked_run_off, counts_of, outcome_of, turnout_of
from voting.services.handcounts.signing import HandCountDeclared, HandCountSigned, declare, sign

__all__ = [
    "TELLERS",
    "Difference",
    "GradeLine",
    "Graded",
    "HandCountBegun",
    "HandCountDeclared",
    "HandCountDropped",
    "HandCountEntered",
    "HandCountSigned",
    "Sheet",
    "asked_run_off",
    "begin",
    "can_begin",
    "counts_of",
    "declare",
    "declared_rating",
    "differences",
    "drop",
    "enter",
    "find_hand_count",
    "graded",
    "list_hand_counts",
    "outcome_of",
    "run_off",
    "sign",
    "style_of",
    "turnout_of",
]
