"""Use cases: one imperative function each, `(tx, actor, ...)`, raising Refused; no Flask here."""
