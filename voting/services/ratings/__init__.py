"""Rates a year's projects, follows what is put right, asks residents apart, and holds reviews.

Rooms: `preparing` (a sitting's rating list from projects), `settling` (the declared result taken
over), `rectifying`, `residents`, `reviews` (sheets and stages), `taking` (sheets handed in),
`reading` (dues, steps and lists for other rooms), `templates` (sheets to begin with).
"""
