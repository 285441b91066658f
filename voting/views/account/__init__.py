"""The front door: sign in, enrol, set up, and one's own account."""
