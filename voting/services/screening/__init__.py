"""Screens projects: from proposals to the list that the standing committee adopts.

Rooms: `sheets` (who is asked and what they find, legality), `opinions` (deputies, demand index),
`joining` (proposals into projects, merge, split, decline), `lists` (the list and its adoption),
`advice` (what-if sums), `steps` (what it tells of a project's way, and what is due).
"""
