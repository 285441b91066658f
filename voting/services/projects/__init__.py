"""Keeps projects 项目, each one row with one code from screening to the archive.

Rooms: `making` (enter, change, find, list), `parts` (sub-items and money by year and source),
`outcomes` (what a declared vote makes of them).
"""

from voting.services.projects.making import (
    ProjectMade,
    ProjectPlan,
    ProjectSaved,
    check_draft,
    find_by_code,
    find_project,
    list_projects,
    list_years,
    make_project,
    next_code,
    save_project,
)
from voting.services.projects.outcomes import (
    Decided,
    ProjectsDecided,
    code_is_taken,
    enter_adoption,
    take_outcome,
    year_of,
)
from voting.services.projects.parts import (
    MoneyPlan,
    PartPlan,
    add_money,
    add_part,
    remove_money,
    remove_part,
    save_part,
    sources_of,
    yearly_of,
)

__all__ = [
    "Decided",
    "MoneyPlan",
    "PartPlan",
    "ProjectMade",
    "ProjectPlan",
    "ProjectSaved",
    "ProjectsDecided",
    "add_money",
    "add_part",
    "check_draft",
    "code_is_taken",
    "enter_adoption",
    "find_by_code",
    "find_project",
    "list_projects",
    "list_years",
    "make_project",
    "next_code",
    "remove_money",
    "remove_part",
    "save_part",
    "save_project",
    "sources_of",
    "take_outcome",
    "year_of",
    "yearly_of",
]
