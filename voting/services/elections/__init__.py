"""Elections until their opening: what is asked, in which round, and who opens it.

Rooms: `papers` (manifests), `preparing` (elections and run-offs), `opening`.
"""

from voting.services.elections.opening import (
    ElectionOpened,
    ZeroReport,
    count_present,
    open_election,
    wire_time,
    zero_report,
)
from voting.services.elections.papers import PaperRules, PaperStyle, Project, Round
from voting.services.elections.preparing import (
    ElectionPrepared,
    RunOff,
    asked_run_off,
    find_election,
    manifest_of,
    next_round,
    outcome_of,
    prepare_manifest,
    run_off,
)

__all__ = [
    "ElectionOpened",
    "ElectionPrepared",
    "PaperRules",
    "PaperStyle",
    "Project",
    "Round",
    "RunOff",
    "ZeroReport",
    "asked_run_off",
    "count_present",
    "find_election",
    "manifest_of",
    "next_round",
    "open_election",
    "outcome_of",
    "prepare_manifest",
    "run_off",
    "wire_time",
    "zero_report",
]
