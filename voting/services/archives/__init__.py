"""Archives a year 归档: its data in open formats, and the end of its projects' way.

Rooms: `scope` (what an archive is of), `datasets` and `supervision` (each table of it, column by
column), `gathering` (a year as values), `closing` (archives kept, projects that end with one).
"""
