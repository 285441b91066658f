"""Takes ballots and challenges. It knows cards by their credentials and nothing of who holds them.

`ballots` and `challenges` check before any lock (the expensive part), then `places` are checked
under the log's lock; `receipts` are made from the database after the commit.
"""

from voting.services.casting.ballots import (
    LARGEST_BODY,
    BallotAccepted,
    Cast,
    CheckedBallot,
    accept,
    accept_together,
    check,
    count_ballots,
)
from voting.services.casting.challenges import (
    MOST_CHALLENGES,
    BallotChallenged,
    CheckedChallenge,
    challenge,
    check_opened,
)
from voting.services.casting.papers import paper_of
from voting.services.casting.receipts import Receipt, find_ballot, receipt

__all__ = [
    "LARGEST_BODY",
    "MOST_CHALLENGES",
    "BallotAccepted",
    "BallotChallenged",
    "Cast",
    "CheckedBallot",
    "CheckedChallenge",
    "Receipt",
    "accept",
    "accept_together",
    "challenge",
    "check",
    "check_opened",
    "count_ballots",
    "find_ballot",
    "paper_of",
    "receipt",
]
