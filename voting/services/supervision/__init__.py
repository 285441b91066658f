"""Supervision of decided projects, from the group to acceptance; each room is one of its parts.

`finding` (look-ups), `years` (the 五个一 of a year), `groups` (group, plan, targets), `parts`
and `progress` (monthly reports), `lighting` (lights with their history), `adjusting`
(adjustments, acceptance), `activities`, `problems`, `papers` (bulletins, reports), `duty`
(what is due), `counting`, `boards`, `desks`, `public` (values of pages), `visits`,
`calendars`, `trail` (the log), `ways`.
"""

from voting.services.supervision.duty import dues
from voting.services.supervision.ways import steps_of

__all__ = ["dues", "steps_of"]
