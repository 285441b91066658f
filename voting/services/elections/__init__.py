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
from voting.services.elections.papers import Project, Round, make_manifest, project_titles
from voting.services.elections.preparing import (
    ElectionPrepared,
    RunOff,
    asked_run_off,
    find_election,
    manifest_of,
    outcome_of,
    prepare,
    prepare_manifest,
    repeat,
    run_off,
)

__all__ = [
    "ElectionOpened",
    "ElectionPrepared",
    "Project",
    "Round",
    "RunOff",
    "ZeroReport",
    "asked_run_off",
    "count_present",
    "find_election",
    "make_manifest",
    "manifest_of",
    "open_election",
    "outcome_of",
    "prepare",
    "prepare_manifest",
    "project_titles",
    "repeat",
    "run_off",
    "wire_time",
    "zero_report",
]
