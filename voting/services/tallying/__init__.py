"""From the close to the outcome: `closing` (add up, annul, declare), `shares`; and `standing`."""

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
from voting.services.tallying.shares import OutcomeKnown, ShareReceived, count_shares, receive
from voting.services.tallying.standing import ElectionStanding, SittingStanding, Standing, standing

__all__ = [
    "ElectionAnnulled",
    "ElectionClosed",
    "ElectionStanding",
    "ElectionTallied",
    "OutcomeDeclared",
    "OutcomeKnown",
    "ShareReceived",
    "SittingStanding",
    "Standing",
    "Turnout",
    "add_up",
    "annul",
    "close",
    "count_shares",
    "declare",
    "publish_tally",
    "receive",
    "standing",
    "turnout",
]
