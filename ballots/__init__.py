"""The ballot protocol `minsheng-ballot/v1`: making, checking and counting, without I/O."""

from ballots.errors import BallotError, Invalid, Malformed
from ballots.verify import Report, check_record

__all__ = ["BallotError", "Invalid", "Malformed", "Report", "check_record"]
