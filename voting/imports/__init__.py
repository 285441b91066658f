"""Takes in tables that people send: bytes to rows of text, rows to values, every fault named."""
