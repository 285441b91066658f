"""From the close to the outcome: `closing` (close, add up, annul, declare) and `shares`."""

from voting.services.tallying.closing import (
    ElectionAnnulled,
    ElectionClosed,
    ElectionTallied,
    OutcomeDeclared,
    Turnout,
    add_up,
    annul,
    close,
    declare,
    publish_tally,
    turnout,
)
from voting.services.tallying.shares import OutcomeKnown, ShareReceived, receive

__all__ = [
    "ElectionAnnulled",
    "ElectionClosed",
    "ElectionTallied",
    "OutcomeDeclared",
    "OutcomeKnown",
    "ShareReceived",
    "Turnout",
    "add_up",
    "annul",
    "close",
    "declare",
    "publish_tally",
    "receive",
    "turnout",
]
