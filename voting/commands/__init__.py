"""Sub-commands of `voting` that prepare a sitting; each has `register(commands)`."""
