"""Tables and arithmetic that need no database."""
