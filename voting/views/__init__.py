"""The doors: who comes in, what they asked for, which page they get."""
