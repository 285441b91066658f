"""A sitting from its plan to its end.

Rooms: `plenary` (plan, begin, end), `rulebook` (rules of the vote), `cards` (roll, batches, lost
cards), `attendance` (who is there), `scrutineers`.
"""
