"""`python -m voting` is the command `voting`."""

from voting.cli import entry

if __name__ == "__main__":
    entry()
