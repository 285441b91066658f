"""The key ceremony (protocol 3): invite trustees, take what they publish, give the keys.

A trustee's device makes everything from its own seed; here it is only checked, put into the log and
handed to the others. After a failed share the ceremony is abandoned and another one begins.
"""

from voting.services.ceremony.beginning import (
    Begun,
    CeremonyAbandoned,
    CeremonyBegun,
    Failure,
    HolderPlan,
    begin,
    give_up,
    report_failure,
)
from voting.services.ceremony.standing import (
    Status,
    circle_of,
    committed,
    current,
    latest,
    registered,
    status,
)
from voting.services.ceremony.steps import CeremonyMoved, KeysMade, receive

LARGEST_OBJECT = 256 * 1024
"""No object of a trustee is larger."""

__all__ = [
    "LARGEST_OBJECT",
    "Begun",
    "CeremonyAbandoned",
    "CeremonyBegun",
    "CeremonyMoved",
    "Failure",
    "HolderPlan",
    "KeysMade",
    "Status",
    "begin",
    "circle_of",
    "committed",
    "current",
    "give_up",
    "latest",
    "receive",
    "registered",
    "report_failure",
    "status",
]
