"""What the public pages show: congresses and their votes, results, receipts and the log, as values.

Rooms: `overview` (a congress and its votes), `votes` (one vote), `figures` (rows of a result),
`receipts`, `logs` (entries in words).
"""

from voting.services.reports.conduct import Conduct, Consent, VoteAtHand, read_conduct
from voting.services.reports.devices import DevicePage, read_device
from voting.services.reports.figures import (
    DecisionFigures,
    DecisionRow,
    RatingFigures,
    RatingRow,
    Standing,
)
from voting.services.reports.halls import HallPage, read_hall
from voting.services.reports.kinds import KINDS, MEMBERS, Kind
from voting.services.reports.logs import EntryPage, LogPage, read_entry, read_log
from voting.services.reports.overview import CongressPage, VoteLine, read_congress
from voting.services.reports.receipts import (
    KnownLog,
    ReceiptPage,
    code_of,
    fingerprint,
    known_logs,
    read_receipt,
    report_words,
    rule_words,
)
from voting.services.reports.votes import VotePage, read_vote

__all__ = [
    "KINDS",
    "MEMBERS",
    "Conduct",
    "CongressPage",
    "Consent",
    "DecisionFigures",
    "DecisionRow",
    "DevicePage",
    "EntryPage",
    "HallPage",
    "Kind",
    "KnownLog",
    "LogPage",
    "RatingFigures",
    "RatingRow",
    "ReceiptPage",
    "Standing",
    "VoteAtHand",
    "VoteLine",
    "VotePage",
    "code_of",
    "fingerprint",
    "known_logs",
    "read_conduct",
    "read_congress",
    "read_device",
    "read_entry",
    "read_hall",
    "read_log",
    "read_receipt",
    "read_vote",
    "report_words",
    "rule_words",
]
