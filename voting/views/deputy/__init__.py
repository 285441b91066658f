"""What deputies use: the tablet in the hall, and their own pages the rest of the year."""
