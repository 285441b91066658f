"""What anyone may read."""
