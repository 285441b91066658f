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
from voting.services.elections.papers import (
    Project,
    Round,
    make_manifest,
    project_titles,
    runoff_paper,
    suggested_title,
)
from voting.services.elections.preparing import (
    ElectionPrepared,
    RunOff,
    asked_run_off,
    draft_manifest,
    find_election,
    is_without_result,
    manifest_of,
    may_prepare,
    outcome_of,
    prepare,
    prepare_manifest,
    repeat,
    run_off,
    run_off_of,
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
    "draft_manifest",
    "find_election",
    "is_without_result",
    "make_manifest",
    "manifest_of",
    "may_prepare",
    "open_election",
    "outcome_of",
    "prepare",
    "prepare_manifest",
    "project_titles",
    "repeat",
    "run_off",
    "run_off_of",
    "runoff_paper",
    "suggested_title",
    "wire_time",
    "zero_report",
]
